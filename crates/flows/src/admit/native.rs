//! Our own access tokens (RFC 9068): signature, claims, then the session.

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString, codes,
    id::{SessionId, UserId},
    time::Time,
};
use tollgate_crypto::jwt::{Claims, Family, Fault, KidRule, MAX_LENGTH, TypRule, verify};

use crate::ctx::{Cached, Ctx, PURPOSE_ACCESS};

use super::read;

/// How far the clocks of two nodes may be apart.
const LEEWAY_SECS: i64 = 60;

pub(super) async fn load(ctx: &Ctx, token: &SecretString, now: Time) -> Result<Cached> {
    let claims = signed(ctx, token.expose_secret())?;
    let (user, session, until) = read_claims(ctx, &claims, now)?;
    let loaded = read::by_session(ctx.db(), session).await?;
    match loaded {
        Some(loaded) if loaded.session.account == user => Ok(loaded.active()?.cached(ctx, until)),
        _ => Err(Error::new(&codes::SESSION_REVOKED)),
    }
}

/// What we signed, whether or not it still counts.
pub(super) fn signed(ctx: &Ctx, token: &str) -> Result<Claims, Fault> {
    let keys = ctx.keys();
    let family = Family {
        keys: keys.verifiers(PURPOSE_ACCESS),
        typ: TypRule::OneOf(&["at+jwt", "application/at+jwt"]),
        kid: KidRule::Required,
        max_len: MAX_LENGTH,
    };
    verify(token, &family).map(Claims)
}

fn read_claims(ctx: &Ctx, claims: &Claims, now: Time) -> Result<(UserId, SessionId, Time)> {
    let invalid = || Error::new(&codes::TOKEN_INVALID);
    let (policy, soon) = (ctx.policy(), now.secs() + LEEWAY_SECS);
    if claims.text("iss")? != policy.tokens.issuer
        || claims.audience()? != [policy.tokens.audience.as_str()]
        || claims.integer("iat")? > soon
        || claims
            .optional_integer("nbf")?
            .is_some_and(|from| from > soon)
    {
        return Err(invalid());
    }
    let until = Time::from_secs(claims.integer("exp")?);
    if until <= now {
        return Err(Error::new(&codes::TOKEN_EXPIRED));
    }
    let user = claims.text("sub")?.parse().map_err(|_| invalid())?;
    let session = claims.text("sid")?.parse().map_err(|_| invalid())?;
    Ok((user, session, until))
}
