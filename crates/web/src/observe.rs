//! What is told of each request: a span, a line, a measurement and, to who traces,
//! where its time went, by matched route. The line says who asked, and which refusal
//! the answer was. No address, token, query or other personal data is in any of them.

use std::{cell::Cell, time::Instant};

use axum::{
    extract::{MatchedPath, Request},
    http::{Method, StatusCode},
};
use tollgate_base::{
    id::{RequestId, UserId},
    spans,
};
use tracing::{Instrument, Span, field::Empty, trace_span};

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
    /// What those who trace are told, and what it takes time for belongs to.
    pub(crate) trace: Span,
    method: &'static str,
    route: Option<MatchedPath>,
    begun: Instant,
}

/// A request that goes around the layers of the house, as those who trace are told
/// of it.
pub struct Trace(Span);

impl Watch {
    /// Begin to watch.
    pub(crate) fn begin(request: &Request, id: RequestId) -> Self {
        let method = known(request.method());
        let route = request.extensions().get::<MatchedPath>().cloned();
        let path = route.as_ref().map_or("unmatched", MatchedPath::as_str);
        let span = tracing::info_span!("request", request.id = %id, method, route = path);
        let trace = trace(method, path);
        if !trace.is_disabled() {
            trace.record("request.id", tracing::field::display(id));
        }
        Self {
            span,
            trace,
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
        self.trace
            .record("http.response.status_code", status.as_u16());
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

impl Trace {
    /// Begin to tell of it, if anybody listens.
    pub fn begin(method: &Method, route: &'static str) -> Option<Self> {
        let span = trace(known(method), route);
        (!span.is_disabled()).then_some(Self(span))
    }

    /// Do what answers it; `status` reads the outcome.
    pub async fn over<T>(
        self,
        work: impl Future<Output = T>,
        status: impl FnOnce(&T) -> StatusCode,
    ) -> T {
        let outcome = work.instrument(self.0.clone()).await;
        let status = status(&outcome).as_u16();
        self.0.record("http.response.status_code", status);
        outcome
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

fn trace(method: &'static str, route: &str) -> Span {
    trace_span!(
        target: spans::TARGET, "request",
        http.request.method = method, http.route = route,
        request.id = Empty, http.response.status_code = Empty
    )
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
