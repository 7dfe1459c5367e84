//! Changes and their events: a transaction that cannot forget to tell.

use tollgate_base::{
    Result,
    access::Principal,
    id::{EventId, SessionId, UserId},
    time::Time,
};
use tollgate_crypto::mac::digest;
use tollgate_records::events::{self, Event, EventKind, Level, personal_digest};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

/// Events of one transaction. Ids and salts follow from a seed drawn outside,
/// so that a repeated transaction notes the same events.
pub(crate) struct Log {
    now: Time,
    actor: String,
    seed: [u8; 32],
    events: Vec<(EventKind, Option<UserId>, Event)>,
    unchanged: Vec<UserId>,
}

/// What there is to say of an event beside its kind.
#[derive(Default)]
pub(crate) struct Details {
    pub(crate) actor: Option<UserId>,
    pub(crate) subject: Option<UserId>,
    pub(crate) session: Option<SessionId>,
    /// Without personal data.
    pub(crate) data: serde_json::Map<String, serde_json::Value>,
    /// Personal data, which may be erased later.
    pub(crate) personal: serde_json::Map<String, serde_json::Value>,
}

impl Log {
    const fn new(now: Time, actor: String, seed: [u8; 32]) -> Self {
        Self {
            now,
            actor,
            seed,
            events: Vec::new(),
            unchanged: Vec::new(),
        }
    }

    /// Note an event.
    pub(crate) fn note(&mut self, kind: EventKind, details: Details) {
        let subject = details.subject;
        let event = self.event(kind, details);
        self.events.push((kind, subject, event));
    }

    fn event(&self, kind: EventKind, details: Details) -> Event {
        let place = (self.events.len() as u64).to_be_bytes();
        let [mut chance, mut salt] = [[0; 16]; 2];
        let drawn = digest(&[&self.seed, &place]);
        chance.copy_from_slice(&drawn[..16]);
        salt.copy_from_slice(&drawn[16..]);
        let personal = if details.personal.is_empty() {
            None
        } else {
            Some(serde_json::Value::Object(details.personal).to_string())
        };
        Event {
            id: EventId::with_chance(self.now, chance),
            seq: None,
            at: self.now,
            kind: kind.as_str().to_owned(),
            actor: details
                .actor
                .map_or_else(|| self.actor.clone(), |actor| actor.to_string()),
            subject: details.subject.map(|subject| subject.to_string()),
            session: details.session.map(|session| session.to_string()),
            data: serde_json::Value::Object(details.data).to_string(),
            salt: personal.is_some().then(|| salt.to_vec()),
            personal_digest: personal_digest(&salt, personal.as_deref().unwrap_or_default()),
            personal,
            hash: None,
        }
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

/// Change something: run `body` in a transaction, write the events that it
/// notes in the same one, and when all is durable tell this node's caches, the
/// other nodes and the log.
pub(crate) async fn change<T, F>(ctx: &Ctx, by: &Principal, body: F) -> Result<T>
where
    T: Send + 'static,
    F: AsyncFn(&mut Tx<'_>, &mut Log) -> Result<T> + Send + 'static,
{
    let (now, actor, seed) = (ctx.now(), by.to_string(), ctx.entropy().bytes()?);
    let (value, noted, unchanged) = ctx
        .db()
        .write(async move |tx: &mut Tx<'_>| {
            let mut log = Log::new(now, actor.clone(), seed);
            let value = body(tx, &mut log).await?;
            for (_, _, event) in &log.events {
                events::append(tx, event).await?;
            }
            let noted: Vec<_> = log
                .events
                .into_iter()
                .map(|(kind, subject, event)| (kind, subject, event.id))
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

/// The event of a change that is one statement: whom it is about is known to
/// the statement. Whoever writes it [tells](tell) of it afterwards.
pub(crate) fn draft(ctx: &Ctx, by: &Principal, kind: EventKind, now: Time) -> Result<Event> {
    let log = Log::new(now, by.to_string(), ctx.entropy().bytes()?);
    Ok(log.event(kind, Details::default()))
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
    metrics::counter!("tollgate_events_total", "kind" => kind.as_str()).increment(1);
    let subject = subject.map(tracing::field::display);
    let id = tracing::field::display(id);
    match (kind.level(), kind.as_str()) {
        (Level::Info, name) => tracing::info!(event.id = id, subject, "{name}"),
        (Level::Warn, name) => tracing::warn!(event.id = id, subject, "{name}"),
        (Level::Error, name) => tracing::error!(event.id = id, subject, "{name}"),
    }
}
