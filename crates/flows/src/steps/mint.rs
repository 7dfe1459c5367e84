//! Making access tokens: our own, and those of the dialects.

use std::time::Duration;

use serde::Serialize;
use tollgate_base::{
    Result, SecretString,
    access::Assurance,
    hex::hex,
    id::{SessionId, UserId},
    time::Time,
};
use tollgate_crypto::jwt::{sign, sign_plain};

use crate::ctx::{Ctx, PURPOSE_ACCESS, PURPOSE_CHATBOT, SimpleJwt};

/// The `typ` of our own access tokens (RFC 9068, section 2.1).
pub(crate) const ACCESS_TYP: &str = "at+jwt";

/// Who is to be named in a token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
    /// The account's integer alias, for dialects.
    pub(crate) number: i64,
    pub(crate) assurance: Assurance,
    pub(crate) auth_time: Time,
}

/// Claims of our own access tokens (RFC 9068). JSON column: none; this is the
/// token's payload.
#[derive(Serialize)]
struct AccessClaims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: String,
    client_id: &'a str,
    sid: String,
    iat: i64,
    exp: i64,
    auth_time: i64,
    acr: &'static str,
    jti: String,
}

/// Claims of SimpleJWT, with our session beside them. JSON column: none; this
/// is the token's payload.
#[derive(Serialize)]
struct SimpleJwtClaims {
    token_type: &'static str,
    exp: i64,
    iat: i64,
    jti: String,
    user_id: serde_json::Value,
    sid: String,
}

/// One of our own access tokens and how long it lives.
pub(crate) fn access(ctx: &Ctx, subject: &Subject, now: Time) -> Result<(SecretString, Duration)> {
    let policy = ctx.policy();
    let lives = policy.tokens.access;
    let claims = AccessClaims {
        iss: &policy.tokens.issuer,
        aud: &policy.tokens.audience,
        sub: subject.user.to_string(),
        client_id: "tollgate",
        sid: subject.session.to_string(),
        iat: now.secs(),
        exp: now.plus(lives).secs(),
        auth_time: subject.auth_time.secs(),
        acr: match subject.assurance {
            Assurance::One => "aal1",
            Assurance::Two => "aal2",
        },
        jti: hex(&ctx.entropy().bytes::<16>()?),
    };
    let keys = ctx.keys();
    let token = sign(&keys.signer(PURPOSE_ACCESS, now)?.key, ACCESS_TYP, &claims)?;
    Ok((token.into(), lives))
}

/// A token of the chatbot dialect: `access` or `refresh`.
pub(crate) fn chatbot(
    ctx: &Ctx,
    subject: &Subject,
    token_type: &'static str,
    lives: Duration,
    now: Time,
) -> Result<SecretString> {
    let claims = SimpleJwtClaims {
        token_type,
        exp: now.plus(lives).secs(),
        iat: now.secs(),
        jti: hex(&ctx.entropy().bytes::<16>()?),
        user_id: match ctx.policy().chatbot.simplejwt {
            SimpleJwt::V5_3 => subject.number.into(),
            SimpleJwt::V5_5 => subject.number.to_string().into(),
        },
        sid: subject.session.to_string(),
    };
    let keys = ctx.keys();
    Ok(sign_plain(&keys.signer(PURPOSE_CHATBOT, now)?.key, &claims)?.into())
}
