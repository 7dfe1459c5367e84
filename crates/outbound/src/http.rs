//! One request to one web server (HTTP/1.1): bounded in time and in what is
//! read, and following nothing that the server says.

use std::{
    convert::Infallible, error::Error as StdError, future::pending, io, path::Path, sync::Arc,
    time::Duration,
};

use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request, StatusCode, Uri,
    body::{Bytes, Incoming},
    client::conn::http1,
    header::{CONNECTION, HOST, HeaderValue, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;
use tollgate_base::{Error, Result, codes, spans};
use tracing::{Instrument, field::Empty, trace_span};
use url::Url;

use crate::reach::Reach;

/// Most bytes of an answer's head.
const HEAD_MOST: usize = 32 * 1024;

/// Most addresses of one name that are looked at.
const ADDRESSES_MOST: usize = 16;

/// Speaks to web servers.
pub(crate) struct Http {
    tls: TlsConnector,
    patience: Duration,
    /// Where it may go; anywhere if there is none.
    reach: Option<Reach>,
}

/// How much is read of an answer.
#[derive(Clone, Copy)]
pub(crate) enum Most {
    /// All of it; more than so many bytes are a fault.
    Whole(usize),
    /// Its first so many bytes; the rest is left.
    First(usize),
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

/// Why nothing did: words without what the server said, and the cause.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) says: &'static str,
    pub(crate) cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl Http {
    /// Get ready; `roots` is a PEM file of the authorities that vouch for the
    /// servers, in place of the public ones.
    ///
    /// # Errors
    /// `config.invalid` if that file is none.
    pub(crate) fn new(roots: Option<&Path>, patience: Duration) -> Result<Self> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|fault| Error::new(&codes::CONFIG_INVALID).because(fault))?
            .with_root_certificates(store(roots)?)
            .with_no_client_auth();
        Ok(Self {
            tls: TlsConnector::from(Arc::new(config)),
            patience,
            reach: None,
        })
    }

    /// The same, going only where it may: for addresses that others chose.
    pub(crate) fn within(self, reach: Reach) -> Self {
        let reach = Some(reach);
        Self { reach, ..self }
    }

    /// Send a request whose address is `url`, and read so much of the answer.
    ///
    /// # Errors
    /// What kept the answer from coming, in time and whole.
    pub(crate) async fn call(
        &self,
        url: &Url,
        request: Request<Full<Bytes>>,
        most: Most,
    ) -> Result<Answer, Fault> {
        // Where it goes is not told: some addresses are secrets.
        let span = trace_span!(
            target: spans::TARGET, "outbound call",
            http.response.status_code = Empty, "error.type" = Empty
        );
        // Boxed, or whatever waits for it would be as large.
        let exchange = Box::pin(self.exchange(url, request, most));
        let answer = timeout(self.patience, exchange)
            .instrument(span.clone())
            .await
            .unwrap_or_else(|_| Err(Fault::new("It took too long.")));
        match &answer {
            Ok(answer) => span.record("http.response.status_code", answer.status.as_u16()),
            Err(fault) => span.record("error.type", fault.says),
        };
        answer
    }

    async fn exchange(
        &self,
        url: &Url,
        request: Request<Full<Bytes>>,
        most: Most,
    ) -> Result<Answer, Fault> {
        let unreached = |fault| Fault::new("It cannot be reached.").because(fault);
        let no_address = || Fault::new("Its address names no server.");
        let host = url.host_str().ok_or_else(no_address)?;
        let bare = host.trim_matches(['[', ']']);
        let port = url.port_or_known_default().ok_or_else(no_address)?;
        let request = addressed(url, request).ok_or_else(no_address)?;
        let stream = match &self.reach {
            None => TcpStream::connect((bare, port)).await.map_err(unreached)?,
            Some(reach) => connect(reach, (bare, port)).await?,
        };
        if url.scheme() != "https" {
            return speak(stream, request, most).await;
        }
        let name = ServerName::try_from(bare.to_owned()).map_err(|_| no_address())?;
        let unproved = |fault: io::Error| Fault::new("It cannot prove who it is.").because(fault);
        let stream = self.tls.connect(name, stream).await.map_err(unproved)?;
        speak(stream, request, most).await
    }
}

