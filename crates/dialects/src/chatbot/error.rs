//! Our refusals in the chatbot's words. What has no words of its own here is
//! said as DRF says it.

use axum::http::StatusCode;
use tollgate_base::{Error, Kind, codes};
use tollgate_web::problem;

use super::wire::Fault;
use crate::drf::{Faults, Refusal, unasked};

/// A sign-in without its two fields.
pub(super) fn incomplete() -> Refusal {
    let body = Fault {
        error: "Email and password are required",
    };
    Refusal::new(StatusCode::BAD_REQUEST, &body)
}

/// A registration that was refused, with what its form had wrong already.
/// `least` is the fewest characters of a password.
pub(super) fn register(error: Error, mut faults: Faults, least: usize) -> Refusal {
    if error.is(&codes::REGISTRATION_OFF) {
        let sentence = "Registration is off. Set [signin] registration = \"open\" to allow it.";
        return fault(&error, StatusCode::FORBIDDEN, sentence);
    }
    if is_ours(&error) {
        let sentence = "Registration failed – please try again later.";
        return fault(&error, StatusCode::INTERNAL_SERVER_ERROR, sentence);
    }
    let taken = error.fields().iter().any(|fault| fault.rule == "taken");
    if taken || error.is(&codes::IDENTIFIER_TAKEN) {
        faults.add(
            "email",
            "custom user with this email address already exists.",
        );
    }
    weak(&error, "password", least, &mut faults);
    if faults.is_empty() {
        error.into()
    } else {
        faults.into()
    }
}

/// A sign-in on its own login page that was refused.
pub(super) fn login(error: Error) -> Refusal {
    if error.is(&codes::SIGNIN_FAILED) {
        return fault(&error, StatusCode::UNAUTHORIZED, "Invalid credentials");
    }
    match unasked(&error) {
        Some(code) => fault(&error, StatusCode::FORBIDDEN, code.help),
        None => error.into(),
    }
}

/// A sign-in by SimpleJWT that was refused.
pub(super) fn obtain(error: Error) -> Refusal {
    if error.is(&codes::SIGNIN_FAILED) {
        problem::tell(&error);
        let sentence = "No active account found with the given credentials";
        return Refusal::detail(StatusCode::UNAUTHORIZED, sentence).challenged();
    }
    error.into()
}

/// A sign-out that failed.
pub(super) fn logout(error: Error) -> Refusal {
    if is_ours(&error) {
        return fault(&error, StatusCode::INTERNAL_SERVER_ERROR, "Logout failed");
    }
    error.into()
}

/// A new password that was refused, under the name that its sender uses.
pub(super) fn reset(error: Error, field: &'static str, least: usize) -> Refusal {
    let mut faults = Faults::default();
    if error.is(&codes::ONE_TIME_INVALID) {
        faults.add("token", "Invalid token.");
    }
    weak(&error, field, least, &mut faults);
    if faults.is_empty() {
        error.into()
    } else {
        faults.into()
    }
}

/// The sentences of Django's validators for the rules that a password breaks.
fn weak(error: &Error, field: &'static str, least: usize, faults: &mut Faults) {
    for fault in error
        .fields()
        .iter()
        .filter(|fault| fault.pointer == "/password")
    {
        match fault.rule {
            "too_short" => faults.add(
                field,
                format!("This password is too short. It must contain at least {least} characters."),
            ),
            "too_common" => faults.add(field, "This password is too common."),
            "numeric" => faults.add(field, "This password is entirely numeric."),
            // Django has no such rule, so the words are ours.
            _ => faults.add(field, fault.detail.clone()),
        }
    }
}

/// Whether nobody but us can do anything about it.
fn is_ours(error: &Error) -> bool {
    matches!(error.kind(), Kind::Broken | Kind::Upstream)
}

fn fault(error: &Error, status: StatusCode, sentence: &'static str) -> Refusal {
    problem::tell(error);
    Refusal::new(status, &Fault { error: sentence })
}
