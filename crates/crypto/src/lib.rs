//! Floor 2, a hand: everything cryptographic, and nothing else. Password
//! hashes, opaque tokens, JSON Web Tokens, one-time passwords, codes, passkeys, message
//! authentication, sealing, proofs of work.
//!
//! Pure: no files, no network, no SQL, no clock. What needs the time checks it
//! one floor up, with the clock that tests can move.

pub mod code;
pub mod device;
pub mod jwt;
pub mod mac;
pub mod passkey;
pub mod password;
pub mod seal;
pub mod token;
pub mod totp;
pub mod work;
