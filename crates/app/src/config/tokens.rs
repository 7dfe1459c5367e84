//! The access tokens of our own API (RFC 9068).

use std::time::Duration;

use super::{
    key::section,
    meant::{value::words, web::Issuer},
};

words! {
    /// With which algorithm tokens are signed (RFC 7518, RFC 8037).
    pub enum Algorithm: "EdDSA, ES256 or RS256" {
        /// Ed25519.
        EdDsa = "EdDSA",
        /// ECDSA on P-256.
        Es256 = "ES256",
        /// RSA with SHA-256, for clients that know nothing else.
        Rs256 = "RS256",
    }
}

section! {
    /// Access tokens.
    pub struct Tokens in "tokens" + "tokens." {
        /// How long one lives. Others who check it learn of its end no sooner.
        access: Duration = "5m" in "30s"..="1h" => AtOnce;
        /// With which algorithm new ones are signed.
        algorithm: Algorithm = "EdDSA";
        /// For whom they are (aud).
        audience: String = "tollgate";
        /// Who made them (iss); by default public_url.
        issuer: Issuer = "{address}";
    }
}
