//! Keys that sign and keys that verify. A key knows its one algorithm from the
//! day it is made; nothing that a token says can change that.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    error::{KeyRejected, Unspecified},
    hmac,
    rand::{self, SystemRandom},
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
        Ed25519KeyPair, KeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
        RsaKeyPair, VerificationAlgorithm,
    },
};
use tollgate_base::{Error, Result, codes};
use zeroize::Zeroizing;

/// A signature algorithm of JSON Web Algorithms (RFC 7518, RFC 8037).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519, the usual one.
    EdDsa,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// RSA PKCS #1 v1.5 with SHA-256, for clients that know nothing else.
    Rs256,
    /// HMAC with SHA-256: a secret shared with whoever verifies.
    Hs256,
}

/// A private key, or a shared secret, with its name. It has no `Debug`.
pub struct SigningKey {
    pub(super) private: Private,
    verifier: VerifyingKey,
}

/// What verifies the signatures of one [`SigningKey`].
#[derive(Clone)]
pub struct VerifyingKey {
    kid: String,
    algorithm: Algorithm,
    public: Public,
}

pub(super) enum Private {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
    Rsa(RsaKeyPair),
    Shared {
        key: Arc<hmac::Key>,
        secret: Zeroizing<Vec<u8>>,
    },
}

#[derive(Clone)]
enum Public {
    Asymmetric(ParsedPublicKey),
    Shared(Arc<hmac::Key>),
}

impl Algorithm {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::EdDsa, Self::Es256, Self::Rs256, Self::Hs256];

    /// The name that the registry gives it, as in `alg`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Hs256 => "HS256",
        }
    }

    /// The algorithm of exactly this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|algorithm| algorithm.as_str() == name)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl SigningKey {
    /// A new key; RSA keys have 2048 bits, shared secrets 256.
    ///
    /// # Errors
    /// `internal.entropy` if the operating system has no random numbers.
    pub fn generate(algorithm: Algorithm, kid: impl Into<String>) -> Result<Self> {
        let private = Private::generate(algorithm)
            .map_err(|fault| Error::new(&codes::INTERNAL_ENTROPY).because(fault))?;
        Self::pair(kid, private)
    }

    /// The key that [`SigningKey::to_private_der`] wrote, or one from
    /// elsewhere: unencrypted PKCS #8, or for HS256 the secret itself.
    ///
    /// # Errors
    /// `signing_key.invalid` if it is not a sound key for this algorithm.
    pub fn from_private(kid: impl Into<String>, algorithm: Algorithm, der: &[u8]) -> Result<Self> {
        let private = match algorithm {
            Algorithm::EdDsa => Ed25519KeyPair::from_pkcs8(der).map(Private::Ed25519),
            Algorithm::Es256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map(Private::P256)
            }
            Algorithm::Rs256 => RsaKeyPair::from_pkcs8(der).map(Private::Rsa),
            Algorithm::Hs256 => return Self::from_shared_secret(kid, der),
        };
        Self::pair(kid, private.map_err(unsound)?)
    }

    /// An HS256 key from a secret that another program knows. RFC 7518 asks
    /// for 32 bytes; whether fewer are borne is the operator's decision and is
    /// checked where the configuration is read.
    ///
    /// # Errors
    /// `secret.weak` if it is empty.
    pub fn from_shared_secret(kid: impl Into<String>, secret: &[u8]) -> Result<Self> {
        if secret.is_empty() {
            return Err(Error::new(&codes::SECRET_WEAK));
        }
        Self::pair(kid, Private::shared(secret))
    }

    /// The key as [`SigningKey::from_private`] reads it. To be sealed.
    ///
    /// # Errors
    /// `internal` if the library cannot write the key down.
    pub fn to_private_der(&self) -> Result<Zeroizing<Vec<u8>>> {
        let broken = |fault| Error::new(&codes::INTERNAL).because(fault);
        let der = match &self.private {
            Private::Ed25519(pair) => pair.to_pkcs8().map_err(broken)?.as_ref().to_vec(),
            Private::P256(pair) => pair.to_pkcs8v1().map_err(broken)?.as_ref().to_vec(),
            Private::Rsa(pair) => AsDer::<Pkcs8V1Der<'_>>::as_der(pair)
                .map_err(broken)?
                .as_ref()
                .to_vec(),
            Private::Shared { secret, .. } => secret.to_vec(),
        };
        Ok(Zeroizing::new(der))
    }

    /// Its name in key sets and headers.
    pub fn kid(&self) -> &str {
        self.verifier.kid()
    }

    /// The one algorithm that it signs with.
    pub const fn algorithm(&self) -> Algorithm {
        self.verifier.algorithm()
    }

    /// What verifies its signatures; for HS256 that can sign as well.
    pub fn verifier(&self) -> VerifyingKey {
        self.verifier.clone()
    }

    /// The signature over `message`, in the form that JWS wants.
    pub(super) fn signature(&self, message: &[u8]) -> Result<Vec<u8>> {
        let broken = |fault| Error::new(&codes::INTERNAL).because(fault);
        Ok(match &self.private {
            Private::Ed25519(pair) => pair.try_sign(message).map_err(broken)?.as_ref().to_vec(),
            Private::P256(pair) => pair
                .sign(&SystemRandom::new(), message)
                .map_err(broken)?
                .as_ref()
                .to_vec(),
            Private::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    message,
                    &mut signature,
                )
                .map_err(broken)?;
                signature
            }
            Private::Shared { key, .. } => hmac::sign(key, message).as_ref().to_vec(),
        })
    }

    fn pair(kid: impl Into<String>, private: Private) -> Result<Self> {
        let parse = |algorithm: &'static dyn VerificationAlgorithm, public: &[u8]| {
            ParsedPublicKey::new(algorithm, public)
                .map(Public::Asymmetric)
                .map_err(unsound)
        };
        let (algorithm, public) = match &private {
            Private::Ed25519(pair) => (
                Algorithm::EdDsa,
                parse(&ED25519, pair.public_key().as_ref())?,
            ),
            Private::P256(pair) => (
                Algorithm::Es256,
                parse(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref())?,
            ),
            Private::Rsa(pair) => (
                Algorithm::Rs256,
                parse(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref())?,
            ),
            Private::Shared { key, .. } => (Algorithm::Hs256, Public::Shared(Arc::clone(key))),
        };
        Ok(Self {
            private,
            verifier: VerifyingKey {
                kid: kid.into(),
                algorithm,
                public,
            },
        })
    }
}

