//! Handing signed messages to addresses that administrators chose: never inside the
//! operator's own network, and along no redirect. What came back is told, not judged.

use std::{
    fmt,
    net::IpAddr,
    path::Path,
    time::{Duration, Instant},
};

use tollgate_base::{Result, SecretString, time::Time};
use url::{Host, Url};

use crate::{
    hook::Signer,
    http::{Http, Most},
    reach::Reach,
};

/// Longest address.
const URL_MOST: usize = 2_000;
/// How much is kept of an answer.
const ANSWER_MOST: usize = 1_024;

/// Who hands them over.
pub struct Courier {
    http: Http,
    reach: Reach,
}

/// A message.
pub struct Parcel {
    /// Where it goes.
    pub url: Url,
    /// The secrets that it is signed with, the newest first.
    pub secrets: Vec<SecretString>,
    /// Stable over retries, so that whoever gets it twice can tell.
    pub id: String,
    /// When it is handed over.
    pub at: Time,
    /// What it says: JSON.
    pub body: String,
}

/// What came back.
#[derive(Clone, Debug, Default)]
pub struct Receipt {
    /// The status of the answer, if one came.
    pub status: Option<u16>,
    /// The beginning of the answer, as text.
    pub answer: String,
    /// Why none came.
    pub fault: Option<&'static str>,
    /// How long it took.
    pub took: Duration,
}

impl Courier {
    /// Get ready. `roots` is a PEM file of the authorities that vouch for receivers, in
    /// place of the public ones.
    ///
    /// # Errors
    /// `config.invalid` if that file is none.
    pub fn new(reach: Reach, roots: Option<&Path>, patience: Duration) -> Result<Self> {
        let http = Http::new(roots, patience)?.within(reach.clone());
        Ok(Self { http, reach })
    }

    /// The address that a text is, if anything may be handed over there. Where a name
    /// leads is looked at each time that something is.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn address(&self, text: &str) -> Result<Url, &'static str> {
        let url = Url::parse(text).map_err(|_| "Such as https://hooks.example.org/tollgate.")?;
        if url.scheme() != "https" {
            return Err("It has to begin with https://.");
        }
        if text.len() > URL_MOST {
            return Err("It is too long.");
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err("Leave out user, password and what follows a #.");
        }
        let closed = match url.host() {
            None => true,
            Some(Host::Ipv4(address)) => !self.reach.allows(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => !self.reach.allows(IpAddr::V6(address)),
            Some(Host::Domain(_)) => false,
        };
        if closed {
            return Err(
                "It is at a private address. Operators allow networks with webhooks.allow_networks.",
            );
        }
        Ok(url)
    }

    /// Hand a message over.
    ///
    /// # Errors
    /// `config.invalid` if a secret is none.
    pub async fn hand_over(&self, parcel: Parcel) -> Result<Receipt> {
        let signer = Signer::new(&parcel.secrets)?;
        let begun = Instant::now();
        let Ok(request) = signer.request(&parcel.id, parcel.at, parcel.body) else {
            let fault = Some("It cannot be written.");
            return Ok(Receipt {
                fault,
                ..Receipt::default()
            });
        };
        let most = Most::First(ANSWER_MOST);
        let outcome = self.http.call(&parcel.url, request, most).await;
        let took = begun.elapsed();
        Ok(match outcome {
            Ok(answer) => Receipt {
                status: Some(answer.status.as_u16()),
                answer: shown(&answer.body),
                fault: None,
                took,
            },
            Err(fault) => Receipt {
                fault: Some(fault.says),
                took,
                ..Receipt::default()
            },
        })
    }
}

impl Receipt {
    /// Whether it was taken.
    pub fn is_taken(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether the receiver says that it is gone for good.
    pub fn is_gone(&self) -> bool {
        self.status == Some(410)
    }
}

impl fmt::Debug for Courier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Courier({:?})", self.reach)
    }
}

/// Text that a database and a page can take.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .collect()
}
