//! Webhooks, for administrators: where events are sent to, how that goes, and what
//! became of each. Secrets are shown once.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::{
    Error, ExposeSecret, Result, SecretString, codes,
    id::{DeliveryId, WebhookId},
    time::Time,
};
use tollgate_flows::webhooks::{self, Delivery, From as Begin, Standing, WebhookDraft};
use tollgate_web::{
    Problem, Web,
    input::{Id, Ids},
};

use crate::page::{
    Button, Confirm, Done, Frame, HasToken, Query, Refusal, StepUp, Submitted, Visitor, When, go,
};

const ALL: &str = "/admin/webhooks";
/// Deliveries that a page shows.
const MOST: u32 = 50;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    form_token: String,
    name: String,
    url: String,
    events: String,
    /// A box that is ticked, on the page of one that is there.
    #[serde(default)]
    active: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplayForm {
    form_token: String,
    /// A number, or a time in UTC as a field for both day and hour gives it.
    from: String,
    time: String,
}

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl HasToken for ReplayForm {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

#[derive(Template)]
#[template(path = "webhooks.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    done: Done,
    refusal: Refusal,
    rows: Vec<Row>,
    form: Fields,
    asks: StepUp,
}

#[derive(Template)]
#[template(path = "webhook.html")]
struct Page<'a> {
    frame: &'a Frame,
    done: Done,
    refusal: Refusal,
    at: String,
    row: Row,
    form: Fields,
    deliveries: Vec<DeliveryRow>,
    replay: Replay,
    asks: StepUp,
}

#[derive(Template)]
#[template(path = "webhook_secret.html")]
struct SecretPage<'a> {
    frame: &'a Frame,
    at: String,
    name: String,
    secret: String,
}

/// What stands in the fields of the form.
#[derive(Default)]
struct Fields {
    name: String,
    url: String,
    events: String,
    active: bool,
}

/// From where events are to be sent again, as it was typed, and what is wrong with that.
#[derive(Default)]
struct Replay {
    from: String,
    time: String,
    refusal: Refusal,
}

/// What was said on a webhook's page, and what came of it.
#[derive(Default)]
struct Said {
    done: Done,
    refusal: Refusal,
    form: Option<Fields>,
    replay: Replay,
}

struct Row {
    at: String,
    id: String,
    name: String,
    url: String,
    /// Tone and words of its badge.
    state: (&'static str, String),
    taken: i64,
    tried: i64,
    behind: i64,
    /// The event that comes next.
    next: i64,
}

struct DeliveryRow {
    id: String,
    kind: String,
    at: When,
    taken: bool,
    outcome: String,
    answer: String,
    took: u128,
    tries: i64,
}

impl Page<'_> {
    /// Where one of its forms goes.
    fn to(&self, what: &str) -> String {
        format!("{}/{what}", self.at)
    }
}

pub(crate) async fn list(
    State(web): State<Web>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let page = list_page(&web, &visitor, done, Refusal::default(), Fields::new()).await?;
    visitor.frame.send(StatusCode::OK, &page)
}

