//! Making tokens.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use tollgate_base::{Error, Result, codes};

use super::keys::SigningKey;

/// A token with the header `{"alg","typ","kid"}`.
///
/// # Errors
/// `internal` if the claims cannot be written as JSON.
pub fn sign(key: &SigningKey, typ: &str, claims: &impl Serialize) -> Result<String> {
    assemble(
        key,
        &Header {
            alg: key.algorithm().as_str(),
            typ,
            kid: Some(key.kid()),
        },
        claims,
    )
}

/// A token with the header `{"alg","typ":"JWT"}`, as SimpleJWT and PyJWT make
/// them: without a key id.
///
/// # Errors
/// `internal` if the claims cannot be written as JSON.
pub fn sign_plain(key: &SigningKey, claims: &impl Serialize) -> Result<String> {
    assemble(
        key,
        &Header {
            alg: key.algorithm().as_str(),
            typ: "JWT",
            kid: None,
        },
        claims,
    )
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    typ: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
}

fn assemble(key: &SigningKey, header: &Header<'_>, claims: &impl Serialize) -> Result<String> {
    let broken = |fault| Error::new(&codes::INTERNAL).because(fault);
    let mut token = URL_SAFE_NO_PAD.encode(serde_json::to_vec(header).map_err(broken)?);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(claims).map_err(broken)?, &mut token);
    let signature = key.signature(token.as_bytes())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}
