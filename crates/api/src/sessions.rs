//! Seeing and ending sessions: one's own, and other people's.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use tollgate_base::id::{SessionId, UserId};
use tollgate_flows::signout::{self, Which};
use tollgate_web::{
    Problem, Web, Who,
    input::{Id, Ids, Query},
};
use utoipa::ToSchema;

use crate::shapes::{Ended, ProblemShape, SessionList};

/// Which sessions are to end.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Selection {
    #[serde(default)]
    #[param(inline)]
    which: Mine,
}

/// Which of one's own.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Mine {
    /// All but the one that asks.
    #[default]
    Others,
    /// All.
    All,
}

/// My sessions
#[utoipa::path(
    get, path = "/api/v1/me/sessions", operation_id = "list_my_sessions",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = SessionList),
        (status = 401, description = "`auth.required`", body = ProblemShape),
    )
)]
pub(crate) async fn mine(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<SessionList>, Problem> {
    let person = who.person()?;
    let live = signout::list(web.ctx(), &who, person.user).await?;
    Ok(axum::Json(SessionList::new(live, Some(person.session))))
}

/// End one of my sessions
#[utoipa::path(
    delete, path = "/api/v1/me/sessions/{id}", operation_id = "end_my_session",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 204, description = "It has ended."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 404, description = "`session.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn end_mine(
    State(web): State<Web>,
    Who(who): Who,
    Id(session): Id<SessionId>,
) -> Result<StatusCode, Problem> {
    signout::end(web.ctx(), &who, (who.person()?.user, session)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End my other sessions, or all
#[utoipa::path(
    delete, path = "/api/v1/me/sessions", operation_id = "end_my_sessions",
    tag = "me", security(("bearer" = []), ("cookie" = [])), params(Selection),
    responses(
        (status = 200, body = Ended),
        (status = 401, description = "`auth.required`", body = ProblemShape),
    )
)]
pub(crate) async fn end_several(
    State(web): State<Web>,
    Who(who): Who,
    Query(selection): Query<Selection>,
) -> Result<axum::Json<Ended>, Problem> {
    let which = match selection.which {
        Mine::Others => Which::Others,
        Mine::All => Which::All,
    };
    let ended = signout::end_all(web.ctx(), &who, (who.person()?.user, which)).await?;
    Ok(axum::Json(Ended { ended }))
}

/// A person's sessions
#[utoipa::path(
    get, path = "/api/v1/people/{id}/sessions", operation_id = "list_sessions_of_person",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 200, body = SessionList),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn of_person(
    State(web): State<Web>,
    Who(who): Who,
    Id(person): Id<UserId>,
) -> Result<axum::Json<SessionList>, Problem> {
    let live = signout::list(web.ctx(), &who, person).await?;
    Ok(axum::Json(SessionList::new(live, None)))
}

/// End all sessions of a person
#[utoipa::path(
    delete, path = "/api/v1/people/{id}/sessions", operation_id = "end_sessions_of_person",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 200, body = Ended),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn end_of_person(
    State(web): State<Web>,
    Who(who): Who,
    Id(person): Id<UserId>,
) -> Result<axum::Json<Ended>, Problem> {
    let ended = signout::end_all(web.ctx(), &who, (person, Which::All)).await?;
    Ok(axum::Json(Ended { ended }))
}

/// End one session of a person
#[utoipa::path(
    delete, path = "/api/v1/people/{id}/sessions/{sid}", operation_id = "end_session_of_person",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path), ("sid" = String, Path)),
    responses(
        (status = 204, description = "It has ended."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`session.missing`, `person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn end_one_of_person(
    State(web): State<Web>,
    Who(who): Who,
    Ids(person, session): Ids<UserId, SessionId>,
) -> Result<StatusCode, Problem> {
    signout::end(web.ctx(), &who, (person, session)).await?;
    Ok(StatusCode::NO_CONTENT)
}
