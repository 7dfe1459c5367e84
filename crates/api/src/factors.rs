//! One's own second factors: authenticator apps and recovery codes.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::{Deserialize, Serialize};
use tollgate_base::{ExposeSecret, SecretString, id::FactorId};
use tollgate_flows::factors::{self, App, Begin};
use tollgate_web::{Problem, Web, Who, body::Json, input::Id};
use utoipa::ToSchema;

use crate::shapes::{Password, ProblemShape, RecoveryCodesShape, added};

/// What an account proves itself with beside its password.
#[derive(Serialize, ToSchema)]
pub(crate) struct Factors {
    authenticators: Vec<Authenticator>,
    /// How many recovery codes still work.
    recovery_codes_left: i64,
}

/// An authenticator app.
#[derive(Serialize, ToSchema)]
pub(crate) struct Authenticator {
    id: String,
    /// What its owner calls it.
    name: String,
    added_at: String,
    last_used_at: Option<String>,
}

/// An app that is to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAuthenticator {
    /// Up to 60 characters.
    name: String,
    /// Left out by who has none.
    current_password: Option<Password>,
}

/// What the app has to be told. Shown once.
#[derive(Serialize, ToSchema)]
pub(crate) struct AuthenticatorEnrollment {
    id: String,
    /// In base 32, to be typed.
    secret: String,
    /// The same as an `otpauth:` address, for a QR code.
    uri: String,
}

/// A code that an app shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OneTimeCode {
    code: Password,
}

/// The current password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CurrentPassword {
    /// Left out by who has none.
    current_password: Option<Password>,
}

/// My second factors
#[utoipa::path(
    get, path = "/api/v1/me/factors", operation_id = "list_my_factors",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = Factors),
        (status = 401, description = "`auth.required`", body = ProblemShape),
    )
)]
pub(crate) async fn list(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<Factors>, Problem> {
    let mine = factors::list(web.ctx(), &who, who.person()?.user).await?;
    Ok(axum::Json(Factors {
        authenticators: mine.apps.into_iter().map(Authenticator::from).collect(),
        recovery_codes_left: mine.codes_left,
    }))
}

/// Begin to add an authenticator app
///
/// It counts once a code of it is confirmed.
#[utoipa::path(
    post, path = "/api/v1/me/factors", operation_id = "add_my_authenticator",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = NewAuthenticator,
    responses(
        (status = 201, body = AuthenticatorEnrollment),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`password.wrong`, `factor.fresh`", body = ProblemShape),
        (status = 409, description = "`factor.limit`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn begin(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<NewAuthenticator>,
) -> Result<(StatusCode, axum::Json<AuthenticatorEnrollment>), Problem> {
    let request = Begin {
        name: body.name,
        password: body.current_password.map(SecretString::from),
    };
    let begun = factors::begin(web.ctx(), &who, request).await?;
    let shown = AuthenticatorEnrollment {
        id: begun.id.to_string(),
        secret: begun.text.expose_secret().to_owned(),
        uri: begun.uri.expose_secret().to_owned(),
    };
    Ok((StatusCode::CREATED, axum::Json(shown)))
}

/// Confirm an authenticator app by a code that it shows
///
/// Other sessions end. With the first app come ten recovery codes.
#[utoipa::path(
    post, path = "/api/v1/me/factors/{id}/confirmation", operation_id = "confirm_my_authenticator",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)), request_body = OneTimeCode,
    responses(
        (status = 200, body = RecoveryCodesShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`factor.wrong`", body = ProblemShape),
        (status = 404, description = "`factor.missing`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn confirm(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<FactorId>,
    Json(body): Json<OneTimeCode>,
) -> Result<Response, Problem> {
    let made = factors::confirm(web.ctx(), &who, (id, body.code.0)).await?;
    Ok(added(&web, made))
}

/// Remove an authenticator app
///
/// With the last one the recovery codes go too.
#[utoipa::path(
    post, path = "/api/v1/me/factors/{id}/removal", operation_id = "remove_my_authenticator",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)), request_body = CurrentPassword,
    responses(
        (status = 204, description = "It is gone."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`password.wrong`, `factor.fresh`", body = ProblemShape),
        (status = 404, description = "`factor.missing`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn remove(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<FactorId>,
    Json(body): Json<CurrentPassword>,
) -> Result<StatusCode, Problem> {
    factors::remove(
        web.ctx(),
        &who,
        (id, body.current_password.map(SecretString::from)),
    )
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make new recovery codes
///
/// The old ones are void.
#[utoipa::path(
    post, path = "/api/v1/me/recovery-codes", operation_id = "renew_my_recovery_codes",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = CurrentPassword,
    responses(
        (status = 200, body = RecoveryCodesShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`password.wrong`, `factor.fresh`", body = ProblemShape),
        (status = 404, description = "`factor.missing`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn renew_codes(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<CurrentPassword>,
) -> Result<axum::Json<RecoveryCodesShape>, Problem> {
    let made = factors::renew_codes(
        web.ctx(),
        &who,
        body.current_password.map(SecretString::from),
    )
    .await?;
    Ok(axum::Json(Some(made).into()))
}

impl From<App> for Authenticator {
    fn from(app: App) -> Self {
        Self {
            id: app.id.to_string(),
            name: app.name,
            added_at: app.added_at.to_string(),
            last_used_at: app.last_used_at.map(|at| at.to_string()),
        }
    }
}
