//! A certificate of one's own for a server of tests.

use std::{path::Path, sync::Arc};

use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

/// TLS as `localhost`. What vouches for it lies in `folder` as [`ROOTS`].
pub(super) fn certified(folder: &Path) -> ServerConfig {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])
        .expect("a certificate is made");
    std::fs::write(folder.join(ROOTS), made.cert.pem()).expect("it is written");
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows them")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], PrivateKeyDer::Pkcs8(key))
        .expect("key and certificate fit")
}

/// The file of the authority that vouches for it.
pub(super) const ROOTS: &str = "ca.pem";
