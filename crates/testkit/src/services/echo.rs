//! The app behind a proxy: it answers every request with the request as it
//! arrived, letter by letter, and says a socket's words back.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::json;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// More than any request of a test.
const MOST: usize = 4 * 1024 * 1024;

/// A request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// As it stands in the request line.
    pub method: String,
    /// As it stands in the request line.
    pub target: String,
    /// Names and values in their order, none joined.
    pub headers: Vec<(String, String)>,
    /// Without the frames of chunks.
    pub body: Vec<u8>,
}

impl Seen {
    /// The values of every header called `name`, in any case.
    pub fn values(&self, name: &str) -> Vec<&str> {
        let same = |(other, _): &&(String, String)| other.eq_ignore_ascii_case(name);
        let values = self.headers.iter().filter(same);
        values.map(|(_, value)| value.as_str()).collect()
    }
}

/// An app that stops when this value is dropped. It keeps what it was asked.
#[derive(Debug)]
pub struct EchoApp {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    _work: JoinSet<()>,
}

impl EchoApp {
    /// Start one on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let seen = Arc::default();
        let mut work = JoinSet::new();
        work.spawn(accept(listener, Arc::clone(&seen)));
        Self {
            address,
            seen,
            _work: work,
        }
    }

    /// Where it listens: `http://127.0.0.1:…`, no slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it was asked since the last call.
    pub fn take_seen(&self) -> Vec<Seen> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut seen)
    }
}

async fn accept(listener: TcpListener, seen: Arc<Mutex<Vec<Seen>>>) {
    let mut visitors = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let seen = Arc::clone(&seen);
        visitors.spawn(async move {
            // A visitor who hangs up is no fault of the test.
            let _ = answer(stream, &seen).await;
        });
    }
}

/// One request for each connection.
async fn answer(mut stream: TcpStream, seen: &Mutex<Vec<Seen>>) -> io::Result<()> {
    let request = read(&mut stream).await?;
    let socket = request.values("upgrade") == ["websocket"];
    let body = json!({
        "method": request.method,
        "target": request.target,
        "headers": request.headers,
        "body": String::from_utf8_lossy(&request.body),
    })
    .to_string();
    seen.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(request);
    if socket {
        let head =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
        stream.write_all(head.as_bytes()).await?;
        let (mut reader, mut writer) = stream.split();
        tokio::io::copy(&mut reader, &mut writer).await?;
        return Ok(());
    }
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

/// One request, whole.
pub(super) async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = find(&bytes, b"\r\n\r\n") {
            break at;
        }
        more(stream, &mut bytes).await?;
    };
    let rest = bytes.split_off(end + 4);
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let mut word = || words.next().unwrap_or_default().to_owned();
    let mut seen = Seen {
        method: word(),
        target: word(),
        headers: lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect(),
        body: Vec::new(),
    };
    seen.body = if seen.values("transfer-encoding").is_empty() {
        let length = seen.values("content-length").first().copied();
        let length = length.unwrap_or("0").parse().map_err(io::Error::other)?;
        counted(stream, rest, length).await?
    } else {
        chunked(stream, rest).await?
    };
    Ok(seen)
}

async fn counted<S: AsyncRead + Unpin>(
    stream: &mut S,
    mut bytes: Vec<u8>,
    length: usize,
) -> io::Result<Vec<u8>> {
    while bytes.len() < length {
        more(stream, &mut bytes).await?;
    }
    bytes.truncate(length);
    Ok(bytes)
}

async fn chunked<S: AsyncRead + Unpin>(stream: &mut S, mut bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        while find(&bytes, b"\r\n").is_none() {
            more(stream, &mut bytes).await?;
        }
        let line = find(&bytes, b"\r\n").unwrap_or_default();
        let size = String::from_utf8_lossy(&bytes[..line]).into_owned();
        let size = usize::from_str_radix(size.trim(), 16).map_err(io::Error::other)?;
        while bytes.len() < line + 2 + size + 2 {
            more(stream, &mut bytes).await?;
        }
        body.extend_from_slice(&bytes[line + 2..line + 2 + size]);
        bytes.drain(..line + 2 + size + 2);
        if size == 0 {
            return Ok(body);
        }
    }
}

async fn more<S: AsyncRead + Unpin>(stream: &mut S, bytes: &mut Vec<u8>) -> io::Result<()> {
    let read = stream.read_buf(bytes).await?;
    if read == 0 || bytes.len() > MOST {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::EchoApp;
    use crate::services::raw;

    #[tokio::test]
    async fn it_tells_a_request_letter_by_letter() {
        let app = EchoApp::start().await;
        let address = app.url().replace("http://", "").parse().unwrap();
        let request = b"POST //a/%2E%2e?b#c HTTP/1.1\r\nA_b: 1\r\na_B:2\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n";
        let answer = raw(address, request).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let [seen] = &app.take_seen()[..] else {
            panic!("one request, once");
        };
        assert_eq!(
            (seen.method.as_str(), seen.target.as_str()),
            ("POST", "//a/%2E%2e?b#c")
        );
        assert_eq!(seen.headers[0], ("A_b".to_owned(), "1".to_owned()));
        assert_eq!(seen.values("A_B"), ["1", "2"]);
        assert_eq!(seen.body, b"abcd");
        let told: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(told["body"], "abcd");
        assert!(app.take_seen().is_empty(), "they were taken");
    }
}