impl VerifyingKey {
    /// A public key of that name.
    pub(super) fn public(kid: &str, algorithm: Algorithm, key: ParsedPublicKey) -> Self {
        Self {
            kid: kid.to_owned(),
            algorithm,
            public: Public::Asymmetric(key),
        }
    }

    /// Its name in key sets and headers.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The one algorithm that it verifies.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether this is the key's signature over `message`.
    pub(super) fn accepts(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.public {
            Public::Asymmetric(key) => key.verify_sig(message, signature).is_ok(),
            Public::Shared(key) => hmac::verify(key, message, signature).is_ok(),
        }
    }
}

impl Private {
    fn generate(algorithm: Algorithm) -> Result<Self, Unspecified> {
        Ok(match algorithm {
            Algorithm::EdDsa => Self::Ed25519(Ed25519KeyPair::generate()?),
            Algorithm::Es256 => {
                Self::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?)
            }
            Algorithm::Rs256 => Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048)?),
            Algorithm::Hs256 => {
                let mut secret = Zeroizing::new([0; 32]);
                rand::fill(&mut *secret)?;
                Self::shared(&*secret)
            }
        })
    }

    fn shared(secret: &[u8]) -> Self {
        let key = Arc::new(hmac::Key::new(hmac::HMAC_SHA256, secret));
        Self::Shared {
            key,
            secret: Zeroizing::new(secret.to_vec()),
        }
    }
}

fn unsound(fault: KeyRejected) -> Error {
    Error::new(&codes::SIGNING_KEY_INVALID).because(fault)
}
