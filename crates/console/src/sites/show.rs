//! One site: its rules in words, what they would say of a visit, and the end of
//! it.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::{
    Error, Result, codes,
    id::{SiteId, UserId},
    identifier::Identifier,
};
use tollgate_flows::{
    Verdict,
    ctx::Listed,
    people,
    sites::{self, TestVisit},
};
use tollgate_web::{Problem, Web, input::Id, proxies::Proxy};

use super::{
    ALL, at,
    words::{self, RuleRow},
};
use crate::page::{Button, Confirm, Done, Frame, Query, Refusal, Submitted, Visitor, When, go};

/// A visit that is asked about.
#[derive(Default, Deserialize)]
pub(crate) struct Visit {
    #[serde(default)]
    visit: String,
    #[serde(default)]
    method: String,
    #[serde(default, rename = "as")]
    user: String,
}

#[derive(Template)]
#[template(path = "site.html")]
struct Page<'a> {
    frame: &'a Frame,
    done: Done,
    refusal: Refusal,
    at: String,
    listed: Listed,
    site_id: String,
    rules: Vec<RuleRow>,
    times: Option<(When, When)>,
    visit: Visit,
    told: Option<Told>,
    proxies: [Proxy; 4],
}

/// What the rules would say.
struct Told {
    /// The tone of its badge.
    tone: &'static str,
    verdict: String,
    why: String,
    /// That they are suspended.
    suspended: Option<String>,
}

impl Visit {
    /// The whole address: a path is one of this site.
    fn url(&self, origin: &str) -> String {
        let text = self.visit.trim();
        if text.contains("://") {
            return text.to_owned();
        }
        let slash = if text.starts_with('/') { "" } else { "/" };
        format!("{origin}{slash}{text}")
    }

    fn method(&self) -> String {
        match self.method.trim() {
            "" => "GET".to_owned(),
            method => method.to_uppercase(),
        }
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<SiteId>,
    Query(done): Query<Done>,
    Query(visit): Query<Visit>,
) -> Result<Response, Problem> {
    let (ctx, frame) = (web.ctx(), &visitor.frame);
    let listed = sites::show(ctx, &visitor.who, id).await?;
    let names = words::names(ctx, &visitor.who, [&*listed.site].into_iter()).await?;
    let mut rules = words::rules(frame, &listed.site, &names);
    let (mut told, mut fault) = (None, None);
    if !visit.visit.trim().is_empty() {
        match ask(&web, &visitor, &listed, &visit).await {
            Ok((said, rule)) => {
                if let Some(row) = rule.and_then(|place| rules.get_mut(place)) {
                    row.decides = true;
                }
                told = Some(said);
            }
            Err(refused) => fault = Some(refused),
        }
    }
    let refusal = fault.as_ref().map(|fault| Refusal::of(fault, frame.locale));
    let (site, now) = (&listed.site, ctx.now());
    let times = (
        frame.when(site.created_at, now),
        frame.when(site.updated_at, now),
    );
    let page = Page {
        frame,
        done,
        refusal: refusal.unwrap_or_default(),
        at: at(id),
        site_id: id.to_string(),
        rules,
        times: (!listed.locked).then_some(times),
        visit,
        told,
        proxies: Proxy::ALL,
        listed,
    };
    match fault {
        Some(fault) => frame.send_refusal(&fault, &page),
        None => frame.send(StatusCode::OK, &page),
    }
}

/// What the rules say of the visit, and which of this site's decides.
async fn ask(
    web: &Web,
    visitor: &Visitor,
    listed: &Listed,
    visit: &Visit,
) -> Result<(Told, Option<usize>)> {
    let (ctx, who, frame) = (web.ctx(), &visitor.who, &visitor.frame);
    let user = somebody(web, visitor, visit.user.trim()).await;
    let request = TestVisit {
        url: visit.url(listed.site.address.origin()),
        method: visit.method(),
        user: user.map_err(|fault| of_field(fault, "/as"))?,
    };
    let tested = sites::test(ctx, who, request).await;
    let tested = tested.map_err(|fault| match fault.code().name {
        name if name == codes::PERSON_MISSING.name => of_field(fault, "/as"),
        _ => fault.renamed("/url", "/visit"),
    })?;
    let found = tested.judgement;
    let (tone, verdict) = match found.map_or(Verdict::Refused, |found| found.verdict) {
        Verdict::Allowed => ("good", "verdict-allowed"),
        Verdict::SignIn => ("warning", "verdict-sign-in"),
        Verdict::Refused => ("fault", "verdict-refused"),
    };
    let is_here = tested
        .site
        .as_ref()
        .is_some_and(|other| other.site.id == listed.site.id);
    let place = found.and_then(|found| found.rule);
    let why = match (found, place) {
        (None, _) => frame.t("why-no-site"),
        _ if !is_here => frame.t("why-elsewhere"),
        (Some(_), None) => frame.t("why-no-rule"),
        (Some(found), Some(place)) if found.certain => {
            frame.t("why-rule").with("number", place + 1)
        }
        (Some(_), Some(place)) => frame.t("why-doubt").with("number", place + 1),
    };
    let told = Told {
        tone,
        verdict: frame.t(verdict).to_string(),
        why: why.to_string(),
        suspended: tested
            .suspended
            .then(|| frame.t("why-suspended").to_string()),
    };
    Ok((told, place.filter(|_| is_here)))
}

/// Whose visit it is; nobody's, if nobody is named.
async fn somebody(web: &Web, visitor: &Visitor, named: &str) -> Result<Option<UserId>> {
    if named.is_empty() {
        return Ok(None);
    }
    if let Ok(id) = named.parse() {
        return Ok(Some(id));
    }
    let name = Identifier::parse(named)?;
    let found = people::find(web.ctx(), &visitor.who, name).await?;
    Ok(Some(found.account.id))
}

/// A refusal as that of one field.
fn of_field(fault: Error, pointer: &'static str) -> Error {
    let detail = fault.code().title;
    fault.field(pointer, "nobody", detail)
}

pub(crate) async fn ask_remove(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<SiteId>,
) -> Result<Response, Problem> {
    let listed = sites::show(web.ctx(), &visitor.who, id).await?;
    let page = confirm(&visitor.frame, &listed);
    visitor.frame.send(StatusCode::OK, &page)
}

pub(crate) async fn remove(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<SiteId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    let listed = sites::show(web.ctx(), &visitor.who, id).await?;
    match sites::delete(web.ctx(), &visitor.who, id).await {
        Ok(()) => Ok(go(&Done::at(ALL, "site-removed"))),
        Err(fault) => {
            let refusal = Refusal::of(&fault, visitor.frame.locale);
            let page = confirm(&visitor.frame, &listed).refused(refusal);
            visitor.frame.send_refusal(&fault, &page)
        }
    }
}

fn confirm<'a>(frame: &'a Frame, listed: &Listed) -> Confirm<'a> {
    let (site, at) = (&listed.site, at(listed.site.id));
    let title = frame
        .t("site-remove-title")
        .with("name", site.name.as_str());
    let follows = frame.t("site-remove-follows");
    let action = format!("{at}/remove");
    Confirm::new(frame, &title, action, &frame.t("site-remove"))
        .say(&follows.with("url", site.address.origin()))
        .say(&frame.t("site-remove-proxy"))
        .back(&at, &site.name)
}
