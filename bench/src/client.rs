//! HTTP/1.1 over loopback with as little work as possible: requests are bytes
//! that were made before, answers are read as far as their lengths. One thread
//! drives all clients, so that the machine is left to the server.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures_util::future::try_join_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep_until,
};

use crate::Result;

/// Somebody who asks one thing after another.
pub(crate) trait Caller {
    /// The next request.
    fn ask(&mut self) -> &[u8];
    /// What came back to it.
    fn hear(&mut self, answer: &Answer);
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// How long callers go on.
#[derive(Clone, Copy)]
pub(crate) enum Span {
    For(Duration),
    /// Each so often.
    Each(usize),
    /// For so long, each beginning its next request at fixed times.
    Paced {
        each: Duration,
        during: Duration,
    },
}

/// What a load came to.
#[derive(Default)]
pub(crate) struct Load {
    pub(crate) took: Duration,
    pub(crate) waits: Vec<Duration>,
}

/// The same request again and again, which has to be answered with 200.
#[derive(Clone)]
pub(crate) struct Same(pub(crate) Vec<u8>);

/// One request after the other, each of which has to be answered with 200.
pub(crate) struct Turns {
    requests: Vec<Vec<u8>>,
    next: usize,
}

impl Caller for Same {
    fn ask(&mut self) -> &[u8] {
        &self.0
    }

    fn hear(&mut self, answer: &Answer) {
        answer.expect(200);
    }
}

impl Caller for Turns {
    fn ask(&mut self) -> &[u8] {
        let place = self.next % self.requests.len();
        self.next += 1;
        &self.requests[place]
    }

    fn hear(&mut self, answer: &Answer) {
        answer.expect(200);
    }
}

impl Turns {
    pub(crate) const fn new(requests: Vec<Vec<u8>>) -> Self {
        Self { requests, next: 0 }
    }
}

impl Answer {
    /// Stop where a server does not do what is measured.
    pub(crate) fn expect(&self, status: u16) {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "the server answered: {text}");
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("an answer in JSON")
    }
}

impl Load {
    pub(crate) fn requests(&self) -> f64 {
        self.waits.len() as f64
    }

    pub(crate) fn rate(&self) -> f64 {
        self.requests() / self.took.as_secs_f64()
    }

    /// Of a hundred answers, 99 came within it.
    pub(crate) fn p99(&self) -> Duration {
        let mut sorted = self.waits.clone();
        sorted.sort();
        sorted[sorted.len() * 99 / 100]
    }
}

/// A GET with these header lines.
pub(crate) fn get(path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut text = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n");
    for (name, value) in headers {
        text.extend([name, ": ", value, "\r\n"]);
    }
    text.push_str("\r\n");
    text.into_bytes()
}

/// A POST of JSON.
pub(crate) fn post(path: &str, body: &serde_json::Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Let all callers ask, each over a connection of its own and one thing at a time.
pub(crate) async fn load<C: Caller>(
    address: SocketAddr,
    callers: &mut [C],
    span: Span,
) -> Result<Load> {
    let opening = callers.iter().map(|_| Connection::open(address));
    let connections = try_join_all(opening).await?;
    let begun = Instant::now();
    let clients = callers
        .iter_mut()
        .zip(connections)
        .map(|(caller, connection)| client(caller, connection, span, begun));
    let waits = try_join_all(clients).await?;
    Ok(Load {
        took: begun.elapsed(),
        waits: waits.into_iter().flatten().collect(),
    })
}

async fn client<C: Caller>(
    caller: &mut C,
    mut connection: Connection,
    span: Span,
    begun: Instant,
) -> io::Result<Vec<Duration>> {
    let mut waits = Vec::new();
    loop {
        let ends = match span {
            Span::For(during) | Span::Paced { during, .. } => begun.elapsed() >= during,
            Span::Each(times) => waits.len() >= times,
        };
        if ends {
            return Ok(waits);
        }
        if let Span::Paced { each, .. } = span {
            let turn = u32::try_from(waits.len()).unwrap_or(u32::MAX);
            sleep_until((begun + each * turn).into()).await;
        }
        let asked = Instant::now();
        let answer = connection.exchange(caller.ask()).await?;
        waits.push(asked.elapsed());
        caller.hear(&answer);
    }
}

/// A connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(16 * 1024),
        })
    }

    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some((status, body)) = whole(&self.buffer) {
                let body = self.buffer[body..].to_vec();
                return Ok(Answer { status, body });
            }
        }
    }
}

/// The status of an answer and where its body begins, once all of it is there.
fn whole(bytes: &[u8]) -> Option<(u16, usize)> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&bytes[..head]).ok()?;
    let status = text.get(9..12)?.parse().ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.parse::<usize>().ok())?
    });
    let body = head + 4;
    (bytes.len() >= body + length.unwrap_or(0)).then_some((status, body))
}
