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

/// Send `request`, which asks to close the connection, and read till its end.
pub async fn raw(address: SocketAddr, request: &[u8]) -> RawAnswer {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request).await?;
        let mut answer = Vec::new();
        // Whoever refuses a request may hang up before it is read.
        let _ = stream.read_to_end(&mut answer).await;
        std::io::Result::Ok(answer)
    };
    let answer = timeout(DEADLINE, exchange)
        .await
        .unwrap_or_else(|_| panic!("no end of the answer in {DEADLINE:?}"))
        .unwrap_or_else(|error| panic!("{address}: {error}"));
    RawAnswer::parse(&String::from_utf8_lossy(&answer))
}
