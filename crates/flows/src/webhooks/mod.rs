//! Saying where events are sent to. The sending is in `send`.

mod send;

use std::time::Duration;

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString,
    access::{Facts, Permission, Principal, Target, decide},
    codes,
    id::{DeliveryId, WebhookId},
    time::Time,
};
use tollgate_crypto::seal::{self, Context};
use tollgate_outbound::hook;
use tollgate_records::{
    events::{self, EventKind},
    webhooks::{self, Selection, Webhook, deliveries},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        current,
        note::{Details, Log, change},
    },
};

pub use deliveries::{Delivery, Success};
pub use send::{deliver, due, retry, send, test};

/// Most webhooks.
pub const MOST: i64 = 50;
/// Longest name.
const NAME_MOST: usize = 100;
/// For how long a secret that was replaced signs too.
pub const OVERLAP: Duration = Duration::from_hours(24);

/// A webhook as it is written.
#[derive(Clone, Debug)]
pub struct WebhookDraft {
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// Which events: names of kinds, `class.*`, or `*`.
    pub events: Vec<String>,
    /// Whether any are sent.
    pub active: bool,
}

/// A webhook and how it goes.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The webhook.
    pub webhook: Webhook,
    /// How much of what is remembered was taken.
    pub success: Success,
    /// How many events lie between its place and the end of the trail.
    pub behind: i64,
}

/// From where events are sent again.
#[derive(Clone, Copy, Debug)]
pub enum From {
    /// From the event of this number on.
    Number(i64),
    /// From what happened then on.
    Time(Time),
}

/// All of them, oldest first.
///
/// # Errors
/// `access.denied`.
pub async fn list(ctx: &Ctx, by: &Principal, (): ()) -> Result<Vec<Standing>> {
    allow(by)?;
    let last = events::last_number(ctx.db()).await?;
    let mut standings = Vec::new();
    for webhook in webhooks::all(ctx.db()).await? {
        standings.push(standing(ctx, webhook, last).await?);
    }
    Ok(standings)
}

/// One of them.
///
/// # Errors
/// `access.denied`, `webhook.missing`.
pub async fn show(ctx: &Ctx, by: &Principal, id: WebhookId) -> Result<Standing> {
    allow(by)?;
    let last = events::last_number(ctx.db()).await?;
    standing(ctx, known(ctx, id).await?, last).await
}

/// Send events somewhere from now on. The secret is told this once.
///
/// # Errors
/// `access.denied`, `factor.fresh`, `password.fresh`, `request.invalid`,
/// `webhook.limit`.
pub async fn create(
    ctx: &Ctx,
    by: &Principal,
    draft: WebhookDraft,
) -> Result<(Standing, SecretString)> {
    allow(by)?;
    let (now, secret) = (ctx.now(), hook::new_secret(ctx.entropy())?);
    let id = WebhookId::new(now, ctx.entropy())?;
    let new = Webhook {
        id,
        name: String::new(),
        url: String::new(),
        events: Selection::stored("*"),
        active: true,
        secret: sealed(ctx, id, webhooks::SECRET, &secret)?,
        old_secret: None,
        position: events::last_number(ctx.db()).await?,
        tries: 0,
        next_at: now,
        failing_since: None,
        stopped: None,
        created_at: now,
        updated_at: now,
    };
    let new = understood(ctx, new, &draft)?;
    let person = by.clone();
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        current::stands_lately(tx, &person, now).await?;
        if webhooks::count(tx).await? >= MOST {
            return Err(Error::new(&codes::WEBHOOKS_FULL));
        }
        webhooks::add(tx, &new).await?;
        log.note(EventKind::WebhookCreated, about(&new));
        Ok(())
    })
    .await?;
    Ok((show(ctx, by, id).await?, secret))
}

/// Change one. One that was stopped goes on from its place.
///
/// # Errors
/// `access.denied`, `factor.fresh`, `password.fresh`, `request.invalid`,
/// `webhook.missing`.
pub async fn edit(
    ctx: &Ctx,
    by: &Principal,
    (id, draft): (WebhookId, WebhookDraft),
) -> Result<Standing> {
    allow(by)?;
    let new = understood(ctx, known(ctx, id).await?, &draft)?;
    let (now, person) = (ctx.now(), by.clone());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        current::stands_lately(tx, &person, now).await?;
        known_in(tx, id).await?;
        webhooks::save(tx, &new, now).await?;
        log.note(EventKind::WebhookUpdated, about(&new));
        Ok(())
    })
    .await?;
    show(ctx, by, id).await
}

/// Send nothing there any more, and forget what was.
///
/// # Errors
/// `access.denied`, `webhook.missing`.
pub async fn delete(ctx: &Ctx, by: &Principal, id: WebhookId) -> Result<()> {
    allow(by)?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let webhook = known_in(tx, id).await?;
        webhooks::forget(tx, id).await?;
        log.note(EventKind::WebhookDeleted, about(&webhook));
        Ok(())
    })
    .await
}

