//! HTTP by hand: a request with whatever bytes a test likes, where a proper
//! client would mend them, and the answer to it.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// No answer in a test may take longer.
const DEADLINE: Duration = Duration::from_secs(30);

/// An answer as it came.
#[derive(Clone, Debug)]
pub struct RawAnswer {
    /// Zero if the other side hung up without a word.
    pub status: u16,
    /// Names and values in their order.
    pub headers: Vec<(String, String)>,
    /// Everything after the head, up to the end of the connection.
    pub body: String,
}

impl RawAnswer {
    /// The value of the first header called `name`, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// Whether `bytes`, which it was parsed from, hold all of it beyond doubt.
    fn is_whole(&self, bytes: &[u8]) -> bool {
        let Some(head) = bytes.windows(4).position(|end| end == b"\r\n\r\n") else {
            return false;
        };
        let length = self.header("content-length").and_then(|it| it.parse().ok());
        self.status == 101 || length.is_some_and(|length: usize| bytes.len() >= head + 4 + length)
    }

    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1)?.parse().ok());
        Self {
            status: status.unwrap_or_default(),
            headers: lines
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
                .collect(),
            body: body.to_owned(),
        }
    }
}

/// Send `request`, which asks to close the connection, and read the answer to
/// its end or till another protocol begins.
pub async fn raw(address: SocketAddr, request: &[u8]) -> RawAnswer {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await?;
        // Whoever refuses a request may hang up before it is read.
        let _ = stream.write_all(request).await;
        let mut bytes = Vec::new();
        loop {
            let more = stream.read_buf(&mut bytes).await.unwrap_or_default();
            let answer = RawAnswer::parse(&String::from_utf8_lossy(&bytes));
            // Some keep a connection open for a while after they have refused.
            if more == 0 || answer.is_whole(&bytes) {
                return std::io::Result::Ok(answer);
            }
        }
    };
    timeout(DEADLINE, exchange)
        .await
        .unwrap_or_else(|_| panic!("no end of the answer in {DEADLINE:?}"))
        .unwrap_or_else(|error| panic!("{address}: {error}"))
}
