//! The chatbot's words and ours: the only place where both meet.

use std::{net::IpAddr, time::Duration};

use axum::http::HeaderMap;
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use tollgate_base::{
    Error, ExposeSecret, Result, SecretString, codes, identifier::Email, time::Time,
};
use tollgate_flows::{
    AccountView, Applicant, ClientProfile, Credentials, Opening, PasswordRules, SignedIn,
    password::ResetPassword,
    signin::{SignIn, Step},
    signup::SignUp,
};
use tollgate_web::{Peer, device};

use crate::drf::{Faults, Form, Refusal};

/// Its cookie of the refresh token.
const COOKIE: &str = "refresh_token";
/// The cookie that takes it away again, as Django writes it.
pub(super) const NO_COOKIE: &str =
    "refresh_token=\"\"; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/";
/// How long a browser keeps it, with and without `remember_me`. The token in
/// it lives for as long as any other.
const REMEMBERED: Duration = Duration::from_hours(30 * 24);
const NOT_REMEMBERED: Duration = Duration::from_hours(24);

/// What the chatbot asks of us.
const CLIENT: ClientProfile = ClientProfile {
    name: "chatbot",
    passwords: PasswordRules::Django,
};

/// A sign-in that was asked for on its login page.
pub(super) struct Login {
    pub(super) request: SignIn,
    pub(super) cookie_lives: Duration,
}

/// A pair of tokens and whose it is.
pub(super) struct Opened {
    pub(super) account: AccountView,
    pub(super) access: SecretString,
    pub(super) refresh: SecretString,
}

/// A new password by a link.
pub(super) struct Confirmation {
    /// What the sender calls the new password.
    pub(super) field: &'static str,
    pub(super) request: ResetPassword,
}

/// Whoever registers, as far as the form could be read.
pub(super) fn sign_up(
    email: Option<Email>,
    password: Option<String>,
    address: Option<IpAddr>,
) -> SignUp {
    let password = password.map(SecretString::from);
    let applicant = Applicant {
        email,
        username: None,
        display_name: None,
        password,
    };
    SignUp {
        applicant,
        address,
        client: CLIENT,
    }
}

/// Its own login. Whatever is wrong with the two texts counts as not sent.
///
/// # Errors
/// 400 in its shape.
pub(super) fn login(form: Form, headers: &HeaderMap, peer: Peer) -> Result<Login, Refusal> {
    let mut fields = form.fields()?;
    let (email, password) = (fields.text("email"), fields.text("password"));
    let (Some(email), Some(password)) = (email, password) else {
        return Err(super::error::incomplete());
    };
    let remember = fields.boolean("remember_me");
    fields.faults().none()?;
    let cookie_lives = if remember { REMEMBERED } else { NOT_REMEMBERED };
    Ok(Login {
        request: sign_in(&email, password, headers, peer),
        cookie_lives,
    })
}

/// SimpleJWT's login.
///
/// # Errors
/// 400 with all that is wrong.
pub(super) fn obtain(form: Form, headers: &HeaderMap, peer: Peer) -> Result<SignIn, Refusal> {
    let mut fields = form.fields()?;
    let (email, password) = (fields.text("email"), fields.text("password"));
    fields.faults().none()?;
    Ok(sign_in(
        &email.unwrap_or_default(),
        password.unwrap_or_default(),
        headers,
        peer,
    ))
}

/// The refresh token that is to be exchanged.
///
/// # Errors
/// 400 if there is none.
pub(super) fn refresh(form: Form) -> Result<SecretString, Refusal> {
    let mut fields = form.fields()?;
    let token = fields.text("refresh");
    fields.faults().none()?;
    Ok(token.unwrap_or_default().into())
}

/// The address of whoever forgot their password.
///
/// # Errors
/// 400 if it is none.
pub(super) fn forgetful(form: Form) -> Result<Email, Refusal> {
    let mut fields = form.fields()?;
    let email = fields.email("email");
    fields.faults().none()?;
    email.ok_or_else(|| Error::new(&codes::IDENTIFIER_INVALID).into())
}

/// A new password under any of the names that such forms use, with or without
/// its repetition. A `uid` or `uidb64` is not looked at: the token says whose.
///
/// # Errors
/// 400 with all that is wrong.
pub(super) fn confirmation(form: Form) -> Result<Confirmation, Refusal> {
    let mut fields = form.fields()?;
    let (field, again) = if fields.has("new_password") {
        ("new_password", "new_password_confirm")
    } else {
        ("password", "password_confirm")
    };
    let (token, new) = (fields.text("token"), fields.text(field));
    let repeated = if fields.has(again) {
        fields.text(again)
    } else {
        new.clone()
    };
    fields.faults().none()?;
    if new != repeated {
        return Err(Faults::one(field, "Password fields didn't match.").into());
    }
    let [token, new] = [token, new].map(|text| SecretString::from(text.unwrap_or_default()));
    Ok(Confirmation {
        field,
        request: ResetPassword {
            token,
            new,
            client: CLIENT,
        },
    })
}

/// What a successful sign-in gave.
///
/// # Errors
/// `internal` for credentials of another kind than were asked for.
pub(super) fn opened(step: Step) -> Result<Opened> {
    let Step::Done(signed_in) = step;
    match *signed_in {
        SignedIn {
            account,
            credentials: Credentials::Tokens {
                access, refresh, ..
            },
            ..
        } => Ok(Opened {
            account,
            access,
            refresh,
        }),
        SignedIn { .. } => Err(Error::new(&codes::INTERNAL).because("no tokens for the chatbot")),
    }
}

/// The address of an account, or the empty text that Django has for none.
pub(super) fn email(account: &AccountView) -> &str {
    account.email().map_or("", |email| email.shown.as_str())
}

/// The cookie of the refresh token, as Django writes it. `Secure` on plain HTTP
/// too: clients there keep it and never send it, and need not.
pub(super) fn cookie(refresh: &SecretString, lives: Duration, now: Time) -> Result<String> {
    let (refresh, seconds) = (refresh.expose_secret(), lives.as_secs());
    let expires = Timestamp::from_microsecond(now.plus(lives).micros())
        .and_then(|expires| DateTimePrinter::new().timestamp_to_rfc9110_string(&expires))
        .map_err(|fault| Error::new(&codes::INTERNAL).because(fault))?;
    Ok(format!(
        "{COOKIE}={refresh}; expires={expires}; HttpOnly; Max-Age={seconds}; Path=/; SameSite=Lax; Secure"
    ))
}

fn sign_in(email: &str, password: String, headers: &HeaderMap, peer: Peer) -> SignIn {
    SignIn {
        login: email.to_lowercase(),
        password: password.into(),
        device: device(headers, peer),
        address: peer.0,
        opening: Opening::Chatbot,
        client: CLIENT,
    }
}
