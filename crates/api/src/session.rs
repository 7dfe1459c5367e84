//! Signing in, staying signed in, signing out. With passkeys: in `passkey`, by
//! mail: in `mail`, with what an administrator made: in `token`. What is confirmed
//! by mail: in `confirmation`.

pub(crate) mod confirmation;
pub(crate) mod mail;
pub(crate) mod passkey;
pub(crate) mod token;

use axum::{
    extract::State,
    http::{Extensions, HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tollgate_base::{Error, ExposeSecret, access::Principal, codes};
use tollgate_flows::{
    ClientProfile, Credentials, DeviceSecrets, Opening, SignedIn,
    refresh::{Refresh, refresh},
    sent_codes,
    signin::{self, Finish, SignIn, Step},
    signout::signout,
    step_up,
};
use tollgate_web::{Peer, Problem, Web, Who, body::Json, cookies, device, origin, place};
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
    /// Have this device known from now on: the answer holds a `device_token`, which is
    /// to be sent in the `Tollgate-Device` header. Browsers with a cookie are known anyway.
    #[serde(default)]
    remember_device: bool,
    /// Whether the session lives in a cookie or in tokens.
    #[serde(default)]
    mode: Mode,
}

/// What somebody typed after the first step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondStep {
    /// What the first step answered.
    challenge: Password,
    /// The code that an authenticator app shows, one that was sent, or a recovery
    /// code.
    code: Password,
    /// Stay signed in for long.
    #[serde(default)]
    remember: bool,
    /// What the client calls this device.
    device: Option<String>,
    /// As at the first step.
    #[serde(default)]
    remember_device: bool,
    /// Leave this step out on this device for as long as `devices.trust` says. It is
    /// remembered then.
    #[serde(default)]
    trust_device: bool,
    /// Whether the session lives in a cookie or in tokens.
    #[serde(default)]
    mode: Mode,
}

/// What is shown again: one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShownAgain {
    /// The code that an authenticator app shows, one that was sent, or a recovery
    /// code.
    code: Option<Password>,
    /// The password, of whoever has no second factor.
    password: Option<Password>,
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
    /// For the `Tollgate-Device` header of later requests, if this device is to be
    /// known. In cookie mode it is a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_token: Option<String>,
    /// The account must have a second factor and has none: until one is added, all else
    /// is refused with `factor.required`.
    limited: bool,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    tokens: Option<Tokens>,
}

/// The first step went well, and more is wanted.
#[derive(Serialize, ToSchema)]
pub(crate) struct Challenged {
    /// For the next step, within ten minutes and five tries.
    challenge: String,
    /// How to go on: `passkey` is for `POST /api/v1/session/passkey`, the others
    /// may be sent as the code. Those of `email` and `sms` are asked for by
    /// `POST /api/v1/session/second/code`, where the person has turned them on. Alone,
    /// `mail` means a code that was mailed, for `POST /api/v1/session/confirmation`.
    methods: Vec<&'static str>,
    /// Where that code went, with most of it left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_to: Option<String>,
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
/// or where the sign-in has to be confirmed by mail, the answer is 202 with a
/// challenge.
#[utoipa::path(
    post, path = "/api/v1/session",
    tag = "sign-in", request_body = Login,
    params(
        ("Tollgate-Device" = Option<String>, Header, description = "What this program is known again by: a `device_token`"),
        ("Tollgate-Proof" = Option<String>, Header, description = "The work that `signin.proof_needed` asked for"),
    ),
    responses(
        (status = 200, body = Opened),
        (status = 202, body = Challenged),
        (status = 400, description = "`request.invalid`", body = ProblemShape),
        (status = 401, description = "`signin.failed`", body = ProblemShape),
        (status = 403, description = "`request.origin`, `confirmation.unreachable`", body = ProblemShape),
        (status = 429, description = "`throttled`, `signin.proof_needed`", body = ProblemShape),
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
    let keeps = body.mode.keeps(body.remember_device);
    let request = SignIn {
        login: body.login,
        password: body.password.0,
        device: device(&web, &headers, peer)
            .named(body.device)
            .keeping(keeps),
        address: peer.0,
        opening,
        client: ClientProfile::NATIVE,
    };
    let step = signin::signin(web.ctx(), &Principal::Anonymous, request).await?;
    stepped(&web, step).await
}

/// Finish signing in with a code
///
/// Ask again from the beginning after `one_time.invalid`.
#[utoipa::path(
    post, path = "/api/v1/session/second", operation_id = "finish_sign_in",
    tag = "sign-in", request_body = SecondStep,
    params(("Tollgate-Device" = Option<String>, Header, description = "What this program is known again by: a `device_token`")),
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
    let keeps = body.mode.keeps(body.remember_device || body.trust_device);
    let request = Finish {
        challenge: body.challenge.0,
        code: body.code.0,
        device: device(&web, &headers, peer)
            .named(body.device)
            .keeping(keeps),
        trust: body.trust_device,
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
    params(("Tollgate-Device" = Option<String>, Header, description = "What this program is known again by: a `device_token`")),
    responses(
        (status = 200, body = Tokens),
        (status = 401, description = "`token.invalid`, `token.expired`, `token.reused`, `session.revoked`, `session.expired`, `session.device`, `session.network`, `account.suspended`", body = ProblemShape),
    )
)]
pub(crate) async fn renew(
    State(web): State<Web>,
    headers: HeaderMap,
    extensions: Extensions,
    Json(body): Json<RefreshBody>,
) -> Result<axum::Json<Option<Tokens>>, Problem> {
    let request = Refresh {
        token: body.refresh_token.0,
        place: place(&web, &headers, &extensions),
    };
    let renewed = refresh(web.ctx(), &Principal::Anonymous, request).await?;
    Ok(axum::Json(Tokens::of(&renewed)))
}

