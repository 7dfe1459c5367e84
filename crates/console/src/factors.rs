//! One's second factors: authenticator apps and recovery codes.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use qrcode::{QrCode, render::svg};
use serde::Deserialize;
use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes, id::FactorId};
use tollgate_flows::factors::{self, App, Begin, Begun, Factors, RecoveryCodes};
use tollgate_web::{Problem, Web, input::Id};

use crate::page::{Done, Frame, HasToken, Query, Refusal, Submitted, Visitor, When, go};

const HERE: &str = "/me/factors";
/// So few recovery codes are left that it is time for new ones.
const FEW: i64 = 3;

/// An app that is to be added.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewForm {
    form_token: String,
    name: String,
    current_password: SecretString,
}

/// A code that it shows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeForm {
    form_token: String,
    code: SecretString,
}

/// The current password, before something goes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordForm {
    form_token: String,
    current_password: SecretString,
}

#[derive(Template)]
#[template(path = "factors.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    done: Done,
    apps: Vec<Row>,
    codes_left: i64,
    few: bool,
    name: &'a str,
}

/// An app in the list.
struct Row {
    id: String,
    name: String,
    added: When,
    used: Option<When>,
}

/// What the app has to be told, and the question for its code.
#[derive(Template)]
#[template(path = "factor_begun.html")]
struct Confirm<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    id: FactorId,
    /// The picture and the text of the secret, while they are shown.
    secret: Option<(String, &'a str)>,
}

#[derive(Template)]
#[template(path = "factor_remove.html")]
struct Remove<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    app: App,
    is_last: bool,
}

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct Codes<'a> {
    frame: &'a Frame,
    /// One a line.
    codes: String,
}

macro_rules! has_token {
    ($($form:ident),*) => {$(
        impl HasToken for $form {
            fn form_token(&self) -> &str {
                &self.form_token
            }
        }
    )*};
}
has_token!(NewForm, CodeForm, PasswordForm);

pub(crate) async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let page = page(&web, &visitor, Refusal::default(), "").await?;
    visitor.frame.send(StatusCode::OK, &Page { done, ..page })
}

pub(crate) async fn begin(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<NewForm>,
) -> Result<Response, Problem> {
    let visitor = visitor.at(HERE);
    let request = Begin {
        name: form.name.clone(),
        password: form.current_password,
    };
    match factors::begin(web.ctx(), &visitor.who, request).await {
        Ok(begun) => {
            let page = Confirm {
                frame: &visitor.frame,
                refusal: Refusal::default(),
                id: begun.id,
                secret: Some((picture(&begun)?, begun.text.expose_secret())),
            };
            visitor.frame.send(StatusCode::OK, &page)
        }
        Err(fault) => refused(&web, &visitor, &fault, &form.name).await,
    }
}

pub(crate) async fn confirm(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<FactorId>,
    Submitted(form): Submitted<CodeForm>,
) -> Result<Response, Problem> {
    let visitor = visitor.at(HERE);
    let frame = &visitor.frame;
    match factors::confirm(web.ctx(), &visitor.who, (id, form.code)).await {
        Ok(Some(made)) => frame.send(StatusCode::OK, &Codes::new(frame, &made)),
        Ok(None) => Ok(go(&Done::at(HERE, "factor-added"))),
        Err(fault) => {
            let again = Confirm {
                frame,
                refusal: Refusal::of(&fault, frame.locale),
                id,
                secret: None,
            };
            frame.send_refusal(&fault, &again)
        }
    }
}

pub(crate) async fn ask_remove(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<FactorId>,
) -> Result<Response, Problem> {
    let page = removal(&web, &visitor, id, Refusal::default()).await?;
    visitor.frame.send(StatusCode::OK, &page)
}

pub(crate) async fn remove(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<FactorId>,
    Submitted(form): Submitted<PasswordForm>,
) -> Result<Response, Problem> {
    let request = (id, form.current_password);
    match factors::remove(web.ctx(), &visitor.who, request).await {
        Ok(()) => Ok(go(&Done::at(HERE, "factor-removed"))),
        Err(fault) => {
            let refusal = Refusal::of(&fault, visitor.frame.locale);
            let again = removal(&web, &visitor, id, refusal).await?;
            visitor.frame.send_refusal(&fault, &again)
        }
    }
}

pub(crate) async fn renew_codes(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<PasswordForm>,
) -> Result<Response, Problem> {
    let visitor = visitor.at(HERE);
    let frame = &visitor.frame;
    match factors::renew_codes(web.ctx(), &visitor.who, form.current_password).await {
        Ok(made) => frame.send(StatusCode::OK, &Codes::new(frame, &made)),
        Err(fault) => refused(&web, &visitor, &fault, "").await,
    }
}

async fn page<'a>(
    web: &Web,
    visitor: &'a Visitor,
    refusal: Refusal,
    name: &'a str,
) -> Result<Page<'a>> {
    let (frame, now) = (&visitor.frame, web.ctx().now());
    let Factors { apps, codes_left } = mine(web, visitor).await?;
    let row = |app: App| Row {
        id: app.id.to_string(),
        name: app.name,
        added: frame.when(app.added_at, now),
        used: app.last_used_at.map(|at| frame.when(at, now)),
    };
    Ok(Page {
        frame,
        refusal,
        done: Done::default(),
        few: !apps.is_empty() && codes_left <= FEW,
        apps: apps.into_iter().map(row).collect(),
        codes_left,
        name,
    })
}

async fn refused(
    web: &Web,
    visitor: &Visitor,
    fault: &Error,
    name: &str,
) -> Result<Response, Problem> {
    let refusal = Refusal::of(fault, visitor.frame.locale);
    let again = page(web, visitor, refusal, name).await?;
    visitor.frame.send_refusal(fault, &again)
}

async fn removal<'a>(
    web: &Web,
    visitor: &'a Visitor,
    id: FactorId,
    refusal: Refusal,
) -> Result<Remove<'a>> {
    let mine = mine(web, visitor).await?;
    let is_last = mine.apps.len() == 1;
    let app = mine.apps.into_iter().find(|app| app.id == id);
    Ok(Remove {
        frame: &visitor.frame,
        refusal,
        app: app.ok_or_else(|| Error::new(&codes::FACTOR_MISSING))?,
        is_last,
    })
}

async fn mine(web: &Web, visitor: &Visitor) -> Result<Factors> {
    let me = visitor.who.person()?.user;
    factors::list(web.ctx(), &visitor.who, me).await
}

/// The QR code that an app scans, as SVG.
fn picture(begun: &Begun) -> Result<String> {
    let code = QrCode::new(begun.uri.expose_secret());
    let code = code.map_err(|fault| Error::new(&codes::INTERNAL).because(fault))?;
    let mut picture = code.render::<svg::Color<'_>>();
    let drawn = picture.min_dimensions(200, 200).build();
    let start = drawn.find("<svg").unwrap_or(0);
    Ok(drawn.get(start..).unwrap_or_default().to_owned())
}

impl<'a> Codes<'a> {
    fn new(frame: &'a Frame, RecoveryCodes(codes): &RecoveryCodes) -> Self {
        let lines: Vec<&str> = codes.iter().map(ExposeSecret::expose_secret).collect();
        let codes = lines.join("\n");
        Self { frame, codes }
    }
}
