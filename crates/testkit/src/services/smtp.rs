//! A mail server on a port of its own: it speaks ESMTP (RFC 5321) with
//! `STARTTLS` and `AUTH PLAIN`, keeps what it took, and has the moods that
//! mail servers have.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

use super::tls::{ROOTS, certified};

/// The user whom it knows.
pub const SMTP_USER: &str = "tollgate";
/// That user's password.
pub const SMTP_PASSWORD: &str = "mail password of tests";

/// How it treats who comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It takes what it is given.
    Kind,
    /// It hangs up before a word.
    Down,
    /// It does not say a word.
    Silent,
    /// It greets with bytes that mean nothing.
    Garbled,
    /// It answers each receiver with this line, such as `451 4.7.1 Greylisted`.
    Answers(&'static str),
    /// It knows no receiver whose address begins so, and takes all others.
    KnowsNo(&'static str),
    /// It answers the sender with this line.
    RefusesSender(&'static str),
    /// It answers what a mail says with this line.
    RefusesText(&'static str),
    /// It lets nobody in.
    LetsNobodyIn,
    /// It reads a mail and hangs up without saying whether it took it.
    DropsAfterData,
}

/// How a connection begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Greeting {
    /// In the clear; `STARTTLS` is not offered.
    Plain,
    /// In the clear; `STARTTLS` is offered.
    StartTls,
    /// With TLS.
    Tls,
}

/// A mail as it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The receivers of the envelope.
    pub to: Vec<String>,
    /// Headers and body, lines ended by `\n`.
    pub text: String,
    /// Whether it came through TLS.
    pub encrypted: bool,
    /// Whether whoever brought it had given the right password.
    pub known: bool,
}

/// A server that stops when this value is dropped.
pub struct SmtpServer {
    address: SocketAddr,
    desk: Arc<Desk>,
    folder: TempDir,
    _work: JoinSet<()>,
}

struct Desk {
    greeting: Greeting,
    acceptor: TlsAcceptor,
    mood: Mutex<Mood>,
    letters: Mutex<Vec<Letter>>,
    visits: Mutex<usize>,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}
type Line = BufReader<Box<dyn Stream>>;

impl SmtpServer {
    /// Start one on a free port, with a certificate for `localhost`.
    pub async fn start(greeting: Greeting) -> Self {
        let folder = tempfile::tempdir().expect("the system has a temporary folder");
        let tls = certified(folder.path());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let desk = Arc::new(Desk {
            greeting,
            acceptor: TlsAcceptor::from(Arc::new(tls)),
            mood: Mutex::new(Mood::Kind),
            letters: Mutex::default(),
            visits: Mutex::default(),
        });
        let mut work = JoinSet::new();
        work.spawn(accept(listener, Arc::clone(&desk)));
        Self {
            address,
            desk,
            folder,
            _work: work,
        }
    }

    /// Its port on this machine.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The file that vouches for it.
    pub fn roots(&self) -> PathBuf {
        self.folder.path().join(ROOTS)
    }

    /// Treat who comes next like that.
    pub fn be(&self, mood: Mood) {
        *held(&self.desk.mood) = mood;
    }

    /// The mails that it took, in their order.
    pub fn letters(&self) -> Vec<Letter> {
        held(&self.desk.letters).clone()
    }

    /// How often somebody came.
    pub fn visits(&self) -> usize {
        *held(&self.desk.visits)
    }
}

impl Letter {
    /// The value of the first header of that name; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        let head = self.text.split("\n\n").next().unwrap_or_default();
        let start = format!("{name}: ");
        head.lines()
            .find_map(|line| line.strip_prefix(&start))
            .unwrap_or_default()
    }
}

async fn accept(listener: TcpListener, desk: Arc<Desk>) {
    let mut visitors = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        *held(&desk.visits) += 1;
        let desk = Arc::clone(&desk);
        visitors.spawn(async move {
            // A visitor who hangs up is no fault of the test.
            let _ = converse(stream, &desk).await;
        });
    }
}