/// Show again who you are
///
/// For ten minutes this session may then change the password, the second factors and
/// the names to sign in with, which is refused with `factor.fresh` or
/// `password.fresh` before. A cookie is replaced: the one before works no more.
#[utoipa::path(
    post, path = "/api/v1/session/step-up", operation_id = "step_up",
    tag = "sign-in", security(("bearer" = []), ("cookie" = [])), request_body = ShownAgain,
    responses(
        (status = 204, description = "It was right, and is used up."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 400, description = "`request.invalid` for both, or none of the two", body = ProblemShape),
        (status = 403, description = "`factor.wrong`, `factor.fresh`, `password.wrong`", body = ProblemShape),
        (status = 404, description = "`factor.missing`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn step_up(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<ShownAgain>,
) -> Result<Response, Problem> {
    let renewed = match (body.code, body.password) {
        (Some(code), None) => step_up::step_up(web.ctx(), &who, code.0).await?,
        (None, Some(password)) => step_up::step_up_by_password(web.ctx(), &who, password.0).await?,
        _ => {
            let detail = "Send a code, or the password.";
            return Err(Error::new(&codes::REQUEST_INVALID)
                .field("/code", "one_of", detail)
                .into());
        }
    };
    let cookie = cookies::renew(&web.http(), &renewed);
    Ok((StatusCode::NO_CONTENT, cookie, ()).into_response())
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
    Ok((StatusCode::NO_CONTENT, cookies::leave(&web.http())).into_response())
}

/// The answer to whoever took the first step.
async fn stepped(web: &Web, step: Step) -> Result<Response, Problem> {
    match step {
        Step::Done(signed_in) => Ok(opened(web, *signed_in)),
        Step::Second(challenge) => {
            let by = Principal::Anonymous;
            let shown = signin::methods(web.ctx(), &by, &challenge).await?;
            let sent = sent_codes::offers(web.ctx(), &by, &challenge).await?;
            let sent = sent.iter().map(|offer| offer.way.as_str());
            let challenged = Challenged {
                challenge: challenge.expose_secret().to_owned(),
                methods: shown.iter().map(|way| way.name()).chain(sent).collect(),
                sent_to: None,
            };
            Ok((StatusCode::ACCEPTED, axum::Json(challenged)).into_response())
        }
        Step::Confirm(waits) => {
            let challenged = Challenged {
                challenge: waits.challenge.expose_secret().to_owned(),
                methods: vec!["mail"],
                sent_to: Some(waits.sent_to),
            };
            Ok((StatusCode::ACCEPTED, axum::Json(challenged)).into_response())
        }
    }
}

/// The answer to whoever is in.
fn opened(web: &Web, signed_in: SignedIn) -> Response {
    let mut opened = Opened {
        user: signed_in.account.into(),
        session_id: signed_in.session.to_string(),
        device_token: None,
        limited: signed_in.limited,
        tokens: None,
    };
    match signed_in.credentials {
        Credentials::Cookie { secret, max_age } => {
            let http = web.http();
            let mut headers = HeaderMap::new();
            headers.append(header::SET_COOKIE, cookies::set(&http, &secret, max_age));
            if let Some(secrets) = &signed_in.device {
                headers.append(header::SET_COOKIE, cookies::keep_devices(&http, secrets));
            }
            (headers, axum::Json(opened)).into_response()
        }
        tokens @ Credentials::Tokens { .. } => {
            let text = |secrets: DeviceSecrets| secrets.text().expose_secret().to_owned();
            opened.device_token = signed_in.device.map(text);
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

    /// Whether the client keeps what it is known again by: browsers keep a cookie,
    /// programs if they say so.
    const fn keeps(self, wanted: bool) -> bool {
        match self {
            Self::Cookie => true,
            Self::Token => wanted,
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
