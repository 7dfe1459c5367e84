//! What is refused before any handler looks at it: addresses that two readers
//! could read differently, doubled credentials, bodies beyond the limit.

use axum::{
    extract::Request,
    http::{HeaderMap, Uri, header},
};
use percent_encoding::percent_decode_str;
use tollgate_base::{Error, Result, codes};

use crate::{credentials, state::Http, upload};

/// Browsers keep 180 cookies for a host at most, and send 16 KiB at most to any
/// server that takes no more.
const COOKIES: usize = 200;
const COOKIE_BYTES: usize = 16 * 1024;

/// Refuse the request, or find nothing wrong with it.
pub(crate) fn check(request: &Request, http: &Http) -> Result<()> {
    address(request.uri())?;
    if request.headers().get_all(header::HOST).iter().count() > 1 {
        let detail = "More than one Host header was sent.";
        return Err(Error::new(&codes::REQUEST_MALFORMED).detail(detail));
    }
    cookies(request.headers())?;
    credentials::single(request.headers(), http)?;
    let told = request.headers().get(header::CONTENT_LENGTH);
    let length = told.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let most = upload::limit(request.headers(), http) as u64;
    if length.is_some_and(|length| length > most) {
        return Err(Error::new(&codes::REQUEST_TOO_LARGE));
    }
    Ok(())
}

/// Refuse more cookies than a browser has for one host.
fn cookies(headers: &HeaderMap) -> Result<()> {
    let lines = headers.get_all(header::COOKIE).iter();
    let (bytes, count) = lines.fold((0, 0), |(bytes, count), line| {
        let text = line.as_bytes();
        let more = text.split(|byte| *byte == b';').count();
        (bytes + text.len(), count + more)
    });
    if bytes > COOKIE_BYTES || count > COOKIES {
        return Err(Error::new(&codes::REQUEST_HEADERS));
    }
    Ok(())
}

fn address(uri: &Uri) -> Result<()> {
    if is_plain(uri.path()) && is_plain(uri.query().unwrap_or_default()) {
        Ok(())
    } else {
        let detail = "The address has a malformed %-sequence, NUL, or bytes that are not UTF-8.";
        Err(Error::new(&codes::REQUEST_MALFORMED).detail(detail))
    }
}

/// Whether every `%` has its two digits, and the whole is UTF-8 without NUL.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |at: usize| {
        bytes
            .get(at + 1..at + 3)
            .is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    };
    let whole = bytes
        .iter()
        .enumerate()
        .all(|(at, byte)| *byte != b'%' || digits(at));
    whole
        && percent_decode_str(text)
            .decode_utf8()
            .is_ok_and(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// fault:F26
    #[test]
    fn only_whole_utf_8_without_nul_passes() {
        for good in ["", "/", "/a%20b", "/%C3%A4", "/a%2fb", "q=a+b&c=%25"] {
            assert!(is_plain(good), "{good}");
        }
        for bad in [
            "/%",
            "/%a",
            "/%zz",
            "/%00",
            "/%ff",
            "/%c0%80",
            "/%ed%a0%80",
            "/a%2",
            "/\0",
        ] {
            assert!(!is_plain(bad), "{bad}");
        }
    }
}
