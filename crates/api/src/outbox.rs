//! Mails and texts that were not delivered.

use axum::{extract::State, http::StatusCode};
use serde::Serialize;
use tollgate_base::id::JobId;
use tollgate_flows::outbox::{self, Undelivered};
use tollgate_web::{Problem, Web, Who, input::Id};
use utoipa::ToSchema;

use crate::shapes::ProblemShape;

/// Mails and texts.
#[derive(Serialize, ToSchema)]
pub(crate) struct MailList {
    data: Vec<MailShape>,
}

/// A mail or text that waits or was given up.
#[derive(Serialize, ToSchema)]
pub(crate) struct MailShape {
    id: String,
    /// What it is about, such as `password_reset`.
    kind: String,
    /// For whom: an address, a number, or somebody's id.
    to: Option<String>,
    created_at: String,
    /// When it is tried next; `null` once it is given up.
    next_at: Option<String>,
    tries: i64,
    /// What went wrong at last; not told of one's own.
    fault: Option<String>,
    given_up_at: Option<String>,
}

/// Mails and texts that wait or were given up
///
/// The oldest thousand of them.
#[utoipa::path(
    get, path = "/api/v1/mail", operation_id = "list_mail",
    tag = "operation", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = MailList),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
    )
)]
pub(crate) async fn list(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<MailList>, Problem> {
    let all = outbox::list(web.ctx(), &who, ()).await?;
    Ok(axum::Json(all.into()))
}

/// Have a mail or text tried again now
///
/// One that failed at least once. What waits for its turn or its time is not
/// hurried.
#[utoipa::path(
    post, path = "/api/v1/mail/{id}/retry", operation_id = "retry_mail",
    tag = "operation", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path)),
    responses(
        (status = 202, description = "It is tried."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`mail.missing`", body = ProblemShape),
        (status = 409, description = "`mail.waits`", body = ProblemShape),
    )
)]
pub(crate) async fn retry(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<JobId>,
) -> Result<StatusCode, Problem> {
    outbox::retry(web.ctx(), &who, id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Delete a mail or text that was not delivered
///
/// One that failed at least once; a notice to an owner, and the mail of a recovery,
/// only once it was given up. A recovery ends with its mail.
#[utoipa::path(
    delete, path = "/api/v1/mail/{id}", operation_id = "delete_mail",
    tag = "operation", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path)),
    responses(
        (status = 204, description = "Nobody gets it."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`mail.missing`", body = ProblemShape),
        (status = 409, description = "`mail.waits`, `mail.owed`", body = ProblemShape),
    )
)]
pub(crate) async fn discard(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<JobId>,
) -> Result<StatusCode, Problem> {
    outbox::discard(web.ctx(), &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What could not be delivered to me
///
/// Mails and texts that failed at least once and wait, or were given up in the
/// last week; newest first.
#[utoipa::path(
    get, path = "/api/v1/me/undelivered", operation_id = "list_my_undelivered",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = MailList),
        (status = 401, description = "`auth.required`", body = ProblemShape),
    )
)]
pub(crate) async fn mine(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<MailList>, Problem> {
    let mine = outbox::mine(web.ctx(), &who, ()).await?;
    Ok(axum::Json(mine.into()))
}

impl From<Vec<Undelivered>> for MailList {
    fn from(all: Vec<Undelivered>) -> Self {
        Self {
            data: all.into_iter().map(MailShape::from).collect(),
        }
    }
}

impl From<Undelivered> for MailShape {
    fn from(one: Undelivered) -> Self {
        Self {
            id: one.id.to_string(),
            kind: one.kind,
            to: one.to,
            created_at: one.created_at.to_string(),
            next_at: one.given_up_at.is_none().then(|| one.next_at.to_string()),
            tries: one.tries,
            fault: one.fault,
            given_up_at: one.given_up_at.map(|at| at.to_string()),
        }
    }
}
