//! Sites as a list: searched, filtered, page by page, and as a file.

use std::cmp::Reverse;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::{Result, identifier::folded};
use tollgate_flows::{ctx::Listed, sites};
use tollgate_web::{
    Problem, Web,
    csv::{csv_file, csv_line},
};

use super::{
    ALL, at,
    words::{self, RuleRow},
};
use crate::page::{Asked, Done, Frame, Query, Sort, Table, Visitor, When};

/// By name is how they are read into memory.
const SORTS: &[Sort] = &[
    Sort::new("name", "sort-name"),
    Sort::new("-name", "sort-name-back"),
    Sort::new("-changed", "sort-changed"),
    Sort::new("changed", "sort-changed-back"),
];
/// Rules of a site that the list tells.
const RULES: usize = 3;

#[derive(Default, Deserialize)]
pub(crate) struct Filters {
    #[serde(default)]
    from: String,
}

#[derive(Template)]
#[template(path = "sites.html")]
struct Page<'a> {
    frame: &'a Frame,
    done: Done,
    table: Table,
    /// Whether there is any, whatever is asked for.
    any: bool,
    rows: Vec<Row>,
}

struct Row {
    at: String,
    name: String,
    url: String,
    locked: bool,
    rules: Vec<RuleRow>,
    /// Rules that are not told.
    more: usize,
    changed: Option<When>,
}

pub(crate) async fn list(
    State(web): State<Web>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
    Query(filters): Query<Filters>,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let (frame, ctx) = (&visitor.frame, web.ctx());
    let all = sites::list(ctx, &visitor.who, ()).await?;
    let any = !all.is_empty();
    let table = Table::new(ALL, asked, vec![("from", filters.from)], SORTS);
    let found = found(all, &table);
    let size = table.size() as usize;
    let start = start(&found, table.cursor());
    let rows = found.iter().skip(start).take(size);
    let names = words::names(ctx, &visitor.who, rows.clone().map(|it| &*it.site)).await?;
    let row = |listed: &Listed| {
        let site = &listed.site;
        let mut rules = words::rules(frame, site, &names);
        rules.truncate(RULES);
        Row {
            at: at(site.id),
            name: site.name.clone(),
            url: site.address.origin().to_owned(),
            locked: listed.locked,
            more: site.rules.len() - rules.len(),
            rules,
            changed: (!listed.locked).then(|| frame.when(site.updated_at, ctx.now())),
        }
    };
    let rows: Vec<Row> = rows.map(row).collect();
    let last = found
        .get(start + size - 1)
        .filter(|_| start + size < found.len());
    let page = Page {
        frame,
        done,
        any,
        rows,
        table: table.going_on(last.map(|listed| listed.site.id.to_string())),
    };
    frame.send(StatusCode::OK, &page)
}

/// The same list as a file, all of it.
pub(crate) async fn file(
    State(web): State<Web>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
    Query(filters): Query<Filters>,
) -> Result<Response, Problem> {
    let all = sites::list(web.ctx(), &visitor.who, ()).await?;
    let table = Table::new(ALL, asked, vec![("from", filters.from)], SORTS);
    let mut text = csv_line(&[
        "id",
        "name",
        "url",
        "from",
        "rules",
        "created_at",
        "updated_at",
    ]);
    for listed in found(all, &table) {
        let (site, stored) = (&listed.site, !listed.locked);
        let time = |time: String| if stored { time } else { String::new() };
        let rules: Vec<String> = site.rules.iter().map(ToString::to_string).collect();
        text += &csv_line(&[
            &site.id.to_string(),
            &site.name,
            site.address.origin(),
            if stored { "database" } else { "configuration" },
            &rules.join("; "),
            &time(site.created_at.to_string()),
            &time(site.updated_at.to_string()),
        ]);
    }
    Ok(csv_file("sites.csv", text))
}

/// Those that are asked for, sorted.
fn found(all: Vec<Listed>, table: &Table) -> Vec<Listed> {
    let wanted = table.wanted().map(folded).unwrap_or_default();
    let is_it = |listed: &Listed| {
        let from = match table.filter("from") {
            "configuration" => listed.locked,
            "database" => !listed.locked,
            _ => true,
        };
        let site = &listed.site;
        let named = |text: &str| folded(text).contains(&wanted);
        from && (named(&site.name) || named(site.address.origin()))
    };
    let mut found: Vec<Listed> = all.into_iter().filter(is_it).collect();
    let name = |listed: &Listed| (folded(&listed.site.name), listed.site.id);
    let changed = |listed: &Listed| (listed.site.updated_at, listed.site.id);
    match table.sort() {
        "-name" => found.sort_by_cached_key(|listed| Reverse(name(listed))),
        "changed" => found.sort_by_key(changed),
        "-changed" => found.sort_by_key(|listed| Reverse(changed(listed))),
        _ => found.sort_by_cached_key(name),
    }
    found
}

/// Where the page begins: after the last of the page before. From the first, if
/// that one is gone.
fn start(found: &[Listed], cursor: Option<&str>) -> usize {
    let last = cursor.and_then(|id| {
        let is_it = |listed: &Listed| listed.site.id.to_string() == id;
        found.iter().position(is_it)
    });
    last.map_or(0, |last| last + 1)
}
