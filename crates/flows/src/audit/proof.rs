//! What proves a trail: each event holds the hash of the one before, and signed
//! heads say what the hash was at some number. Pure: where the events come from
//! does not matter, so that the same is checked without a database.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tollgate_base::{
    Error, Result, codes,
    hex::{hex, unhex},
    time::Time,
};
use tollgate_crypto::jwt::{self, Family, KidRule, SigningKey, TypRule};
use tollgate_records::{
    checkpoints::Checkpoint,
    events::{Chain, Event},
};

pub use tollgate_crypto::jwt::VerifyingKey;

/// The `typ` of a signed head.
const TYP: &str = "tollgate-checkpoint";

/// A head that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which installation's trail.
    pub installation: String,
    /// Number of the last event that it covers.
    pub seq: i64,
    /// That event's hash.
    pub hash: [u8; 32],
    /// When it was signed.
    pub at: Time,
}

/// A walk along a trail, from its first event or from a signed head on.
#[derive(Debug)]
pub struct Proof {
    chain: Chain,
    heads: BTreeMap<i64, [u8; 32]>,
    met: u64,
}

impl Head {
    /// Sign it: a JWS in its compact form.
    ///
    /// # Errors
    /// `internal` if that fails.
    pub(super) fn sign(&self, key: &SigningKey) -> Result<String> {
        let claims = json!({
            "installation": self.installation,
            "seq": self.seq,
            "hash": hex(&self.hash),
            "at": self.at.to_string(),
        });
        jwt::sign(key, TYP, &claims)
    }

    /// What was signed of a head that we keep, which says the same beside it.
    ///
    /// # Errors
    /// `audit.broken`: as [`Head::read`], or it was altered where it is kept.
    pub(super) fn kept(made: &Checkpoint, keys: &[VerifyingKey]) -> Result<Self> {
        let head = Self::read(&made.signed, keys)?;
        if (head.seq, head.hash) == (made.seq, made.hash) {
            return Ok(head);
        }
        Err(broken(format!(
            "The checkpoint of number {} is not what was signed.",
            made.seq
        )))
    }

    /// What was signed, if one of these keys did.
    ///
    /// # Errors
    /// `audit.broken`: it is none, or nobody whom we know signed it.
    pub fn read(signed: &str, keys: &[VerifyingKey]) -> Result<Self> {
        let family = Family {
            keys,
            typ: TypRule::OneOf(&[TYP]),
            kid: KidRule::Required,
            max_len: 2048,
        };
        let unproved = |fault: jwt::Fault| {
            broken("A checkpoint is not signed by any key that is known.".to_owned()).because(fault)
        };
        let claims = jwt::verify(signed, &family).map_err(unproved)?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let read = || {
            Some(Self {
                installation: text("installation")?.to_owned(),
                seq: claims.get("seq")?.as_i64()?,
                hash: unhex(text("hash")?)?.try_into().ok()?,
                at: text("at")?.parse().ok()?,
            })
        };
        read().ok_or_else(|| broken("A checkpoint says nothing that we know.".to_owned()))
    }
}

impl Proof {
    /// From the first event on.
    pub const fn begin() -> Self {
        Self::after(Chain::start())
    }

    /// From a place on that was proved before.
    pub const fn after(chain: Chain) -> Self {
        Self {
            chain,
            heads: BTreeMap::new(),
            met: 0,
        }
    }

    /// From a signed head on: what lies before it is not looked at.
    pub const fn from_head(head: &Head) -> Self {
        Self::after(Chain {
            seq: head.seq,
            hash: head.hash,
        })
    }

    /// Number of the last event that held.
    pub const fn seq(&self) -> i64 {
        self.chain.seq
    }

    /// Where the walk is.
    pub const fn chain(&self) -> Chain {
        self.chain
    }

    /// How many signed heads were met on the way.
    pub const fn met(&self) -> u64 {
        self.met
    }

    /// A signed head has to be met on the way, if it is not behind already.
    ///
    /// # Errors
    /// `audit.broken`: two of one number say different things.
    pub fn expect(&mut self, head: &Head) -> Result<()> {
        if head.seq < self.chain.seq {
            return Ok(());
        }
        let known = self.heads.insert(head.seq, head.hash);
        if known.is_some_and(|known| known != head.hash) {
            let says = format!("Two checkpoints of number {} differ.", head.seq);
            return Err(broken(says));
        }
        self.meet()
    }

    /// Go on to the next event.
    ///
    /// # Errors
    /// `audit.broken`, naming the place.
    pub fn step(&mut self, event: &Event) -> Result<()> {
        self.chain = self.chain.check(event).ok_or_else(|| {
            let (id, seq) = (event.id, self.chain.seq);
            broken(format!("Event {id} after number {seq} does not fit."))
        })?;
        self.meet()
    }

    /// The trail ends here.
    ///
    /// # Errors
    /// `audit.broken`: a signed head lies beyond the end, which was cut off.
    pub fn end(&self) -> Result<()> {
        match self.heads.keys().next() {
            None => Ok(()),
            Some(seq) => Err(broken(format!(
                "A checkpoint was signed at number {seq}, and the trail ends at {}: its end was cut off.",
                self.chain.seq
            ))),
        }
    }

    fn meet(&mut self) -> Result<()> {
        let Chain { seq, hash } = self.chain;
        match self.heads.remove(&seq) {
            None => Ok(()),
            Some(signed) if signed == hash => {
                self.met += 1;
                Ok(())
            }
            Some(_) => Err(broken(format!(
                "At number {seq} the trail is not what was signed in a checkpoint."
            ))),
        }
    }
}

/// Signed heads in any text, such as lines of a log.
pub fn checkpoints_in(text: &str) -> impl Iterator<Item = &str> {
    let outside = |letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter));
    let words = text.split(outside);
    words.filter(|word| word.starts_with("eyJ") && word.matches('.').count() == 2)
}

/// The keys of a key set (RFC 7517). What is no key of ours is left out.
pub fn keys_in(set: &Value) -> Vec<VerifyingKey> {
    let keys = set.get("keys").and_then(Value::as_array);
    let keys = keys.map(Vec::as_slice).unwrap_or_default();
    keys.iter().filter_map(VerifyingKey::from_jwk).collect()
}

/// The trail does not verify.
pub(super) fn broken(says: String) -> Error {
    Error::new(&codes::AUDIT_BROKEN).detail(says)
}
