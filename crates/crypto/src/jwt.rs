//! JSON Web Tokens (RFC 7515, 7517, 7519) with the cautions of RFC 8725: the
//! key decides the algorithm, the header decides nothing, and whatever is
//! unusual is refused.
//!
//! Signature and shape only. Times, audiences and issuers are checked by the
//! caller, through the strictly typed [`Claims`].

mod claims;
mod json;
mod jwk;
mod keys;
mod sign;
mod verify;

pub use claims::Claims;
pub use keys::{Algorithm, SigningKey, VerifyingKey};
pub use sign::{sign, sign_plain};
pub use verify::{Family, Fault, KidRule, MAX_LENGTH, TypRule, identity, verify};

#[cfg(test)]
mod tests;
