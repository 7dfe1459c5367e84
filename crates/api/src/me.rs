//! One's own account.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tollgate_base::{Error, Result, codes, identifier::Identifier};
use tollgate_flows::account::{self, Added};
use tollgate_web::{Problem, Web, Who, body::Json, cookies};
use utoipa::ToSchema;

use crate::shapes::{Edit, ExportShape, NameList, ProblemShape, User, WaitingName, tagged};

/// One of the names to sign in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NameBody {
    /// An e-mail address or a username.
    identifier: String,
}

/// My account
#[utoipa::path(
    get, path = "/api/v1/me", operation_id = "show_me",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = User, headers(("ETag" = String, description = "The version, for If-Match"))),
        (status = 401, description = "`auth.required` and the codes of bad credentials", body = ProblemShape),
    )
)]
pub(crate) async fn show(State(web): State<Web>, Who(who): Who) -> Result<Response, Problem> {
    Ok(tagged(account::me(web.ctx(), &who, ()).await?))
}

/// Change my profile
#[utoipa::path(
    patch, path = "/api/v1/me", operation_id = "edit_me",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = Edit,
    params(("If-Match" = Option<String>, Header, description = "The ETag that was read")),
    responses(
        (status = 200, body = User, headers(("ETag" = String, description = "The version, for If-Match"))),
        (status = 400, description = "`request.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 412, description = "`version.mismatch`", body = ProblemShape),
    )
)]
pub(crate) async fn edit(
    State(web): State<Web>,
    Who(who): Who,
    headers: HeaderMap,
    Json(body): Json<Edit>,
) -> Result<Response, Problem> {
    let edit = body.edit(&headers)?;
    Ok(tagged(
        account::edit(web.ctx(), &who, (who.person()?.user, edit)).await?,
    ))
}

/// Delete my account
#[utoipa::path(
    delete, path = "/api/v1/me", operation_id = "delete_me",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "The account and all that belongs to it are gone."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`factor.fresh`, `password.fresh`", body = ProblemShape),
        (status = 409, description = "`admin.last`", body = ProblemShape),
    )
)]
pub(crate) async fn delete(State(web): State<Web>, Who(who): Who) -> Result<Response, Problem> {
    account::delete(web.ctx(), &who, who.person()?.user).await?;
    Ok((StatusCode::NO_CONTENT, cookies::leave(&web.http())).into_response())
}

/// Take my data out
#[utoipa::path(
    get, path = "/api/v1/me/export", operation_id = "export_me",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = ExportShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`factor.fresh`, `password.fresh`", body = ProblemShape),
    )
)]
pub(crate) async fn export(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<ExportShape>, Problem> {
    Ok(axum::Json(
        account::export(web.ctx(), &who, who.person()?.user)
            .await?
            .into(),
    ))
}

/// List my names to sign in with
#[utoipa::path(
    get, path = "/api/v1/me/identifiers", operation_id = "list_identifiers",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = NameList),
        (status = 401, description = "`auth.required`", body = ProblemShape),
    )
)]
pub(crate) async fn names(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<NameList>, Problem> {
    let view = account::me(web.ctx(), &who, ()).await?;
    let waiting = account::waiting(web.ctx(), &who, view.account.id).await?;
    Ok(axum::Json(NameList::new(view, waiting)))
}

/// Add a name to sign in with
///
/// A username is one at once. An e-mail address waits: it becomes a verified name once
/// the link that is sent there is opened while signed in to this account, within 24 hours.
/// The answer is the same whether or not the address is somebody's, who would get no link.
#[utoipa::path(
    post, path = "/api/v1/me/identifiers", operation_id = "add_identifier",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = NameBody,
    responses(
        (status = 200, body = User, headers(("ETag" = String, description = "The version, for If-Match"))),
        (status = 202, description = "A link is asked for, and the address waits.", body = WaitingName),
        (status = 400, description = "`identifier.invalid`, `request.invalid` past ten names or five addresses that wait", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`factor.fresh`, `password.fresh`", body = ProblemShape),
        (status = 409, description = "`identifier.taken`: a username that is somebody's, or a name that is one's own", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn add_name(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<NameBody>,
) -> Result<Response, Problem> {
    let request = (who.person()?.user, body.parse()?);
    Ok(
        match account::add_identifier(web.ctx(), &who, request).await? {
            Added::Named(view) => tagged(*view),
            Added::Waits(waits) => {
                let waits = axum::Json(WaitingName::from(waits));
                (StatusCode::ACCEPTED, waits).into_response()
            }
        },
    )
}

/// Remove a name to sign in with
///
/// An address that waits is taken back.
#[utoipa::path(
    delete, path = "/api/v1/me/identifiers", operation_id = "remove_identifier",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = NameBody,
    responses(
        (status = 200, body = User, headers(("ETag" = String, description = "The version, for If-Match"))),
        (status = 400, description = "`identifier.invalid`, `request.invalid` for the last one", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`factor.fresh`, `password.fresh`", body = ProblemShape),
    )
)]
pub(crate) async fn remove_name(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<NameBody>,
) -> Result<Response, Problem> {
    let request = (who.person()?.user, body.parse()?);
    Ok(tagged(
        account::remove_identifier(web.ctx(), &who, request).await?,
    ))
}

impl NameBody {
    fn parse(&self) -> Result<Identifier> {
        Identifier::parse(&self.identifier).map_err(|_| {
            let detail = "Neither an e-mail address nor a username.";
            Error::new(&codes::IDENTIFIER_INVALID).field("/identifier", "identifier", detail)
        })
    }
}
