//! Refusals that all operations of a sort share. They are added to the
//! description here, so that no operation can forget them; each operation
//! declares only those of its own.

use tollgate_base::{
    Error,
    codes::{self, Code},
};
use tollgate_web::problem;
use utoipa::openapi::{
    Content, Header, Object, OpenApi, Ref, RefOr, Response, Type, path::Operation,
};

/// How the generator declares any body.
const JSON: &str = "application/json";

/// Complete the description of all operations.
pub(crate) fn complete(description: &mut OpenApi) {
    for (path, item) in &mut description.paths.paths {
        let methods = [
            (&mut item.get, false),
            (&mut item.post, true),
            (&mut item.put, true),
            (&mut item.patch, true),
            (&mut item.delete, true),
        ];
        for (operation, changes) in methods {
            let Some(operation) = operation else { continue };
            name_media_type(operation);
            for code in shared(path, operation, changes) {
                declare(operation, code);
            }
            if path.starts_with("/api/v1/") {
                tell_of_limits(operation);
            }
        }
    }
}

/// How much is left is told with every answer, and with a refusal for want of it
/// how long to wait (draft-ietf-httpapi-ratelimit-headers-11). Said where it
/// matters: of what went well, and of that refusal.
fn tell_of_limits(operation: &mut Operation) {
    for (status, answer) in &mut operation.responses.responses {
        let RefOr::T(answer) = answer else { continue };
        if !(status.starts_with('2') || status == "429") {
            continue;
        }
        let told = [
            (
                "RateLimit-Policy",
                "The limits: how many requests (q) over how many seconds (w)",
            ),
            (
                "RateLimit",
                "How many are left (r), and in how many seconds all are (t)",
            ),
            ("Retry-After", "Seconds to wait"),
        ];
        let told = &told[..if status == "429" { 3 } else { 2 }];
        for (name, description) in told {
            let text = Object::with_type(Type::String);
            let mut header = Header::new(text);
            header.description = Some((*description).to_owned());
            answer.headers.insert((*name).to_owned(), RefOr::T(header));
        }
    }
}

fn shared(path: &str, operation: &Operation, changes: bool) -> Vec<&'static Code> {
    let mut shared = vec![
        &codes::REQUEST_MALFORMED,
        &codes::REQUEST_CREDENTIALS,
        &codes::REQUEST_TIMEOUT,
        &codes::NETWORK_DENIED,
        &codes::STORE_BUSY,
        &codes::STORE_DOWN,
        &codes::INTERNAL,
    ];
    if operation.request_body.is_some() {
        shared.extend([
            &codes::REQUEST_INVALID,
            &codes::REQUEST_TOO_LARGE,
            &codes::REQUEST_MEDIA_TYPE,
        ]);
    }
    if path.starts_with("/api/authz/") {
        shared.extend([
            &codes::GATE_REQUEST,
            &codes::AUTH_REQUIRED,
            &codes::GATE_DENIED,
            &codes::SITE_UNKNOWN,
            &codes::STORE_STALE,
        ]);
    }
    let free = ["/livez", "/readyz", "/api/docs", "/api/docs/style.css"];
    if !path.starts_with("/api/authz/") && !free.contains(&path) {
        shared.extend([&codes::THROTTLED, &codes::REQUEST_HEADERS]);
    }
    if path.contains("id}") {
        shared.push(&codes::ID_MALFORMED);
    }
    if operation.security.is_some() {
        shared.extend([
            &codes::AUTH_REQUIRED,
            &codes::TOKEN_INVALID,
            &codes::TOKEN_EXPIRED,
            &codes::SESSION_REVOKED,
            &codes::SESSION_EXPIRED,
            &codes::SESSION_DEVICE,
            &codes::SESSION_NETWORK,
            &codes::ACCOUNT_SUSPENDED,
            &codes::FACTOR_REQUIRED,
        ]);
        if changes {
            shared.push(&codes::REQUEST_ORIGIN);
        }
    }
    shared
}

/// Name the code in the answer of its status.
fn declare(operation: &mut Operation, code: &'static Code) {
    let status = problem::status(&Error::new(code)).as_str().to_owned();
    let answers = &mut operation.responses.responses;
    let answer = answers
        .entry(status)
        .or_insert_with(|| RefOr::T(Response::new("")));
    let RefOr::T(answer) = answer else { return };
    let name = format!("`{}`", code.name);
    if !answer.description.contains(&name) {
        if !answer.description.is_empty() {
            answer.description += ", ";
        }
        answer.description += &name;
    }
    answer
        .content
        .entry(problem::MEDIA_TYPE.to_owned())
        .or_insert_with(body);
}

/// A refusal is `application/problem+json` (RFC 9457).
fn name_media_type(operation: &mut Operation) {
    for answer in operation.responses.responses.values_mut() {
        let RefOr::T(answer) = answer else { continue };
        if answer.content.get(JSON) == Some(&body()) {
            answer.content.clear();
            answer
                .content
                .insert(problem::MEDIA_TYPE.to_owned(), body());
        }
    }
}

fn body() -> RefOr<Content> {
    RefOr::T(Content::new(Some(Ref::from_schema_name("ProblemShape"))))
}
