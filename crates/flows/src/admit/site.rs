//! The cookie of an app behind the gate: it names a session, is worth something
//! on one host alone, and dies with the session. Nothing of it is stored.

use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes, id::SessionId, time::Time};
use tollgate_crypto::token;

use crate::{
    ctx::{Cached, Ctx},
    steps::visit,
};

use super::read;

pub(super) async fn load(ctx: &Ctx, host: &str, cookie: &SecretString) -> Result<Cached> {
    let invalid = || Error::new(&codes::TOKEN_INVALID);
    let session = token::bound(&visit::key(ctx), cookie.expose_secret(), &[host.as_bytes()]);
    let session = session.map(SessionId::from_bits).ok_or_else(invalid)?;
    let loaded = read::by_session(ctx.db(), session).await?;
    let loaded = loaded.ok_or_else(|| Error::new(&codes::SESSION_REVOKED))?;
    let cached = loaded.active()?.cached(ctx, Time::from_micros(i64::MAX));
    Ok(Cached {
        bond: cached.bond.on_any_device(),
        ..cached
    })
}
