//! Handing events to a log server as syslog (RFC 5424): over TLS (RFC 5425) or
//! TCP with octet counting (RFC 6587), or one datagram each (RFC 5426).
//!
//! Over a stream a batch counts as taken when the other side has closed the
//! connection after we did: until then what was written may lie in a buffer
//! that nobody reads. A datagram is taken when it is sent; nobody can know more.

use std::{fmt::Write, io, path::PathBuf, sync::Arc, time::Duration};

use rustls::{ClientConfig, crypto::aws_lc_rs, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    time::timeout,
};
use tokio_rustls::TlsConnector;
use tollgate_base::{Error, Result, codes, time::Time};

use crate::http::store;

/// Most bytes of a datagram that every receiver takes (RFC 5426, 3.2).
const DATAGRAM_MOST: usize = 2048;
/// Most bytes that are read while a server ends its side.
const REST_MOST: u64 = 64 * 1024;
/// The name of our structured data. We have no enterprise number: the one for
/// documentation (RFC 5612) keeps the name well-formed.
const STRUCTURE: &str = "tollgate@32473";

/// A log server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Syslog {
    /// How it is spoken to.
    pub transport: Transport,
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// A PEM file of the authorities that vouch for it, in place of the public ones.
    pub roots: Option<PathBuf>,
    /// How long handing over a batch may take.
    pub patience: Duration,
    /// Which facility the messages are of, from 0 to 23.
    pub facility: u8,
    /// What this machine is called in them.
    pub from: String,
}

/// How a log server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A stream that nobody can read or change.
    Tls,
    /// A stream in the clear.
    Tcp,
    /// Datagrams in the clear: what is lost is lost.
    Udp,
}

/// How much a message matters (RFC 5424, 6.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Something is wrong.
    Error = 3,
    /// Somebody should look.
    Warning = 4,
    /// The usual course of things.
    Informational = 6,
}

/// What is handed over.
#[derive(Clone, Debug)]
pub struct Message {
    /// How much it matters.
    pub severity: Severity,
    /// When it happened.
    pub at: Time,
    /// What sort of thing: `MSGID`.
    pub kind: String,
    /// Its structured data; names are ours.
    pub data: Vec<(&'static str, String)>,
    /// What it says.
    pub text: String,
}

impl Syslog {
    /// Hand a batch over, in order.
    ///
    /// # Errors
    /// `syslog.failed`: none or some of it arrived, and all of it is to be sent again.
    pub async fn send(&self, batch: &[Message]) -> Result<()> {
        // Boxed, or whatever waits for it would be as large.
        let work = Box::pin(async {
            match self.transport {
                Transport::Udp => self.scatter(batch).await,
                Transport::Tcp => pour(self.reach().await?, self.frames(batch)).await,
                Transport::Tls => {
                    let stream = self.secured(self.reach().await?).await?;
                    pour(stream, self.frames(batch)).await
                }
            }
        });
        match timeout(self.patience, work).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(fault)) => Err(Error::new(&codes::SYSLOG_FAILED).because(fault)),
            Err(_) => Err(Error::new(&codes::SYSLOG_FAILED).because("it took too long")),
        }
    }

    /// A message as it goes over the wire, without its frame.
    pub fn line(&self, message: &Message) -> String {
        let priority = u16::from(self.facility) * 8 + message.severity as u16;
        let mut line = format!(
            "<{priority}>1 {} {} tollgate - {} [{STRUCTURE}",
            message.at,
            word(&self.from, 255),
            word(&message.kind, 32),
        );
        for (name, value) in &message.data {
            // Writing to a String cannot fail.
            let _ = write!(line, " {name}=\"{}\"", quoted(value));
        }
        line.push_str("] ");
        line.push_str(&plain(&message.text));
        line
    }

    fn frames(&self, batch: &[Message]) -> Vec<u8> {
        let mut frames = Vec::new();
        for message in batch {
            let line = self.line(message);
            frames.extend_from_slice(format!("{} ", line.len()).as_bytes());
            frames.extend_from_slice(line.as_bytes());
        }
        frames
    }

    async fn reach(&self) -> io::Result<TcpStream> {
        TcpStream::connect((self.bare_host(), self.port)).await
    }

    async fn secured(
        &self,
        stream: TcpStream,
    ) -> io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
        let roots = store(self.roots.as_deref()).map_err(io::Error::other)?;
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(self.bare_host().to_owned()).map_err(io::Error::other)?;
        TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
    }

    async fn scatter(&self, batch: &[Message]) -> io::Result<()> {
        let any = if self.bare_host().contains(':') {
            "[::]:0"
        } else {
            "0.0.0.0:0"
        };
        let socket = UdpSocket::bind(any).await?;
        socket.connect((self.bare_host(), self.port)).await?;
        for message in batch {
            let line = self.line(message);
            let end = line.floor_char_boundary(DATAGRAM_MOST);
            socket.send(&line.as_bytes()[..end]).await?;
        }
        Ok(())
    }

    fn bare_host(&self) -> &str {
        self.host.trim_matches(['[', ']'])
    }
}

