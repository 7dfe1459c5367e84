//! Where the next page of a list is: the `Link` header of RFC 8288.

use axum::http::{HeaderValue, Uri};
use tollgate_base::page::Cursor;

/// `</path?…&cursor=…>; rel="next"`: the request's own path and query with the
/// cursor in place of the one it had.
pub fn next_link(uri: &Uri, cursor: &Cursor) -> HeaderValue {
    let query = uri.query().unwrap_or_default().split('&');
    let kept = query.filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let cursor = format!("cursor={}", cursor.encode());
    let query = kept.chain([cursor.as_str()]).collect::<Vec<_>>().join("&");
    let link = format!("<{}?{query}>; rel=\"next\"", uri.path());
    HeaderValue::from_str(&link).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use tollgate_base::time::Time;

    use super::*;

    #[test]
    fn the_rest_of_the_query_stays() {
        let cursor = Cursor {
            at: Time::from_secs(1),
            id: "usr_1".into(),
        };
        let link = next_link(
            &Uri::from_static("/people?limit=2&cursor=old&role=admin"),
            &cursor,
        );
        let expected = format!(
            "</people?limit=2&role=admin&cursor={}>; rel=\"next\"",
            cursor.encode()
        );
        assert_eq!(link, expected);
    }
}
