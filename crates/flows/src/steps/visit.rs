//! The cookie by which an app's host knows a session.

use tollgate_base::{SecretString, id::SessionId};
use tollgate_crypto::{mac::MacKey, token};

use crate::ctx::Ctx;

/// What such cookies are made with.
pub(crate) fn key(ctx: &Ctx) -> MacKey {
    ctx.master().derive("site cookie")
}

/// The cookie of a session on one host.
pub(crate) fn cookie(ctx: &Ctx, session: SessionId, host: &str) -> SecretString {
    token::bind(&key(ctx), session.bits(), &[host.as_bytes()])
}
