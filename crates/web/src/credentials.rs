//! Credentials in headers: one at most of each kind.

use axum::http::{HeaderMap, HeaderValue, header};
use tollgate_base::{Error, Result, SecretString, codes};

use crate::{cookies, state::Http};

/// Refuse what two readers could read differently: two `Authorization`
/// headers, or a cookie of ours sent twice.
///
/// # Errors
/// `request.credentials`.
pub(crate) fn single(headers: &HeaderMap, http: &Http) -> Result<()> {
    authorization(headers)?;
    cookies::read(headers, http).map(drop)
}

/// The one `Authorization` header, if there is one.
///
/// # Errors
/// `request.credentials` if there are several.
pub fn authorization(headers: &HeaderMap) -> Result<Option<&HeaderValue>> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    match (all.next(), all.next()) {
        (first, None) => Ok(first),
        _ => Err(Error::new(&codes::REQUEST_CREDENTIALS)),
    }
}

/// The bearer token (RFC 6750), whatever the case of the scheme.
///
/// # Errors
/// `request.credentials` for several headers, `token.invalid` for another
/// scheme or for what is no token: a credential that is not understood must
/// not pass for none.
pub fn bearer(headers: &HeaderMap) -> Result<Option<SecretString>> {
    Ok(bearer_in_place(headers)?.map(SecretString::from))
}

/// The same where it stands.
///
/// # Errors
/// As [`bearer`].
pub fn bearer_in_place(headers: &HeaderMap) -> Result<Option<&str>> {
    let Some(value) = authorization(headers)? else {
        return Ok(None);
    };
    let token = after_bearer(value.as_bytes());
    let token = token.ok_or_else(|| Error::new(&codes::TOKEN_INVALID))?;
    Ok(Some(token))
}

/// `Bearer`, a blank, and one word of visible ASCII.
fn after_bearer(credentials: &[u8]) -> Option<&str> {
    let (scheme, rest) = credentials.split_at_checked("Bearer".len())?;
    let token = rest.strip_prefix(b" ")?.trim_ascii();
    // Without a way out in between, so that many bytes are looked at in one step.
    let plain = token
        .iter()
        .fold(!token.is_empty(), |all, byte| all & byte.is_ascii_graphic());
    let is_ours = scheme.eq_ignore_ascii_case(b"bearer") && plain;
    is_ours.then(|| str::from_utf8(token).ok())?
}

#[cfg(test)]
mod tests {
    use tollgate_base::ExposeSecret;

    use super::*;

    fn with(values: &[&[u8]]) -> HeaderMap {
        let lines = values.iter().map(|value| {
            (
                header::AUTHORIZATION,
                HeaderValue::from_bytes(value).unwrap(),
            )
        });
        lines.collect()
    }

    #[test]
    fn a_bearer_is_read_in_any_case() {
        for good in ["Bearer abc", "bearer abc", "BEARER  abc"] {
            let found = bearer(&with(&[good.as_bytes()])).unwrap().unwrap();
            assert_eq!(found.expose_secret(), "abc");
        }
        assert!(bearer(&with(&[])).unwrap().is_none());
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for bad in [
            &b"Basic YTpi"[..],
            b"Bearer",
            b"Bearer ",
            b"abc",
            b"Bearer a b",
            b"Bearer \xff",
            b"",
        ] {
            assert!(
                bearer(&with(&[bad])).unwrap_err().is(&codes::TOKEN_INVALID),
                "{bad:?}"
            );
        }
        let twice = bearer(&with(&[b"Bearer a", b"Bearer a"])).unwrap_err();
        assert!(twice.is(&codes::REQUEST_CREDENTIALS));
    }
}
