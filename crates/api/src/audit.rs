//! The audit trail: searched, taken out, and what proves it.

use std::{io, net::IpAddr};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tollgate_base::{
    Error, access::Principal, codes, hex::hex, id::UserId, page::PageRequest, time::Time,
};
use tollgate_flows::{
    Class, Ctx, Event, EventKind, Level,
    audit::{self, Checkpoint},
};
use tollgate_web::{Problem, Web, Who, csv::csv_line, input::Query};
use utoipa::ToSchema;

use crate::shapes::ProblemShape;

/// Events that are read at once while all of them are taken out.
const BATCH: u32 = 500;
/// Checkpoints of one answer.
const CHECKPOINTS: u32 = 500;

/// What is searched for; all of it has to fit.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// From 1 to 200; 50 if left out.
    limit: Option<u32>,
    /// Where the last page of the same search ended.
    cursor: Option<String>,
    /// Kinds, such as `session.opened`, with commas between.
    kind: Option<String>,
    /// `sign-ins`, `security`, `administration` or `operation`.
    class: Option<String>,
    /// `info`, `warn` or `error`.
    level: Option<String>,
    /// Who did it: an id, `operator`, `anonymous` or `chore:` and a name.
    actor: Option<String>,
    /// To whose account: an id.
    subject: Option<String>,
    /// In which session.
    session: Option<String>,
    /// From which address.
    address: Option<String>,
    /// A text in what is known of it.
    q: Option<String>,
    /// Not before this time (RFC 3339).
    from: Option<String>,
    /// Before this time (RFC 3339).
    to: Option<String>,
}

/// From where on the trail is taken out, and in which form.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Export {
    /// Begin after this number; 0 if left out.
    after: Option<i64>,
    /// `ndjson`, which can be proved, or `csv`; `ndjson` if left out.
    format: Option<String>,
}

/// From where on checkpoints are wanted.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct After {
    /// Those of events after this number; 0 if left out.
    after: Option<i64>,
}

/// Events that were found, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundEvents {
    data: Vec<TrailEvent>,
    /// Where to go on; `null` at the end. A page may hold fewer events than asked for, or
    /// none, and still not be the last.
    next_cursor: Option<String>,
}

/// An event of the audit trail.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrailEvent {
    /// Its place in the chain; `null` for a moment after it happened.
    seq: Option<i64>,
    id: String,
    at: String,
    kind: String,
    /// `info`, `warn` or `error`; `null` for a kind that this version does not know.
    level: Option<&'static str>,
    /// `sign-ins`, `security`, `administration` or `operation`.
    class: Option<&'static str>,
    actor: String,
    subject: Option<String>,
    session: Option<String>,
    /// What is known of it.
    data: Value,
    /// Personal data, until they expire or are erased.
    personal: Option<Value>,
    hash: Option<String>,
}

/// Signed heads of the chain.
#[derive(Serialize, ToSchema)]
pub(crate) struct Checkpoints {
    /// In the order of the chain, up to 500: go on after the last one's `seq`.
    data: Vec<CheckpointShape>,
}

/// A signed head.
#[derive(Serialize, ToSchema)]
pub(crate) struct CheckpointShape {
    /// Number of the last event that it covers.
    seq: i64,
    /// That event's hash.
    hash: String,
    at: String,
    /// The signed statement (JWS).
    checkpoint: String,
}

/// Public keys (RFC 7517).
#[derive(Serialize, ToSchema)]
pub(crate) struct KeySet {
    keys: Vec<Value>,
}

/// Search the audit trail
///
/// Newest first. That somebody searched, and for what, becomes an event itself, once for
/// each search.
#[utoipa::path(
    get, path = "/api/v1/audit", operation_id = "search_audit",
    tag = "operation", security(("bearer" = []), ("cookie" = [])), params(Search),
    responses(
        (status = 200, body = FoundEvents),
        (status = 400, description = "`request.invalid`, `cursor.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
    )
)]
pub(crate) async fn search(
    State(web): State<Web>,
    Who(who): Who,
    Query(asked): Query<Search>,
) -> Result<axum::Json<FoundEvents>, Problem> {
    let limit = PageRequest::parse(asked.limit, None)?.limit;
    let cursor = asked.cursor.clone();
    let wanted = asked.wanted()?;
    let found = audit::search(web.ctx(), &who, (wanted, limit, cursor)).await?;
    Ok(axum::Json(FoundEvents {
        data: found.rows.iter().map(TrailEvent::from).collect(),
        next_cursor: found.next,
    }))
}

