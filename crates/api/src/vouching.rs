//! Vouching for people: verified identifiers, and names in other systems.

use axum::{extract::State, response::Response};
use serde::Deserialize;
use tollgate_base::{id::UserId, identifier::Identifier};
use tollgate_flows::{ExternalId, vouch};
use tollgate_web::{Problem, Web, Who, body::Json, input::Id};
use utoipa::ToSchema;

use crate::shapes::{ProblemShape, User, tagged};

/// One of the names that a person signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Vouched {
    /// An e-mail address or a username.
    identifier: String,
}

/// What a person is called in another system.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NameElsewhere {
    /// Which system: a word in lower case.
    provider: String,
    /// The name there: opaque text.
    external_id: String,
}

/// Vouch for an identifier
///
/// It is known to be theirs from now on.
#[utoipa::path(
    put, path = "/api/v1/people/{id}/verified", operation_id = "verify_identifier",
    tag = "people", security(("bearer" = []), ("cookie" = [])), request_body = Vouched,
    params(("id" = String, Path)),
    responses(
        (status = 200, body = User),
        (status = 400, description = "`request.invalid`, `identifier.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn verify(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
    Json(body): Json<Vouched>,
) -> Result<Response, Problem> {
    let identifier = Identifier::parse(&body.identifier)?;
    Ok(tagged(
        vouch::verify(web.ctx(), &who, (id, identifier)).await?,
    ))
}

/// Note what a person is called in another system
#[utoipa::path(
    put, path = "/api/v1/people/{id}/external-ids", operation_id = "add_external_id",
    tag = "people", security(("bearer" = []), ("cookie" = [])), request_body = NameElsewhere,
    params(("id" = String, Path)),
    responses(
        (status = 200, body = User),
        (status = 400, description = "`request.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
        (status = 409, description = "`identifier.taken`", body = ProblemShape),
    )
)]
pub(crate) async fn add_external_id(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
    Json(body): Json<NameElsewhere>,
) -> Result<Response, Problem> {
    Ok(tagged(
        vouch::add_external_id(web.ctx(), &who, (id, body.into())).await?,
    ))
}

/// Forget what a person is called in another system
#[utoipa::path(
    delete, path = "/api/v1/people/{id}/external-ids", operation_id = "remove_external_id",
    tag = "people", security(("bearer" = []), ("cookie" = [])), request_body = NameElsewhere,
    params(("id" = String, Path)),
    responses(
        (status = 200, body = User),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn remove_external_id(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
    Json(body): Json<NameElsewhere>,
) -> Result<Response, Problem> {
    Ok(tagged(
        vouch::remove_external_id(web.ctx(), &who, (id, body.into())).await?,
    ))
}

impl From<NameElsewhere> for ExternalId {
    fn from(body: NameElsewhere) -> Self {
        Self {
            provider: body.provider,
            external_id: body.external_id,
        }
    }
}
