//! The audit trail for administrators: found, looked at event by event, taken out
//! as a file, and how it stands.

use std::time::Duration;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::{Error, codes, hex::hex, identifier::Identifier, time::Time};
use tollgate_flows::{
    Class, Event, EventKind, Level,
    audit::{self, Search, Standing},
    people,
};
use tollgate_web::{
    Problem, Web,
    csv::{csv_file, csv_line},
};

use crate::page::{
    Asked, EventRow, Frame, Query, Sort, Table, Visitor, When, kind_words, people_in,
};

/// Where the list is.
const ALL: &str = "/admin/audit";
const SORTS: &[Sort] = &[Sort::new("-at", "sort-newest")];
/// Most rows of a file.
const FILE_MOST: usize = 10_000;
/// A day, all of which is asked for.
const DAY: Duration = Duration::from_hours(24);
/// Rows that are read at once for a file.
const PAGE: u32 = 500;

/// What else the address says; what is none of ours says nothing.
#[derive(Default, Deserialize)]
pub(crate) struct Filters {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    class: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    session: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Page<'a> {
    frame: &'a Frame,
    standing: Standing,
    /// Up to which event all is signed, and since when.
    signed: Option<(i64, When)>,
    kinds: Vec<(&'static str, String)>,
    table: Table,
    rows: Vec<Row>,
}

/// An event, and all that is known of it.
struct Row {
    event: EventRow,
    loud: &'static str,
    facts: Vec<(String, String)>,
}

fn table(asked: Asked, said: Filters) -> Table {
    let filters = vec![
        ("kind", said.kind),
        ("class", said.class),
        ("level", said.level),
        ("person", said.person),
        ("actor", said.actor),
        ("session", said.session),
        ("address", said.address),
        ("from", said.from),
        ("to", said.to),
    ];
    Table::new(ALL, asked, filters, SORTS)
}

async fn search(web: &Web, visitor: &Visitor, table: &Table) -> Result<Search, Problem> {
    let said = |name: &str| {
        let text = table.filter(name).trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let kind = EventKind::parse(table.filter("kind"));
    let subject = match said("person") {
        Some(person) => Some(whom(web, visitor, person).await?),
        None => None,
    };
    let actor = match said("actor") {
        Some(actor) => Some(whom(web, visitor, actor).await?),
        None => None,
    };
    Ok(Search {
        kinds: kind.into_iter().collect(),
        class: Class::parse(table.filter("class")),
        level: Level::parse(table.filter("level")),
        actor,
        subject,
        session: said("session"),
        address: said("address"),
        text: table.wanted().map(str::to_owned),
        from: day(table.filter("from")),
        to: day(table.filter("to")).map(|day| day.plus(DAY)),
    })
}

/// Somebody's id by any of their names; what is nobody's name stays as it was said.
async fn whom(web: &Web, visitor: &Visitor, said: String) -> Result<String, Problem> {
    let Ok(identifier) = Identifier::parse(&said) else {
        return Ok(said);
    };
    match people::find(web.ctx(), &visitor.who, identifier).await {
        Ok(view) => Ok(view.account.id.to_string()),
        Err(fault) if fault.is(&codes::PERSON_MISSING) => Ok(said),
        Err(fault) => Err(fault.into()),
    }
}

pub(crate) async fn list(
    State(web): State<Web>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
    Query(said): Query<Filters>,
) -> Result<Response, Problem> {
    let (ctx, who, frame, now) = (web.ctx(), &visitor.who, &visitor.frame, web.ctx().now());
    let table = table(asked, said);
    let standing = audit::standing(ctx, who, ()).await?;
    let wanted = search(&web, &visitor, &table).await?;
    let cursor = table.cursor().map(str::to_owned);
    let found = audit::search(ctx, who, (wanted, table.size(), cursor)).await?;
    let names = people::names(ctx, who, people_in(&found.rows)).await?;
    let facts: Vec<_> = found.rows.iter().map(facts).collect();
    let events = frame.events(found.rows, &names, now);
    let rows = events.into_iter().zip(facts);
    let page = Page {
        frame,
        signed: standing
            .last
            .as_ref()
            .map(|last| (last.seq, frame.when(last.at, now))),
        standing,
        kinds: kind_words(frame),
        table: table.going_on(found.next),
        rows: rows
            .map(|(event, (loud, facts))| Row { event, loud, facts })
            .collect(),
    };
    frame.send(StatusCode::OK, &page)
}

/// The same list as a file, up to 10,000 rows.
pub(crate) async fn file(
    State(web): State<Web>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
    Query(said): Query<Filters>,
) -> Result<Response, Problem> {
    let table = table(asked, said);
    let wanted = search(&web, &visitor, &table).await?;
    let mut text = csv_line(&[
        "seq", "at", "kind", "actor", "subject", "session", "address", "data", "id",
    ]);
    let (mut rows, mut cursor) = (0, None);
    while rows < FILE_MOST {
        let asked = (wanted.clone(), PAGE, cursor);
        let found = audit::search(web.ctx(), &visitor.who, asked).await?;
        rows += found.rows.len();
        for event in &found.rows {
            text += &csv_line(&[
                &event.seq.map(|seq| seq.to_string()).unwrap_or_default(),
                &event.at.to_string(),
                &event.kind,
                &event.actor,
                event.subject.as_deref().unwrap_or_default(),
                event.session.as_deref().unwrap_or_default(),
                &event.personal_detail("address").unwrap_or_default(),
                &event.data,
                &event.id.to_string(),
            ]);
        }
        cursor = found.next;
        if cursor.is_none() {
            break;
        }
    }
    let count = i64::try_from(rows).unwrap_or(i64::MAX);
    audit::exported(web.ctx(), &visitor.who, ("csv", count)).await?;
    Ok(csv_file("audit.csv", text))
}

/// How loud it is, and everything that is known by its stable names, as programs
/// and the manual have them.
fn facts(event: &Event) -> (&'static str, Vec<(String, String)>) {
    let level = EventKind::parse(&event.kind).map(EventKind::level);
    let loud = match level {
        Some(Level::Error) => "badge-fault",
        Some(Level::Warn) => "badge-warning",
        Some(Level::Info) | None => "",
    };
    let own = [
        ("kind", Some(event.kind.clone())),
        ("at", Some(event.at.to_string())),
        ("actor", Some(event.actor.clone())),
        ("subject", event.subject.clone()),
        ("session", event.session.clone()),
    ];
    let proof = [
        ("id", Some(event.id.to_string())),
        ("seq", event.seq.map(|seq| seq.to_string())),
        ("hash", event.hash.map(|hash| hex(&hash))),
    ];
    let known = |(name, value): (&str, Option<String>)| Some((name.to_owned(), value?));
    let facts = own.into_iter().filter_map(known).chain(event.members());
    (
        loud,
        facts.chain(proof.into_iter().filter_map(known)).collect(),
    )
}

/// The midnight with which a day begins, in UTC.
fn day(text: &str) -> Option<Time> {
    let whole: Result<Time, Error> = format!("{text}T00:00:00Z").parse();
    whole.ok().filter(|_| text.len() == 10)
}
