//! A hook: an address of the operator's that takes messages as signed JSON, as
//! Standard Webhooks has it, so that any receiver can check whom they are from.

use std::{fmt, path::PathBuf, time::Duration};

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use http_body_util::Full;
use hyper::{Request, StatusCode, body::Bytes, header::CONTENT_TYPE};
use serde_json::Value;
use tollgate_base::{
    Error, ExposeSecret, Result, SecretString, codes, entropy::Entropy, time::Time,
};
use url::Url;

use crate::http::{Fault, Http, Most};

/// What a secret begins with, before its bytes in base 64.
const PREFIX: &str = "whsec_";
/// Fewest and most bytes of a secret.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// More of an answer is not read: nobody looks at it.
const ANSWER_MOST: usize = 64 * 1024;

/// Where a hook is, and what it shares with us.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its address.
    pub url: Url,
    /// The secret, from `whsec_` on.
    pub secret: SecretString,
    /// The authorities that vouch for it, in PEM; the public ones if absent.
    pub roots: Option<PathBuf>,
    /// How long handing over one message may take.
    pub patience: Duration,
}

/// Hands messages to one address.
pub struct Hook {
    url: Url,
    signer: Signer,
    http: Http,
}

/// Signs messages as Standard Webhooks has it, with each of its keys: while a secret
/// is replaced, receivers that know either can check them.
pub struct Signer(Vec<hmac::Key>);

/// Why a message was not taken.
#[derive(Debug)]
pub enum Refusal {
    /// Trying again may help. The words are without what the receiver said.
    Failed(String, Option<Box<dyn std::error::Error + Send + Sync>>),
    /// The receiver says that this message can never be delivered: 422.
    Undeliverable,
}

/// The key that a secret stands for.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn key(secret: &SecretString) -> Result<Vec<u8>, &'static str> {
    let text = secret.expose_secret();
    let Some(encoded) = text.strip_prefix(PREFIX) else {
        return Err("does not begin with whsec_");
    };
    let bytes = STANDARD
        .decode(encoded)
        .map_err(|_| "is not base 64 after whsec_")?;
    if BYTES.contains(&bytes.len()) {
        Ok(bytes)
    } else {
        Err("does not have 24 to 64 bytes")
    }
}

impl Hook {
    /// Get ready; nothing is sent.
    ///
    /// # Errors
    /// `config.invalid` if the secret or the file of authorities is none.
    pub fn new(place: Place) -> Result<Self> {
        Ok(Self {
            url: place.url,
            signer: Signer::new(&[place.secret])?,
            http: Http::new(place.roots.as_deref(), place.patience)?,
        })
    }

    /// Hand a message over. `id` is stable over retries, so that whoever gets it
    /// twice can tell.
    ///
    /// # Errors
    /// Why it was not taken: anything but an answer of 2xx. No redirect is
    /// followed.
    pub async fn post(&self, id: &str, at: Time, message: &Value) -> Result<(), Refusal> {
        let body = message.to_string();
        let request = self
            .signer
            .request(id, at, body)
            .map_err(|fault| Refusal::Failed("It cannot be written.".into(), Some(fault.into())))?;
        let most = Most::Whole(ANSWER_MOST);
        let answer = self.http.call(&self.url, request, most).await?;
        match answer.status {
            status if status.is_success() => Ok(()),
            StatusCode::UNPROCESSABLE_ENTITY => Err(Refusal::Undeliverable),
            status => {
                let says = format!("It answered {}.", status.as_u16());
                Err(Refusal::Failed(says, None))
            }
        }
    }
}

impl Signer {
    /// Of these secrets.
    ///
    /// # Errors
    /// `config.invalid` if one is none.
    pub fn new(secrets: &[SecretString]) -> Result<Self> {
        let keys = secrets.iter().map(|secret| {
            let bytes = key(secret).map_err(|why| {
                Error::new(&codes::CONFIG_INVALID).detail(format!("the secret of the hook {why}"))
            })?;
            Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
        });
        keys.collect::<Result<_>>().map(Self)
    }

    /// The signed request that hands a message over.
    pub(crate) fn request(
        &self,
        id: &str,
        at: Time,
        body: String,
    ) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
        let stamp = at.secs().to_string();
        let signature = self.sign(id, &stamp, &body);
        Request::post("/")
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", stamp)
            .header("webhook-signature", signature)
            .body(Full::new(Bytes::from(body)))
    }

    fn sign(&self, id: &str, stamp: &str, body: &str) -> String {
        let signed = format!("{id}.{stamp}.{body}");
        let tags = self.0.iter().map(|key| {
            let tag = hmac::sign(key, signed.as_bytes());
            format!("v1,{}", STANDARD.encode(tag))
        });
        tags.collect::<Vec<_>>().join(" ")
    }
}

/// A new secret: 32 bytes of chance.
///
/// # Errors
/// `internal.entropy`.
pub fn new_secret(entropy: &Entropy) -> Result<SecretString> {
    let bytes: [u8; 32] = entropy.bytes()?;
    Ok(format!("{PREFIX}{}", STANDARD.encode(bytes)).into())
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault.says.to_owned(), fault.cause)
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hook({})", self.url.host_str().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn hook() -> Hook {
        let place = Place {
            url: "https://sms.example.org/in".parse().unwrap(),
            secret: SECRET.to_owned().into(),
            roots: None,
            patience: Duration::from_secs(1),
        };
        Hook::new(place).unwrap()
    }

    /// Signatures are those of a library that others wrote.
    #[test]
    fn signatures_are_those_of_the_standard() {
        let oracle = standardwebhooks::Webhook::new(SECRET).unwrap();
        for (id, at, body) in [
            ("job_1", 1_614_265_330, r#"{"text":"hi"}"#),
            ("a.b", 0, ""),
            ("job_2", 4_000_000_000, "zwölf 🐎"),
        ] {
            let expected = oracle.sign(id, at, body.as_bytes()).unwrap();
            assert_eq!(hook().signer.sign(id, &at.to_string(), body), expected);
        }
    }

    /// While a secret is replaced, who knows either can check a message.
    #[test]
    fn both_secrets_sign() {
        let new = new_secret(&Entropy).unwrap();
        let signer = Signer::new(&[new.clone(), SECRET.to_owned().into()]).unwrap();
        let both = signer.sign("evt_1", "5", "{}");
        for secret in [new.expose_secret(), SECRET] {
            let oracle = standardwebhooks::Webhook::new(secret).unwrap();
            let own = oracle.sign("evt_1", 5, b"{}").unwrap();
            assert!(both.split(' ').any(|one| one == own), "{both}");
        }
    }

    #[test]
    fn a_secret_is_long_enough_or_none() {
        let judged = |text: &str| key(&text.to_owned().into()).err();
        assert_eq!(judged(SECRET), None);
        assert!(judged("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_some());
        assert!(judged("whsec_!").is_some());
        assert!(judged("whsec_c2hvcnQ=").is_some());
        assert!(!format!("{:?}", hook()).contains("MfKQ"));
    }
}
