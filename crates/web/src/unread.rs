//! What is left of a body that a handler did not read to its end. The rest of it
//! would stand where the next request begins, so the connection is not used again,
//! and the client is told (RFC 9112, section 9.6).

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderValue, header},
    response::Response,
};
use http_body::{Frame, SizeHint};

/// Whether a body was read to its end.
#[derive(Clone)]
pub(crate) struct End(Arc<AtomicBool>);

struct Watched {
    body: Body,
    end: End,
}

/// The body, and what knows of its end.
pub(crate) fn watch(body: Body) -> (Body, End) {
    let end = End(Arc::new(AtomicBool::new(body.is_end_stream())));
    let watched = Watched {
        body,
        end: end.clone(),
    };
    (Body::new(watched), end)
}

impl End {
    /// Have the connection closed after this answer, unless the body came to its
    /// end.
    pub(crate) fn mark(&self, answer: &mut Response) {
        if !self.0.load(Ordering::Acquire) {
            close(answer);
        }
    }

    fn reached(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Have the connection closed after this answer.
pub(crate) fn close(answer: &mut Response) {
    let close = HeaderValue::from_static("close");
    answer.headers_mut().insert(header::CONNECTION, close);
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if frame.is_none() || self.body.is_end_stream() {
            self.end.reached();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
