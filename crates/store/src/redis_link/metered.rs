//! A stream that breaks off when more arrives than a helper ever has to say:
//! whatever length an answer claims, it never fills our memory.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::Instant,
};

/// How much may arrive in each span of time. Answers and wake-ups have less than
/// a hundred bytes.
const MOST: usize = 4 * 1024 * 1024;
const SPAN: Duration = Duration::from_secs(1);

pub(super) struct Metered {
    stream: TcpStream,
    since: Instant,
    read: usize,
}

impl Metered {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            since: Instant::now(),
            read: 0,
        }
    }
}

impl AsyncRead for Metered {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if self.since.elapsed() >= SPAN {
            (self.since, self.read) = (Instant::now(), 0);
        }
        self.read += buffer.filled().len() - before;
        Poll::Ready(if self.read > MOST {
            Err(io::Error::other("it says too much"))
        } else {
            Ok(())
        })
    }
}

impl AsyncWrite for Metered {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
