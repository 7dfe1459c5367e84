//! A web server of somebody else: it keeps what it was asked and answers what a
//! test tells it to, good or bad.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

use super::{
    echo::{Seen, read},
    tls::{ROOTS, certified},
};

/// How it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// With a status and a body.
    Says(u16, String),
    /// With 307 and another address.
    Redirects(String),
    /// Never.
    Silence,
    /// With bytes that mean nothing.
    Garbage,
    /// With more and more, and no end.
    Flood,
    /// It hangs up.
    HangsUp,
}

/// A server that stops when this value is dropped.
pub struct WebServer {
    address: SocketAddr,
    encrypted: bool,
    desk: Arc<Desk>,
    folder: TempDir,
    _work: JoinSet<()>,
}

struct Desk {
    reply: Mutex<Reply>,
    seen: Mutex<Vec<Seen>>,
}

impl WebServer {
    /// Start one on a free port, without TLS. It says 204.
    pub async fn start() -> Self {
        Self::begin(false).await
    }

    /// The same with TLS, by a certificate for `localhost`.
    pub async fn encrypted() -> Self {
        Self::begin(true).await
    }

    async fn begin(encrypted: bool) -> Self {
        let folder = tempfile::tempdir().expect("the system has a temporary folder");
        let acceptor = TlsAcceptor::from(Arc::new(certified(folder.path())));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let desk = Arc::new(Desk {
            reply: Mutex::new(Reply::Says(204, String::new())),
            seen: Mutex::default(),
        });
        let mut work = JoinSet::new();
        let known = Arc::clone(&desk);
        work.spawn(async move {
            let mut visitors = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, desk) = (acceptor.clone(), Arc::clone(&known));
                visitors.spawn(async move {
                    // A visitor who hangs up is no fault of the test.
                    let _ = if encrypted {
                        match acceptor.accept(stream).await {
                            Ok(stream) => desk.answer(stream).await,
                            Err(fault) => Err(fault),
                        }
                    } else {
                        desk.answer(stream).await
                    };
                });
            }
        });
        Self {
            address,
            encrypted,
            desk,
            folder,
            _work: work,
        }
    }

    /// Where it is: `http://localhost:…`, no slash at the end.
    pub fn url(&self) -> String {
        let scheme = if self.encrypted { "https" } else { "http" };
        format!("{scheme}://localhost:{}", self.address.port())
    }

    /// The file that vouches for it.
    pub fn roots(&self) -> PathBuf {
        self.folder.path().join(ROOTS)
    }

    /// Answer like that from now on.
    pub fn reply(&self, reply: Reply) {
        *self
            .desk
            .reply
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = reply;
    }

    /// What it was asked since the last call.
    pub fn take_seen(&self) -> Vec<Seen> {
        let mut seen = self
            .desk
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut seen)
    }
}

impl Desk {
    /// One request for each connection.
    async fn answer<S>(&self, mut stream: S) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let request = read(&mut stream).await?;
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request);
        let reply = self
            .reply
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match reply {
            Reply::Says(status, body) => {
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {status} .\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
                );
                stream.write_all(head.as_bytes()).await?;
                stream.write_all(body.as_bytes()).await?;
                stream.shutdown().await
            }
            Reply::Redirects(to) => {
                let head = format!(
                    "HTTP/1.1 307 .\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                );
                stream.write_all(head.as_bytes()).await?;
                stream.shutdown().await
            }
            Reply::Silence => std::future::pending().await,
            Reply::Garbage => {
                stream.write_all(&[0xff; 200]).await?;
                stream.shutdown().await
            }
            Reply::Flood => {
                stream.write_all(b"HTTP/1.1 200 .\r\n\r\n").await?;
                loop {
                    stream.write_all(&[b'0'; 4096]).await?;
                }
            }
            Reply::HangsUp => Ok(()),
        }
    }
}
