//! `webhook`: where events are sent to, and what became of them.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tollgate_base::{
    Error, ExposeSecret, codes,
    id::{DeliveryId, WebhookId},
    time::Time,
};
use tollgate_flows::{
    Ctx,
    webhooks::{self, Delivery, From as Begin, Standing, WebhookDraft},
};

use super::{
    exit::{Exit, Failure},
    office::{OPERATOR, Office},
    shapes,
    terminal::{Answer, plain, table},
};

/// Deliveries of one look.
const MOST: u32 = 100;

#[derive(Subcommand)]
pub(crate) enum Webhook {
    /// List the webhooks and how they go
    List,
    /// Send events to an address from now on; its secret is shown once
    Create(Create),
    /// Send a webhook a test and say what came back
    Test(Chosen),
    /// Show what became of what was sent to a webhook, newest first
    Deliveries(Chosen),
    /// Hand one event over once more
    Retry(Retry),
    /// Send events again, from a place in the trail on
    Replay(Replay),
    /// Replace a webhook's secret; the old one signs too for a day
    Rotate(Rotate),
    /// Turn a webhook on again, or off
    Switch(Switch),
    /// Delete a webhook
    Delete(Chosen),
}

#[derive(Args)]
pub(crate) struct Chosen {
    /// Its id, as `webhook list` shows it
    #[arg(value_name = "WEBHOOK")]
    webhook: WebhookId,
}

#[derive(Args)]
pub(crate) struct Create {
    /// What people call it
    name: String,
    /// Where it is, such as https://hooks.example.org/tollgate
    url: String,
    /// Which events: names, classes such as factor.*, or *
    #[arg(
        long,
        value_name = "EVENTS",
        value_delimiter = ',',
        default_value = "*"
    )]
    events: Vec<String>,
}

#[derive(Args)]
pub(crate) struct Retry {
    #[command(flatten)]
    chosen: Chosen,
    /// Its id, as `webhook deliveries` shows it
    delivery: DeliveryId,
}

#[derive(Args)]
pub(crate) struct Replay {
    #[command(flatten)]
    chosen: Chosen,
    /// From the event of this number on
    #[arg(long, value_name = "NUMBER", required_unless_present = "since")]
    from: Option<i64>,
    /// From what happened then on, such as 2026-01-31T00:00:00Z
    #[arg(long, value_name = "TIME", conflicts_with = "from", value_parser = time)]
    since: Option<Time>,
}

#[derive(Args)]
pub(crate) struct Rotate {
    #[command(flatten)]
    chosen: Chosen,
    /// Also if that was done within the last day: the secret before the last one stops at once
    #[arg(long)]
    force: bool,
}

#[derive(Args)]
pub(crate) struct Switch {
    #[command(flatten)]
    chosen: Chosen,
    /// On or off
    #[arg(value_parser = ["on", "off"])]
    state: String,
}

impl Webhook {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        if matches!(self, Self::Delete(_)) {
            office.terminal.confirm("Delete this webhook?")?;
        }
        office.work(async |ctx| self.answer(ctx).await).await
    }

    async fn answer(self, ctx: &Ctx) -> Result<Answer, Failure> {
        match self {
            Self::List => list(ctx).await,
            Self::Create(new) => create(ctx, new).await,
            Self::Test(Chosen { webhook }) => {
                Ok(came_back(&webhooks::test(ctx, OPERATOR, webhook).await?))
            }
            Self::Deliveries(Chosen { webhook }) => deliveries(ctx, webhook).await,
            Self::Retry(retry) => {
                let chosen = (retry.chosen.webhook, retry.delivery);
                Ok(came_back(&webhooks::retry(ctx, OPERATOR, chosen).await?))
            }
            Self::Replay(replay) => {
                let from = match (replay.from, replay.since) {
                    (Some(number), _) => Begin::Number(number),
                    (None, Some(at)) => Begin::Time(at),
                    (None, None) => return Err(Error::new(&codes::USAGE_INVALID).into()),
                };
                let request = (replay.chosen.webhook, from);
                let events = webhooks::replay(ctx, OPERATOR, request).await?;
                let text = format!("{events} events of the trail are gone over again.");
                Ok(Answer::new(json!({ "events": events }), text))
            }
            Self::Rotate(rotate) => {
                let chosen = (rotate.chosen.webhook, rotate.force);
                let secret = webhooks::rotate(ctx, OPERATOR, chosen).await?;
                let secret = secret.expose_secret();
                Ok(Answer::new(json!({ "secret": secret }), secret.to_owned()))
            }
            Self::Switch(switch) => {
                let id = switch.chosen.webhook;
                let webhook = webhooks::show(ctx, OPERATOR, id).await?.webhook;
                let draft = WebhookDraft {
                    name: webhook.name,
                    url: webhook.url,
                    events: webhook.events.entries().to_vec(),
                    active: switch.state == "on",
                };
                let now = webhooks::edit(ctx, OPERATOR, (id, draft)).await?;
                let text = format!("{id} is {}", switch.state);
                Ok(Answer::new(shapes::webhook(&now), text))
            }
            Self::Delete(Chosen { webhook }) => {
                webhooks::delete(ctx, OPERATOR, webhook).await?;
                let text = format!("{webhook} deleted");
                Ok(Answer::new(json!({ "id": webhook.to_string() }), text))
            }
        }
    }
}

