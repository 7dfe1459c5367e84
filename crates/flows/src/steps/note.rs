//! Changes and their events: a transaction that cannot forget to tell.

use tollgate_base::{
    Result,
    access::Principal,
    id::{EventId, JobId, SessionId, UserId},
    time::Time,
};
use tollgate_crypto::mac::digest;
use tollgate_records::{
    events::{self, About, Event, EventKind, Level, Members, Occasion},
    jobs,
};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::queue::{NoticeJob, Payload, notice};

/// Events of one transaction. Ids and salts follow from a seed drawn outside,
/// so that a repeated transaction notes the same events.
pub(crate) struct Log {
    occasion: Occasion,
    events: Vec<Noted>,
    unchanged: Vec<UserId>,
}

/// An event that is about to be written.
struct Noted {
    kind: EventKind,
    subject: Option<UserId>,
    event: Event,
    told: Option<String>,
    quiet: bool,
}

impl Noted {
    /// Whether somebody else than its owner did it: an administrator or the operator.
    fn is_by_other(&self, owner: UserId) -> bool {
        let actor = &self.event.actor;
        let person = actor.parse::<UserId>();
        person.map_or_else(
            |_| *actor == Principal::Operator.to_string(),
            |it| it != owner,
        )
    }

    /// Whether its owner is told by mail.
    fn is_told(&self, owner: UserId) -> bool {
        match self.kind {
            // Who asks for a link gets that link by mail.
            EventKind::PasswordResetRequested => !self.quiet && self.is_by_other(owner),
            kind => notice(kind).is_some(),
        }
    }
}

/// What there is to say of an event beside its kind.
#[derive(Default)]
pub(crate) struct Details {
    pub(crate) actor: Option<UserId>,
    pub(crate) subject: Option<UserId>,
    pub(crate) session: Option<SessionId>,
    /// Without personal data.
    pub(crate) data: Members,
    /// Personal data, which may be erased later.
    pub(crate) personal: Members,
    /// From which address it was done, where a session or a device knows better than
    /// the request. Personal.
    pub(crate) address: Option<String>,
    /// The address of before that is told, where what signs in was changed.
    pub(crate) told: Option<String>,
    /// Whether there is nothing yet that its owner would have to be told of.
    pub(crate) quiet: bool,
}

impl Log {
    const fn new(occasion: Occasion) -> Self {
        Self {
            occasion,
            events: Vec::new(),
            unchanged: Vec::new(),
        }
    }

    /// Note an event.
    pub(crate) fn note(&mut self, kind: EventKind, details: Details) {
        let (subject, told, quiet) = (details.subject, details.told, details.quiet);
        let about = About {
            actor: details.actor,
            subject,
            session: details.session,
            data: details.data,
            personal: details.personal,
            address: details.address,
        };
        let event = self.occasion.event(self.events.len(), kind, about);
        self.events.push(Noted {
            kind,
            subject,
            event,
            told,
            quiet,
        });
    }

    /// Queue a mail to whomever they are about, where people are told by mail:
    /// one of a change, which is of its first such event, or of the device that is
    /// trusted from then on.
    async fn tell_owners(&self, tx: &mut Tx<'_>) -> Result<()> {
        let mut told = Vec::new();
        let mut events: Vec<&Noted> = self.events.iter().collect();
        events.sort_by_key(|noted| noted.kind != EventKind::DeviceTrusted);
        for noted in events {
            let Some(owner) = noted.subject.filter(|owner| noted.is_told(*owner)) else {
                continue;
            };
            let event = &noted.event;
            if told.contains(&owner) {
                continue;
            }
            told.push(owner);
            let job = NoticeJob {
                account: owner.to_string(),
                event: event.kind.clone(),
                at: event.at.micros(),
                from: event.personal.as_deref().and_then(place),
                to: noted.told.clone(),
                left: number(&event.data, "left"),
                by_other: noted.is_by_other(owner),
            };
            let mut chance = [0; 16];
            chance.copy_from_slice(&digest(&[b"notice", event.id.to_string().as_bytes()])[..16]);
            let (payload, now) = (job.to_payload()?, self.occasion.now);
            let id = JobId::with_chance(now, chance);
            jobs::add(tx, id, NoticeJob::QUEUE, &payload, now).await?;
        }
        Ok(())
    }

