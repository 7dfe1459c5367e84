//! One's second factors: authenticator apps and recovery codes. Passkeys, which
//! are listed beside them, are `passkeys`'.

pub(crate) mod passkeys;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use qrcode::{QrCode, render::svg};
use serde::Deserialize;
use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes, id::FactorId};
use tollgate_flows::{
    factors::{self, App, Begin, Begun, Factors},
    sent_codes::{self, Offer},
};
use tollgate_web::{Problem, Web, input::Id};

use crate::page::{
    Done, FEW_CODES, Frame, HasToken, Query, Refusal, StepUp, Submitted, Visitor, When, added, go,
    local_path, onward, shown_codes,
};

const HERE: &str = "/me/factors";

/// What the address says.
#[derive(Default, Deserialize)]
pub(crate) struct Wanted {
    /// Where to go on with a second factor; a path of ours, or it is forgotten.
    #[serde(default)]
    next: String,
}

/// An app that is to be added.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewForm {
    form_token: String,
    #[serde(default)]
    next: String,
    name: String,
    current_password: Option<SecretString>,
}

/// A code that it shows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeForm {
    form_token: String,
    #[serde(default)]
    next: String,
    code: SecretString,
}

/// The current password, before something goes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordForm {
    form_token: String,
    current_password: Option<SecretString>,
}

/// The current password, before there are new recovery codes: beside another
/// one on the same page.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RenewForm {
    form_token: String,
    codes_password: Option<SecretString>,
}

#[derive(Template)]
#[template(path = "factors.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    done: Done,
    passkeys: Vec<passkeys::Row>,
    passkeys_offered: bool,
    apps: Vec<Row>,
    /// Codes by mail or text that are on, or could be.
    ways: Vec<WayRow>,
    apps_offered: bool,
    codes_left: i64,
    few: bool,
    name: &'a str,
    passkey_name: &'a str,
    /// Where to go on afterwards; empty for nowhere else.
    next: &'a str,
    /// The page itself, which knows where to go on.
    here: String,
    /// What is to be shown first.
    asks: StepUp,
}

/// What was typed before it was refused.
#[derive(Clone, Copy, Default)]
struct Typed<'a> {
    /// Where to go on.
    next: &'a str,
    /// What an app is to be called.
    app: &'a str,
    /// What a passkey is to be called.
    passkey: &'a str,
}

/// An app in the list.
struct Row {
    id: String,
    name: String,
    added: When,
    used: Option<When>,
}

/// A way in which codes are sent, or could be.
struct WayRow {
    by: &'static str,
    to: String,
    on: Option<When>,
    used: Option<When>,
}

impl Page<'_> {
    /// Whether there is any factor, for which recovery codes stand in.
    fn has_any(&self) -> bool {
        let sent = self.ways.iter().any(|way| way.on.is_some());
        sent || !self.apps.is_empty() || !self.passkeys.is_empty()
    }
}

/// What the app has to be told, and the question for its code.
#[derive(Template)]
#[template(path = "factor_begun.html")]
struct Confirm<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    id: FactorId,
    next: &'a str,
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
    /// Where this is.
    here: String,
    /// What is to be shown first.
    asks: StepUp,
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
has_token!(NewForm, CodeForm, PasswordForm, RenewForm);

pub(crate) async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Query(done): Query<Done>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let typed = Typed {
        next: onward_from(&wanted.next),
        ..Typed::default()
    };
    let page = page(&web, &visitor, Refusal::default(), typed).await?;
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
                next: onward_from(&form.next),
                secret: Some((picture(&begun)?, begun.text.expose_secret())),
            };
            visitor.frame.send(StatusCode::OK, &page)
        }
        Err(fault) => {
            let typed = Typed {
                next: onward_from(&form.next),
                app: &form.name,
                ..Typed::default()
            };
            refused(&web, &visitor, &fault, typed).await
        }
    }
}

