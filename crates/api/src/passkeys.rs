//! One's own passkeys.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use tollgate_base::{SecretString, id::PasskeyId};
use tollgate_flows::passkeys::{self, Begin, Finish, Passkey};
use tollgate_web::{Problem, Web, Who, body::Json, input::Id};
use utoipa::ToSchema;

use crate::shapes::{MadePasskey, Password, ProblemShape, Question, RecoveryCodesShape, added};

/// A passkey.
#[derive(Serialize, ToSchema)]
pub(crate) struct Listed {
    id: String,
    /// What its owner calls it.
    name: String,
    added_at: String,
    last_used_at: Option<String>,
    /// Whether it may be on several devices of its owner; otherwise it never
    /// leaves the one that it was made on.
    synced: bool,
}

/// A passkey that is to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPasskey {
    /// Up to 60 characters.
    name: String,
    /// Left out by who has none.
    current_password: Option<Password>,
}

/// Another name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyName {
    /// Up to 60 characters.
    name: String,
}

/// The current password, before a passkey goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyRemoval {
    /// Left out by who has none.
    current_password: Option<Password>,
}

/// My passkeys
///
/// The oldest first.
#[utoipa::path(
    get, path = "/api/v1/me/passkeys", operation_id = "list_my_passkeys",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = Vec<Listed>),
        (status = 401, description = "`auth.required`", body = ProblemShape),
    )
)]
pub(crate) async fn list(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<Vec<Listed>>, Problem> {
    let mine = passkeys::list(web.ctx(), &who, who.person()?.user).await?;
    Ok(axum::Json(mine.into_iter().map(Listed::from).collect()))
}

/// Begin to make a passkey
///
/// The answer is what `navigator.credentials.create` takes.
#[utoipa::path(
    post, path = "/api/v1/me/passkeys", operation_id = "begin_my_passkey",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = NewPasskey,
    responses(
        (status = 200, body = Question),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`password.wrong`, `factor.fresh`", body = ProblemShape),
        (status = 409, description = "`passkey.unavailable`, `passkey.limit`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn begin(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<NewPasskey>,
) -> Result<axum::Json<Question>, Problem> {
    let request = Begin {
        name: body.name,
        password: body.current_password.map(SecretString::from),
    };
    let question = passkeys::begin(web.ctx(), &who, request).await?;
    Ok(axum::Json(Question::of(&question)?))
}

/// Add the passkey that was made
///
/// Other sessions end. With the first second factor come ten recovery codes.
#[utoipa::path(
    post, path = "/api/v1/me/passkeys/confirmation", operation_id = "finish_my_passkey",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = MadePasskey,
    responses(
        (status = 200, body = RecoveryCodesShape),
        (status = 400, description = "`one_time.invalid`, `passkey.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 409, description = "`passkey.unavailable`, `passkey.limit`", body = ProblemShape),
        (status = 412, description = "`version.mismatch`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn finish(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<MadePasskey>,
) -> Result<Response, Problem> {
    let request = Finish {
        ceremony: body.ceremony.0,
        answer: body.credential.to_string(),
    };
    let made = passkeys::finish(web.ctx(), &who, request).await?;
    Ok(added(&web, made))
}

/// Rename a passkey
#[utoipa::path(
    patch, path = "/api/v1/me/passkeys/{id}", operation_id = "rename_my_passkey",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)), request_body = PasskeyName,
    responses(
        (status = 204, description = "It has that name."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 404, description = "`passkey.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn rename(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<PasskeyId>,
    Json(body): Json<PasskeyName>,
) -> Result<StatusCode, Problem> {
    passkeys::rename(web.ctx(), &who, (id, body.name)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a passkey
///
/// With the last second factor the recovery codes go too.
#[utoipa::path(
    post, path = "/api/v1/me/passkeys/{id}/removal", operation_id = "remove_my_passkey",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)), request_body = PasskeyRemoval,
    responses(
        (status = 204, description = "It is gone."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`password.wrong`, `factor.fresh`", body = ProblemShape),
        (status = 404, description = "`passkey.missing`", body = ProblemShape),
        (status = 409, description = "`passkey.only`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn remove(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<PasskeyId>,
    Json(body): Json<PasskeyRemoval>,
) -> Result<StatusCode, Problem> {
    passkeys::remove(
        web.ctx(),
        &who,
        (id, body.current_password.map(SecretString::from)),
    )
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Passkey> for Listed {
    fn from(passkey: Passkey) -> Self {
        Self {
            id: passkey.id.to_string(),
            name: passkey.name,
            added_at: passkey.added_at.to_string(),
            last_used_at: passkey.last_used_at.map(|at| at.to_string()),
            synced: passkey.synced,
        }
    }
}
