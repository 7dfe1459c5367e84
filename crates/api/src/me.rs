//! One's own account.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tollgate_base::{Error, Result, codes, identifier::Identifier};
use tollgate_flows::account;
use tollgate_web::{Problem, Web, Who, body::Json, cookies};
use utoipa::ToSchema;

use crate::shapes::{Edit, ExportShape, ProblemShape, User, tagged};

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
        (status = 409, description = "`admin.last`", body = ProblemShape),
    )
)]
pub(crate) async fn delete(State(web): State<Web>, Who(who): Who) -> Result<Response, Problem> {
    account::delete(web.ctx(), &who, who.person()?.user).await?;
    let cleared = [(header::SET_COOKIE, cookies::clear(&web.http()))];
    Ok((StatusCode::NO_CONTENT, cleared).into_response())
}

/// Take my data out
#[utoipa::path(
    get, path = "/api/v1/me/export", operation_id = "export_me",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = ExportShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
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

/// Add a name to sign in with
#[utoipa::path(
    post, path = "/api/v1/me/identifiers", operation_id = "add_identifier",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = NameBody,
    responses(
        (status = 200, body = User, headers(("ETag" = String, description = "The version, for If-Match"))),
        (status = 400, description = "`identifier.invalid`, `request.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 409, description = "`identifier.taken`", body = ProblemShape),
    )
)]
pub(crate) async fn add_name(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<NameBody>,
) -> Result<Response, Problem> {
    let request = (who.person()?.user, body.parse()?);
    Ok(tagged(
        account::add_identifier(web.ctx(), &who, request).await?,
    ))
}

/// Remove a name to sign in with
#[utoipa::path(
    delete, path = "/api/v1/me/identifiers", operation_id = "remove_identifier",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = NameBody,
    responses(
        (status = 200, body = User, headers(("ETag" = String, description = "The version, for If-Match"))),
        (status = 400, description = "`identifier.invalid`, `request.invalid` for the last one", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
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
