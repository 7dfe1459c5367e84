//! How good a password would be, in the reader's words: what the script below
//! a new password asks for while it is typed. Without script nobody asks.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use tollgate_base::{SecretString, access::Principal};
use tollgate_flows::password::{self, Candidate};
use tollgate_web::{Peer, Problem, Web};

use crate::{
    page::{HasToken, Submitted},
    words::Locale,
};

/// What is in the form by then.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    form_token: String,
    password: SecretString,
    name: String,
    email: String,
    username: String,
    /// The language of the page.
    lang: String,
}

#[derive(Serialize)]
pub(crate) struct Told {
    /// From 0 to 4.
    score: u8,
    /// The rules that it breaks; if there are none, how good it is.
    words: String,
}

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn weigh(
    State(web): State<Web>,
    Peer(address): Peer,
    Submitted(form): Submitted<Form>,
) -> Result<Json<Told>, Problem> {
    let locale = Locale::by_tag(&form.lang).unwrap_or(Locale::English);
    let candidate = Candidate {
        password: form.password,
        names: vec![form.name, form.email, form.username],
        address,
    };
    let found = password::strength(web.ctx(), &Principal::Anonymous, candidate).await?;
    let faults = found.faults.iter().map(|fault| locale.fault(fault));
    let mut words: Vec<String> = faults.collect();
    if words.is_empty() {
        words.push(locale.say(level(found.score)).to_string());
    }
    Ok(Json(Told {
        score: found.score,
        words: words.join(" "),
    }))
}

const fn level(score: u8) -> &'static str {
    match score {
        0 => "strength-0",
        1 => "strength-1",
        2 => "strength-2",
        3 => "strength-3",
        _ => "strength-4",
    }
}
