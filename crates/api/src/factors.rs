//! One's own second factors: authenticator apps and recovery codes.

use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use tollgate_base::{ExposeSecret, id::FactorId};
use tollgate_flows::factors::{self, App, Begin, RecoveryCodes};
use tollgate_web::{Problem, Web, Who, body::Json, input::Id};
use utoipa::ToSchema;

use crate::shapes::{Password, ProblemShape};

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
    current_password: Password,
}

/// What the app has to be told. Shown once.
#[derive(Serialize, ToSchema)]
pub(crate) struct BegunAuthenticator {
    id: String,
    /// In base 32, to be typed.
    secret: String,
    /// The same as an `otpauth:` address, for a QR code.
    uri: String,
}

/// A code that an app shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Code {
    code: Password,
}

/// The current password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Current {
    current_password: Password,
}

/// Recovery codes. Shown once.
#[derive(Serialize, ToSchema)]
pub(crate) struct Codes {
    /// Each works once. Empty if there were some already.
    recovery_codes: Vec<String>,
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
        (status = 201, body = BegunAuthenticator),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`password.wrong`", body = ProblemShape),
        (status = 409, description = "`factor.limit`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn begin(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<NewAuthenticator>,
) -> Result<(StatusCode, axum::Json<BegunAuthenticator>), Problem> {
    let request = Begin {
        name: body.name,
        password: body.current_password.0,
    };
    let begun = factors::begin(web.ctx(), &who, request).await?;
    let shown = BegunAuthenticator {
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
    params(("id" = String, Path)), request_body = Code,
    responses(
        (status = 200, body = Codes),
        (status = 401, description = "`auth.required`, `factor.code`", body = ProblemShape),
        (status = 404, description = "`factor.missing`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn confirm(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<FactorId>,
    Json(body): Json<Code>,
) -> Result<axum::Json<Codes>, Problem> {
    let made = factors::confirm(web.ctx(), &who, (id, body.code.0)).await?;
    Ok(axum::Json(Codes::of(made)))
}

/// Remove an authenticator app
///
/// With the last one the recovery codes go too.
#[utoipa::path(
    post, path = "/api/v1/me/factors/{id}/removal", operation_id = "remove_my_authenticator",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)), request_body = Current,
    responses(
        (status = 204, description = "It is gone."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`password.wrong`", body = ProblemShape),
        (status = 404, description = "`factor.missing`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn remove(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<FactorId>,
    Json(body): Json<Current>,
) -> Result<StatusCode, Problem> {
    factors::remove(web.ctx(), &who, (id, body.current_password.0)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make new recovery codes
///
/// The old ones are void.
#[utoipa::path(
    post, path = "/api/v1/me/recovery-codes", operation_id = "renew_my_recovery_codes",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = Current,
    responses(
        (status = 200, body = Codes),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`password.wrong`", body = ProblemShape),
        (status = 404, description = "`factor.missing`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn renew_codes(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<Current>,
) -> Result<axum::Json<Codes>, Problem> {
    let made = factors::renew_codes(web.ctx(), &who, body.current_password.0).await?;
    Ok(axum::Json(Codes::of(Some(made))))
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

impl Codes {
    fn of(made: Option<RecoveryCodes>) -> Self {
        let made = made.map_or_else(Vec::new, |RecoveryCodes(codes)| codes);
        let shown = made.iter().map(|code| code.expose_secret().to_owned());
        Self {
            recovery_codes: shown.collect(),
        }
    }
}
