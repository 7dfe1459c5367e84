//! The id of the request at hand: in every answer, log line and problem. It is
//! always ours; what a client sends under that name is ignored.

use std::future::Future;

use axum::http::{HeaderName, HeaderValue};
use tollgate_base::id::RequestId;
use tollgate_flows::Ctx;

/// The header that carries it.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: RequestId;
}

/// The id of the request that this task answers; none outside of one.
pub fn current() -> Option<RequestId> {
    CURRENT.try_with(|id| *id).ok()
}

/// A new one. Without chance from the operating system it is not unique, and
/// that request will fail for better reasons.
pub(crate) fn draw(ctx: &Ctx) -> RequestId {
    RequestId::with_chance(ctx.now(), ctx.entropy().bytes().unwrap_or_default())
}

/// Run `work` as the answer to that request.
pub(crate) fn scope<F: Future>(id: RequestId, work: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(id, work)
}

/// As a header's value.
pub(crate) fn value(id: RequestId) -> HeaderValue {
    HeaderValue::from_str(&id.to_string()).expect("an id is ASCII letters, digits and `_`")
}
