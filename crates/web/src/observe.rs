//! What is told of each request: a span, a line and a measurement, by matched
//! route. The line says who asked, and which refusal the answer was. No address,
//! token, query or other personal data is in any of them.

use std::{cell::Cell, time::Instant};

use axum::{
    extract::{MatchedPath, Request},
    http::{Method, StatusCode},
};
use tollgate_base::id::{RequestId, UserId};
use tracing::Span;

tokio::task_local! {
    static SEEN: Cell<Seen>;
}

/// What comes to light while a request is answered.
#[derive(Clone, Copy, Default)]
pub(crate) struct Seen {
    actor: Option<UserId>,
    code: Option<&'static str>,
}

/// A request under way.
pub(crate) struct Watch {
    /// What everything that is logged meanwhile belongs to.
    pub(crate) span: Span,
    method: &'static str,
    route: Option<MatchedPath>,
    begun: Instant,
}

impl Watch {
    /// Begin to watch.
    pub(crate) fn begin(request: &Request, id: RequestId) -> Self {
        let method = known(request.method());
        let route = request.extensions().get::<MatchedPath>().cloned();
        let path = route.as_ref().map_or("unmatched", MatchedPath::as_str);
        let span = tracing::info_span!("request", request.id = %id, method, route = path);
        Self {
            span,
            method,
            route,
            begun: Instant::now(),
        }
    }

    /// Tell how it ended.
    pub(crate) fn end(&self, status: StatusCode, seen: Seen) {
        let took = self.begun.elapsed();
        let route = self
            .route
            .as_ref()
            .map_or("unmatched", MatchedPath::as_str)
            .to_owned();
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.span.in_scope(|| {
            tracing::info!(
                status = status.as_u16(),
                duration_micros = micros,
                actor = seen.actor.map(display),
                code = seen.code,
                "Answered"
            );
        });
        metrics::histogram!(
            "tollgate_http_request_duration_seconds",
            "method" => self.method, "route" => route, "status" => status.as_u16().to_string()
        )
        .record(took);
    }
}

/// Run `work` as the answer to a request, of which something may come to light.
pub(crate) fn scope<F: Future>(work: F) -> impl Future<Output = F::Output> {
    SEEN.scope(Cell::default(), work)
}

/// What came to light so far.
pub(crate) fn seen() -> Seen {
    SEEN.try_with(Cell::get).unwrap_or_default()
}

/// Somebody turned out to be who asks.
pub(crate) fn asked_by(actor: UserId) {
    see(|seen| Seen {
        actor: Some(actor),
        ..seen
    });
}

/// The answer turned out to be this refusal.
pub(crate) fn refused(code: &'static str) {
    see(|seen| Seen {
        code: Some(code),
        ..seen
    });
}

/// Outside of a request there is nothing to see.
fn see(change: impl FnOnce(Seen) -> Seen) {
    let _ = SEEN.try_with(|seen| seen.set(change(seen.get())));
}

/// Clients can invent methods; the label cannot.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