/// Take the audit trail out
///
/// All sealed events after a number, in the order of the chain, as they are read: one JSON
/// object for each line, or CSV. An answer that breaks off is gone on with after the last
/// number that came. That somebody takes it out becomes an event first.
#[utoipa::path(
    get, path = "/api/v1/audit/export", operation_id = "export_audit",
    tag = "operation", security(("bearer" = []), ("cookie" = [])), params(Export),
    responses(
        (status = 200, description = "The events", content((String = "application/x-ndjson"), (String = "text/csv"))),
        (status = 400, description = "`request.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
    )
)]
pub(crate) async fn export(
    State(web): State<Web>,
    Who(who): Who,
    Query(asked): Query<Export>,
) -> Result<Response, Problem> {
    let form = match asked.format.as_deref() {
        None | Some("ndjson") => Form::Ndjson,
        Some("csv") => Form::Csv,
        Some(_) => return Err(wrong("/format", "One of ndjson, csv.").into()),
    };
    let after = after(asked.after)?;
    let end = audit::begin_export(web.ctx(), &who, (after, form.name())).await?;
    let work = Work {
        ctx: web.ctx().clone(),
        who,
        form,
        after,
        end,
        head: form.head(),
    };
    let body = Body::from_stream(stream::try_unfold(work, Work::next));
    let headers = [
        (header::CONTENT_TYPE, form.media_type().to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"audit.{}\"", form.name()),
        ),
    ];
    Ok((headers, body).into_response())
}

/// Signed checkpoints of the audit trail
#[utoipa::path(
    get, path = "/api/v1/audit/checkpoints", operation_id = "list_checkpoints",
    tag = "operation", security(("bearer" = []), ("cookie" = [])), params(After),
    responses(
        (status = 200, body = Checkpoints),
        (status = 400, description = "`request.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
    )
)]
pub(crate) async fn checkpoints(
    State(web): State<Web>,
    Who(who): Who,
    Query(asked): Query<After>,
) -> Result<axum::Json<Checkpoints>, Problem> {
    let page = (after(asked.after)?, CHECKPOINTS);
    let signed = audit::signed(web.ctx(), &who, page).await?;
    let data = signed.into_iter().map(CheckpointShape::from).collect();
    Ok(axum::Json(Checkpoints { data }))
}

