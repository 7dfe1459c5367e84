//! Making access tokens: our own, and those of the dialects.

use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tollgate_base::{
    Result, SecretString,
    access::Assurance,
    hex::hex,
    id::{SessionId, UserId},
    time::Time,
};
use tollgate_crypto::jwt::{sign, sign_plain};

use crate::ctx::{
    Ctx, Face, PURPOSE_ACCESS, PURPOSE_CHATBOT, PURPOSE_IDENTITY, SimpleJwt, Statement,
};

/// The `typ` of our own access tokens (RFC 9068, section 2.1).
pub(crate) const ACCESS_TYP: &str = "at+jwt";

/// The `typ` of statements to apps: nothing else of ours takes them.
pub(crate) const IDENTITY_TYP: &str = "tollgate-identity+jwt";
/// How long such a statement lives.
const IDENTITY_LIVES: Duration = Duration::from_mins(5);

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

/// Claims of a statement to an app. JSON column: none; this is the token's
/// payload.
#[derive(Serialize)]
struct IdentityClaims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    preferred_username: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    email: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    groups: [&'a str; 1],
    iat: i64,
    exp: i64,
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

/// A statement to an app of who its visitor is, and until when it may be handed
/// out: for four minutes of its five, so that no app gets one that is about to
/// expire.
pub(crate) fn identity(ctx: &Ctx, face: &Face, audience: &str, now: Time) -> Result<Statement> {
    let policy = ctx.policy();
    let text = |bytes: &'_ Bytes| String::from_utf8_lossy(bytes).into_owned();
    let (sub, username, email) = (text(&face.id), text(&face.name), text(&face.email));
    let (name, group) = (text(&face.display_name), text(&face.groups));
    let claims = IdentityClaims {
        iss: &policy.tokens.issuer,
        aud: audience,
        sub: &sub,
        preferred_username: &username,
        email: &email,
        name: &name,
        groups: [&group],
        iat: now.secs(),
        exp: now.plus(IDENTITY_LIVES).secs(),
    };
    let keys = ctx.keys();
    let token = sign(
        &keys.signer(PURPOSE_IDENTITY, now)?.key,
        IDENTITY_TYP,
        &claims,
    )?;
    Ok(Statement {
        audience: audience.to_owned(),
        until: now.plus(IDENTITY_LIVES / 5 * 4),
        token: token.into(),
    })
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
