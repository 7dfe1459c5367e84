//! Headers that every answer has, whatever made it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::state::Http;

/// The content security policy of what is no page: nothing may be loaded, and
/// nobody may frame it.
pub const CSP_NOTHING: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Always as written here. The referrer policy is not `no-referrer`, as that
/// would turn `Origin` into `null` on our own forms.
const FIXED: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];
/// Unless the handler said otherwise.
const USUAL: [(HeaderName, &str); 2] = [
    (header::CONTENT_SECURITY_POLICY, CSP_NOTHING),
    (header::CACHE_CONTROL, "no-store"),
];
/// A year, the least that browsers' lists take (RFC 6797).
const HSTS: &str = "max-age=31536000";
const HSTS_SUBDOMAINS: &str = "max-age=31536000; includeSubDomains";

/// Put them on.
pub(crate) fn secure(headers: &mut HeaderMap, http: &Http) {
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in USUAL {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if http.is_https() {
        let value = if http.hsts_subdomains {
            HSTS_SUBDOMAINS
        } else {
            HSTS
        };
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(value),
        );
    }
}