    /// Nothing is to be noted about an account: what was asked for had been done
    /// before, perhaps by a node that this one has not heard of yet.
    pub(crate) fn unchanged(&mut self, subject: UserId) {
        self.unchanged.push(subject);
    }

    /// Note an event about an account.
    pub(crate) fn about(&mut self, kind: EventKind, subject: UserId) {
        self.note(
            kind,
            Details {
                subject: Some(subject),
                ..Details::default()
            },
        );
    }
}

/// Change something: run `body` in a transaction, write the events that it notes
/// and the mails to whom they concern in the same one, and when all is durable tell
/// this node's caches, the other nodes and the log.
pub(crate) async fn change<T, F>(ctx: &Ctx, by: &Principal, body: F) -> Result<T>
where
    T: Send + 'static,
    F: AsyncFn(&mut Tx<'_>, &mut Log) -> Result<T> + Send + 'static,
{
    let (now, actor, from) = (ctx.now(), by.to_string(), Ctx::asker());
    let seed = ctx.seeds().draw()?;
    let (value, noted, unchanged) = ctx
        .db()
        .write(async move |tx: &mut Tx<'_>| {
            let mut log = Log::new(Occasion {
                now,
                actor: actor.clone(),
                from,
                seed,
            });
            let value = body(tx, &mut log).await?;
            for noted in &log.events {
                events::append(tx, &noted.event).await?;
            }
            log.tell_owners(tx).await?;
            let noted: Vec<_> = log
                .events
                .into_iter()
                .map(|noted| (noted.kind, noted.subject, noted.event.id))
                .collect();
            Ok((value, noted, log.unchanged))
        })
        .await?;
    for (kind, subject, id) in noted {
        tell(ctx, kind, subject, id);
    }
    for subject in unchanged {
        ctx.freshness().bump(subject);
    }
    Ok(value)
}

/// From what and where something was done, as its event says it.
fn place(personal: &str) -> Option<String> {
    let said: serde_json::Value = serde_json::from_str(personal).ok()?;
    let part = |key| said.get(key).and_then(serde_json::Value::as_str);
    let parts: Vec<&str> = ["device", "address", "country"]
        .into_iter()
        .filter_map(part)
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A number that an event says.
fn number(data: &str, key: &str) -> Option<i64> {
    let said: serde_json::Value = serde_json::from_str(data).ok()?;
    said.get(key)?.as_i64()
}

/// The event of a change that is one statement: whom it is about is known to
/// the statement. Whoever writes it [tells](tell) of it afterwards.
pub(crate) fn draft(ctx: &Ctx, by: &Principal, kind: EventKind, now: Time) -> Result<Event> {
    let occasion = Occasion {
        now,
        actor: by.to_string(),
        from: Ctx::asker(),
        seed: ctx.seeds().draw()?,
    };
    Ok(occasion.event(0, kind, About::default()))
}

/// Tell this node's caches, the other nodes and the log what has been written.
pub(crate) fn tell(ctx: &Ctx, kind: EventKind, subject: Option<UserId>, id: EventId) {
    if kind.stales_everything() {
        ctx.freshness().bump_all();
    } else if let (true, Some(user)) = (kind.stales_subject(), subject) {
        ctx.freshness().bump(user);
    }
    if kind.stales_everything() || kind.stales_subject() || kind.stales_sites() {
        ctx.bus().publish(id.to_string());
    }
    let subject = subject.map(tracing::field::display);
    let id = tracing::field::display(id);
    match (kind.level(), kind.as_str()) {
        (Level::Info, name) => tracing::info!(event.id = id, subject, "{name}"),
        (Level::Warn, name) => tracing::warn!(event.id = id, subject, "{name}"),
        (Level::Error, name) => tracing::error!(event.id = id, subject, "{name}"),
    }
}
