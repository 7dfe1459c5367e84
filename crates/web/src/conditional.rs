//! `ETag`, `If-Match` and `If-None-Match` (RFC 9110, sections 8.8.3, 13.1.1 and
//! 13.1.2) over the version numbers of records and the tags of files.

use axum::http::{HeaderMap, HeaderValue, header};
use tollgate_base::{Error, Result, codes};

/// The tag of a version.
pub fn etag(version: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).expect("a quoted number is visible ASCII")
}

/// The version that a change is meant for; none if any will do.
///
/// # Errors
/// `version.mismatch` for a tag that is not one of ours: it matches nothing.
pub fn if_match(headers: &HeaderMap) -> Result<Option<i64>> {
    let mut all = headers.get_all(header::IF_MATCH).iter();
    let text = match (all.next(), all.next()) {
        (None, _) => return Ok(None),
        (Some(one), None) => one.to_str().unwrap_or_default(),
        _ => "",
    };
    if text == "*" {
        return Ok(None);
    }
    let version = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    match version.and_then(|version| version.parse().ok()) {
        Some(version) => Ok(Some(version)),
        None => Err(Error::new(&codes::VERSION_MISMATCH)),
    }
}

/// The tag of a file.
pub fn file_etag(tag: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{tag}\"")).expect("tags are hexadecimal digits")
}

/// Whether the caller has the file of that tag.
pub fn has_file(headers: &HeaderMap, tag: &str) -> bool {
    let told = headers.get_all(header::IF_NONE_MATCH).iter();
    let mut known = told
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|one| one.trim().trim_start_matches("W/").trim_matches('"'));
    known.any(|one| one == tag || one == "*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_comes_back_as_its_version() {
        let sent =
            |value: HeaderValue| -> HeaderMap { [(header::IF_MATCH, value)].into_iter().collect() };
        assert_eq!(if_match(&sent(etag(7))).unwrap(), Some(7));
        assert_eq!(
            if_match(&sent(HeaderValue::from_static("*"))).unwrap(),
            None
        );
        assert_eq!(if_match(&HeaderMap::new()).unwrap(), None);
        for bad in ["7", "W/\"7\"", "\"7\", \"8\"", "\"\"", "\"x\""] {
            let refused = if_match(&sent(HeaderValue::from_static(bad))).unwrap_err();
            assert!(refused.is(&codes::VERSION_MISMATCH), "{bad}");
        }
    }
}
