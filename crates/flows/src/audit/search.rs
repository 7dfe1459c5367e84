//! The trail searched: by one column through its index, and whatever else was
//! asked for looked at on the way. A page looks at a bounded number of events,
//! so that a search for what is not there ends and says where to go on.

use std::collections::VecDeque;

use tollgate_base::{Error, Result, access::Principal, codes, hex::hex, page::Cursor, time::Time};
use tollgate_crypto::mac;
use tollgate_records::events::{self, By, Class, Event, EventKind, Level, Members, Place};
use tollgate_store::sql::Tx;

use super::checkpoint::may_read;
use crate::{
    ctx::Ctx,
    steps::note::{Details, Log, change},
};

/// Most events that one page looks at.
const LOOKED_MOST: usize = 10_000;
/// Most characters of a text that is searched for.
const TEXT_MOST: usize = 200;

/// What is searched for: all of it has to fit. What is left out fits anything.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// What happened: any of these.
    pub kinds: Vec<EventKind>,
    /// What it was about.
    pub class: Option<Class>,
    /// How loud it is.
    pub level: Option<Level>,
    /// Who did it: an id, `anonymous`, `operator` or `chore:name`.
    pub actor: Option<String>,
    /// To whose account.
    pub subject: Option<String>,
    /// In which session.
    pub session: Option<String>,
    /// From which address.
    pub address: Option<String>,
    /// Any text in what is known of it, in small or capital letters.
    pub text: Option<String>,
    /// Not before.
    pub from: Option<Time>,
    /// Before.
    pub to: Option<Time>,
}

/// A part of what was found, newest first.
#[derive(Clone, Debug)]
pub struct Found {
    /// Events.
    pub rows: Vec<Event>,
    /// Where to go on, for the same search by the same person; there may be more
    /// even if this part is empty.
    pub next: Option<String>,
}

/// Search. Who searched for what is told in the trail itself, once: not when
/// going on with the next page.
///
/// # Errors
/// `access.denied`; `cursor.invalid` for a cursor of another search;
/// `request.invalid` for too long a text.
pub async fn search(
    ctx: &Ctx,
    by: &Principal,
    (search, limit, cursor): (Search, u32, Option<String>),
) -> Result<Found> {
    may_read(by)?;
    search.check()?;
    let bound = search.bound(by);
    let begin = match &cursor {
        Some(text) => opened(ctx, &bound, text)?,
        None => Place {
            at: search.to.unwrap_or(Time::from_micros(i64::MAX)),
            id: String::new(),
        },
    };
    let found = look(ctx, &search, begin, limit as usize).await?;
    let next = found.next.map(|place| closed(ctx, &bound, &place));
    if cursor.is_none() {
        tell(ctx, by, (&search, found.rows.len(), next.is_some())).await?;
    }
    Ok(Found {
        rows: found.rows,
        next,
    })
}

struct Part {
    rows: Vec<Event>,
    next: Option<Place>,
}

/// Events of one column's value, read a few at a time.
struct Lane {
    by: By,
    place: Place,
    waiting: VecDeque<Event>,
    is_over: bool,
}

async fn look(ctx: &Ctx, search: &Search, begin: Place, limit: usize) -> Result<Part> {
    let kinds = search.kinds();
    let from = search.from.unwrap_or(Time::from_micros(i64::MIN));
    let chunk = u32::try_from(limit + 1).unwrap_or(u32::MAX).clamp(50, 500);
    let mut lanes: Vec<Lane> = search
        .lanes(kinds.as_deref())
        .into_iter()
        .map(|by| Lane {
            by,
            place: begin.clone(),
            waiting: VecDeque::new(),
            is_over: false,
        })
        .collect();
    let wanted = search.text.as_deref().map(str::to_lowercase);
    let (mut rows, mut looked) = (Vec::new(), 0);
    let mut last = begin;
    loop {
        for lane in &mut lanes {
            if lane.waiting.is_empty() && !lane.is_over {
                lane.fill(ctx, from, chunk).await?;
            }
        }
        let newest = lanes
            .iter_mut()
            .filter(|lane| !lane.waiting.is_empty())
            .max_by_key(|lane| lane.waiting.front().map(|event| (event.at, event.id)));
        let Some(event) = newest.and_then(|lane| lane.waiting.pop_front()) else {
            return Ok(Part { rows, next: None });
        };
        if rows.len() == limit || looked == LOOKED_MOST {
            let next = Some(last);
            return Ok(Part { rows, next });
        }
        looked += 1;
        last = Place {
            at: event.at,
            id: event.id.to_string(),
        };
        if search.fits(&event, kinds.as_deref(), wanted.as_deref()) {
            rows.push(event);
        }
    }
}

impl Lane {
    async fn fill(&mut self, ctx: &Ctx, from: Time, most: u32) -> Result<()> {
        let read = events::before(ctx.db(), &self.by, &self.place, (from, most)).await?;
        self.is_over = read.len() < most as usize;
        if let Some(last) = read.last() {
            self.place = Place {
                at: last.at,
                id: last.id.to_string(),
            };
        }
        self.waiting = read.into();
        Ok(())
    }
}

