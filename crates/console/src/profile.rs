//! What one is called and looks like: name, language, picture, and the names
//! to sign in with.

use askama::Template;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::Response,
};
use serde::Deserialize;
use tollgate_base::{
    Error, Result, codes,
    identifier::{Email, Identifier},
};
use tollgate_flows::{
    AccountView, WaitingAddress,
    account::{self, Added, EditProfile},
    picture, verify,
};
use tollgate_web::{Problem, Web};

use crate::page::{
    Button, Done, Frame, HasToken, LANG, Query, Refusal, StepUp, Submitted, SubmittedFile, Visitor,
    go, preference,
};
use crate::words::Locale;

const HERE: &str = "/me/profile";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    form_token: String,
    display_name: String,
    bio: String,
    locale: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NameForm {
    form_token: String,
    identifier: String,
}

#[derive(Template)]
#[template(path = "profile.html")]
struct Page<'a> {
    frame: &'a Frame,
    account: &'a AccountView,
    /// Addresses that become names once their link is opened.
    waiting: Vec<WaitingAddress>,
    refusal: Refusal,
    done: Done,
    display_name: &'a str,
    bio: &'a str,
    locale: &'a str,
    identifier: &'a str,
    /// What is to be shown before names change.
    asks: StepUp,
}

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl HasToken for NameForm {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl<'a> Page<'a> {
    async fn new(web: &Web, visitor: &'a Visitor, refusal: Refusal) -> Result<Self> {
        let profile = &visitor.account.account.profile;
        Ok(Self {
            frame: &visitor.frame,
            account: &visitor.account,
            waiting: account::waiting(web.ctx(), &visitor.who, visitor.account.account.id).await?,
            refusal,
            done: Done::default(),
            display_name: profile.display_name.as_deref().unwrap_or_default(),
            bio: profile.bio.as_deref().unwrap_or_default(),
            locale: profile.locale.as_deref().unwrap_or_default(),
            identifier: "",
            asks: StepUp::of(web, &visitor.who).await?,
        })
    }

    /// The language, by the names of the languages.
    fn locales(&self) -> Vec<(&'static str, String)> {
        let automatic = ("", self.frame.t("profile-language-auto").to_string());
        let spoken = self.frame.locales.iter();
        let named = spoken.map(|locale| (locale.tag(), locale.name().to_owned()));
        [automatic].into_iter().chain(named).collect()
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let page = Page {
        done,
        ..Page::new(&web, &visitor, Refusal::default()).await?
    };
    visitor.frame.send(StatusCode::OK, &page)
}

pub(crate) async fn save(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let edit = EditProfile {
        display_name: Some(form.display_name.clone()),
        bio: Some(form.bio.clone()),
        locale: Some(form.locale.clone()),
        ..EditProfile::default()
    };
    let me = visitor.who.person()?.user;
    match account::edit(web.ctx(), &visitor.who, (me, edit)).await {
        Ok(_) => {
            let mut response = go(&Done::at(HERE, "saved"));
            // The language of this browser goes with it.
            if let Some(locale) = Locale::by_tag(&form.locale) {
                let cookie = preference(&web.http(), LANG, locale.tag());
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(fault) => {
            let page = Page {
                display_name: &form.display_name,
                bio: &form.bio,
                locale: &form.locale,
                ..Page::new(&web, &visitor, Refusal::of(&fault, visitor.frame.locale)).await?
            };
            visitor.frame.send_refusal(&fault, &page)
        }
    }
}

pub(crate) async fn upload(
    State(web): State<Web>,
    visitor: Visitor,
    SubmittedFile(file): SubmittedFile,
) -> Result<Response, Problem> {
    let visitor = visitor.at(HERE);
    let me = visitor.who.person()?.user;
    match picture::upload(web.ctx(), &visitor.who, (me, file)).await {
        Ok(_) => Ok(go(&Done::at(HERE, "picture-saved"))),
        Err(fault) => visitor.frame.send_refusal(
            &fault,
            &Page::new(&web, &visitor, Refusal::of(&fault, visitor.frame.locale)).await?,
        ),
    }
}

pub(crate) async fn remove_picture(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    let me = visitor.who.person()?.user;
    picture::remove(web.ctx(), &visitor.who, me).await?;
    Ok(go(&Done::at(HERE, "picture-removed")))
}

pub(crate) async fn add_name(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<NameForm>,
) -> Result<Response, Problem> {
    let me = visitor.who.person()?.user;
    let outcome = match parse(&form.identifier) {
        Ok(name) => account::add_identifier(web.ctx(), &visitor.who, (me, name)).await,
        Err(fault) => Err(fault),
    };
    let done = match &outcome {
        Ok(Added::Waits(_)) => "verification-sent",
        _ => "name-added",
    };
    named(&web, visitor, &form.identifier, outcome, done).await
}

pub(crate) async fn remove_name(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<NameForm>,
) -> Result<Response, Problem> {
    let (me, name) = (visitor.who.person()?.user, parse(&form.identifier)?);
    let outcome = account::remove_identifier(web.ctx(), &visitor.who, (me, name)).await;
    named(&web, visitor, "", outcome, "name-removed").await
}

pub(crate) async fn verify_name(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<NameForm>,
) -> Result<Response, Problem> {
    let outcome = match Email::parse(&form.identifier) {
        Ok(email) => verify::ask(web.ctx(), &visitor.who, email).await,
        Err(fault) => Err(fault),
    };
    named(&web, visitor, "", outcome, "verification-sent").await
}

async fn named<T>(
    web: &Web,
    visitor: Visitor,
    typed: &str,
    outcome: Result<T>,
    done: &'static str,
) -> Result<Response, Problem> {
    match outcome {
        Ok(_) => Ok(go(&Done::at(HERE, done))),
        Err(fault) => {
            let visitor = visitor.at(HERE);
            let page = Page {
                identifier: typed,
                ..Page::new(web, &visitor, Refusal::of(&fault, visitor.frame.locale)).await?
            };
            visitor.frame.send_refusal(&fault, &page)
        }
    }
}

fn parse(text: &str) -> Result<Identifier> {
    Identifier::parse(text).map_err(|_| {
        let detail = "Neither an e-mail address nor a username.";
        Error::new(&codes::IDENTIFIER_INVALID).field("/identifier", "identifier", detail)
    })
}
