//! Passkeys: what a browser is asked when one is made or used, and whether what
//! it answers proves anything (Web Authentication, level 3).
//!
//! Pure: which challenges are open, whose credential it is and what its counter
//! was before is decided where they are stored. The counter is left out here
//! altogether, so that only one place judges it.

use std::{net::IpAddr, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tollgate_base::{Error, Result, codes};
use webauthn_rs::prelude::{
    Credential, DiscoverableAuthentication, ParsedAttestation, Passkey, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder,
    WebauthnError,
};

/// This server as browsers know it.
pub struct RelyingParty {
    webauthn: Webauthn,
    /// As browsers write them: `https://id.example.org`.
    origins: Vec<String>,
}

/// Who gets a passkey.
#[derive(Clone, Copy, Debug)]
pub struct Registrant<'a> {
    /// What the authenticator is told to remember; never shown.
    pub handle: u128,
    /// What the account signs in with.
    pub name: &'a str,
    /// What people call it.
    pub display_name: &'a str,
}

/// A ceremony that was begun.
#[derive(Clone, Debug)]
pub struct Begun {
    /// What the browser is given, as JSON.
    pub options: String,
    /// What its answer is held against. Kept here, and used once.
    pub state: Vec<u8>,
}

/// A passkey that was made.
#[derive(Clone, Debug)]
pub struct Registered {
    /// Its id, which the authenticator chose.
    pub id: Vec<u8>,
    /// Its public key and what was agreed with it.
    pub credential: Vec<u8>,
    /// How often it has signed, if it counts.
    pub counter: u32,
    /// Whether it may be copied to other devices of its owner.
    pub backup_eligible: bool,
    /// Whether it has been.
    pub backed_up: bool,
}

/// What a browser answers when a passkey is used.
pub struct Assertion(PublicKeyCredential);

/// What a good answer says beside that.
#[derive(Clone, Copy, Debug)]
pub struct Asserted {
    /// How often the passkey has signed, if it counts.
    pub counter: u32,
    /// Whether it is copied to other devices of its owner.
    pub backed_up: bool,
}

/// Where the browser was, as it says and signs.
#[derive(Deserialize)]
struct ClientData {
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
}

/// Most bytes of an answer: keys and ids are far smaller.
pub const ANSWER_MOST: usize = 64 * 1024;
/// Most bytes of a credential's id (Web Authentication, section 4).
const ID_MOST: usize = 1023;
/// How long a browser waits for its owner.
const PATIENCE: Duration = Duration::from_mins(5);

impl RelyingParty {
    /// The one that people reach at `public_url`, and at these origins too.
    ///
    /// # Errors
    /// `passkey.unavailable` where browsers offer none: at an IP address, and
    /// over plain HTTP anywhere but on localhost.
    pub fn new(public_url: &str, related: &[String]) -> Result<Self> {
        let unavailable = || Error::new(&codes::PASSKEY_UNAVAILABLE);
        let own = Url::parse(public_url).map_err(|_| unavailable())?;
        let host = own.domain().filter(|_| is_secure(&own));
        let host = host.ok_or_else(unavailable)?.to_owned();
        let mut builder = WebauthnBuilder::new(&host, &own)
            .map_err(|_| unavailable())?
            .timeout(PATIENCE);
        let mut origins = vec![own.origin().ascii_serialization()];
        for text in related {
            let also = Url::parse(text).map_err(|_| unavailable())?;
            origins.push(also.origin().ascii_serialization());
            builder = builder.append_allowed_origin(&also);
        }
        let webauthn = builder.build().map_err(|_| unavailable())?;
        Ok(Self { webauthn, origins })
    }

    /// Begin to make a passkey on an authenticator that holds none of `known`.
    ///
    /// # Errors
    /// `internal`.
    pub fn begin_registration(&self, who: Registrant<'_>, known: &[Vec<u8>]) -> Result<Begun> {
        let known = known.to_vec();
        let (options, state) = self
            .webauthn
            .start_passkey_registration(
                Uuid::from_u128(who.handle),
                who.name,
                who.display_name,
                Some(known),
            )
            .map_err(broken)?;
        let mut options = serde_json::to_value(options).map_err(broken)?;
        // Without a name typed, the authenticator has to know whose it is.
        if let Some(selection) = options.pointer_mut("/publicKey/authenticatorSelection") {
            selection["residentKey"] = json!("required");
            selection["requireResidentKey"] = json!(true);
        }
        Begun::new(&options, &state)
    }

    /// Judge what the browser answers to that.
    ///
    /// # Errors
    /// `passkey.invalid`.
    pub fn finish_registration(&self, state: &[u8], answer: &str) -> Result<Registered> {
        let invalid = || Error::new(&codes::PASSKEY_INVALID);
        let state: PasskeyRegistration = serde_json::from_slice(state).map_err(broken)?;
        let answer: RegisterPublicKeyCredential = read(answer).ok_or_else(invalid)?;
        if !self.is_ours(&answer.response.client_data_json) || answer.raw_id.len() > ID_MOST {
            return Err(invalid());
        }
        let made = self.webauthn.finish_passkey_registration(&answer, &state);
        let made = made.map_err(|fault| invalid().because(fault))?;
        let mut credential = Credential::from(made);
        let counter = std::mem::take(&mut credential.counter);
        // Nobody asked who made the device.
        credential.attestation = ParsedAttestation::default();
        Ok(Registered {
            id: credential.cred_id.clone(),
            counter,
            backup_eligible: credential.backup_eligible,
            backed_up: credential.backup_state,
            credential: serde_json::to_vec(&Passkey::from(credential)).map_err(broken)?,
        })
    }

