//! TLS to PostgreSQL by rustls, with the cryptography named and not taken from
//! a process-wide default.

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use tokio_postgres_rustls::MakeRustlsConnect;
use tollgate_base::{Error, Result, codes};

/// Whose certificate is accepted.
#[derive(Clone, Copy)]
pub(super) enum Trust {
    /// Anyone's: for `prefer`, which protects from listeners alone.
    Anyone,
    /// One that the roots vouch for and that names the host. `require` means
    /// this too: encryption to an unknown peer would be a false comfort.
    Roots,
}

/// # Errors
/// `config.invalid` if `roots` cannot be read.
pub(super) fn connector(trust: Trust, roots: Option<&Path>) -> Result<MakeRustlsConnect> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|fault| Error::new(&codes::CONFIG_INVALID).because(fault))?;
    let config = match trust {
        Trust::Roots => builder.with_root_certificates(store(roots)?),
        Trust::Anyone => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Unnamed(provider))),
    };
    Ok(MakeRustlsConnect::new(config.with_no_client_auth()))
}

fn store(file: Option<&Path>) -> Result<RootCertStore> {
    let mut store = RootCertStore::empty();
    let Some(file) = file else {
        store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return Ok(store);
    };
    let unreadable = |fault: Box<dyn std::error::Error + Send + Sync>| {
        Error::new(&codes::CONFIG_INVALID)
            .detail("tls_root_file is not a PEM file of certificates")
            .because(fault)
    };
    for certificate in
        CertificateDer::pem_file_iter(file).map_err(|fault| unreadable(fault.into()))?
    {
        let certificate = certificate.map_err(|fault| unreadable(fault.into()))?;
        store
            .add(certificate)
            .map_err(|fault| unreadable(fault.into()))?;
    }
    if store.is_empty() {
        Err(unreadable("it holds none".into()))
    } else {
        Ok(store)
    }
}

/// Takes any certificate, but the peer has to hold its key.
#[derive(Debug)]
struct Unnamed(Arc<CryptoProvider>);

impl ServerCertVerifier for Unnamed {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
