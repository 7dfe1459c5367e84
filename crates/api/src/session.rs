//! Signing in, staying signed in, signing out.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tollgate_base::{ExposeSecret, access::Principal};
use tollgate_flows::{
    ClientProfile, Credentials, Device, Opening, SignedIn,
    refresh::{Refresh, refresh},
    signin::{self, Finish, SignIn, Step},
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

/// What somebody typed after the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondStep {
    /// What the first step answered.
    challenge: Password,
    /// The code that an authenticator app shows, or a recovery code.
    code: Password,
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

/// The password was right, and a code is wanted.
#[derive(Serialize, ToSchema)]
pub(crate) struct Challenged {
    /// For `POST /api/v1/session/second`, within ten minutes and five tries.
    challenge: String,
    /// What may be sent as the code.
    methods: [&'static str; 2],
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
/// sets the cookie and holds no tokens. Where the account has a second factor,
/// the answer is 202 with a challenge.
#[utoipa::path(
    post, path = "/api/v1/session",
    tag = "sign-in", request_body = Login,
    responses(
        (status = 200, body = Opened),
        (status = 202, body = Challenged),
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
    let opening = body.mode.opening(&web, &headers, body.remember)?;
    let seen = device(&headers, peer);
    let request = SignIn {
        login: body.login,
        password: body.password.0,
        device: Device::new(body.device, seen.browser, seen.address),
        address: peer.0,
        opening,
        client: ClientProfile::NATIVE,
    };
    match signin::signin(web.ctx(), &Principal::Anonymous, request).await? {
        Step::Done(signed_in) => Ok(opened(&web, *signed_in)),
        Step::Second(challenge) => {
            let challenged = Challenged {
                challenge: challenge.expose_secret().to_owned(),
                methods: ["totp", "recovery_code"],
            };
            Ok((StatusCode::ACCEPTED, axum::Json(challenged)).into_response())
        }
    }
}

/// Finish signing in with a code
///
/// Ask again from the beginning after `one_time.invalid`.
#[utoipa::path(
    post, path = "/api/v1/session/second", operation_id = "finish_sign_in",
    tag = "sign-in", request_body = SecondStep,
    responses(
        (status = 200, body = Opened),
        (status = 400, description = "`request.invalid`, `one_time.invalid`", body = ProblemShape),
        (status = 401, description = "`factor.code`", body = ProblemShape),
        (status = 403, description = "`request.origin`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn finish(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    Json(body): Json<SecondStep>,
) -> Result<Response, Problem> {
    let seen = device(&headers, peer);
    let request = Finish {
        challenge: body.challenge.0,
        code: body.code.0,
        device: Device::new(body.device, seen.browser, seen.address),
        address: peer.0,
        opening: body.mode.opening(&web, &headers, body.remember)?,
    };
    let signed_in = signin::finish(web.ctx(), &Principal::Anonymous, request).await?;
    Ok(opened(&web, signed_in))
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

/// The answer to whoever is in.
fn opened(web: &Web, signed_in: SignedIn) -> Response {
    let mut opened = Opened {
        user: signed_in.account.into(),
        session_id: signed_in.session.to_string(),
        tokens: None,
    };
    match signed_in.credentials {
        Credentials::Cookie { secret, max_age } => {
            let cookie = cookies::set(&web.http(), &secret, max_age);
            ([(header::SET_COOKIE, cookie)], axum::Json(opened)).into_response()
        }
        tokens @ Credentials::Tokens { .. } => {
            opened.tokens = Tokens::of(&tokens);
            axum::Json(opened).into_response()
        }
    }
}

impl Mode {
    fn opening(self, web: &Web, headers: &HeaderMap, remember: bool) -> Result<Opening, Problem> {
        match self {
            Self::Cookie => {
                // Nobody may be signed in to somebody else's account unawares.
                origin::same_origin(headers, &web.http())?;
                Ok(Opening::Cookie { remember })
            }
            Self::Token => Ok(Opening::Tokens { remember }),
        }
    }
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