    /// Begin to ask for a passkey: for one of these, or for whichever its owner
    /// chooses if there are none.
    ///
    /// # Errors
    /// `internal`.
    pub fn begin_authentication(&self, of: &[Vec<u8>]) -> Result<Begun> {
        let begun = self.webauthn.start_discoverable_authentication();
        let (mut options, state) = begun.map_err(broken)?;
        // How it is shown is the page's affair.
        options.mediation = None;
        let mut options = serde_json::to_value(options).map_err(broken)?;
        let allowed = of.iter().map(|id| {
            let id = URL_SAFE_NO_PAD.encode(id);
            json!({ "type": "public-key", "id": id })
        });
        options["publicKey"]["allowCredentials"] = allowed.collect();
        Begun::new(&options, &state)
    }

    /// Judge an answer to that, by the stored credential that it names.
    ///
    /// # Errors
    /// `passkey.refused`, whatever is wrong with it.
    pub fn finish_authentication(
        &self,
        state: &[u8],
        answer: &Assertion,
        credential: &[u8],
    ) -> Result<Asserted> {
        let refused = || Error::new(&codes::PASSKEY_REFUSED);
        let state: DiscoverableAuthentication = serde_json::from_slice(state).map_err(broken)?;
        let known: Passkey = serde_json::from_slice(credential).map_err(broken)?;
        if !self.is_ours(&answer.0.response.client_data_json) {
            return Err(refused());
        }
        let judged = self
            .webauthn
            .finish_discoverable_authentication_v2(&answer.0, state, known);
        let judged = judged.map_err(|fault: WebauthnError| refused().because(fault))?;
        Ok(Asserted {
            counter: judged.counter(),
            backed_up: judged.backup_state(),
        })
    }

    /// Whether the browser was on one of our pages, to the letter and in no
    /// frame of somebody else's.
    fn is_ours(&self, client_data: &[u8]) -> bool {
        serde_json::from_slice(client_data)
            .is_ok_and(|data: ClientData| !data.cross_origin && self.origins.contains(&data.origin))
    }
}

impl Begun {
    fn new(options: &Value, state: &impl Serialize) -> Result<Self> {
        Ok(Self {
            options: options.to_string(),
            state: serde_json::to_vec(state).map_err(broken)?,
        })
    }
}

impl Assertion {
    /// Read an answer. Whether it is good is not known yet.
    ///
    /// # Errors
    /// `passkey.refused` if it is none.
    pub fn parse(text: &str) -> Result<Self> {
        let refused = || Error::new(&codes::PASSKEY_REFUSED);
        let answer: PublicKeyCredential = read(text).ok_or_else(refused)?;
        let fits = (1..=ID_MOST).contains(&answer.raw_id.len());
        fits.then_some(Self(answer)).ok_or_else(refused)
    }

    /// Which credential answers.
    pub fn credential(&self) -> &[u8] {
        &self.0.raw_id
    }

    /// Whose the authenticator says that it is.
    pub fn handle(&self) -> Option<u128> {
        let handle = self.0.get_user_unique_id()?;
        Some(u128::from_be_bytes(handle.try_into().ok()?))
    }
}

/// Whether browsers trust what comes from there (Secure Contexts, section 3.1).
fn is_secure(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let is_local = host == "localhost" || host.ends_with(".localhost");
    let is_address = host.parse::<IpAddr>().is_ok();
    !is_address && (url.scheme() == "https" || (url.scheme() == "http" && is_local))
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    let fits = text.len() <= ANSWER_MOST;
    fits.then(|| serde_json::from_str(text).ok())?
}

fn broken(fault: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(&codes::INTERNAL).because(fault)
}

#[cfg(test)]
mod tests {
    use super::RelyingParty;

    /// Browsers make none at an address, and none without a secure context.
    #[test]
    fn only_hosts_that_browsers_trust_have_passkeys() {
        for offered in [
            "https://id.example.org",
            "https://id.example.org:8443",
            "http://localhost:8700",
            "http://id.localhost:8700",
        ] {
            assert!(RelyingParty::new(offered, &[]).is_ok(), "{offered}");
        }
        for refused in [
            "http://192.168.1.20:8700",
            "https://192.168.1.20",
            "https://[::1]:8700",
            "http://127.0.0.1:8700",
            "http://id.example.org",
            "http://notlocalhost",
            "",
        ] {
            let fault = RelyingParty::new(refused, &[]).err();
            let code = fault.map(|fault| fault.code().name);
            assert_eq!(code, Some("passkey.unavailable"), "{refused}");
        }
    }
}
