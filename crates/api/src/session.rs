//! Signing in, staying signed in, signing out.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tollgate_base::{ExposeSecret, access::Principal};
use tollgate_flows::{
    ClientProfile, Credentials, Device, Opening,
    refresh::{Refresh, refresh},
    signin::{SignIn, Step, signin},
    signout::signout,
};
use tollgate_web::{Peer, Problem, Web, Who, body::Json, cookies, device, origin};
use utoipa::ToSchema;

use crate::shapes::{Password, ProblemShape, User};

/// What somebody typed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    /// An e-mail address or a username.
    login: String,
    password: Password,
    /// Stay signed in for long.
    #[serde(default)]
    remember: bool,
    /// What the client calls this device.
    device: Option<String>,
    /// Whether the session lives in a cookie or in tokens.
    #[serde(default)]
    mode: Mode,
}

/// Where a session lives.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Mode {
    /// In a cookie, for pages.
    Cookie,
    /// In an access and a refresh token, for programs.
    #[default]
    Token,
}

/// A refresh token to be exchanged.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshBody {
    refresh_token: Password,
}

/// A session that was opened.
#[derive(Serialize, ToSchema)]
pub(crate) struct Opened {
    user: User,
    session_id: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    tokens: Option<Tokens>,
}

/// Tokens of a session. Shown once.
#[derive(Serialize, ToSchema)]
pub(crate) struct Tokens {
    /// Always `Bearer`.
    token_type: &'static str,
    /// A JWT for the `Authorization` header.
    access_token: String,
    /// Seconds until it expires.
    expires_in: u64,
    /// What to exchange for the next pair; each works once.
    refresh_token: String,
}

/// Sign in
///
/// Unknown, wrong and suspended are answered alike. In cookie mode the answer
/// sets the cookie and holds no tokens.
#[utoipa::path(
    post, path = "/api/v1/session",
    tag = "sign-in", request_body = Login,
    responses(
        (status = 200, body = Opened),
        (status = 400, description = "`request.invalid`", body = ProblemShape),
        (status = 401, description = "`signin.failed`", body = ProblemShape),
        (status = 403, description = "`request.origin`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn sign_in(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    Json(body): Json<Login>,
) -> Result<Response, Problem> {
    let http = web.http();
    let opening = match body.mode {
        Mode::Cookie => {
            // Nobody may be signed in to somebody else's account unawares.
            origin::same_origin(&headers, &http)?;
            Opening::Cookie {
                remember: body.remember,
            }
        }
        Mode::Token => Opening::Tokens {
            remember: body.remember,
        },
    };
    let seen = device(&headers, peer);
    let request = SignIn {
        login: body.login,
        password: body.password.0,
        device: Device::new(body.device, seen.browser, seen.address),
        address: peer.0,
        opening,
        client: ClientProfile::NATIVE,
    };
    let Step::Done(signed_in) = signin(web.ctx(), &Principal::Anonymous, request).await?;
    let mut opened = Opened {
        user: signed_in.account.into(),
        session_id: signed_in.session.to_string(),
        tokens: None,
    };
    match signed_in.credentials {
        Credentials::Cookie { secret, max_age } => {
            let cookie = cookies::set(&http, &secret, max_age);
            Ok(([(header::SET_COOKIE, cookie)], axum::Json(opened)).into_response())
        }
        tokens @ Credentials::Tokens { .. } => {
            opened.tokens = Tokens::of(&tokens);
            Ok(axum::Json(opened).into_response())
        }
    }
}

/// Exchange a refresh token
///
/// Each works once. Whoever lost the answer may ask again within ten seconds;
/// a token that is used later ends its session.
#[utoipa::path(
    post, path = "/api/v1/session/refresh", operation_id = "refresh_session",
    tag = "sign-in", request_body = RefreshBody,
    responses(
        (status = 200, body = Tokens),
        (status = 401, description = "`token.invalid`, `token.expired`, `token.reused`, `session.revoked`, `session.expired`, `account.suspended`", body = ProblemShape),
    )
)]
pub(crate) async fn renew(
    State(web): State<Web>,
    Json(body): Json<RefreshBody>,
) -> Result<axum::Json<Option<Tokens>>, Problem> {
    let request = Refresh {
        token: body.refresh_token.0,
    };
    let renewed = refresh(web.ctx(), &Principal::Anonymous, request).await?;
    Ok(axum::Json(Tokens::of(&renewed)))
}

/// Sign out
#[utoipa::path(
    delete, path = "/api/v1/session",
    tag = "sign-in", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 204, description = "The session has ended; its cookie is cleared."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`request.origin`", body = ProblemShape),
    )
)]
pub(crate) async fn sign_out(State(web): State<Web>, Who(who): Who) -> Result<Response, Problem> {
    signout(web.ctx(), &who, ()).await?;
    let cleared = [(header::SET_COOKIE, cookies::clear(&web.http()))];
    Ok((StatusCode::NO_CONTENT, cleared).into_response())
}

impl Tokens {
    fn of(credentials: &Credentials) -> Option<Self> {
        let Credentials::Tokens {
            access,
            access_lives,
            refresh,
        } = credentials
        else {
            return None;
        };
        Some(Self {
            token_type: "Bearer",
            access_token: access.expose_secret().to_owned(),
            expires_in: access_lives.as_secs(),
            refresh_token: refresh.expose_secret().to_owned(),
        })
    }
}
