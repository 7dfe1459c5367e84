//! Codes by mail or text: a page for each, where one turns them on, having read
//! that they are weaker, and off.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::{Error, Result, SecretString, codes};
use tollgate_flows::{
    Channel,
    sent_codes::{self, Offer},
};
use tollgate_web::{Problem, Web};

use crate::page::{Done, Frame, HasToken, Query, Refusal, StepUp, Submitted, Visitor, added, go};

/// Where they are listed.
const LIST: &str = "/me/factors";

/// What the address says.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    /// Which way.
    #[serde(default)]
    by: String,
}

/// Which way, and the current password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    form_token: String,
    by: String,
    current_password: Option<SecretString>,
}

#[derive(Template)]
#[template(path = "sent_codes.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    by: &'static str,
    to: String,
    is_on: bool,
    /// Where this is.
    here: String,
    asks: StepUp,
}

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl Page<'_> {
    fn title(&self) -> String {
        let key = match self.by {
            "email" => "codes-by-email",
            _ => "codes-by-sms",
        };
        self.frame.t(key).to_string()
    }

    fn risk(&self) -> String {
        let key = match self.by {
            "email" => "codes-risk-email",
            _ => "codes-risk-sms",
        };
        self.frame.t(key).to_string()
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let Ok(way) = asked.by.parse() else {
        return Ok(go(LIST));
    };
    let page = page(&web, &visitor, way, Refusal::default()).await?;
    visitor.frame.send(StatusCode::OK, &page)
}

pub(crate) async fn turn_on(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let way: Channel = form.by.parse()?;
    let request = (way, form.current_password);
    match sent_codes::turn_on(web.ctx(), &visitor.who, request).await {
        Ok(made) => {
            let done = Done::at(LIST, "codes-on");
            added(&web, &visitor.at(LIST).frame, &made, (LIST, &done))
        }
        Err(fault) => refused(&web, visitor, way, &fault).await,
    }
}

pub(crate) async fn turn_off(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let way: Channel = form.by.parse()?;
    let request = (way, form.current_password);
    match sent_codes::turn_off(web.ctx(), &visitor.who, request).await {
        Ok(()) => Ok(go(&Done::at(LIST, "codes-off"))),
        Err(fault) => refused(&web, visitor, way, &fault).await,
    }
}

async fn refused(
    web: &Web,
    visitor: Visitor,
    way: Channel,
    fault: &Error,
) -> Result<Response, Problem> {
    let visitor = visitor.at(&at(way));
    let refusal = Refusal::of(fault, visitor.frame.locale);
    let again = page(web, &visitor, way, refusal).await?;
    visitor.frame.send_refusal(fault, &again)
}

async fn page<'a>(
    web: &Web,
    visitor: &'a Visitor,
    way: Channel,
    refusal: Refusal,
) -> Result<Page<'a>> {
    let mine = sent_codes::mine(web.ctx(), &visitor.who, ()).await?;
    let mut mine = mine.into_iter();
    let Offer { to, on_since, .. } = mine
        .find(|offer| offer.way == way)
        .ok_or_else(|| Error::new(&codes::CODE_UNAVAILABLE))?;
    Ok(Page {
        frame: &visitor.frame,
        refusal,
        by: way.as_str(),
        to,
        is_on: on_since.is_some(),
        here: at(way),
        asks: StepUp::of(web, &visitor.who).await?,
    })
}

fn at(way: Channel) -> String {
    format!("{LIST}/codes?by={}", way.as_str())
}
