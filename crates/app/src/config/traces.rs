//! Where traces go.

use std::{path::PathBuf, time::Duration};

use tollgate_outbound::collector;
use url::Url;

use super::{
    key::section,
    meant::{Verdict, backend::WebUrl, plain::Secret, quantity::Share},
};

section! {
    /// Traces: on what requests spend their time, for a collector that speaks
    /// OpenTelemetry. Only a program that was built with them has them.
    pub struct Traces in "traces" + "traces." {
        /// Where the collector takes them by OTLP over HTTP. Where there is no path,
        /// /v1/traces is meant. Without it nothing is traced.
        endpoint: Option<WebUrl>, like "http://127.0.0.1:4318";
        /// Which share of what begins here is traced. Where a trusted proxy has begun
        /// a trace, it has decided.
        share: Share = "100%";
        /// What this server is called there.
        service_name: String = "tollgate";
        /// What the collector wants to see as Authorization, such as Bearer and a token.
        /// Best given as a file.
        authorization: Option<Secret>;
        /// A PEM file of the authorities that vouch for it, in place of the public ones.
        tls_root_file: Option<PathBuf>, like "ca.pem";
        /// How long handing over one batch may take.
        timeout: Duration = "10s" in "1s"..="20s";
    }
}

/// Whether this program has them.
pub const BUILT_IN: bool = cfg!(feature = "otel");

impl Traces {
    /// Where they go, with its path.
    pub fn place(&self) -> Option<Url> {
        let mut url = self.endpoint.as_ref()?.to_url();
        if url.path() == "/" {
            url.set_path("/v1/traces");
        }
        Some(url)
    }

    pub(super) fn check(&self, built_in: bool, verdict: &mut Verdict) {
        let Some(endpoint) = &self.endpoint else {
            return;
        };
        if !built_in {
            let message = "this program was built without traces";
            let hint = "Leave it out, or build one with: cargo build --release --package tollgate --features otel";
            verdict.fault(&["traces.endpoint"], message, Some(hint));
        }
        let Some(secret) = &self.authorization else {
            return;
        };
        if let Err(why) = collector::authorization(secret) {
            verdict.fault(&["traces.authorization"], why, None);
        }
        if !endpoint.is_tls() && !endpoint.is_loopback() {
            let message = "an http:// collector on another machine would be told traces.authorization in the clear";
            let hint = "Use https://, or leave traces.authorization out.";
            verdict.fault(&["traces.endpoint"], message, Some(hint));
        }
    }
}