pub(crate) async fn create(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    match webhooks::create(web.ctx(), &visitor.who, form.draft(true)).await {
        Ok((made, secret)) => {
            let webhook = made.webhook;
            show_secret(&visitor.at(ALL).frame, webhook.id, webhook.name, &secret)
        }
        Err(fault) => {
            let visitor = visitor.at(ALL);
            let refusal = Refusal::of(&fault, visitor.frame.locale);
            let fields = Fields::of(form);
            let page = list_page(&web, &visitor, Done::default(), refusal, fields).await?;
            visitor.frame.send_refusal(&fault, &page)
        }
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<WebhookId>,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let said = Said {
        done,
        ..Said::default()
    };
    let page = page(&web, &visitor, id, said).await?;
    visitor.frame.send(StatusCode::OK, &page)
}

pub(crate) async fn save(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<WebhookId>,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let draft = form.draft(form.active.is_some());
    match webhooks::edit(web.ctx(), &visitor.who, (id, draft)).await {
        Ok(_) => Ok(go(&Done::at(&at(id), "saved"))),
        Err(fault) => refused(&web, visitor, id, fault, Some(form)).await,
    }
}

pub(crate) async fn rotate(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<WebhookId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    match webhooks::rotate(web.ctx(), &visitor.who, (id, false)).await {
        Ok(secret) => {
            let name = webhooks::show(web.ctx(), &visitor.who, id)
                .await?
                .webhook
                .name;
            show_secret(&visitor.at(&at(id)).frame, id, name, &secret)
        }
        Err(fault) => refused(&web, visitor, id, fault, None).await,
    }
}

pub(crate) async fn test(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<WebhookId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    webhooks::test(web.ctx(), &visitor.who, id).await?;
    Ok(go(&Done::at(&at(id), "webhook-tested")))
}

pub(crate) async fn replay(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<WebhookId>,
    Submitted(form): Submitted<ReplayForm>,
) -> Result<Response, Problem> {
    match form.begin() {
        Ok(begin) => {
            webhooks::replay(web.ctx(), &visitor.who, (id, begin)).await?;
            Ok(go(&Done::at(&at(id), "webhook-replayed")))
        }
        Err(fault) => {
            let visitor = visitor.at(&at(id));
            let replay = Replay {
                refusal: misplaced(&fault, &visitor.frame),
                from: form.from,
                time: form.time,
            };
            let said = Said {
                replay,
                ..Said::default()
            };
            let page = page(&web, &visitor, id, said).await?;
            visitor.frame.send_refusal(&fault, &page)
        }
    }
}

pub(crate) async fn retry(
    State(web): State<Web>,
    visitor: Visitor,
    Ids(id, delivery): Ids<WebhookId, DeliveryId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    webhooks::retry(web.ctx(), &visitor.who, (id, delivery)).await?;
    Ok(go(&Done::at(&at(id), "webhook-tested")))
}

pub(crate) async fn ask_remove(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<WebhookId>,
) -> Result<Response, Problem> {
    let webhook = webhooks::show(web.ctx(), &visitor.who, id).await?.webhook;
    let (frame, at) = (&visitor.frame, at(id));
    let title = frame
        .t("webhook-remove-title")
        .with("name", webhook.name.as_str());
    let action = format!("{at}/remove");
    let page = Confirm::new(frame, &title, action, &frame.t("webhook-remove"))
        .say(&frame.t("webhook-remove-follows"))
        .back(&at, &webhook.name);
    frame.send(StatusCode::OK, &page)
}

pub(crate) async fn remove(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<WebhookId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    webhooks::delete(web.ctx(), &visitor.who, id).await?;
    Ok(go(&Done::at(ALL, "webhook-removed")))
}

async fn refused(
    web: &Web,
    visitor: Visitor,
    id: WebhookId,
    fault: Error,
    form: Option<Form>,
) -> Result<Response, Problem> {
    let visitor = visitor.at(&at(id));
    let refusal = Refusal::of(&fault, visitor.frame.locale);
    let said = Said {
        refusal,
        form: form.map(Fields::of),
        ..Said::default()
    };
    let page = page(web, &visitor, id, said).await?;
    visitor.frame.send_refusal(&fault, &page)
}

fn show_secret(
    frame: &Frame,
    id: WebhookId,
    name: String,
    secret: &SecretString,
) -> Result<Response, Problem> {
    let page = SecretPage {
        frame,
        at: at(id),
        name,
        secret: secret.expose_secret().to_owned(),
    };
    frame.send(StatusCode::OK, &page)
}

async fn list_page<'a>(
    web: &Web,
    visitor: &'a Visitor,
    done: Done,
    refusal: Refusal,
    form: Fields,
) -> Result<ListPage<'a>> {
    let (frame, all) = (
        &visitor.frame,
        webhooks::list(web.ctx(), &visitor.who, ()).await?,
    );
    Ok(ListPage {
        frame,
        done,
        refusal,
        rows: all.iter().map(|one| row(frame, one)).collect(),
        form,
        asks: StepUp::of(web, &visitor.who).await?,
    })
}

