//! Tokens of forms: half in a cookie that this browser alone has, half in a hidden
//! field, which is a MAC over the cookie and over the session that it was shown to.
//!
//! A page elsewhere can neither read the cookie nor plant one, and what was shown to
//! another session acts for nobody else. The session goes in by its id, so that a
//! renewed secret disturbs no other tab. This comes on top of the check in
//! [`origin`](crate::origin), never instead of it.

use axum::http::{HeaderMap, HeaderValue, request::Parts};
use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes, hex::hex, id::SessionId};
use tollgate_flows::Ctx;

use crate::{
    cookies::Cookie,
    problem::Problem,
    state::{Http, Web},
    who,
};

/// A token in its two places.
#[derive(Debug)]
pub struct FormToken {
    /// The value of the hidden field.
    pub field: SecretString,
    /// The `Set-Cookie` header of the answer.
    pub cookie: HeaderValue,
}

/// The token for a form that is about to be shown to this session. A browser that
/// has its half keeps it, so that two tabs do not disturb each other.
///
/// # Errors
/// `internal.entropy`; `request.credentials` for two cookies.
pub fn issue(web: &Web, headers: &HeaderMap, session: Option<SessionId>) -> Result<FormToken> {
    let (ctx, http) = (web.ctx(), web.http());
    let browser = match browser(headers, &http)? {
        Some(known) => known,
        None => fresh(ctx)?,
    };
    Ok(FormToken {
        field: ctx.form_token(&browser, session),
        cookie: Cookie::Form.set(&http, &browser, None),
    })
}

/// Whether a form was shown in the browser that submits it, to the session that it
/// is submitted by. Where nobody is signed in there is no session to act for, and
/// the browser is enough.
///
/// # Errors
/// `request.origin`; whatever recognising the session says but that it has ended.
pub async fn check(web: &Web, request: &Parts, field: &str) -> Result<(), Problem> {
    let shown_to = shown_to(web, &request.headers, field)?;
    let session = who::session(request, web).await?;
    if session.is_none() || session == shown_to {
        Ok(())
    } else {
        Err(refused().into())
    }
}

/// The same for forms that act for the browser alone, such as its language: it does
/// not matter to whom they were shown.
///
/// # Errors
/// `request.origin`.
pub fn check_browser(web: &Web, headers: &HeaderMap, field: &str) -> Result<()> {
    shown_to(web, headers, field).map(|_| ())
}

/// To which session a form was shown in this browser.
fn shown_to(web: &Web, headers: &HeaderMap, field: &str) -> Result<Option<SessionId>> {
    let browser = browser(headers, &web.http())?.ok_or_else(refused)?;
    web.ctx().form_session(&browser, field).ok_or_else(refused)
}

fn browser(headers: &HeaderMap, http: &Http) -> Result<Option<SecretString>> {
    let known = Cookie::Form.read(headers, http)?;
    Ok(known.filter(|known| is_half(known.expose_secret())))
}

fn refused() -> Error {
    Error::new(&codes::REQUEST_ORIGIN)
        .detail("The form is too old, or cookies are off. Load the page again and repeat it.")
}

/// 32 random bytes in hexadecimal digits.
fn fresh(ctx: &Ctx) -> Result<SecretString> {
    let bytes: [u8; 32] = ctx.entropy().bytes()?;
    Ok(hex(&bytes).into())
}

fn is_half(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
