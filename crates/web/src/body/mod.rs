//! Bodies: read up to a limit, and JSON taken strictly, so that no two readers
//! can see two things in one text (RFC 8259, RFC 8725 section 2.4 in spirit).

mod fault;
mod scan;

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use tollgate_base::{Error, Result, codes};

use crate::{problem::Problem, state::Web};

/// Deepest nesting of arrays and objects.
pub const DEPTH: usize = 32;

/// A JSON body. The type refuses unknown fields, all of them do.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Web> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        json_type(request.headers())?;
        let body = read_body(request, web.http().body_limit).await?;
        Ok(Self(typed(&body)?))
    }
}

/// The whole body.
///
/// # Errors
/// `request.too_large` beyond `limit` bytes, `request.media_type` for a
/// compressed one, `request.malformed` if it ends before it is complete.
pub async fn read_body(request: Request, limit: usize) -> Result<Bytes> {
    let encoding = request.headers().get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| encoding != "identity") {
        let detail = "Send the body without a content encoding.";
        return Err(Error::new(&codes::REQUEST_MEDIA_TYPE).detail(detail));
    }
    match Limited::new(request.into_body(), limit).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(fault) if is_too_long(fault.as_ref()) => Err(Error::new(&codes::REQUEST_TOO_LARGE)),
        Err(fault) => Err(Error::new(&codes::REQUEST_MALFORMED).because(fault)),
    }
}

/// Any JSON value.
///
/// # Errors
/// `request.malformed`: not JSON, not UTF-8, deeper than [`DEPTH`], with a key
/// twice in one object, or with NUL in a text.
pub fn strict_json(text: &[u8]) -> Result<serde_json::Value> {
    scan::check(text)?;
    serde_json::from_slice(text).map_err(|_| malformed())
}

/// JSON of a type.
///
/// # Errors
/// As [`strict_json`]; `request.invalid` if it is JSON, but not of that type,
/// with a pointer to the field.
pub fn typed<T: DeserializeOwned>(text: &[u8]) -> Result<T> {
    scan::check(text)?;
    // A list would be taken for the fields in their order.
    if text.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(Error::new(&codes::REQUEST_INVALID).detail("Send a JSON object."));
    }
    let mut reader = serde_json::Deserializer::from_slice(text);
    serde_path_to_error::deserialize(&mut reader).map_err(|fault| fault::mistyped(&fault))
}

/// Whether the body is declared to be JSON, in UTF-8 if anything. A form or
/// plain text, which another site can send without asking, never is.
///
/// # Errors
/// `request.media_type`.
pub fn json_type(headers: &HeaderMap) -> Result<()> {
    let mut all = headers.get_all(header::CONTENT_TYPE).iter();
    let told = match (all.next(), all.next()) {
        (Some(one), None) => one.to_str().unwrap_or_default(),
        _ => "",
    };
    let (media_type, parameter) = told.split_once(';').unwrap_or((told, ""));
    let parameter = parameter.trim().replace('"', "");
    let plain = parameter.is_empty() || parameter.eq_ignore_ascii_case("charset=utf-8");
    if media_type.trim().eq_ignore_ascii_case("application/json") && plain {
        Ok(())
    } else {
        Err(Error::new(&codes::REQUEST_MEDIA_TYPE))
    }
}

/// Cap a body before any handler sees it.
pub(crate) fn limited(body: Body, limit: usize) -> Body {
    Body::new(Limited::new(body, limit))
}

fn malformed() -> Error {
    Error::new(&codes::REQUEST_MALFORMED)
}

