//! The chatbot's words and ours: the only place where both meet.

use std::net::IpAddr;

use axum::http::HeaderMap;
use tollgate_base::{Error, Result, SecretString, codes, identifier::Email};
use tollgate_flows::{
    AccountView, Applicant, ClientProfile, Credentials, Opening, PasswordRules, SignedIn,
    password::ResetPassword,
    signin::{SignIn, Step},
    signup::SignUp,
};
use tollgate_web::{Peer, Web, device};

use super::{cookie::Kept, error};
use crate::drf::{Faults, Form, Refusal};

/// What the chatbot asks of us.
const CLIENT: ClientProfile = ClientProfile {
    name: "chatbot",
    passwords: PasswordRules::Django,
    second_step: false,
};

/// A sign-in that was asked for on its login page.
pub(super) struct Login {
    pub(super) request: SignIn,
    pub(super) kept: Kept,
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
        locale: None,
        client: CLIENT,
    }
}

/// Its own login. Whatever is wrong with the two texts counts as not sent.
///
/// # Errors
/// 400 in its shape.
pub(super) fn login(
    web: &Web,
    form: Form,
    headers: &HeaderMap,
    peer: Peer,
) -> Result<Login, Refusal> {
    let mut fields = form.fields()?;
    let (email, password) = (fields.text("email"), fields.text("password"));
    let (Some(email), Some(password)) = (email, password) else {
        return Err(error::incomplete());
    };
    let remember = fields.boolean("remember_me");
    fields.faults().none()?;
    let kept = if remember { Kept::Long } else { Kept::Shortly };
    Ok(Login {
        request: sign_in(web, &email, password, headers, peer),
        kept,
    })
}

/// SimpleJWT's login.
///
/// # Errors
/// 400 with all that is wrong.
pub(super) fn obtain(
    web: &Web,
    form: Form,
    headers: &HeaderMap,
    peer: Peer,
) -> Result<SignIn, Refusal> {
    let mut fields = form.fields()?;
    let (email, password) = (fields.text("email"), fields.text("password"));
    fields.faults().none()?;
    Ok(sign_in(
        web,
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
    let signed_in = match step {
        Step::Done(signed_in) => signed_in,
        Step::Second(_) => return Err(Error::new(&codes::FACTOR_NEEDED)),
        Step::Confirm(_) => return Err(Error::new(&codes::CONFIRMATION_NEEDED)),
    };
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

fn sign_in(web: &Web, email: &str, password: String, headers: &HeaderMap, peer: Peer) -> SignIn {
    SignIn {
        login: email.to_lowercase(),
        password: password.into(),
        device: device(web, headers, peer),
        address: peer.0,
        opening: Opening::Chatbot,
        client: CLIENT,
    }
}
