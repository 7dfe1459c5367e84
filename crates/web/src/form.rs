//! Tokens for the forms of pages on which nobody is signed in yet (setup,
//! password reset): the same secret in a cookie and in a hidden field.
//!
//! A page elsewhere can neither read the cookie nor plant one. This comes on
//! top of the check in [`origin`](crate::origin), never instead of it.

use aws_lc_rs::constant_time;
use axum::http::{HeaderMap, HeaderValue};
use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes, hex::hex};
use tollgate_flows::Ctx;

use crate::{cookies::Cookie, state::Http};

/// A token in its two places.
#[derive(Debug)]
pub struct FormToken {
    /// The value of the hidden field.
    pub field: SecretString,
    /// The `Set-Cookie` header of the answer.
    pub cookie: HeaderValue,
}

/// The token for a form that is about to be shown. A browser that has one
/// keeps it, so that two tabs do not disturb each other.
///
/// # Errors
/// `internal.entropy`; `request.credentials` for two cookies.
pub fn issue(ctx: &Ctx, headers: &HeaderMap, http: &Http) -> Result<FormToken> {
    let known = Cookie::Form.read(headers, http)?;
    let field = match known.filter(|known| is_token(known.expose_secret())) {
        Some(known) => known,
        None => fresh(ctx)?,
    };
    let cookie = Cookie::Form.set(http, &field, None);
    Ok(FormToken { field, cookie })
}

/// Whether the field of a submitted form goes with the cookie.
///
/// # Errors
/// `request.origin`.
pub fn check(headers: &HeaderMap, http: &Http, field: &str) -> Result<()> {
    let refused = || {
        Error::new(&codes::REQUEST_ORIGIN)
            .detail("The form is too old, or cookies are off. Load the page again and repeat it.")
    };
    let cookie = Cookie::Form.read(headers, http)?.ok_or_else(refused)?;
    let same =
        constant_time::verify_slices_are_equal(cookie.expose_secret().as_bytes(), field.as_bytes());
    if is_token(field) && same.is_ok() {
        Ok(())
    } else {
        Err(refused())
    }
}

/// 32 random bytes in hexadecimal digits.
fn fresh(ctx: &Ctx) -> Result<SecretString> {
    let bytes: [u8; 32] = ctx.entropy().bytes()?;
    Ok(hex(&bytes).into())
}

fn is_token(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;
    use crate::state::tests::http;

    #[test]
    fn field_and_cookie_must_be_one_token() {
        let (token, other) = ("a1".repeat(32), "b2".repeat(32));
        let sent = |value: &str| -> HeaderMap {
            let line = format!("tollgate-form={value}");
            [(header::COOKIE, HeaderValue::from_str(&line).unwrap())]
                .into_iter()
                .collect()
        };
        let http = http("http://x");
        assert!(check(&sent(&token), &http, &token).is_ok());
        for (cookie, field) in [(&token, &other), (&token, &String::new())] {
            assert!(check(&sent(cookie), &http, field).is_err());
        }
        assert!(
            check(&sent(""), &http, "").is_err(),
            "two empty halves are no token"
        );
        assert!(check(&HeaderMap::new(), &http, &token).is_err());
    }
}
