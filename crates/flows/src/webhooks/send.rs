//! Sending events to webhooks: each reads the trail from its own place, in order, and
//! goes on only once an event was taken. So nothing is lost or overtaken, some may
//! come twice, and no queue grows. One that is slow holds up nobody but itself.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tollgate_base::{
    Error, Result,
    access::Principal,
    codes,
    id::{DeliveryId, EventId, WebhookId},
    spans,
};
use tollgate_outbound::courier::{Parcel, Receipt};
use tollgate_records::{
    events::{self, Event, EventKind},
    webhooks::{self, Webhook, deliveries},
};
use tollgate_store::sql::Tx;
use tracing::{Instrument, trace_span};

use crate::{
    ctx::Ctx,
    steps::note::{Log, change},
};

use super::{Delivery, about, allow, known, opened};

/// Events that are read at once.
const BATCH: u32 = 100;
/// A round hands over nothing later than this, so that it ends in time.
const BEGINS: Duration = Duration::from_secs(5);
/// What a test says that it is.
const TEST: &str = "webhook.test";

/// Those for which there is something to do, which [`send`] does.
///
/// # Errors
/// What the database says.
pub async fn due(ctx: &Ctx, _by: &Principal, (): ()) -> Result<Vec<WebhookId>> {
    let last = events::last_number(ctx.db()).await?;
    webhooks::due(ctx.db(), last, ctx.now()).await
}

/// Send to all that are due, one after another.
///
/// # Errors
/// What the database says.
pub async fn deliver(ctx: &Ctx, by: &Principal, (): ()) -> Result<()> {
    for id in due(ctx, by, ()).await? {
        send(ctx, by, id).await?;
    }
    Ok(())
}

/// Send one what is next, if nobody else does.
///
/// # Errors
/// What the database says; what was not taken is tried again later.
pub async fn send(ctx: &Ctx, by: &Principal, id: WebhookId) -> Result<()> {
    if !webhooks::claim(ctx.db(), id, ctx.now()).await? {
        return Ok(());
    }
    let outcome = round(ctx, by, id).await;
    webhooks::release(ctx.db(), id).await?;
    outcome
}

async fn round(ctx: &Ctx, by: &Principal, id: WebhookId) -> Result<()> {
    let begun = Instant::now();
    loop {
        let Some(webhook) = webhooks::find(ctx.db(), id).await? else {
            return Ok(());
        };
        let mut position = webhook.position;
        let batch = events::sealed_after(ctx.db(), position, BATCH).await?;
        let Some(last) = batch.last().and_then(|event| event.seq) else {
            return Ok(());
        };
        for event in batch.iter().filter(|event| webhook.events.has(&event.kind)) {
            if begun.elapsed() > BEGINS {
                return Ok(());
            }
            let span = trace_span!(target: spans::TARGET, "webhook", webhook.id = %id);
            let taken = hand_over(ctx, by, &webhook, position, event).instrument(span);
            if !taken.await? {
                return Ok(());
            }
            position = event.seq.unwrap_or(position);
        }
        if position < last && !webhooks::pass(ctx.db(), id, position, last).await? {
            return Ok(());
        }
    }
}

/// Whether it was taken, and the next one may follow.
async fn hand_over(
    ctx: &Ctx,
    by: &Principal,
    webhook: &Webhook,
    position: i64,
    event: &Event,
) -> Result<bool> {
    let receipt = post(ctx, webhook, &event.id.to_string(), message(event)).await?;
    let last = delivery(ctx, webhook, event.id, &event.kind, &receipt)?;
    let (now, [chance]): (_, [u8; 1]) = (ctx.now(), ctx.entropy().bytes()?);
    let (webhook, seq) = (webhook.clone(), event.seq.unwrap_or(position));
    let taken = last.taken;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        // It may have been deleted meanwhile.
        if webhooks::find_in(tx, webhook.id).await?.is_none() {
            return Ok(false);
        }
        deliveries::store(tx, &last).await?;
        if last.taken {
            webhooks::took(tx, webhook.id, position, seq).await?;
            return Ok(true);
        }
        let wait = webhooks::back_off(webhook.tries + 1, chance);
        webhooks::failed(tx, webhook.id, position, now.plus(wait), now).await?;
        let since = webhook.failing_since.unwrap_or(now);
        let why = if receipt.is_gone() {
            "gone"
        } else if now.since(since) >= webhooks::PATIENCE {
            "failing"
        } else {
            return Ok(false);
        };
        if webhooks::stop(tx, webhook.id, why, now).await? {
            let mut details = about(&webhook);
            details.data.say("why", why);
            log.note(EventKind::WebhookStopped, details);
        }
        Ok(false)
    })
    .await
    .map(|goes_on| goes_on && taken)
}

