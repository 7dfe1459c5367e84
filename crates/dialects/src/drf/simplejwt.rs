//! SimpleJWT's refusals, in the words of either generation.

use axum::http::StatusCode;
use serde::Serialize;
use tollgate_base::{Error, codes};
use tollgate_flows::ctx::SimpleJwt;
use tollgate_web::problem;

use super::Refusal;

const NOT_VALID: &str = "token_not_valid";
const NAMELESS: &str = "Token contained no recognizable user identification";

#[derive(Serialize)]
struct Coded<'a> {
    detail: &'a str,
    code: &'a str,
}

#[derive(Serialize)]
struct NotValid<'a> {
    detail: &'static str,
    code: &'static str,
    messages: [Message<'a>; 1],
}

#[derive(Serialize)]
struct Message<'a> {
    token_class: &'static str,
    token_type: &'static str,
    message: &'a str,
}

/// Why an access token was not admitted.
pub(crate) fn access(error: Error, wording: SimpleJwt) -> Refusal {
    let body = if error.is(&codes::TOKEN_PERSON) {
        Coded {
            detail: "User not found",
            code: "user_not_found",
        }
    } else if error.is(&codes::ACCOUNT_SUSPENDED) {
        Coded {
            detail: "User is inactive",
            code: "user_inactive",
        }
    } else if lacks(&error) == Some("/user_id") {
        Coded {
            detail: NAMELESS,
            code: NOT_VALID,
        }
    } else {
        return not_valid(error, wording);
    };
    unauthorized(&error, &body)
}

/// Why a refresh token was not exchanged.
pub(crate) fn refresh(error: Error, wording: SimpleJwt) -> Refusal {
    if error.is(&codes::ACCOUNT_SUSPENDED) || error.is(&codes::TOKEN_PERSON) {
        problem::tell(&error);
        let sentence = "No active account found for the given token.";
        return Refusal::detail(StatusCode::UNAUTHORIZED, sentence).challenged();
    }
    match sentence(&error, wording) {
        Some(detail) => unauthorized(
            &error,
            &Coded {
                detail,
                code: NOT_VALID,
            },
        ),
        None => error.into(),
    }
}

/// The access token is no good in itself. One that was revoked is for
/// SimpleJWT, which does not revoke them, one that never was valid.
fn not_valid(error: Error, wording: SimpleJwt) -> Refusal {
    let message = if error.is(&codes::SESSION_REVOKED) {
        invalid(wording)
    } else {
        match sentence(&error, wording) {
            Some(message) => message,
            None => return error.into(),
        }
    };
    let body = NotValid {
        detail: "Given token not valid for any token type",
        code: NOT_VALID,
        messages: [Message {
            token_class: "AccessToken",
            token_type: "access",
            message,
        }],
    };
    unauthorized(&error, &body)
}

/// What SimpleJWT says of the token, if it would say anything.
fn sentence(error: &Error, wording: SimpleJwt) -> Option<&'static str> {
    if error.is(&codes::TOKEN_INVALID) {
        Some(invalid(wording))
    } else if error.is(&codes::TOKEN_EXPIRED) || error.is(&codes::SESSION_EXPIRED) {
        Some(match wording {
            SimpleJwt::V5_3 => invalid(wording),
            SimpleJwt::V5_5 => "Token is expired",
        })
    } else if error.is(&codes::TOKEN_TYPE) {
        Some("Token has wrong type")
    } else if error.is(&codes::SESSION_REVOKED) {
        Some("Token is blacklisted")
    } else {
        lacks(error).map(|claim| match claim {
            "/jti" => "Token has no id",
            "/exp" => "Token has no 'exp' claim",
            "/token_type" => "Token has no type",
            "/user_id" => NAMELESS,
            _ => invalid(wording),
        })
    }
}

/// The claim that a token lacks, if that is what is wrong.
fn lacks(error: &Error) -> Option<&str> {
    let fault = error
        .fields()
        .first()
        .filter(|_| error.is(&codes::TOKEN_CLAIM));
    fault.map(|fault| &*fault.pointer)
}

fn invalid(wording: SimpleJwt) -> &'static str {
    match wording {
        SimpleJwt::V5_3 => "Token is invalid or expired",
        SimpleJwt::V5_5 => "Token is invalid",
    }
}

fn unauthorized(error: &Error, body: &impl Serialize) -> Refusal {
    problem::tell(error);
    Refusal::new(StatusCode::UNAUTHORIZED, body).challenged()
}
