//! `audit`: the audit trail, searched, proved, followed and taken out.

mod offline;
mod search;

use std::{
    collections::{HashSet, VecDeque},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, Subcommand};
use serde_json::json;
use tokio::time::sleep;
use tollgate_base::{Error, codes, hex::hex, id::EventId};
use tollgate_flows::{
    Ctx, Event,
    audit::{self, Kept},
};

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
    /// Find events, the newest first
    Search(Box<search::Search>),
    /// Show the latest events, the newest last
    Tail(Tail),
    /// Write all sealed events in the order of the chain, one JSON object for each line
    Export(Export),
    /// Write the signed checkpoints, one JSON object for each line
    Checkpoints(Export),
    /// Write the public keys that prove checkpoints, as a key set
    Keys,
    /// Say how far the exports to others have come
    Exports,
    /// Have an export go on after an earlier event: what follows is sent again
    Replay(Replay),
}

#[derive(Args)]
pub(crate) struct Verify {
    /// A head that an earlier run told and that was kept elsewhere: shows that the end of the
    /// trail was not cut off since
    #[arg(long, value_name = "HASH", conflicts_with = "file")]
    head: Option<String>,
    /// A file with checkpoints that were kept elsewhere, such as the server's log
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// The keys that prove checkpoints, as audit keys wrote them; those in the database if left out
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Check what audit export wrote, without a database
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Replay {
    /// Which one: syslog
    #[arg(long, value_name = "NAME")]
    sink: String,
    /// Begin after this number
    #[arg(long, value_name = "NUMBER")]
    after: i64,
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
        if let Self::Verify(verify) = &self
            && let Some(file) = &verify.file
        {
            return verify.offline(file);
        }
        office
            .work(async |ctx| match self {
                Self::Verify(verify) => verify.run(ctx).await,
                Self::Search(search) => search.run(ctx, terminal).await,
                Self::Tail(tail) => tail.run(ctx, terminal).await,
                Self::Export(export) => export.run(ctx).await,
                Self::Checkpoints(export) => export.checkpoints(ctx).await,
                Self::Keys => keys(ctx).await,
                Self::Exports => exports(ctx).await,
                Self::Replay(replay) => replay.run(ctx).await,
            })
            .await
    }
}

impl Verify {
    async fn run(self, ctx: &Ctx) -> Result<Answer, Failure> {
        let checkpoints = match &self.checkpoint {
            Some(file) => offline::signed(file)?,
            None => Vec::new(),
        };
        let keys = match &self.keys {
            Some(file) => offline::keys(file)?,
            None => Vec::new(),
        };
        let kept = Kept {
            head: self.head,
            checkpoints,
            keys,
        };
        let verified = audit::verify(ctx, OPERATOR, kept).await?;
        let text = format!(
            "{} events hold, {} wait to be sealed. {} checkpoints fit.\nHead: {}",
            verified.sealed, verified.waiting, verified.checkpoints, verified.head
        );
        let json = json!({
            "sealed": verified.sealed,
            "waiting": verified.waiting,
            "checkpoints": verified.checkpoints,
            "head": verified.head,
        });
        Ok(Answer::new(json, text))
    }

    /// Without a database.
    fn offline(&self, file: &Path) -> Result<Answer, Failure> {
        let heads = match (&self.checkpoint, &self.keys) {
            (Some(signed), Some(keys)) => offline::heads(signed, &offline::keys(keys)?)?,
            (Some(_), None) => {
                let detail = "Checkpoints in a file need --keys, as audit keys wrote them.";
                return Err(Error::new(&codes::REQUEST_INVALID).detail(detail).into());
            }
            (None, Some(keys)) => {
                offline::keys(keys)?;
                Vec::new()
            }
            (None, None) => Vec::new(),
        };
        let checked = offline::check(file, &heads)?;
        let (proof, after) = (&checked.proof, checked.after);
        let head = hex(&proof.chain().hash);
        let text = format!(
            "Events {} to {} hold. {} checkpoints fit.\nHead: {head}",
            after + 1,
            proof.seq(),
            proof.met()
        );
        let json = json!({
            "sealed": proof.seq(),
            "after": after,
            "checkpoints": proof.met(),
            "head": head,
        });
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
        let asked = ("tail", subject.clone(), self.lines);
        for event in audit::recent(ctx, OPERATOR, asked).await?.iter().rev() {
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
        audit::begin_export(ctx, OPERATOR, (after, "ndjson")).await?;
        loop {
            let batch = audit::export(ctx, OPERATOR, (after, BATCH)).await?;
            for event in &batch {
                if !data(&shapes::leaf(event).to_string()) {
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

impl Export {
    async fn checkpoints(self, ctx: &Ctx) -> Result<Answer, Failure> {
        let mut after = self.after;
        loop {
            let batch = audit::signed(ctx, OPERATOR, (after, BATCH)).await?;
            for checkpoint in &batch {
                after = checkpoint.seq;
                if !data(&shapes::checkpoint(checkpoint).to_string()) {
                    return Ok(Answer::written());
                }
            }
            if batch.is_empty() {
                return Ok(Answer::written());
            }
        }
    }
}

impl Replay {
    async fn run(self, ctx: &Ctx) -> Result<Answer, Failure> {
        let export = audit::replay(ctx, OPERATOR, (self.sink, self.after)).await?;
        let text = format!("{} events are sent again.", export.behind);
        Ok(Answer::new(shapes::sink(&export), text))
    }
}

async fn keys(ctx: &Ctx) -> Result<Answer, Failure> {
    let set = audit::key_set(ctx, OPERATOR, ()).await?;
    let text = set.to_string();
    Ok(Answer::new(set, text))
}

async fn exports(ctx: &Ctx) -> Result<Answer, Failure> {
    let all = audit::exports(ctx, OPERATOR, ()).await?;
    let line = |export: &audit::Export| {
        let fault = export.fault.as_deref().unwrap_or("It goes on.");
        format!(
            "{}: {} of {} events are taken. {fault}",
            export.name,
            export.after,
            export.after + export.behind
        )
    };
    let text = if all.is_empty() {
        "No export is configured.".to_owned()
    } else {
        all.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    let json = json!({ "exports": all.iter().map(shapes::sink).collect::<Vec<_>>() });
    Ok(Answer::new(json, text))
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