/// Hand one event over once more, out of its turn.
///
/// # Errors
/// `access.denied`, `webhook.missing`, `delivery.missing`.
pub async fn retry(
    ctx: &Ctx,
    by: &Principal,
    (id, delivery_id): (WebhookId, DeliveryId),
) -> Result<Delivery> {
    allow(by)?;
    let webhook = known(ctx, id).await?;
    let missing = || Error::new(&codes::DELIVERY_MISSING);
    let earlier = deliveries::find(ctx.db(), id, delivery_id).await?;
    let earlier = earlier.ok_or_else(missing)?;
    let (kind, body) = if earlier.kind == TEST {
        (TEST.to_owned(), greeting(ctx, &webhook))
    } else {
        let event = events::find(ctx.db(), earlier.event).await?;
        let event = event.ok_or_else(missing)?;
        (event.kind.clone(), message(&event))
    };
    keep(ctx, &webhook, (earlier.event, &kind), body).await
}

/// Hand over a message that tells of nothing, and say what came back.
///
/// # Errors
/// `access.denied`, `webhook.missing`.
pub async fn test(ctx: &Ctx, by: &Principal, id: WebhookId) -> Result<Delivery> {
    allow(by)?;
    let webhook = known(ctx, id).await?;
    let event = EventId::new(ctx.now(), ctx.entropy())?;
    let body = greeting(ctx, &webhook);
    keep(ctx, &webhook, (event, TEST), body).await
}

async fn keep(
    ctx: &Ctx,
    webhook: &Webhook,
    (event, kind): (EventId, &str),
    body: Value,
) -> Result<Delivery> {
    let receipt = post(ctx, webhook, &event.to_string(), body).await?;
    let last = delivery(ctx, webhook, event, kind, &receipt)?;
    let (stored, id) = (last.clone(), webhook.id);
    ctx.db()
        .write(async move |tx: &mut Tx<'_>| {
            if webhooks::find_in(tx, id).await?.is_some() {
                deliveries::store(tx, &stored).await?;
            }
            Ok(())
        })
        .await?;
    Ok(last)
}

async fn post(ctx: &Ctx, webhook: &Webhook, id: &str, body: Value) -> Result<Receipt> {
    let mut secrets = vec![opened(ctx, webhook.id, webhooks::SECRET, &webhook.secret)?];
    if let Some((old, until)) = &webhook.old_secret
        && *until > ctx.now()
    {
        secrets.push(opened(ctx, webhook.id, webhooks::OLD_SECRET, old)?);
    }
    // What may be called now may be less than when it was set.
    let url = match ctx.courier().address(&webhook.url) {
        Ok(url) => url,
        Err(why) => {
            let fault = Some(why);
            return Ok(Receipt {
                fault,
                ..Receipt::default()
            });
        }
    };
    let parcel = Parcel {
        url,
        secrets,
        id: id.to_owned(),
        at: ctx.now(),
        body: body.to_string(),
    };
    let receipt = ctx.courier().hand_over(parcel).await?;
    let result = if receipt.is_taken() { "ok" } else { "failed" };
    metrics::counter!("tollgate_webhook_deliveries_total", "result" => result).increment(1);
    Ok(receipt)
}

/// What is told of an event: without personal data, which could not be erased there.
fn message(event: &Event) -> Value {
    let details: Value = serde_json::from_str(&event.data).unwrap_or_default();
    json!({
        "type": event.kind,
        "timestamp": event.at.to_string(),
        "data": {
            "id": event.id.to_string(),
            "seq": event.seq,
            "actor": event.actor,
            "subject": event.subject,
            "session": event.session,
            "details": details,
        },
    })
}

fn greeting(ctx: &Ctx, webhook: &Webhook) -> Value {
    json!({
        "type": TEST,
        "timestamp": ctx.now().to_string(),
        "data": { "webhook": webhook.id.to_string() },
    })
}

fn delivery(
    ctx: &Ctx,
    webhook: &Webhook,
    event: EventId,
    kind: &str,
    receipt: &Receipt,
) -> Result<Delivery> {
    Ok(Delivery {
        id: DeliveryId::new(ctx.now(), ctx.entropy())?,
        webhook: webhook.id,
        event,
        kind: kind.to_owned(),
        at: ctx.now(),
        took: receipt.took,
        tries: 1,
        taken: receipt.is_taken(),
        status: receipt.status.map(i64::from),
        answer: receipt.answer.clone(),
        fault: receipt.fault.map(ToOwned::to_owned),
    })
}
