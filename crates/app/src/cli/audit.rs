//! `audit`: the audit trail, proved, followed and taken out.

use std::{
    collections::{HashSet, VecDeque},
    time::Duration,
};

use clap::{Args, Subcommand};
use serde_json::json;
use tokio::time::sleep;
use tollgate_base::id::EventId;
use tollgate_flows::{Ctx, Event, audit};

use super::{
    exit::Failure,
    office::{Named, OPERATOR, Office},
    shapes,
    terminal::{Answer, Terminal, data, plain},
};

/// Events of one look.
const BATCH: u32 = 500;
/// How often to look for new events.
const BEAT: Duration = Duration::from_millis(500);
/// Events that are known to have been shown.
const REMEMBERED: usize = 4 * BATCH as usize;

#[derive(Subcommand)]
pub(crate) enum Audit {
    /// Prove that nothing in it was changed, removed or slipped in
    Verify(Verify),
    /// Show the latest events, the newest last
    Tail(Tail),
    /// Write all sealed events in the order of the chain, one JSON object for each line
    Export(Export),
}

#[derive(Args)]
pub(crate) struct Verify {
    /// A head that an earlier run told and that was kept elsewhere: shows that the end of the
    /// trail was not cut off since
    #[arg(long, value_name = "HASH")]
    head: Option<String>,
}

#[derive(Args)]
pub(crate) struct Tail {
    /// How many
    #[arg(long, short = 'n', default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=i64::from(BATCH)))]
    lines: u32,
    /// Go on as events happen
    #[arg(long, short)]
    follow: bool,
    /// Only events about this account
    #[arg(long, value_name = "USER", value_parser = Named::parse)]
    user: Option<Named>,
}

#[derive(Args)]
pub(crate) struct Export {
    /// Begin after this number
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    after: i64,
}

impl Audit {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        let terminal = office.terminal;
        office
            .work(async |ctx| match self {
                Self::Verify(verify) => verify.run(ctx).await,
                Self::Tail(tail) => tail.run(ctx, terminal).await,
                Self::Export(export) => export.run(ctx).await,
            })
            .await
    }
}

impl Verify {
    async fn run(self, ctx: &Ctx) -> Result<Answer, Failure> {
        let verified = audit::verify(ctx, OPERATOR, self.head).await?;
        let text = format!(
            "{} events hold, {} wait to be sealed.\nHead: {}",
            verified.sealed, verified.waiting, verified.head
        );
        let json = json!({ "sealed": verified.sealed, "waiting": verified.waiting, "head": verified.head });
        Ok(Answer::new(json, text))
    }
}

impl Tail {
    async fn run(self, ctx: &Ctx, terminal: Terminal) -> Result<Answer, Failure> {
        let subject = match &self.user {
            Some(user) => Some(user.find(ctx).await?.account.id.to_string()),
            None => None,
        };
        let latest = async |most| audit::page(ctx, OPERATOR, (None, subject.clone(), most)).await;
        let mut shown = Shown::default();
        for event in latest(self.lines).await?.iter().rev() {
            shown.add(event.id);
            show(terminal, event);
        }
        if !self.follow {
            return Ok(Answer::written());
        }
        // What lies before the first line stays unshown.
        for event in latest(BATCH).await?.iter().skip(self.lines as usize) {
            shown.add(event.id);
        }
        loop {
            sleep(BEAT).await;
            for event in latest(BATCH).await?.iter().rev() {
                if shown.add(event.id) && !show(terminal, event) {
                    return Ok(Answer::written());
                }
            }
        }
    }
}

impl Export {
    async fn run(self, ctx: &Ctx) -> Result<Answer, Failure> {
        let mut after = self.after;
        loop {
            let batch = audit::export(ctx, OPERATOR, (after, BATCH)).await?;
            for event in &batch {
                if !data(&shapes::event(event).to_string()) {
                    return Ok(Answer::written());
                }
            }
            match batch.last().and_then(|event| event.seq) {
                Some(seq) => after = seq,
                None => return Ok(Answer::written()),
            }
        }
    }
}

/// The last events that were shown: an event may become visible after a later
/// one, so that a mere place in time would not do.
#[derive(Default)]
struct Shown {
    known: HashSet<EventId>,
    order: VecDeque<EventId>,
}

impl Shown {
    /// False if it is there already.
    fn add(&mut self, id: EventId) -> bool {
        if !self.known.insert(id) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}

/// False if nobody reads any more.
fn show(terminal: Terminal, event: &Event) -> bool {
    if terminal.json {
        return data(&shapes::event(event).to_string());
    }
    let (at, kind, actor) = (event.at, &event.kind, plain(&event.actor));
    let subject = event
        .subject
        .as_deref()
        .map(|subject| format!(" → {subject}"));
    data(&format!(
        "{at}  {kind}  {actor}{}",
        subject.unwrap_or_default()
    ))
}
