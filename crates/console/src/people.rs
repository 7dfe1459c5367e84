//! People as a list: searched, filtered, page by page, and as a file.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::{
    access::Role,
    page::{Cursor, PageRequest},
};
use tollgate_flows::{AccountView, Filter, people};
use tollgate_web::{
    Problem, Web,
    csv::{csv_file, csv_line},
};

use crate::page::{Asked, Done, Frame, Query, Sort, Table, Visitor, When, initials};

/// Where the list is.
const ALL: &str = "/admin/people";
const SORTS: &[Sort] = &[Sort::new("-created", "sort-newest")];
/// Most rows of a file.
const FILE_MOST: usize = 10_000;

/// What else the address says; what is none of ours says nothing.
#[derive(Default, Deserialize)]
pub(crate) struct Filters {
    #[serde(default)]
    role: String,
    #[serde(default)]
    status: String,
}

#[derive(Template)]
#[template(path = "people.html")]
struct Page<'a> {
    frame: &'a Frame,
    done: Done,
    table: Table,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    name: String,
    login: String,
    letters: String,
    role: &'static str,
    suspended: bool,
    unverified: bool,
    since: When,
}

fn table(asked: Asked, filters: Filters) -> Table {
    let filters = vec![("role", filters.role), ("status", filters.status)];
    Table::new(ALL, asked, filters, SORTS)
}

fn filter(table: &Table) -> Filter {
    Filter {
        role: table.filter("role").parse::<Role>().ok(),
        suspended: match table.filter("status") {
            "active" => Some(false),
            "suspended" => Some(true),
            _ => None,
        },
        part: table.wanted().map(str::to_owned),
    }
}

pub(crate) async fn list(
    State(web): State<Web>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
    Query(filters): Query<Filters>,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let (frame, now) = (&visitor.frame, web.ctx().now());
    let table = table(asked, filters);
    let page = PageRequest::parse(Some(table.size()), table.cursor())?;
    let found = people::list(web.ctx(), &visitor.who, (filter(&table), page)).await?;
    let row = |view: AccountView| {
        let (name, login) = (view.name().to_owned(), view.login().to_owned());
        Row {
            id: view.account.id.to_string(),
            letters: initials(&name),
            name,
            login,
            role: view.account.role.as_str(),
            suspended: view.account.suspended_at.is_some(),
            unverified: view
                .email()
                .is_some_and(|email| email.verified_at.is_none()),
            since: frame.when(view.account.created_at, now),
        }
    };
    let page = Page {
        frame,
        done,
        table: table.going_on(found.next.as_ref().map(Cursor::encode)),
        rows: found.rows.into_iter().map(row).collect(),
    };
    frame.send(StatusCode::OK, &page)
}

/// The same list as a file, up to 10,000 rows.
pub(crate) async fn file(
    State(web): State<Web>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
    Query(filters): Query<Filters>,
) -> Result<Response, Problem> {
    let table = table(asked, filters);
    let mut text = csv_line(&[
        "id",
        "name",
        "email",
        "username",
        "role",
        "status",
        "created_at",
    ]);
    let (mut rows, mut after) = (0, None);
    while rows < FILE_MOST {
        let page = PageRequest {
            limit: PageRequest::MOST,
            after,
        };
        let found = people::list(web.ctx(), &visitor.who, (filter(&table), page)).await?;
        rows += found.rows.len();
        for view in &found.rows {
            let shown = |name: Option<&tollgate_flows::StoredIdentifier>| {
                name.map_or_else(String::new, |name| name.shown.clone())
            };
            let account = &view.account;
            let status = if account.is_active() {
                "active"
            } else {
                "suspended"
            };
            text += &csv_line(&[
                &account.id.to_string(),
                account.profile.display_name.as_deref().unwrap_or_default(),
                &shown(view.email()),
                &shown(view.username()),
                account.role.as_str(),
                status,
                &account.created_at.to_string(),
            ]);
        }
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    Ok(csv_file("people.csv", text))
}