async fn converse(stream: TcpStream, desk: &Desk) -> io::Result<()> {
    let mood = *held(&desk.mood);
    if mood == Mood::Down {
        return Ok(());
    }
    if mood == Mood::Silent {
        return std::future::pending().await;
    }
    let mut encrypted = desk.greeting == Greeting::Tls;
    let mut line: Line = BufReader::new(if encrypted {
        Box::new(desk.acceptor.accept(stream).await?)
    } else {
        Box::new(stream)
    });
    if mood == Mood::Garbled {
        return say(&mut line, "\u{1}SSH-2.0-no mail here").await;
    }
    say(&mut line, "220 mail.example.org ESMTP").await?;
    let (mut to, mut known) = (Vec::new(), false);
    loop {
        let said = hear(&mut line).await?;
        match said.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => {
                let offer = desk.greeting == Greeting::StartTls && !encrypted;
                let more = if offer { "250-STARTTLS\r\n" } else { "" };
                let hello = format!("250-mail.example.org\r\n{more}250 AUTH PLAIN");
                say(&mut line, &hello).await?;
            }
            "STARTTLS" => {
                say(&mut line, "220 Go on").await?;
                let stream = desk.acceptor.accept(line.into_inner()).await?;
                line = BufReader::new(Box::new(stream));
                encrypted = true;
            }
            "AUTH" => {
                known = said == format!("AUTH PLAIN {}", credentials());
                let welcome = known && mood != Mood::LetsNobodyIn;
                let answer = if welcome {
                    "235 Welcome"
                } else {
                    "535 5.7.8 Who?"
                };
                say(&mut line, answer).await?;
            }
            "MAIL" => {
                let answer = if let Mood::RefusesSender(answer) = mood {
                    answer
                } else {
                    "250 OK"
                };
                say(&mut line, answer).await?;
            }
            "RCPT" => {
                if let Mood::Answers(answer) = mood {
                    say(&mut line, answer).await?;
                    continue;
                }
                let address = said.split(['<', '>']).nth(1).unwrap_or_default();
                if matches!(mood, Mood::KnowsNo(begin) if address.starts_with(begin)) {
                    say(&mut line, "550 5.1.1 Nobody is called so here").await?;
                    continue;
                }
                to.push(address.to_owned());
                say(&mut line, "250 OK").await?;
            }
            "DATA" => {
                say(&mut line, "354 Go on").await?;
                let text = letter(&mut line).await?;
                if mood == Mood::DropsAfterData {
                    return Ok(());
                }
                if let Mood::RefusesText(answer) = mood {
                    say(&mut line, answer).await?;
                    continue;
                }
                held(&desk.letters).push(Letter {
                    to: std::mem::take(&mut to),
                    text,
                    encrypted,
                    known,
                });
                say(&mut line, "250 Taken").await?;
            }
            "QUIT" => return say(&mut line, "221 Bye").await,
            "" => return Ok(()),
            _ => say(&mut line, "250 OK").await?,
        }
    }
}

/// Everything up to the dot, without the dots that were doubled.
async fn letter(line: &mut Line) -> io::Result<String> {
    let mut text = String::new();
    loop {
        let said = hear(line).await?;
        if said == "." {
            return Ok(text);
        }
        text.push_str(said.strip_prefix('.').unwrap_or(&said));
        text.push('\n');
    }
}

async fn hear(line: &mut Line) -> io::Result<String> {
    let mut said = String::new();
    if line.read_line(&mut said).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(said.trim_end_matches(['\r', '\n']).to_owned())
}

async fn say(line: &mut Line, words: &str) -> io::Result<()> {
    line.write_all(format!("{words}\r\n").as_bytes()).await?;
    line.flush().await
}

/// RFC 4616.
fn credentials() -> String {
    STANDARD.encode(format!("\0{SMTP_USER}\0{SMTP_PASSWORD}"))
}

fn held<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