/// The limit's error may lie below those of other layers.
fn is_too_long(fault: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(fault);
    while let Some(fault) = cause {
        if fault.is::<LengthLimitError>() {
            return true;
        }
        cause = fault.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use axum::http::HeaderValue;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wire {
        name: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only its type matters")]
        count: Option<u32>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its type matters")]
    struct Nest {
        wires: Vec<Wire>,
        shape: Option<Shape>,
        named: Option<BTreeMap<String, Wire>>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Shape {
        Round,
    }

    /// vuln:64, asvs:V3.5.2
    #[test]
    fn only_declared_json_is_read() {
        let told = |value: &[u8]| -> HeaderMap {
            [(
                header::CONTENT_TYPE,
                HeaderValue::from_bytes(value).unwrap(),
            )]
            .into_iter()
            .collect()
        };
        for good in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
        ] {
            assert!(json_type(&told(good.as_bytes())).is_ok(), "{good}");
        }
        for bad in [
            &b"text/plain"[..],
            b"",
            b"application/json; charset=utf-16",
            b"application/jsonp",
            b"application/x-www-form-urlencoded",
            b"application/json, text/plain",
            b"\xff",
            b"application/problem+json",
        ] {
            assert!(
                json_type(&told(bad))
                    .unwrap_err()
                    .is(&codes::REQUEST_MEDIA_TYPE)
            );
        }
        assert!(json_type(&HeaderMap::new()).is_err());
    }

    #[test]
    fn a_fault_is_named_and_what_was_sent_is_not_repeated() {
        let fault = |text: &str| {
            let error = typed::<Wire>(text.as_bytes()).unwrap_err();
            (error.code().name, error.public().to_owned())
        };
        assert_eq!(typed::<Wire>(br#"{"name":"x"}"#).unwrap().name, "x");
        assert_eq!(fault("{}").1, "The body has a fault: `name` is missing.");
        assert!(
            fault(r#"{"name":"x","admin":true}"#)
                .1
                .contains("a field that is unknown")
        );
        let (code, detail) = fault(r#"{"name":"x","count":"hunter2"}"#);
        assert_eq!(
            (code, detail.as_str()),
            (
                "request.invalid",
                "A value has the wrong type: expected a whole number, 0 or more."
            )
        );
        assert_eq!(fault("[]").0, "request.invalid");
        assert_eq!(fault("").0, "request.malformed");
    }

    #[test]
    fn a_fault_is_pointed_at() {
        let told = |text: &str| {
            let error = typed::<Nest>(text.as_bytes()).unwrap_err();
            let [fault] = error.fields() else {
                panic!("{text}: {error:?}")
            };
            assert!(!fault.detail.contains("hunter2"), "{fault:?}");
            (fault.pointer.clone().into_owned(), fault.rule)
        };
        for (text, pointer, rule) in [
            (r#"{"wires":"hunter2"}"#, "/wires", "type"),
            (
                r#"{"wires":[{"name":"x"},{"name":5}]}"#,
                "/wires/1/name",
                "type",
            ),
            (
                r#"{"wires":[{"name":"x","count":-1}]}"#,
                "/wires/0/count",
                "type",
            ),
            (r#"{"wires":[{}]}"#, "/wires/0/name", "required"),
            ("{}", "/wires", "required"),
            (r#"{"wires":[],"a/b~":1}"#, "/a~1b~0", "unknown"),
            (r#"{"wires":[],"shape":"oval"}"#, "/shape", "choice"),
            (
                r#"{"wires":[],"named":{"x/y":{"name":1}}}"#,
                "/named/x~1y/name",
                "type",
            ),
        ] {
            assert_eq!(told(text), (pointer.to_owned(), rule), "{text}");
        }
        // What a stranger sends is not sent back at any length.
        let long = format!(r#"{{"wires":[],"{}":1}}"#, "x".repeat(10_000));
        assert_eq!(told(&long), (String::new(), "unknown"));
    }

    #[tokio::test]
    async fn a_body_beyond_the_limit_is_refused_wherever_it_is_cut() {
        let request = || Request::new(Body::from(vec![b' '; 100]));
        assert_eq!(read_body(request(), 100).await.unwrap().len(), 100);
        assert!(
            read_body(request(), 99)
                .await
                .unwrap_err()
                .is(&codes::REQUEST_TOO_LARGE)
        );
        let cut = request().map(|body| limited(body, 50));
        assert!(
            read_body(cut, 99)
                .await
                .unwrap_err()
                .is(&codes::REQUEST_TOO_LARGE)
        );
    }

    #[tokio::test]
    async fn a_compressed_body_is_never_unpacked() {
        let mut request = Request::new(Body::from("x"));
        request
            .headers_mut()
            .insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        assert!(
            read_body(request, 100)
                .await
                .unwrap_err()
                .is(&codes::REQUEST_MEDIA_TYPE)
        );
    }
}
