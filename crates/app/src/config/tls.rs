//! https without a proxy.

use std::{net::SocketAddr, path::PathBuf};

use super::{
    key::section,
    meant::{Verdict, web::WebOrigin},
    server::Server,
};

section! {
    /// https by ourselves, beside plain http on `listen`. The files are read again when
    /// they change; what is wrong with them then keeps the old ones in force.
    pub struct Tls in "tls" + "tls." {
        /// The certificate and those between it and its authority, in PEM.
        certificate: Option<PathBuf>, like "/etc/ssl/id.example.org.pem";
        /// Its private key, in PEM.
        key: Option<PathBuf>, like "/etc/ssl/id.example.org.key";
        /// Where to listen for https, if there is a certificate.
        listen: SocketAddr = "0.0.0.0:8443";
    }
}

impl Tls {
    /// The two files, if https is wanted.
    pub fn files(&self) -> Option<(&PathBuf, &PathBuf)> {
        self.certificate.as_ref().zip(self.key.as_ref())
    }

    pub(super) fn check(&self, server: &Server, verdict: &mut Verdict) {
        if self.certificate.is_some() != self.key.is_some() {
            let keys = ["tls.certificate", "tls.key"];
            let hint = "Name both files, or neither.";
            verdict.fault(&keys, "one of the two is missing", Some(hint));
        }
        if self.files().is_none() {
            return;
        }
        if !server.public_url.as_ref().is_some_and(WebOrigin::is_https) {
            let keys = ["tls.certificate", "public_url"];
            let hint = "Set public_url to the https:// address that browsers use.";
            verdict.fault(
                &keys,
                "https needs a public_url that begins with https://",
                Some(hint),
            );
        }
        let others = [Some(server.listen), server.metrics_listen.0];
        if self.listen.port() != 0 && others.contains(&Some(self.listen)) {
            let message = "is in use by listen or metrics_listen: a port speaks http or https";
            verdict.fault(&["tls.listen", "listen"], message, None);
        }
    }
}
