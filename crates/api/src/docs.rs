//! The documents about the API: its OpenAPI description, and a page that lists
//! the operations.

use std::sync::LazyLock;

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde_json::Value;
use tollgate_base::html::escaped;
use tollgate_web::packed::Packed;

/// The pages load nothing but their own style sheet.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What `routes::openapi` gives, as a test holds it.
const DESCRIPTION: Packed =
    Packed::new(include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.gz")));

/// Made when it is first asked for.
static PAGE: LazyLock<String> = LazyLock::new(|| render(&DESCRIPTION.unpacked()));

/// The OpenAPI 3.1 description of this API
#[utoipa::path(
    get, path = "/api/openapi.json", operation_id = "show_openapi",
    tag = "operation",
    responses((status = 200, description = "OpenAPI 3.1", body = Value)),
)]
pub(crate) async fn openapi(asker: HeaderMap) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, DESCRIPTION.answer(&asker))
}

/// The operations as a page
#[utoipa::path(
    get, path = "/api/docs", operation_id = "show_docs",
    tag = "operation",
    responses((status = 200, description = "A page", content_type = "text/html")),
)]
pub(crate) async fn page() -> Response {
    html(&PAGE)
}

/// How that page looks
#[utoipa::path(
    get, path = "/api/docs/style.css", operation_id = "show_docs_style",
    tag = "operation",
    responses((status = 200, description = "A style sheet", content_type = "text/css")),
)]
pub(crate) async fn style() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, include_str!("docs.css"))
}

fn html(page: &'static str) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (StatusCode::OK, headers, Html(page)).into_response()
}

/// Read from the description itself, so that the page cannot lag behind.
fn render(description: &[u8]) -> String {
    let description: Value = serde_json::from_slice(description).unwrap_or_default();
    let mut body = String::from(
        "<h1>Tollgate API</h1><p>The whole description is at <a href=\"/api/openapi.json\">/api/openapi.json</a> \
         (OpenAPI 3.1). Refusals are problem details (RFC 9457) with a stable <code>code</code>.</p>",
    );
    for (path, item) in description["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            body += &section(&method.to_uppercase(), path, operation);
        }
    }
    document("Tollgate API", &body)
}

fn section(method: &str, path: &str, operation: &Value) -> String {
    let text = |value: &Value| escaped(value.as_str().unwrap_or_default());
    let answers = operation["responses"].as_object().into_iter().flatten();
    let answers: Vec<String> = answers
        .map(|(status, answer)| {
            format!(
                "<dt>{}</dt><dd>{}</dd>",
                escaped(status),
                text(&answer["description"])
            )
        })
        .collect();
    format!(
        "<section><h2><code>{method} {}</code></h2><p>{}. {}</p><dl>{}</dl></section>",
        escaped(path),
        text(&operation["summary"]),
        text(&operation["description"]),
        answers.concat()
    )
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\"/api/docs/style.css\">\
         </head><body><main>{body}</main></body></html>",
        escaped(title)
    )
}