/// Write all, end our side, and wait for the other to end its own.
async fn pour<S>(mut stream: S, frames: Vec<u8>) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stream.write_all(&frames).await?;
    stream.flush().await?;
    stream.shutdown().await?;
    let mut rest = stream.take(REST_MOST);
    let mut ignored = [0; 512];
    loop {
        match rest.read(&mut ignored).await {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            // It closed the connection without ending TLS first: all of ours was
            // read by then, or it would have been reset.
            Err(fault) if fault.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(fault) => return Err(fault),
        }
    }
}

/// Printable ASCII without spaces, or `-` for nothing.
fn word(text: &str, most: usize) -> String {
    let word: String = text
        .chars()
        .map(|letter| {
            if letter.is_ascii_graphic() {
                letter
            } else {
                '?'
            }
        })
        .take(most)
        .collect();
    if word.is_empty() {
        "-".to_owned()
    } else {
        word
    }
}

/// The value of a parameter: three characters are escaped (RFC 5424, 6.3.3).
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for letter in plain(text).chars() {
        if matches!(letter, '"' | '\\' | ']') {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted
}

/// One line for whoever shows it: nothing ends the line, moves the cursor or
/// turns the direction of writing.
fn plain(text: &str) -> String {
    let turns = |letter: char| matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() || turns(letter) {
            let _ = write!(plain, "\\u{:04x}", letter as u32);
        } else {
            plain.push(letter);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> Syslog {
        Syslog {
            transport: Transport::Tcp,
            host: "127.0.0.1".into(),
            port: 6514,
            roots: None,
            patience: Duration::from_secs(1),
            facility: 13,
            from: "id.example.org".into(),
        }
    }

    /// asvs:V16.4.1, vuln:136
    #[test]
    fn nobodys_text_breaks_a_line_or_its_structure() {
        let hostile = "a\"] b\\\r\n<34>1 fake\u{1b}[2J\u{2028}\u{202e}\u{85}";
        let message = Message {
            severity: Severity::Warning,
            at: Time::from_secs(1_800_000_000),
            kind: "signin blocked\n".into(),
            data: vec![("actor", hostile.into())],
            text: hostile.into(),
        };
        let line = server().line(&message);
        let expected = r#"<108>1 2027-01-15T08:00:00.000000Z id.example.org tollgate - signin?blocked? [tollgate@32473 actor="a\"\] b\\\\u000d\\u000a<34>1 fake\\u001b[2J\\u2028\\u202e\\u0085"] a"] b\\u000d\u000a<34>1 fake\u001b[2J\u2028\u202e\u0085"#;
        assert_eq!(line, expected);
        assert!(!line.chars().any(char::is_control));
    }

    #[test]
    fn frames_count_bytes_and_not_letters() {
        let message = Message {
            severity: Severity::Error,
            at: Time::from_secs(0),
            kind: String::new(),
            data: Vec::new(),
            text: "ä".into(),
        };
        let frames = server().frames(&[message.clone(), message]);
        let line =
            "<107>1 1970-01-01T00:00:00.000000Z id.example.org tollgate - - [tollgate@32473] ä";
        let frame = format!("{} {line}", line.len());
        assert_eq!(frames, format!("{frame}{frame}").into_bytes());
    }
}
