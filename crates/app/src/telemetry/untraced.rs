//! What stands in for traces where they were not built in: there are none, and
//! whoever asks for them is refused by the configuration.

use std::{convert::Infallible, net::SocketAddr};

use axum::http::HeaderMap;
use tollgate_base::Result;
use tollgate_web::Http;
use tracing_subscriber::layer::Identity;

use crate::config;

/// None.
pub struct Traces(Infallible);

/// Nothing.
pub struct Begun(Infallible);

impl Traces {
    /// None.
    ///
    /// # Errors
    /// Never.
    pub fn open(_settings: &config::traces::Traces) -> Result<Option<Self>> {
        Ok(None)
    }

    pub(super) fn layer(&self) -> Identity {
        match self.0 {}
    }

    /// There is nothing to end.
    #[expect(clippy::unused_async, reason = "where there are traces, it waits")]
    pub async fn finish(self) {
        match self.0 {}
    }
}

impl Begun {
    /// Nothing.
    pub fn read(_http: &Http, _peer: SocketAddr, _headers: &HeaderMap) -> Option<Self> {
        None
    }

    /// There is nothing to go on with.
    #[expect(clippy::unused_async, reason = "where there are traces, it waits")]
    pub async fn go_on<F: Future>(self, _work: F) -> F::Output {
        match self.0 {}
    }
}
