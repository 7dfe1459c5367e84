//! The files of the book, embedded, and how one is sent.

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tollgate_base::{Error, codes};
use tollgate_web::{Problem, packed::Packed};

/// Nothing but the book's own style, script and pictures may load.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Short, as the names stay the same over versions.
const CACHE: &str = "public, max-age=300";

/// One file of the book.
pub(crate) struct File {
    path: &'static str,
    /// A weak entity tag, as it is of the text, compressed or not.
    tag: &'static str,
    content: Packed,
}

static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The first page.
pub(crate) async fn first(headers: HeaderMap) -> Result<Response, Problem> {
    serve(Path("index.html".to_owned()), headers).await
}

pub(crate) async fn serve(
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let file = find(&path).ok_or_else(|| Error::new(&codes::ROUTE_MISSING))?;
    let mut response = if knows(&headers, file.tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = HeaderValue::from_static(media_type(file.path));
        let mut response = file.content.answer(&headers);
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    };
    let tag = HeaderValue::from_static(file.tag);
    response.headers_mut().insert(header::ETAG, tag);
    Ok(dressed(response))
}

/// The text of a page.
pub(crate) fn text(path: &str) -> Option<String> {
    String::from_utf8(find(path)?.content.unpacked()).ok()
}

/// With the headers of every page.
pub(crate) fn dressed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE));
    response
}

fn find(path: &str) -> Option<&'static File> {
    let place = FILES.binary_search_by(|file| file.path.cmp(path)).ok()?;
    FILES.get(place)
}

/// Whether the asker has this very content (RFC 9110, section 13.1.2).
fn knows(headers: &HeaderMap, tag: &str) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).iter();
    lists.filter_map(|list| list.to_str().ok()).any(|list| {
        list.split(',')
            .map(str::trim)
            .any(|known| known == "*" || opaque(known) == opaque(tag))
    })
}

/// A tag without what says that it is weak.
fn opaque(tag: &str) -> &str {
    tag.trim_start_matches("W/")
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}