pub(crate) async fn confirm(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<FactorId>,
    Submitted(form): Submitted<CodeForm>,
) -> Result<Response, Problem> {
    let visitor = visitor.at(HERE);
    let (frame, next) = (&visitor.frame, onward_from(&form.next));
    match factors::confirm(web.ctx(), &visitor.who, (id, form.code)).await {
        Ok(made) => {
            let done = Done::at(HERE, "factor-added");
            added(&web, frame, &made, (to_go_on(next), &done))
        }
        Err(fault) => {
            let again = Confirm {
                frame,
                refusal: Refusal::of(&fault, frame.locale),
                id,
                next,
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
    Submitted(form): Submitted<RenewForm>,
) -> Result<Response, Problem> {
    let visitor = visitor.at(HERE);
    let frame = &visitor.frame;
    match factors::renew_codes(web.ctx(), &visitor.who, form.codes_password).await {
        Ok(made) => shown_codes(frame, &made, HERE),
        Err(fault) => {
            let fault = fault.renamed("/current_password", "/codes_password");
            refused(&web, &visitor, &fault, Typed::default()).await
        }
    }
}

async fn page<'a>(
    web: &Web,
    visitor: &'a Visitor,
    refusal: Refusal,
    typed: Typed<'a>,
) -> Result<Page<'a>> {
    let (frame, now) = (&visitor.frame, web.ctx().now());
    let Factors {
        offered,
        apps,
        codes_left,
    } = mine(web, visitor).await?;
    let passkeys = passkeys::rows(web, visitor).await?;
    let row = |app: App| Row {
        id: app.id.to_string(),
        name: app.name,
        added: frame.when(app.added_at, now),
        used: app.last_used_at.map(|at| frame.when(at, now)),
    };
    let ways = sent_codes::mine(web.ctx(), &visitor.who, ()).await?;
    let way = |offer: Offer| WayRow {
        by: offer.way.as_str(),
        to: offer.to,
        on: offer.on_since.map(|at| frame.when(at, now)),
        used: offer.last_used_at.map(|at| frame.when(at, now)),
    };
    Ok(Page {
        frame,
        refusal,
        done: Done::default(),
        few: codes_left <= FEW_CODES,
        passkeys,
        ways: ways.into_iter().map(way).collect(),
        passkeys_offered: tollgate_flows::passkeys::offered(web.ctx()),
        apps_offered: offered,
        apps: apps.into_iter().map(row).collect(),
        codes_left,
        name: typed.app,
        passkey_name: typed.passkey,
        next: typed.next,
        here: onward(HERE, typed.next),
        asks: StepUp::of(web, &visitor.who).await?,
    })
}

async fn refused(
    web: &Web,
    visitor: &Visitor,
    fault: &Error,
    typed: Typed<'_>,
) -> Result<Response, Problem> {
    let refusal = Refusal::of(fault, visitor.frame.locale);
    let again = page(web, visitor, refusal, typed).await?;
    visitor.frame.send_refusal(fault, &again)
}

async fn removal<'a>(
    web: &Web,
    visitor: &'a Visitor,
    id: FactorId,
    refusal: Refusal,
) -> Result<Remove<'a>> {
    let mine = mine(web, visitor).await?;
    let sent = sent_codes::mine(web.ctx(), &visitor.who, ()).await?;
    let sent = sent.iter().filter(|offer| offer.on_since.is_some()).count();
    let is_last = mine.apps.len() + passkeys::rows(web, visitor).await?.len() + sent == 1;
    let app = mine.apps.into_iter().find(|app| app.id == id);
    Ok(Remove {
        frame: &visitor.frame,
        refusal,
        app: app.ok_or_else(|| Error::new(&codes::FACTOR_MISSING))?,
        is_last,
        here: format!("{HERE}/{id}/remove"),
        asks: StepUp::of(web, &visitor.who).await?,
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

/// Where to go on, if that is a path of ours; empty for nowhere else.
fn onward_from(next: &str) -> &str {
    local_path(next).unwrap_or_default()
}

/// Where to go on from the codes.
fn to_go_on(next: &str) -> &str {
    if next.is_empty() { HERE } else { next }
}
