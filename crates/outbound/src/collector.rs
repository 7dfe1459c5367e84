//! Handing traces to a collector, one request for many of them. What they say, and
//! how it is written, is not known here.

use std::{fmt, path::PathBuf, time::Duration};

use http_body_util::Full;
use hyper::{
    Request, StatusCode,
    body::Bytes,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes};
use url::Url;

use crate::http::{Http, Most};

/// More of an answer is not read.
const ANSWER_MOST: usize = 64 * 1024;

/// Where it is.
pub struct Place {
    /// Its address, to the last word of the path.
    pub url: Url,
    /// What it wants to see as `Authorization`.
    pub authorization: Option<SecretString>,
    /// The authorities that vouch for it, in PEM; the public ones if absent.
    pub roots: Option<PathBuf>,
    /// How long it may take.
    pub patience: Duration,
}

/// Hands traces over.
pub struct Collector {
    url: Url,
    authorization: Option<HeaderValue>,
    http: Http,
}

/// Why they were not taken: words without what the collector said.
#[derive(Debug)]
pub enum Refusal {
    /// Trying again may help.
    Later(String),
    /// It will not.
    Never(String),
}

/// What `Authorization` says, as it is sent.
///
/// # Errors
/// If no header can hold it.
pub fn authorization(secret: &SecretString) -> Result<HeaderValue, &'static str> {
    let value = HeaderValue::from_str(secret.expose_secret());
    let mut value = value.map_err(|_| "holds what no header can hold")?;
    value.set_sensitive(true);
    Ok(value)
}

impl Collector {
    /// Get ready; nothing is sent.
    ///
    /// # Errors
    /// `config.invalid` if the file of authorities, or `authorization`, is none.
    pub fn new(place: &Place) -> Result<Self> {
        let held = place.authorization.as_ref().map(authorization).transpose();
        Ok(Self {
            url: place.url.clone(),
            authorization: held.map_err(|why| Error::new(&codes::CONFIG_INVALID).detail(why))?,
            http: Http::new(place.roots.as_deref(), place.patience)?,
        })
    }

    /// Hand over what is written in protobuf: what it answered.
    ///
    /// # Errors
    /// Why it was not taken.
    pub async fn take(&self, body: Bytes) -> Result<Bytes, Refusal> {
        let mut request = Request::post("/")
            .header(CONTENT_TYPE, "application/x-protobuf")
            .body(Full::new(body))
            .map_err(|_| Refusal::Never("They cannot be written.".to_owned()))?;
        if let Some(value) = &self.authorization {
            request.headers_mut().insert(AUTHORIZATION, value.clone());
        }
        let most = Most::Whole(ANSWER_MOST);
        let answer = self.http.call(&self.url, request, most).await;
        let answer = answer.map_err(|fault| Refusal::Later(fault.says.to_owned()))?;
        let says = || format!("It answered {}.", answer.status.as_u16());
        match answer.status {
            status if status.is_success() => Ok(answer.body),
            // Those, and no others, ask to be tried again (OTLP/HTTP).
            StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => Err(Refusal::Later(says())),
            _ => Err(Refusal::Never(says())),
        }
    }
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Collector({})", self.url.host_str().unwrap_or_default())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Later(says) | Self::Never(says)) = self;
        f.write_str(says)
    }
}
