//! SimpleJWT's refusals, in the words of either generation.

use axum::http::StatusCode;
use serde::Serialize;
use tollgate_base::{Error, codes};
use tollgate_flows::ctx::SimpleJwt;
use tollgate_web::problem;

use super::Refusal;

const NOT_VALID: &str = "token_not_valid";

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
    if let Some(person) = nobody(&error) {
        return unauthorized(&error, &person);
    }
    let Some(message) = sentence(&error, wording) else {
        return error.into();
    };
    // A token that was revoked is for SimpleJWT one that never was valid.
    let message = if error.is(&codes::SESSION_REVOKED) {
        invalid(wording)
    } else {
        message
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

/// Why a refresh token was not exchanged.
pub(crate) fn refresh(error: Error, wording: SimpleJwt) -> Refusal {
    if error.is(&codes::ACCOUNT_SUSPENDED) || error.is(&codes::TOKEN_PERSON) {
        let sentence = "No active account found for the given token.";
        problem::tell(&error);
        return Refusal::detail(StatusCode::UNAUTHORIZED, sentence).challenged();
    }
    if let Some(person) = nobody(&error) {
        return unauthorized(&error, &person);
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

/// The token holds, but not what it says of a person.
fn nobody(error: &Error) -> Option<Coded<'static>> {
    let code = error.code().name;
    let lacks = error.fields().first().map(|fault| fault.pointer);
    if code == codes::TOKEN_PERSON.name {
        Some(Coded {
            detail: "User not found",
            code: "user_not_found",
        })
    } else if code == codes::ACCOUNT_SUSPENDED.name {
        Some(Coded {
            detail: "User is inactive",
            code: "user_inactive",
        })
    } else if code == codes::TOKEN_CLAIM.name && lacks == Some("/user_id") {
        let detail = "Token contained no recognizable user identification";
        Some(Coded {
            detail,
            code: NOT_VALID,
        })
    } else {
        None
    }
}

fn sentence(error: &Error, wording: SimpleJwt) -> Option<&'static str> {
    let code = error.code().name;
    let lacks = error.fields().first().map(|fault| fault.pointer);
    if code == codes::TOKEN_INVALID.name {
        Some(invalid(wording))
    } else if code == codes::TOKEN_EXPIRED.name || code == codes::SESSION_EXPIRED.name {
        Some(match wording {
            SimpleJwt::V5_3 => "Token is invalid or expired",
            SimpleJwt::V5_5 => "Token is expired",
        })
    } else if code == codes::TOKEN_TYPE.name {
        Some("Token has wrong type")
    } else if code == codes::SESSION_REVOKED.name {
        Some("Token is blacklisted")
    } else if code == codes::TOKEN_CLAIM.name {
        Some(match lacks {
            Some("/jti") => "Token has no id",
            Some("/exp") => "Token has no 'exp' claim",
            Some("/token_type") => "Token has no type",
            _ => invalid(wording),
        })
    } else {
        None
    }
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