async fn list(ctx: &Ctx) -> Result<Answer, Failure> {
    let all = webhooks::list(ctx, OPERATOR, ()).await?;
    let row = |one: &Standing| {
        let state = match (&one.webhook.stopped, one.webhook.active) {
            (Some(why), _) => format!("off: {why}"),
            (None, false) => "off".to_owned(),
            (None, true) if one.webhook.failing_since.is_some() => "failing".to_owned(),
            (None, true) => "on".to_owned(),
        };
        [
            one.webhook.id.to_string(),
            plain(&one.webhook.name),
            plain(&one.webhook.url),
            state,
            format!("{}/{}", one.success.taken, one.success.all),
            one.behind.to_string(),
        ]
    };
    let rows: Vec<[String; 6]> = all.iter().map(row).collect();
    let data: Vec<Value> = all.iter().map(shapes::webhook).collect();
    let heading = ["ID", "NAME", "URL", "STATE", "TAKEN", "BEHIND"];
    Ok(Answer::new(json!({ "data": data }), table(heading, &rows)))
}

async fn create(ctx: &Ctx, new: Create) -> Result<Answer, Failure> {
    let draft = WebhookDraft {
        name: new.name,
        url: new.url,
        events: new.events,
        active: true,
    };
    let (made, secret) = webhooks::create(ctx, OPERATOR, draft).await?;
    let secret = secret.expose_secret();
    let text = format!(
        "{}\n{secret}\nThe secret is not shown again.",
        made.webhook.id
    );
    let json = json!({ "webhook": shapes::webhook(&made), "secret": secret });
    Ok(Answer::new(json, text))
}

async fn deliveries(ctx: &Ctx, webhook: WebhookId) -> Result<Answer, Failure> {
    let all = webhooks::list_deliveries(ctx, OPERATOR, (webhook, None, MOST)).await?;
    let row = |one: &Delivery| {
        [
            one.id.to_string(),
            plain(&one.kind),
            one.at.to_string(),
            outcome(one),
            one.tries.to_string(),
        ]
    };
    let rows: Vec<[String; 5]> = all.iter().map(row).collect();
    let data: Vec<Value> = all.iter().map(shapes::delivery).collect();
    let heading = ["ID", "EVENT", "AT", "OUTCOME", "TRIES"];
    Ok(Answer::new(json!({ "data": data }), table(heading, &rows)))
}

fn came_back(one: &Delivery) -> Answer {
    let text = format!(
        "{} after {} ms\n{}",
        outcome(one),
        one.took.as_millis(),
        plain(&one.answer)
    );
    let answer = Answer::new(shapes::delivery(one), text.trim_end().to_owned());
    answer.exiting(if one.taken { Exit::Done } else { Exit::Failed })
}

fn outcome(one: &Delivery) -> String {
    match (&one.fault, one.status) {
        (Some(fault), _) => plain(fault),
        (None, Some(status)) if one.taken => format!("taken: {status}"),
        (None, Some(status)) => format!("refused: {status}"),
        (None, None) => "no answer".to_owned(),
    }
}

fn time(text: &str) -> Result<Time, String> {
    let wrong = |_| "give a time such as 2026-01-31T00:00:00Z".to_owned();
    text.parse().map_err(wrong)
}
