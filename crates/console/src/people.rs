//! People as a list: searched, filtered, page by page, and as a file.

use std::fmt::Write;

use askama::Template;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use tollgate_base::{
    access::Role,
    identifier::beginning,
    page::{Cursor, PageRequest},
};
use tollgate_flows::{AccountView, Filter, people};
use tollgate_web::{Problem, Web};

use crate::page::{Done, Frame, Query, Visitor, When, csv_line};

/// Rows of a page to choose from, the usual number first.
const SIZES: [u32; 3] = [25, 50, 100];
/// Most rows of a file.
const FILE_MOST: usize = 10_000;

/// What the address says; what is none of ours says nothing.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    rows: String,
    #[serde(default)]
    cursor: String,
}

#[derive(Template)]
#[template(path = "people.html")]
struct Page<'a> {
    frame: &'a Frame,
    done: Done,
    asked: Asked,
    sizes: [u32; 3],
    rows: Vec<Row>,
    /// Where the next page is, and this list as a file.
    next: Option<String>,
    file: String,
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

impl Asked {
    fn filter(&self) -> Filter {
        let wanted = Some(self.q.trim()).filter(|text| !text.is_empty());
        Filter {
            role: self.role.parse::<Role>().ok(),
            suspended: match self.status.as_str() {
                "active" => Some(false),
                "suspended" => Some(true),
                _ => None,
            },
            begins: wanted.map(beginning),
        }
    }

    fn size(&self) -> u32 {
        let chosen = self.rows.parse().ok();
        chosen
            .filter(|rows| SIZES.contains(rows))
            .unwrap_or(SIZES[0])
    }

    /// The same question at another path, with a cursor where there is one.
    fn at(&self, path: &str, cursor: Option<&Cursor>) -> String {
        let mut address = format!("{path}?rows={}", self.size());
        for (name, value) in [
            ("q", &self.q),
            ("role", &self.role),
            ("status", &self.status),
        ] {
            if !value.is_empty() {
                let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
                let _ = write!(address, "&{name}={value}");
            }
        }
        if let Some(cursor) = cursor {
            let _ = write!(address, "&cursor={}", cursor.encode());
        }
        address
    }

    fn is_filtered(&self) -> bool {
        [&self.q, &self.role, &self.status]
            .iter()
            .any(|text| !text.is_empty())
    }
}

pub(crate) async fn list(
    State(web): State<Web>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let (frame, now) = (&visitor.frame, web.ctx().now());
    let cursor = Some(asked.cursor.as_str()).filter(|text| !text.is_empty());
    let page = PageRequest::parse(Some(asked.size()), cursor)?;
    let found = people::list(web.ctx(), &visitor.who, (asked.filter(), page)).await?;
    let row = |view: AccountView| {
        let (name, login) = (view.name().to_owned(), view.login().to_owned());
        Row {
            id: view.account.id.to_string(),
            letters: crate::page::initials(&name),
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
        sizes: SIZES,
        next: found
            .next
            .as_ref()
            .map(|next| asked.at("/admin/people", Some(next))),
        file: asked.at("/admin/people.csv", None),
        rows: found.rows.into_iter().map(row).collect(),
        asked,
    };
    frame.send(StatusCode::OK, &page)
}

/// The same list as a file, up to 10,000 rows.
pub(crate) async fn file(
    State(web): State<Web>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
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
        let found = people::list(web.ctx(), &visitor.who, (asked.filter(), page)).await?;
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
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"people.csv\"",
        ),
    ];
    Ok((headers, text).into_response())
}
