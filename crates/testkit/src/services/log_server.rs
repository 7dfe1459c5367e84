//! A log server: takes syslog over TLS (RFC 5425) and keeps what it was told.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

use super::tls::{ROOTS, certified};

/// Longer messages are none of ours.
const MOST: usize = 64 * 1024;

/// A server with a certificate for `localhost`, which stops when this value is dropped.
#[derive(Debug)]
pub struct LogServer {
    port: u16,
    lines: Arc<Mutex<Vec<String>>>,
    folder: TempDir,
    _work: JoinSet<()>,
}

impl LogServer {
    /// Start one on a free port.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("the system has a temporary folder");
        let acceptor = TlsAcceptor::from(Arc::new(certified(folder.path())));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let (mut work, own) = (JoinSet::new(), lines.clone());
        work.spawn(async move {
            let mut callers = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, lines) = (acceptor.clone(), own.clone());
                callers.spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        // A caller who hangs up is no fault of the test.
                        let _ = take(BufReader::new(stream), &lines).await;
                    }
                });
            }
        });
        Self {
            port,
            lines,
            folder,
            _work: work,
        }
    }

    /// Where it is: `tls://localhost:…`.
    pub fn url(&self) -> String {
        format!("tls://localhost:{}", self.port)
    }

    /// The same for a [`Line`](super::Line) to it.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// The file that vouches for it.
    pub fn roots(&self) -> PathBuf {
        self.folder.path().join(ROOTS)
    }

    /// What it was told, each message whole.
    pub fn lines(&self) -> Vec<String> {
        let lines = self.lines.lock();
        lines.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Messages with their lengths in front of them, till the caller has ended.
async fn take<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: BufReader<S>,
    lines: &Mutex<Vec<String>>,
) -> io::Result<()> {
    loop {
        let mut length = Vec::new();
        if stream.read_until(b' ', &mut length).await? == 0 {
            // Only what ends well was taken.
            return stream.shutdown().await;
        }
        let length = String::from_utf8_lossy(&length);
        let length: usize = length.trim_end().parse().map_err(io::Error::other)?;
        if length > MOST {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut line = vec![0; length];
        stream.read_exact(&mut line).await?;
        let line = String::from_utf8(line).map_err(io::Error::other)?;
        let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(line);
    }
}
