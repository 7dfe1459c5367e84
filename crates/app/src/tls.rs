//! https without a proxy: the certificate and key that are shown, read again when
//! their files change. Whoever is connected keeps what they were shown.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio_rustls::TlsAcceptor;
use tollgate_base::{Error, Result, codes};

mod expiry;

/// Largest file of certificates or a key.
const FILE_MOST: u64 = 1024 * 1024;

/// What we show, and where it comes from. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Identity(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    certificate: PathBuf,
    key: PathBuf,
    shown: Mutex<Shown>,
}

#[derive(Debug)]
struct Shown {
    pair: Arc<CertifiedKey>,
    /// What the files were when they were last looked at, well or not.
    seen: [Option<Mark>; 2],
}

/// By what a changed file is known.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark(SystemTime, u64);

impl Identity {
    /// Read the two files.
    ///
    /// # Errors
    /// `config.invalid`, with what is wrong with them.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self> {
        let seen = [mark(certificate), mark(key)];
        let pair = pair(certificate, key)?;
        tell(&pair);
        Ok(Self(Arc::new(Inner {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            shown: Mutex::new(Shown {
                pair: Arc::new(pair),
                seen,
            }),
        })))
    }

    /// What shakes hands with it.
    pub fn acceptor(&self) -> TlsAcceptor {
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("the provider knows both versions")
            .with_no_client_auth()
            .with_cert_resolver(self.0.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }

    /// Show what the files hold now, if they changed since they were last looked
    /// at. If it cannot be shown, what was shown so far stays.
    pub fn look_again(&self) {
        let seen = [mark(&self.0.certificate), mark(&self.0.key)];
        if self.0.shown().seen == seen {
            return;
        }
        let read = pair(&self.0.certificate, &self.0.key);
        let mut shown = self.0.shown();
        shown.seen = seen;
        match read {
            Ok(pair) => {
                tell(&pair);
                shown.pair = Arc::new(pair);
                tracing::info!("The certificate was read again");
            }
            Err(fault) => {
                let fault = fault.public().to_owned();
                tracing::warn!(
                    fault,
                    "The new certificate cannot be used; the old one stays"
                );
            }
        }
    }

    /// When what is shown expires.
    pub fn expires(&self) -> Option<SystemTime> {
        expires(&self.0.shown().pair)
    }
}

impl Inner {
    fn shown(&self) -> std::sync::MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ResolvesServerCert for Inner {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.shown().pair.clone())
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// Both files, if they belong together.
fn pair(certificate: &Path, key: &Path) -> Result<CertifiedKey> {
    let faulty = |path: &Path, what: &str| {
        let detail = format!("{} {what}.", path.display());
        Error::new(&codes::CONFIG_INVALID).detail(detail)
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&file(certificate)?)
        .collect::<Result<_, _>>()
        .map_err(|_| faulty(certificate, "is not PEM"))?;
    if chain.is_empty() {
        return Err(faulty(certificate, "holds no certificate"));
    }
    let private = PrivateKeyDer::from_pem_slice(&file(key)?)
        .map_err(|_| faulty(key, "holds no private key in PEM"))?;
    let private = provider()
        .key_provider
        .load_private_key(private)
        .map_err(|_| faulty(key, "holds a key of a kind that is not known here"))?;
    let pair = CertifiedKey::new(chain, private);
    let fits = pair.keys_match();
    fits.map_err(|_| faulty(key, "is not the key of the certificate"))?;
    Ok(pair)
}

fn file(path: &Path) -> Result<Vec<u8>> {
    let refused = |detail: String| Error::new(&codes::CONFIG_INVALID).detail(detail);
    let read = || {
        let length = std::fs::metadata(path)?.len();
        if length > FILE_MOST {
            return Err(std::io::Error::other("it is too large"));
        }
        std::fs::read(path)
    };
    read().map_err(|fault| refused(format!("{} cannot be read: {fault}.", path.display())))
}

fn mark(path: &Path) -> Option<Mark> {
    let found = std::fs::metadata(path).ok()?;
    Some(Mark(found.modified().ok()?, found.len()))
}

fn expires(pair: &CertifiedKey) -> Option<SystemTime> {
    let seconds = expiry::not_after(pair.cert.first()?)?;
    Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

/// Prometheus counts from 1970, too.
fn tell(pair: &CertifiedKey) {
    let seconds = expires(pair).and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
    metrics::gauge!("tollgate_tls_certificate_expires_seconds")
        .set(seconds.map_or(0.0, |since| since.as_secs_f64()));
}
