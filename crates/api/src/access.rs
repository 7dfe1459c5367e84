//! Who has access: every account, and the apps that its owner gets into.

use axum::{
    extract::{OriginalUri, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tollgate_base::{
    id::SiteId,
    page::{Cursor, PageRequest},
};
use tollgate_flows::access::{self, Access, Ask, Entry};
use tollgate_web::{
    Problem, Web, Who,
    csv::{csv_file, csv_line},
    input::Query,
    paging,
};
use utoipa::ToSchema;

use crate::shapes::{Format, ProblemShape};

/// Who is asked for, and in which form.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// From 1 to 200, 50 if left out; a file has up to 10,000 rows.
    limit: Option<u32>,
    /// Where the last page ended.
    cursor: Option<String>,
    /// Only people of this role.
    role: Option<String>,
    /// Only people whom this app lets in: its id.
    site: Option<String>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// A page of people and what they have access to.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccessReport {
    /// There may be fewer than asked for, or none, while there is a next page.
    data: Vec<AccessShape>,
    /// Where to go on; `null` on the last page.
    next_cursor: Option<String>,
}

/// Somebody, and what they have access to.
#[derive(Serialize, ToSchema)]
struct AccessShape {
    id: String,
    /// What people call them.
    name: String,
    /// What they sign in with.
    identifiers: Vec<String>,
    role: &'static str,
    suspended_at: Option<String>,
    created_at: String,
    /// Within a day; none if never.
    last_used_at: Option<String>,
    /// Authenticator apps.
    apps: i64,
    passkeys: i64,
    /// Ways in which codes are sent.
    sent_codes: i64,
    recovery_codes: i64,
    /// Sessions that live.
    sessions: i64,
    /// Devices that the account knows.
    devices: i64,
    /// The apps that they get into; none while they are suspended.
    sites: Vec<EntryShape>,
}

/// An app that lets somebody in, and why.
#[derive(Serialize, ToSchema)]
struct EntryShape {
    id: String,
    name: String,
    /// The rules that do.
    #[schema(example = json!(["rule 2: /admin for role:admin"]))]
    rules: Vec<String>,
}

/// Who has access
///
/// Every account with its state, its factors, its last use and the apps that let its
/// owner in, as JSON or, with `format=csv`, as lines. That it was read is noted in the
/// audit trail. A page may have fewer rows than were asked for while there is a next one.
#[utoipa::path(
    get, path = "/api/v1/access-report", operation_id = "report_access",
    tag = "people", security(("bearer" = []), ("cookie" = [])), params(Wanted),
    responses(
        (status = 200, body = AccessReport, headers(("Link" = String, description = "The next page, if there is one"))),
        (status = 400, description = "`request.invalid`, `cursor.invalid`, `id.malformed`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`site.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn report(
    State(web): State<Web>,
    Who(who): Who,
    OriginalUri(uri): OriginalUri,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let page = PageRequest::parse(wanted.limit, wanted.cursor.as_deref())?;
    let whole = wanted.format == Format::Csv && wanted.limit.is_none();
    let ask = Ask {
        role: wanted.role.as_deref().map(str::parse).transpose()?,
        site: wanted
            .site
            .as_deref()
            .map(str::parse::<SiteId>)
            .transpose()?,
        after: page.after,
        most: if whole { access::MOST } else { page.limit },
    };
    let found = access::report(web.ctx(), &who, ask).await?;
    let mut headers = HeaderMap::new();
    if let Some(next) = &found.next {
        headers.insert(header::LINK, paging::next_link(&uri, next));
    }
    if wanted.format == Format::Csv {
        let file = csv_file("access.csv", lines(&found.rows));
        return Ok((headers, file).into_response());
    }
    let next_cursor = found.next.as_ref().map(Cursor::encode);
    let data = found.rows.into_iter().map(AccessShape::from).collect();
    Ok((headers, axum::Json(AccessReport { data, next_cursor })).into_response())
}

fn lines(rows: &[Access]) -> String {
    let mut text = csv_line(&[
        "id",
        "name",
        "identifiers",
        "role",
        "status",
        "created_at",
        "last_used_at",
        "apps",
        "passkeys",
        "sent_codes",
        "recovery_codes",
        "sessions",
        "devices",
        "sites",
    ]);
    for row in rows {
        let it = &row.standing;
        let names: Vec<&str> = row.identifiers.iter().map(|it| it.shown.as_str()).collect();
        let sites = row
            .sites
            .iter()
            .map(|entry| format!("{} ({})", entry.name, entry.rules.join("; ")));
        let status = if it.is_active() {
            "active"
        } else {
            "suspended"
        };
        text += &csv_line(&[
            &it.id.to_string(),
            &row.name,
            &names.join(" "),
            it.role.as_str(),
            status,
            &it.created_at.to_string(),
            &it.last_used_at
                .map_or_else(String::new, |at| at.to_string()),
            &it.apps.to_string(),
            &it.passkeys.to_string(),
            &it.sent_codes.to_string(),
            &it.recovery_codes.to_string(),
            &it.sessions.to_string(),
            &it.devices.to_string(),
            &sites.collect::<Vec<_>>().join("; "),
        ]);
    }
    text
}

impl From<Access> for AccessShape {
    fn from(row: Access) -> Self {
        let it = row.standing;
        Self {
            id: it.id.to_string(),
            name: row.name,
            identifiers: row.identifiers.into_iter().map(|it| it.shown).collect(),
            role: it.role.as_str(),
            suspended_at: it.suspended_at.map(|at| at.to_string()),
            created_at: it.created_at.to_string(),
            last_used_at: it.last_used_at.map(|at| at.to_string()),
            apps: it.apps,
            passkeys: it.passkeys,
            sent_codes: it.sent_codes,
            recovery_codes: it.recovery_codes,
            sessions: it.sessions,
            devices: it.devices,
            sites: row.sites.into_iter().map(EntryShape::from).collect(),
        }
    }
}

impl From<Entry> for EntryShape {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.site.to_string(),
            name: entry.name,
            rules: entry.rules,
        }
    }
}