/// The keys that prove checkpoints
///
/// Those that were removed among them: they still prove what they signed. Keep them
/// elsewhere, with the checkpoints.
#[utoipa::path(
    get, path = "/api/v1/audit/keys", operation_id = "list_checkpoint_keys",
    tag = "operation", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = KeySet),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
    )
)]
pub(crate) async fn keys(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<KeySet>, Problem> {
    let mut set = audit::key_set(web.ctx(), &who, ()).await?;
    let keys = set["keys"].as_array_mut().map(std::mem::take);
    Ok(axum::Json(KeySet {
        keys: keys.unwrap_or_default(),
    }))
}

#[derive(Clone, Copy)]
enum Form {
    Ndjson,
    Csv,
}

/// An export as far as it has come.
struct Work {
    ctx: Ctx,
    who: Principal,
    form: Form,
    after: i64,
    end: i64,
    head: String,
}

impl Form {
    const fn name(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    fn head(self) -> String {
        match self {
            Self::Ndjson => String::new(),
            Self::Csv => csv_line(&[
                "seq", "at", "kind", "actor", "subject", "session", "address", "data", "id", "hash",
            ]),
        }
    }

    fn line(self, event: &Event) -> String {
        match self {
            Self::Ndjson => leaf(event).to_string() + "\n",
            Self::Csv => csv_line(&[
                &event.seq.unwrap_or_default().to_string(),
                &event.at.to_string(),
                &event.kind,
                &event.actor,
                event.subject.as_deref().unwrap_or_default(),
                event.session.as_deref().unwrap_or_default(),
                &event.personal_detail("address").unwrap_or_default(),
                &event.data,
                &event.id.to_string(),
                &event.hash.map(|hash| hex(&hash)).unwrap_or_default(),
            ]),
        }
    }
}

impl Work {
    /// The next piece: no more is read than whoever takes it has room for.
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, io::Error> {
        let mut piece = std::mem::take(&mut self.head);
        if self.after < self.end {
            let most = u32::try_from(self.end - self.after)
                .unwrap_or(BATCH)
                .min(BATCH);
            let asked = (self.after, most);
            let read = audit::export(&self.ctx, &self.who, asked).await;
            // What has been sent cannot be called back: the answer breaks off.
            let batch = read.map_err(io::Error::other)?;
            self.after = match batch.last().and_then(|event| event.seq) {
                Some(last) => last,
                None => self.end,
            };
            for event in &batch {
                piece += &self.form.line(event);
            }
        }
        Ok((!piece.is_empty()).then(|| (Bytes::from(piece), self)))
    }
}

impl Search {
    fn wanted(self) -> Result<audit::Search, Error> {
        let kinds = self.kind.as_deref().unwrap_or_default();
        let kinds = kinds.split(',').filter(|kind| !kind.is_empty());
        let kinds: Option<Vec<EventKind>> = kinds.map(EventKind::parse).collect();
        let classes = "One of sign-ins, security, administration, operation.";
        let class = known(self.class, ("/class", classes), Class::parse)?;
        let levels = "One of info, warn, error.";
        let level = known(self.level, ("/level", levels), Level::parse)?;
        let time = |text: &str| text.parse::<Time>().ok();
        let form = "A time in RFC 3339, such as 2026-03-01T12:00:00Z.";
        let id = "The id of an account: usr_ and what follows.";
        let subject = known(self.subject, ("/subject", id), |id| {
            id.parse::<UserId>().ok()
        })?;
        let one = "An address, such as 192.0.2.7.";
        let address = known(self.address, ("/address", one), |text| {
            text.parse::<IpAddr>().ok()
        })?;
        Ok(audit::Search {
            kinds: kinds.ok_or_else(|| wrong("/kind", "The manual lists the kinds of events."))?,
            class,
            level,
            actor: self.actor,
            subject: subject.map(|id| id.to_string()),
            session: self.session,
            address: address.map(|address| address.to_string()),
            text: self.q.filter(|text| !text.is_empty()),
            from: known(self.from, ("/from", form), time)?,
            to: known(self.to, ("/to", form), time)?,
        })
    }
}

fn known<T>(
    said: Option<String>,
    (field, form): (&'static str, &'static str),
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Error> {
    let value = |said: String| read(&said).ok_or_else(|| wrong(field, form));
    said.map(value).transpose()
}

/// Numbers of events begin with 1.
fn after(said: Option<i64>) -> Result<i64, Error> {
    match said.unwrap_or(0) {
        after @ 0.. => Ok(after),
        _ => Err(wrong("/after", "A number from 0 on.")),
    }
}

fn wrong(field: &'static str, says: &'static str) -> Error {
    Error::new(&codes::REQUEST_INVALID).field(field, "choice", says)
}

impl From<&Event> for TrailEvent {
    fn from(event: &Event) -> Self {
        let kind = EventKind::parse(&event.kind);
        Self {
            seq: event.seq,
            id: event.id.to_string(),
            at: event.at.to_string(),
            kind: event.kind.clone(),
            level: kind.map(|kind| kind.level().as_str()),
            class: kind.map(|kind| kind.class().as_str()),
            actor: event.actor.clone(),
            subject: event.subject.clone(),
            session: event.session.clone(),
            data: parsed(&event.data),
            personal: event.personal.as_deref().map(parsed),
            hash: event.hash.map(|hash| hex(&hash)),
        }
    }
}

impl From<Checkpoint> for CheckpointShape {
    fn from(signed: Checkpoint) -> Self {
        Self {
            seq: signed.seq,
            hash: hex(&signed.hash),
            at: signed.at.to_string(),
            checkpoint: signed.signed,
        }
    }
}

/// An event with all that its hash is made of, as the command writes it too.
fn leaf(event: &Event) -> Value {
    json!({
        "seq": event.seq,
        "id": event.id.to_string(),
        "at": event.at.to_string(),
        "kind": event.kind,
        "actor": event.actor,
        "subject": event.subject,
        "session": event.session,
        "data": parsed(&event.data),
        "personal": event.personal.as_deref().map(parsed),
        "salt": event.salt.as_deref().map(hex),
        "personal_digest": hex(&event.personal_digest),
        "hash": event.hash.map(|hash| hex(&hash)),
    })
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}
