//! Floor 2, a hand: everything cryptographic, and nothing else. Password
//! hashes, opaque tokens, JSON Web Tokens, one-time passwords, message
//! authentication, sealing.
//!
//! Pure: no files, no network, no SQL, no clock. What needs the time checks it
//! one floor up, with the clock that tests can move.

pub mod jwt;
pub mod mac;
pub mod password;
pub mod seal;
pub mod token;
pub mod totp;
