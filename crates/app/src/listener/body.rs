//! The body of a request, and whom it keeps waiting: while the rest of it has to
//! come, its connection may have to make room, and one that comes too slowly is
//! given up. How long a body may be is not decided here.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::places::Seat;

/// Slowest pace of a body, in bytes a second. Pauses are made up for by what came
/// before and after them, so this is far below any line that people use.
const PACE: u64 = 1024;

/// A body whose sender is held to a pace.
pub(super) struct Paced<B> {
    body: B,
    seat: Arc<Seat>,
    /// How far it may fall behind.
    patience: Duration,
    /// Since when it is behind, once it was waited for.
    since: Option<Instant>,
    end: Option<Pin<Box<Sleep>>>,
}

impl<B> Paced<B> {
    pub(super) fn new(body: B, seat: Arc<Seat>, patience: Duration) -> Self {
        Self {
            body,
            seat,
            patience,
            since: None,
            end: None,
        }
    }
}

impl<B: HttpBody<Data = Bytes> + Unpin> HttpBody for Paced<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = self.get_mut();
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            let piece = frame.as_ref().and_then(|frame| frame.as_ref().ok());
            let length = piece.and_then(Frame::data_ref).map_or(0, Bytes::len);
            if let Some(since) = &mut this.since {
                *since = caught_up(*since, length, Instant::now());
            }
            if this.seat.is_heard() {
                return Poll::Ready(frame);
            }
            // It was told to go a moment ago, and will.
            return Poll::Pending;
        }
        let since = *this.since.get_or_insert_with(Instant::now);
        this.seat.owes(since);
        let last = since + this.patience;
        let end = this.end.get_or_insert_with(|| Box::pin(sleep_until(last)));
        if end.deadline() != last {
            end.as_mut().reset(last);
        }
        ready!(end.as_mut().poll(cx));
        if this.seat.goes() {
            metrics::counter!("tollgate_connections_cut_total", "reason" => "slow").increment(1);
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Since when a sender is behind after so many bytes. Nobody is ever ahead: what
/// comes at once buys no rest.
fn caught_up(since: Instant, bytes: usize, now: Instant) -> Instant {
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
    let paid = Duration::from_micros(bytes.saturating_mul(1_000_000) / PACE);
    since.checked_add(paid).map_or(now, |since| since.min(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// fault:F22
    #[test]
    fn a_piece_buys_time_by_its_length_and_no_more_than_was_lost() {
        let since = Instant::now();
        let second = Duration::from_secs(1);
        let now = since + 5 * second;
        assert_eq!(caught_up(since, 0, now), since);
        assert!(caught_up(since, 1, now) < since + second / 1000);
        assert_eq!(caught_up(since, 2048, now), since + 2 * second);
        assert_eq!(caught_up(since, 64 * 1024, now), now);
        assert_eq!(caught_up(since, usize::MAX, now), now);
    }
}
