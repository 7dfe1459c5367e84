//! How pages look to somebody: the form in every page's foot.

use axum::{extract::State, http::header, response::Response};
use serde::Deserialize;
use tollgate_web::{Problem, Web};

use crate::{
    page::{HasToken, LANG, Submitted, THEME, Theme, go, local_path, preference},
    words::Locale,
};

/// The form as it is sent: one of the two is chosen.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    form_token: String,
    back: String,
    lang: Option<String>,
    theme: Option<String>,
}

impl HasToken for Form {
    const FOR_BROWSER: bool = true;

    fn form_token(&self) -> &str {
        &self.form_token
    }
}

/// What cannot be chosen changes nothing.
pub(crate) async fn submit(
    State(web): State<Web>,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let mut response = go(local_path(&form.back).unwrap_or("/"));
    let lang = form.lang.as_deref().and_then(Locale::by_tag);
    let theme = form.theme.as_deref().and_then(Theme::by_name);
    let chosen = [
        (LANG, lang.map(Locale::tag)),
        (THEME, theme.map(Theme::name)),
    ];
    for (name, value) in chosen {
        if let Some(value) = value {
            let cookie = preference(&web.http(), name, value);
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    Ok(response)
}
