//! Checking tokens: shape, header, signature, and that the payload is an
//! object. Whoever asks says which family of tokens they expect; the token
//! itself has no say in it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use tollgate_base::{Error, codes};

use super::{json, keys::VerifyingKey};
use crate::{mac, token::Fingerprint};

/// Longest token that is looked at, in bytes.
pub const MAX_LENGTH: usize = 8 * 1024;

/// Which tokens are expected at one place.
pub struct Family<'k> {
    /// The keys that may have signed; each brings its algorithm.
    pub keys: &'k [VerifyingKey],
    /// What `typ` must say.
    pub typ: TypRule,
    /// Whether `kid` chooses the key.
    pub kid: KidRule,
    /// Longest token in bytes; never more than [`MAX_LENGTH`].
    pub max_len: usize,
}

/// What the header's `typ` must be.
#[derive(Clone, Copy, Debug)]
pub enum TypRule {
    /// Exactly one of these.
    OneOf(&'static [&'static str]),
    /// `JWT`, or absent.
    JwtOrAbsent,
}

/// What the header's `kid` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KidRule {
    /// It must name one of the keys.
    Required,
    /// Nothing: every key of the family is tried, as there are few.
    Ignored,
}

/// Why a token was refused. For logs and tests: the answer to the asker is the
/// same for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is too long, or not three segments of strict base64url with JSON
    /// objects in the first two.
    #[error("the token is malformed")]
    Malformed,
    /// The header has a member that we do not know, or one of the wrong type.
    #[error("the token's header is not acceptable")]
    Header,
    /// It is of another kind.
    #[error("the token is of another type")]
    Typ,
    /// No key has the name that it gives.
    #[error("the token's key is unknown")]
    UnknownKey,
    /// The key does not sign with that algorithm.
    #[error("the token's algorithm is not its key's")]
    Algorithm,
    /// The signature does not hold.
    #[error("the token's signature is wrong")]
    BadSignature,
    /// This claim is missing or has the wrong type.
    #[error("the claim `{0}` is missing or of the wrong type")]
    Claim(&'static str),
}

/// `token.invalid`, with the fault as its cause.
impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::new(&codes::TOKEN_INVALID).because(fault)
    }
}

/// The claims of a token whose shape and signature are right for `family`.
/// Nothing is said about its times, which need a clock.
///
/// # Errors
/// A [`Fault`].
pub fn verify(token: &str, family: &Family<'_>) -> Result<Map<String, Value>, Fault> {
    let Segments {
        message,
        header,
        payload,
        signature,
    } = split(token, family.max_len)?;
    let header = Header::read(&decode(header)?)?;
    if !family.typ.allows(header.typ.as_deref()) {
        return Err(Fault::Typ);
    }
    let signature = decode(signature)?;
    let mut fault = match family.kid {
        KidRule::Required => Fault::UnknownKey,
        KidRule::Ignored => Fault::Algorithm,
    };
    for key in family.keys {
        if family.kid == KidRule::Required && header.kid.as_deref() != Some(key.kid()) {
            continue;
        }
        if header.alg != key.algorithm().as_str() {
            fault = Fault::Algorithm;
            continue;
        }
        if key.accepts(message.as_bytes(), &signature) {
            return json::object(&decode(payload)?).ok_or(Fault::Malformed);
        }
        fault = Fault::BadSignature;
    }
    Err(fault)
}

/// What tells one signed content from another: SHA-256 of all but the
/// signature. The whole text would not do, as anybody can turn an ECDSA
/// signature (r, s) into the equally valid (r, n − s).
pub fn identity(token: &str) -> Fingerprint {
    let message = token.rsplit_once('.').map_or(token, |(message, _)| message);
    mac::sha256(message.as_bytes())
}

struct Segments<'t> {
    message: &'t str,
    header: &'t str,
    payload: &'t str,
    signature: &'t str,
}

/// Looks at the length before anything else, and cuts twice however many dots
/// there are.
fn split(token: &str, max_len: usize) -> Result<Segments<'_>, Fault> {
    if token.len() > max_len.min(MAX_LENGTH) {
        return Err(Fault::Malformed);
    }
    let (message, signature) = token.rsplit_once('.').ok_or(Fault::Malformed)?;
    let (header, payload) = message.split_once('.').ok_or(Fault::Malformed)?;
    Ok(Segments {
        message,
        header,
        payload,
        signature,
    })
}

/// Base64url without padding, spare bits, whitespace, or further dots.
fn decode(segment: &str) -> Result<Vec<u8>, Fault> {
    URL_SAFE_NO_PAD
        .decode(segment)
        .map_err(|_| Fault::Malformed)
}

struct Header {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
}

impl Header {
    /// Takes nothing but texts, and only under the names that it knows: `crit`,
    /// `jwk`, `jku`, `x5u`, `x5c`, `zip` and whatever comes next are refused.
    fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let (mut alg, mut typ, mut kid) = (None, None, None);
        for (name, value) in json::object(bytes).ok_or(Fault::Malformed)? {
            let place = match name.as_str() {
                "alg" => &mut alg,
                "typ" => &mut typ,
                "kid" => &mut kid,
                _ => return Err(Fault::Header),
            };
            let Value::String(text) = value else {
                return Err(Fault::Header);
            };
            *place = Some(text);
        }
        Ok(Self {
            alg: alg.ok_or(Fault::Header)?,
            typ,
            kid,
        })
    }
}

impl TypRule {
    fn allows(self, typ: Option<&str>) -> bool {
        match self {
            Self::OneOf(names) => typ.is_some_and(|typ| names.contains(&typ)),
            Self::JwtOrAbsent => typ.is_none_or(|typ| typ == "JWT"),
        }
    }
}