/// A new secret, told this once. Messages are signed with the old one too for a day;
/// another new one within it, unless forced, would cut that short.
///
/// # Errors
/// `access.denied`, `factor.fresh`, `password.fresh`, `webhook.missing`,
/// `webhook.rotating`.
pub async fn rotate(
    ctx: &Ctx,
    by: &Principal,
    (id, force): (WebhookId, bool),
) -> Result<SecretString> {
    allow(by)?;
    let webhook = known(ctx, id).await?;
    let (now, secret) = (ctx.now(), hook::new_secret(ctx.entropy())?);
    if let Some((_, until)) = &webhook.old_secret
        && *until > now
        && !force
    {
        return Err(Error::new(&codes::WEBHOOK_ROTATING));
    }
    let old = opened(ctx, id, webhooks::SECRET, &webhook.secret)?;
    let both = (
        sealed(ctx, id, webhooks::SECRET, &secret)?,
        sealed(ctx, id, webhooks::OLD_SECRET, &old)?,
    );
    let person = by.clone();
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        current::stands_lately(tx, &person, now).await?;
        // Two at once would lose the secret that the receiver knows.
        if known_in(tx, id).await?.secret != webhook.secret {
            return Err(Error::new(&codes::VERSION_MISMATCH));
        }
        webhooks::rotate(tx, id, both.clone(), now.plus(OVERLAP), now).await?;
        log.note(EventKind::WebhookRotated, about(&webhook));
        Ok(())
    })
    .await?;
    Ok(secret)
}

/// Send events again, from a place in the trail on, in order and under the ids that
/// they had.
///
/// # Errors
/// `access.denied`, `webhook.missing`; `request.invalid` for a number that there is not,
/// or a time since which nothing happened: a replay under way would be thrown away for
/// nothing.
pub async fn replay(ctx: &Ctx, by: &Principal, (id, from): (WebhookId, From)) -> Result<i64> {
    allow(by)?;
    let (now, last) = (ctx.now(), events::last_number(ctx.db()).await?);
    let refused =
        |field, says: &'static str| Error::new(&codes::REQUEST_INVALID).field(field, "range", says);
    let number = match from {
        From::Number(number) => Some(number).filter(|number| (0..=last).contains(number)),
        From::Time(at) => events::since(ctx.db(), at).await?,
    };
    let number = number.ok_or_else(|| match from {
        From::Number(_) => refused("/from", "No event has that number."),
        From::Time(_) => refused("/since", "Nothing happened since then."),
    })?;
    let position = number.saturating_sub(1).clamp(0, last);
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let webhook = known_in(tx, id).await?;
        webhooks::go_to(tx, id, position, now).await?;
        let mut details = about(&webhook);
        details.data.say("after", position);
        log.note(EventKind::WebhookReplayed, details);
        Ok(())
    })
    .await?;
    Ok(last - position)
}

/// What became of what was sent there, newest first.
///
/// # Errors
/// `access.denied`, `webhook.missing`.
pub async fn list_deliveries(
    ctx: &Ctx,
    by: &Principal,
    (id, before, most): (WebhookId, Option<DeliveryId>, u32),
) -> Result<Vec<Delivery>> {
    allow(by)?;
    known(ctx, id).await?;
    deliveries::of(ctx.db(), id, before, most).await
}

fn allow(by: &Principal) -> Result<()> {
    let on = &Target::Installation;
    decide(by, Permission::WebhooksManage, on, &Facts::NONE)
}

async fn known(ctx: &Ctx, id: WebhookId) -> Result<Webhook> {
    let found = webhooks::find(ctx.db(), id).await?;
    found.ok_or_else(|| Error::new(&codes::WEBHOOK_MISSING))
}

async fn known_in(tx: &mut Tx<'_>, id: WebhookId) -> Result<Webhook> {
    let found = webhooks::find_in(tx, id).await?;
    found.ok_or_else(|| Error::new(&codes::WEBHOOK_MISSING))
}

async fn standing(ctx: &Ctx, webhook: Webhook, last: i64) -> Result<Standing> {
    Ok(Standing {
        success: deliveries::success(ctx.db(), webhook.id).await?,
        behind: (last - webhook.position).max(0),
        webhook,
    })
}

/// A webhook as somebody wants it.
fn understood(ctx: &Ctx, webhook: Webhook, draft: &WebhookDraft) -> Result<Webhook> {
    let wrong = |field, fault, detail: &'static str| {
        Error::new(&codes::REQUEST_INVALID).field(field, fault, detail)
    };
    let name = draft.name.trim();
    let length = name.chars().count();
    if !(1..=NAME_MOST).contains(&length) || name.chars().any(char::is_control) {
        return Err(wrong("/name", "length", "1 to 100 characters."));
    }
    let address = ctx.courier().address(draft.url.trim());
    let url = address.map_err(|why| wrong("/url", "format", why))?;
    let kinds: Vec<&str> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let events = Selection::read(&draft.events, &kinds).map_err(|_| {
        let detail = "Names of events such as session.opened, classes such as factor.*, or *.";
        wrong("/events", "choice", detail)
    })?;
    Ok(Webhook {
        name: name.to_owned(),
        url: url.into(),
        events,
        active: draft.active,
        ..webhook
    })
}

fn place<'a>(column: &'a str, row: &'a str) -> Context<'a> {
    let table = webhooks::TABLE;
    Context { table, column, row }
}

fn sealed(ctx: &Ctx, id: WebhookId, column: &str, secret: &SecretString) -> Result<Vec<u8>> {
    let (row, plain) = (id.to_string(), secret.expose_secret().as_bytes());
    seal::seal(ctx.master(), ctx.entropy(), &place(column, &row), plain)
}

fn opened(ctx: &Ctx, id: WebhookId, column: &str, sealed: &[u8]) -> Result<SecretString> {
    let row = id.to_string();
    let plain = seal::open(ctx.master(), &place(column, &row), sealed)?;
    let text = std::str::from_utf8(&plain).map_err(|_| Error::new(&codes::SEAL_BROKEN))?;
    Ok(text.to_owned().into())
}

fn about(webhook: &Webhook) -> Details {
    let mut details = Details::default();
    let id = webhook.id.to_string();
    details.data.say("webhook", id);
    details.data.say("name", &webhook.name);
    details
}
