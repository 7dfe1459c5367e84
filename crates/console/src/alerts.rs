//! Alerts, for administrators: what is open, what was, what raises them, and whether
//! their channels work.

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use tollgate_base::id::{AlertId, UserId};
use tollgate_flows::{
    Alert, Severity,
    alerts::{self, Channel, ChannelState, RULES, Rule},
    people,
};
use tollgate_web::{Problem, Web, input::Id};

use crate::page::{Button, Done, Frame, Party, Query, Submitted, Visitor, When, go, kind_words};

const HERE: &str = "/admin/alerts";
/// Closed ones that the page shows.
const HISTORY: usize = 50;

#[derive(Template)]
#[template(path = "alerts.html")]
struct Page<'a> {
    frame: &'a Frame,
    done: Done,
    open: Vec<AlertRow>,
    closed: Vec<AlertRow>,
    rules: Vec<RuleRow>,
    channels: Vec<ChannelRow>,
    /// Whether any channel is set.
    any: bool,
}

struct AlertRow {
    id: String,
    title: String,
    severity: SeverityWord,
    about: Party,
    count: i64,
    last: When,
    /// Whether somebody has seen it.
    seen: bool,
}

struct RuleRow {
    title: String,
    severity: SeverityWord,
    raised_by: String,
}

struct ChannelRow {
    name: String,
    level: SeverityWord,
    set: bool,
    last: Option<When>,
    fault: Option<String>,
}

/// A severity as a badge has it.
struct SeverityWord {
    tone: &'static str,
    word: String,
}

pub(crate) async fn list(
    State(web): State<Web>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let (ctx, who, frame) = (web.ctx(), &visitor.who, &visitor.frame);
    let open = alerts::list(ctx, who, true).await?;
    let mut closed = alerts::list(ctx, who, false).await?;
    closed.truncate(HISTORY);
    let about = open.iter().chain(&closed);
    let ids = about
        .filter_map(|alert| alert.subject.parse().ok())
        .collect();
    let names = people::names(ctx, who, ids).await?;
    let row = |alert: &Alert| alert_row(&web, frame, alert, &names);
    let channels = alerts::channels(ctx, who, ()).await?;
    let words = kind_words(frame).into_iter().collect();
    let page = Page {
        frame,
        done,
        any: channels.iter().any(|state| state.set),
        open: open.iter().map(row).collect(),
        closed: closed.iter().map(row).collect(),
        rules: RULES
            .iter()
            .map(|rule| rule_row(&web, frame, rule, &words))
            .collect(),
        channels: channels
            .into_iter()
            .map(|state| channel_row(&web, frame, state))
            .collect(),
    };
    frame.send(StatusCode::OK, &page)
}

pub(crate) async fn acknowledge(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<AlertId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    alerts::acknowledge(web.ctx(), &visitor.who, id).await?;
    Ok(go(&Done::at(HERE, "alert-acknowledged")))
}

pub(crate) async fn close(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<AlertId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    alerts::close(web.ctx(), &visitor.who, id).await?;
    Ok(go(&Done::at(HERE, "alert-closed")))
}

pub(crate) async fn test(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    alerts::test(web.ctx(), &visitor.who, ()).await?;
    Ok(go(&Done::at(HERE, "alerts-tested")))
}

fn alert_row(
    web: &Web,
    frame: &Frame,
    alert: &Alert,
    names: &BTreeMap<UserId, String>,
) -> AlertRow {
    let named = alert.subject.parse().ok().map(|id| (id, names.get(&id)));
    let nowhere = |name| Party { name, page: None };
    let about = match (named, alert.subject.as_str()) {
        (Some((id, Some(name))), _) => Party {
            name: name.clone(),
            page: Some(format!("/admin/people/{id}")),
        },
        (Some((_, None)), _) => nowhere(frame.t("party-gone").to_string()),
        (None, "") => nowhere(frame.t("alert-installation").to_string()),
        (None, subject) => nowhere(subject.to_owned()),
    };
    AlertRow {
        id: alert.id.to_string(),
        title: alerts::title(web.ctx(), frame.locale.tag(), &alert.rule),
        severity: word(frame, alert.severity),
        about,
        count: alert.count,
        last: frame.when(alert.last_at, web.ctx().now()),
        seen: alert.acknowledged.is_some(),
    }
}

fn rule_row(
    web: &Web,
    frame: &Frame,
    rule: &Rule,
    words: &BTreeMap<&'static str, String>,
) -> RuleRow {
    let said = rule
        .kinds
        .iter()
        .filter_map(|kind| words.get(kind.as_str()));
    let names: Vec<&str> = said.map(String::as_str).collect();
    let mut raised_by = names.join(" · ");
    if names.is_empty() {
        raised_by = frame.t("alert-condition").to_string();
    }
    if rule.threshold.0 > 1 {
        let many = frame
            .t("alert-many")
            .with("count", rule.threshold.0)
            .with("minutes", rule.threshold.1.as_secs() / 60);
        raised_by = format!("{raised_by}: {many}");
    }
    RuleRow {
        title: alerts::title(web.ctx(), frame.locale.tag(), rule.name),
        severity: word(frame, rule.severity),
        raised_by,
    }
}

fn channel_row(web: &Web, frame: &Frame, state: ChannelState) -> ChannelRow {
    let key = match state.channel {
        Channel::Mail => "channel-mail",
        Channel::Slack => "channel-slack",
        Channel::Webhook => "channel-webhook",
        Channel::File => "channel-file",
    };
    ChannelRow {
        name: frame.t(key).to_string(),
        level: word(frame, state.level),
        set: state.set,
        last: state.last_at.map(|at| frame.when(at, web.ctx().now())),
        fault: state.fault.map(|fault| frame.undelivered(&fault)),
    }
}

fn word(frame: &Frame, severity: Severity) -> SeverityWord {
    let (tone, key) = match severity {
        Severity::Info => ("info", "severity-info"),
        Severity::Warning => ("warning", "severity-warning"),
        Severity::Critical => ("fault", "severity-critical"),
    };
    SeverityWord {
        tone,
        word: frame.t(key).to_string(),
    }
}