/// Connect to a name whose every address may be reached. What was looked at is what
/// is connected to: a name that is asked for twice may answer differently.
async fn connect(reach: &Reach, name: (&str, u16)) -> Result<TcpStream, Fault> {
    let unreached = |fault| Fault::new("It cannot be reached.").because(fault);
    let found: Vec<_> = lookup_host(name).await.map_err(unreached)?.collect();
    if found.is_empty() || found.len() > ADDRESSES_MOST {
        return Err(Fault::new("Its name leads to no address, or to too many."));
    }
    if !found.iter().all(|address| reach.allows(address.ip())) {
        return Err(Fault::new(PRIVATE));
    }
    TcpStream::connect(&*found).await.map_err(unreached)
}

/// What is said of a server that must not be reached.
pub(crate) const PRIVATE: &str = "It is at a private address.";

/// The request with what tells the server which of its sites is meant.
fn addressed(url: &Url, mut request: Request<Full<Bytes>>) -> Option<Request<Full<Bytes>>> {
    let target: Uri = url[url::Position::BeforePath..url::Position::AfterQuery]
        .parse()
        .ok()?;
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let headers = request.headers_mut();
    headers.insert(HOST, HeaderValue::from_str(host).ok()?);
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(USER_AGENT, HeaderValue::from_static("Tollgate"));
    *request.uri_mut() = target;
    Some(request)
}

async fn speak<S>(stream: S, request: Request<Full<Bytes>>, most: Most) -> Result<Answer, Fault>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let garbled = |fault: hyper::Error| Fault::new("Its answer broke off.").because(fault);
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(HEAD_MOST)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(garbled)?;
    let ask = async {
        let response = sender.send_request(request).await.map_err(garbled)?;
        let status = response.status();
        let too_much = |fault| Fault {
            says: "Its answer broke off, or is too long.",
            cause: Some(fault),
        };
        let body = match most {
            Most::Whole(most) => {
                let body = Limited::new(response.into_body(), most);
                body.collect().await.map_err(too_much)?.to_bytes()
            }
            Most::First(most) => begin(response.into_body(), most).await.map_err(garbled)?,
        };
        Ok(Answer { status, body })
    };
    // Whoever asks hears of a broken connection by themselves.
    let carry = async {
        let _ = connection.await;
        pending::<Infallible>().await
    };
    tokio::select! {
        answer = ask => answer,
        never = carry => match never {},
    }
}

/// The first bytes of a body, however long it is.
async fn begin(mut body: Incoming, most: usize) -> Result<Bytes, hyper::Error> {
    let mut begun = Vec::new();
    while begun.len() < most
        && let Some(frame) = body.frame().await
    {
        if let Ok(data) = frame?.into_data() {
            begun.extend_from_slice(&data[..data.len().min(most - begun.len())]);
        }
    }
    Ok(begun.into())
}

/// The authorities that vouch for servers: those of a PEM file, or the public ones.
///
/// # Errors
/// `config.invalid` if that file is none.
pub(crate) fn store(file: Option<&Path>) -> Result<RootCertStore> {
    let mut store = RootCertStore::empty();
    let Some(file) = file else {
        store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return Ok(store);
    };
    let unreadable = || {
        let detail = format!("{} is not a PEM file of certificates", file.display());
        Error::new(&codes::CONFIG_INVALID).detail(detail)
    };
    let certificates = CertificateDer::pem_file_iter(file);
    for certificate in certificates.map_err(|fault| unreadable().because(fault))? {
        let certificate = certificate.map_err(|fault| unreadable().because(fault))?;
        let added = store.add(certificate);
        added.map_err(|fault| unreadable().because(fault))?;
    }
    if store.is_empty() {
        return Err(unreadable());
    }
    Ok(store)
}

impl Fault {
    const fn new(says: &'static str) -> Self {
        Self { says, cause: None }
    }

    fn because(self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let cause = Some(cause.into());
        Self { cause, ..self }
    }
}
