//! Where a request comes from, for requests that a browser sends by itself
//! with our cookie. Those with an `Authorization` header are exempt: no other
//! site can make a browser send one.

use axum::http::{HeaderMap, HeaderValue, Method, header};
use tollgate_base::{Error, Result, codes};

use crate::state::Http;

/// Whether a method only reads (RFC 9110, section 9.2.1).
pub fn is_safe(method: &Method) -> bool {
    matches!(
        *method,
        Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE
    )
}

/// Refuse a request that does not come from a page of ours.
///
/// Browsers say so in `Sec-Fetch-Site`, or in `Origin` where the connection is
/// plain http. Who says neither is refused too, as an old browser might be
/// behind it; a program can say `Origin`, or send a token instead.
///
/// # Errors
/// `request.origin`.
pub fn same_origin(headers: &HeaderMap, http: &Http) -> Result<()> {
    let told = |name| {
        let mut all = headers.get_all(name).iter();
        (all.next().map(HeaderValue::as_bytes), all.next().is_some())
    };
    let (site, site_twice) = told("sec-fetch-site");
    let (from, from_twice) = told(header::ORIGIN.as_str());
    let ours = match (site, from) {
        _ if site_twice || from_twice => false,
        (Some(site), _) => matches!(site, b"same-origin" | b"none"),
        (None, Some(from)) => from == http.origin().as_bytes(),
        (None, None) => false,
    };
    if ours {
        Ok(())
    } else {
        Err(Error::new(&codes::REQUEST_ORIGIN))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;
    use crate::state::tests::http;

    fn told(lines: &[(&str, &str)]) -> HeaderMap {
        let line = |(name, value): &(&str, &str)| {
            (
                name.parse::<HeaderName>().unwrap(),
                HeaderValue::from_str(value).unwrap(),
            )
        };
        lines.iter().map(line).collect()
    }

    /// asvs:V3.5.1, vuln:65
    #[test]
    fn only_our_own_pages_pass() {
        let http = http("https://id.example.org");
        for good in [
            &[("sec-fetch-site", "same-origin")] as &[(&str, &str)],
            &[("sec-fetch-site", "none")],
            &[("origin", "https://id.example.org")],
            &[
                ("sec-fetch-site", "same-origin"),
                ("origin", "https://id.example.org"),
            ],
        ] {
            assert!(same_origin(&told(good), &http).is_ok(), "{good:?}");
        }
        for bad in [
            &[] as &[(&str, &str)],
            &[("sec-fetch-site", "same-site")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://id.example.org"),
            ],
            &[("sec-fetch-site", "Same-Origin")],
            &[("origin", "null")],
            &[("origin", "http://id.example.org")],
            &[("origin", "https://id.example.org.evil.example")],
            &[("origin", "https://id.example.org:8443")],
            &[
                ("origin", "https://id.example.org"),
                ("origin", "https://evil.example"),
            ],
            &[("referer", "https://id.example.org/x")],
        ] {
            let refused = same_origin(&told(bad), &http).unwrap_err();
            assert!(refused.is(&codes::REQUEST_ORIGIN), "{bad:?}");
        }
    }
}
