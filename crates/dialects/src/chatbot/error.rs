//! Our refusals in the chatbot's words. What has no words of its own here is
//! said as DRF says it.

use axum::http::StatusCode;
use tollgate_base::{Error, Kind, codes};
use tollgate_web::problem;

use super::wire::Fault;
use crate::drf::{Faults, Refusal};

/// A sign-in without its two fields.
pub(super) fn incomplete() -> Refusal {
    fault(StatusCode::BAD_REQUEST, "Email and password are required")
}

/// A registration that was refused, with what its form had wrong already.
/// `least` is the fewest characters of a password.
pub(super) fn register(error: Error, mut faults: Faults, least: usize) -> Refusal {
    if error.is(&codes::REGISTRATION_OFF) {
        problem::tell(&error);
        let sentence = "Registration is off. Set [signin] registration = \"open\" to allow it.";
        return fault(StatusCode::FORBIDDEN, sentence);
    }
    if matches!(error.kind(), Kind::Broken | Kind::Upstream) {
        problem::tell(&error);
        let sentence = "Registration failed – please try again later.";
        return fault(StatusCode::INTERNAL_SERVER_ERROR, sentence);
    }
    if error.is(&codes::IDENTIFIER_TAKEN)
        || error.fields().iter().any(|fault| fault.rule == "taken")
    {
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
    if !error.is(&codes::SIGNIN_FAILED) {
        return error.into();
    }
    problem::tell(&error);
    fault(StatusCode::UNAUTHORIZED, "Invalid credentials")
}

/// A sign-in by SimpleJWT that was refused.
pub(super) fn obtain(error: Error) -> Refusal {
    if !error.is(&codes::SIGNIN_FAILED) {
        return error.into();
    }
    problem::tell(&error);
    let sentence = "No active account found with the given credentials";
    Refusal::detail(StatusCode::UNAUTHORIZED, sentence).challenged()
}

/// A sign-out that failed.
pub(super) fn logout(error: Error) -> Refusal {
    if !matches!(error.kind(), Kind::Broken | Kind::Upstream) {
        return error.into();
    }
    problem::tell(&error);
    fault(StatusCode::INTERNAL_SERVER_ERROR, "Logout failed")
}

/// A new password that was refused, under the name that its sender uses.
pub(super) fn reset(error: Error, field: &'static str, least: usize) -> Refusal {
    if error.is(&codes::ONE_TIME_INVALID) {
        return Faults::one("token", "Invalid token.").into();
    }
    let mut faults = Faults::default();
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

fn fault(status: StatusCode, error: &'static str) -> Refusal {
    Refusal::new(status, &Fault { error })
}