impl Search {
    /// The kinds that fit; nothing if any does.
    fn kinds(&self) -> Option<Vec<EventKind>> {
        if self.kinds.is_empty() && self.class.is_none() && self.level.is_none() {
            return None;
        }
        let fits = |kind: &EventKind| {
            (self.kinds.is_empty() || self.kinds.contains(kind))
                && self.class.is_none_or(|class| kind.class() == class)
                && self.level.is_none_or(|level| kind.level() == level)
        };
        Some(EventKind::ALL.iter().copied().filter(fits).collect())
    }

    /// By what to read: the column of which the fewest events are to be expected.
    fn lanes(&self, kinds: Option<&[EventKind]>) -> Vec<By> {
        let one = [
            self.session.clone().map(By::Session),
            self.subject.clone().map(By::Subject),
            self.address.clone().map(By::Address),
            self.actor.clone().map(By::Actor),
        ];
        if let Some(one) = one.into_iter().flatten().next() {
            return vec![one];
        }
        let by_kind = |kind: &EventKind| By::Kind(kind.as_str().to_owned());
        kinds.map_or_else(
            || vec![By::Time],
            |kinds| kinds.iter().map(by_kind).collect(),
        )
    }

    fn fits(&self, event: &Event, kinds: Option<&[EventKind]>, wanted: Option<&str>) -> bool {
        let same = |asked: &Option<String>, has: Option<&String>| {
            asked.as_ref().is_none_or(|asked| has == Some(asked))
        };
        let of_kind = kinds.is_none_or(|kinds| {
            EventKind::parse(&event.kind).is_some_and(|kind| kinds.contains(&kind))
        });
        of_kind
            && same(&self.actor, Some(&event.actor))
            && same(&self.subject, event.subject.as_ref())
            && same(&self.session, event.session.as_ref())
            && same(&self.address, event.address.as_ref())
            && wanted.is_none_or(|wanted| says(event, wanted))
    }

    fn check(&self) -> Result<()> {
        let too_long = |text: &String| text.chars().count() > TEXT_MOST;
        let texts = [
            &self.actor,
            &self.subject,
            &self.session,
            &self.address,
            &self.text,
        ];
        if texts.into_iter().flatten().any(too_long) {
            let detail = "Search for texts of up to 200 characters.";
            return Err(Error::new(&codes::REQUEST_INVALID).detail(detail));
        }
        Ok(())
    }

    /// What a cursor is good for: this search, by this person.
    fn bound(&self, by: &Principal) -> String {
        format!("{by} {self:?}")
    }
}

fn says(event: &Event, wanted: &str) -> bool {
    let parts = [Some(&event.data), event.personal.as_ref()];
    parts
        .into_iter()
        .flatten()
        .any(|part| part.to_lowercase().contains(wanted))
        || event.id.to_string().contains(wanted)
}

fn closed(ctx: &Ctx, bound: &str, place: &Place) -> String {
    let cursor = Cursor {
        at: place.at,
        id: place.id.clone(),
    };
    let text = cursor.encode();
    let tag = tag(ctx, bound, &text);
    format!("{text}.{tag}")
}

/// vuln:127 is why: a cursor says where to read on, and nobody else writes it.
fn opened(ctx: &Ctx, bound: &str, text: &str) -> Result<Place> {
    let invalid = || Error::new(&codes::CURSOR_INVALID);
    let (cursor, said) = text.split_once('.').ok_or_else(invalid)?;
    if !mac::equal(said.as_bytes(), tag(ctx, bound, cursor).as_bytes()) {
        return Err(invalid());
    }
    let cursor = Cursor::parse(cursor)?;
    Ok(Place {
        at: cursor.at,
        id: cursor.id,
    })
}

fn tag(ctx: &Ctx, bound: &str, cursor: &str) -> String {
    let key = ctx.master().derive("audit search cursor");
    let tag = mac::mac(&key, &[bound.as_bytes(), cursor.as_bytes()]);
    hex(&tag[..16])
}

/// Tell who searched, for what, and how much was found. Addresses and texts are
/// personal data, and expire.
async fn tell(ctx: &Ctx, by: &Principal, said: (&Search, usize, bool)) -> Result<()> {
    let (search, found, more) = said;
    let (mut data, mut personal) = (Members::default(), Members::default());
    let mut put = |name: &'static str, value: Option<String>| {
        if let Some(value) = value {
            data.say(name, value);
        }
    };
    let kinds: Vec<&str> = search.kinds.iter().map(|kind| kind.as_str()).collect();
    put("kinds", (!kinds.is_empty()).then(|| kinds.join(" ")));
    put("class", search.class.map(|class| class.as_str().to_owned()));
    put("level", search.level.map(|level| level.as_str().to_owned()));
    put("actor", search.actor.clone());
    put("of", search.subject.clone());
    put("session", search.session.clone());
    put("from", search.from.map(|at| at.to_string()));
    put("to", search.to.map(|at| at.to_string()));
    data.say("found", found);
    data.say("more", more);
    let mut keep = |name: &'static str, value: &Option<String>| {
        if let Some(value) = value {
            personal.say(name, value);
        }
    };
    keep("searched_address", &search.address);
    keep("searched_text", &search.text);
    let reader = by.user();
    change(ctx, by, async move |_: &mut Tx<'_>, log: &mut Log| {
        let details = Details {
            subject: reader,
            data: data.clone(),
            personal: personal.clone(),
            ..Details::default()
        };
        log.note(EventKind::AuditRead, details);
        Ok(())
    })
    .await
}