async fn page<'a>(web: &Web, visitor: &'a Visitor, id: WebhookId, said: Said) -> Result<Page<'a>> {
    let (ctx, who, frame) = (web.ctx(), &visitor.who, &visitor.frame);
    let standing = webhooks::show(ctx, who, id).await?;
    let deliveries = webhooks::list_deliveries(ctx, who, (id, None, MOST)).await?;
    let webhook = &standing.webhook;
    Ok(Page {
        frame,
        done: said.done,
        refusal: said.refusal,
        replay: said.replay,
        at: at(id),
        row: row(frame, &standing),
        form: said.form.unwrap_or_else(|| Fields {
            name: webhook.name.clone(),
            url: webhook.url.clone(),
            events: webhook.events.to_string(),
            active: webhook.active,
        }),
        deliveries: deliveries
            .into_iter()
            .map(|one| delivery_row(web, frame, one))
            .collect(),
        asks: StepUp::of(web, who).await?,
    })
}

fn row(frame: &Frame, standing: &Standing) -> Row {
    let webhook = &standing.webhook;
    let (tone, key) = match (webhook.stopped.as_deref(), webhook.active) {
        (Some("gone"), false) => ("fault", "webhook-gone"),
        (Some(_), false) => ("fault", "webhook-given-up"),
        (None, false) => ("info", "webhook-off"),
        (_, true) if webhook.failing_since.is_some() => ("warning", "webhook-failing"),
        (_, true) => ("good", "webhook-on"),
    };
    Row {
        at: at(webhook.id),
        id: webhook.id.to_string(),
        name: webhook.name.clone(),
        url: webhook.url.clone(),
        state: (tone, frame.t(key).to_string()),
        taken: standing.success.taken,
        tried: standing.success.all,
        behind: standing.behind,
        next: webhook.position.saturating_add(1),
    }
}

fn delivery_row(web: &Web, frame: &Frame, one: Delivery) -> DeliveryRow {
    let status = one.status.map(|status| status.to_string());
    DeliveryRow {
        id: one.id.to_string(),
        kind: one.kind,
        at: frame.when(one.at, web.ctx().now()),
        taken: one.taken,
        outcome: one
            .fault
            .map(|fault| frame.undelivered(&fault))
            .or(status)
            .unwrap_or_default(),
        answer: one.answer,
        took: one.took.as_millis(),
        tries: one.tries,
    }
}

fn at(id: WebhookId) -> String {
    format!("{ALL}/{id}")
}

impl Form {
    fn draft(&self, active: bool) -> WebhookDraft {
        let events = self.events.split([',', ' ', '\n', '\r']).map(str::trim);
        WebhookDraft {
            name: self.name.clone(),
            url: self.url.clone(),
            events: events
                .filter(|one| !one.is_empty())
                .map(Into::into)
                .collect(),
            active,
        }
    }
}

impl ReplayForm {
    /// One of the two.
    fn begin(&self) -> Result<Begin> {
        let wrong = |field: &'static str| {
            Err(Error::new(&codes::REQUEST_INVALID).field(field, "format", "One of the two."))
        };
        match (self.from.trim(), self.time.trim()) {
            ("", "") => wrong("/time"),
            (number, "") => match number.parse() {
                Ok(number) if number > 0 => Ok(Begin::Number(number)),
                _ => wrong("/from"),
            },
            ("", time) => match utc(time) {
                Some(time) => Ok(Begin::Time(time)),
                None => wrong("/time"),
            },
            _ => wrong("/from"),
        }
    }
}

/// What is wrong with where to begin, beside its field.
fn misplaced(fault: &Error, frame: &Frame) -> Refusal {
    let field = fault
        .fields()
        .first()
        .map(|fault| fault.pointer.trim_start_matches('/'));
    let said = frame.t("webhook-replay-one").to_string();
    Refusal::default().with(field.unwrap_or_default().to_owned(), said)
}

/// What a field for day and hour holds: without a zone, and without seconds where
/// there are none.
fn utc(text: &str) -> Option<Time> {
    let seconds = if text.len() == 16 { ":00" } else { "" };
    format!("{text}{seconds}Z").parse().ok()
}

impl Fields {
    fn new() -> Self {
        Self {
            events: "*".to_owned(),
            active: true,
            ..Self::default()
        }
    }

    fn of(form: Form) -> Self {
        Self {
            active: form.active.is_some(),
            name: form.name,
            url: form.url,
            events: form.events,
        }
    }
}
