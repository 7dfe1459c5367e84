//! Who has access, for administrators: every account, and the apps that its owner
//! gets into.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::{
    access::Role,
    page::{Cursor, PageRequest},
};
use tollgate_flows::{
    access::{self, Access, Ask, Entry},
    sites,
};
use tollgate_web::{Problem, Web};

use crate::page::{Frame, Query, Visitor, When, pair};

const HERE: &str = "/admin/access";

/// What the address says; what is none of ours says nothing.
#[derive(Default, Deserialize)]
pub(crate) struct Filters {
    #[serde(default)]
    role: String,
    #[serde(default)]
    site: String,
    #[serde(default)]
    cursor: String,
}

#[derive(Template)]
#[template(path = "access.html")]
struct Page<'a> {
    frame: &'a Frame,
    filters: Filters,
    sites: Vec<(String, String)>,
    rows: Vec<Row>,
    file: String,
    next: Option<String>,
}

struct Row {
    at: String,
    name: String,
    role: &'static str,
    suspended: bool,
    factors: i64,
    sessions: i64,
    used: Option<When>,
    sites: Vec<Entry>,
}

impl Filters {
    fn pairs(&self) -> String {
        format!("{}&{}", pair("role", &self.role), pair("site", &self.site))
    }

    /// The same for the API, which refuses what says nothing.
    fn file(&self) -> String {
        let mut at = "/api/v1/access-report?format=csv".to_owned();
        for (name, value) in [("role", &self.role), ("site", &self.site)] {
            if !value.is_empty() {
                at += "&";
                at += &pair(name, value);
            }
        }
        at
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Query(filters): Query<Filters>,
) -> Result<Response, Problem> {
    let (frame, now) = (&visitor.frame, web.ctx().now());
    let all = sites::list(web.ctx(), &visitor.who, ()).await?;
    let cursor = Some(filters.cursor.as_str()).filter(|text| !text.is_empty());
    let wanted = PageRequest::parse(None, cursor)?;
    let ask = Ask {
        role: filters.role.parse::<Role>().ok(),
        site: filters.site.parse().ok(),
        after: wanted.after,
        most: wanted.limit,
    };
    let found = access::report(web.ctx(), &visitor.who, ask).await?;
    let row = |row: Access| Row {
        at: format!("/admin/people/{}", row.standing.id),
        name: row.name,
        role: row.standing.role.as_str(),
        suspended: !row.standing.is_active(),
        factors: row.standing.factors(),
        sessions: row.standing.sessions,
        used: row.standing.last_used_at.map(|at| frame.when(at, now)),
        sites: row.sites,
    };
    let next = found.next.as_ref().map(Cursor::encode);
    let page = Page {
        frame,
        sites: all
            .iter()
            .map(|listed| (listed.site.id.to_string(), listed.site.name.clone()))
            .collect(),
        rows: found.rows.into_iter().map(row).collect(),
        file: filters.file(),
        next: next.map(|next| format!("{HERE}?{}&{}", filters.pairs(), pair("cursor", &next))),
        filters,
    };
    frame.send(StatusCode::OK, &page)
}
