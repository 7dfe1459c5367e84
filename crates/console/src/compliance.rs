//! What the compliance rules find, for administrators: each rule with its count,
//! what it finds, and what of that is accepted until a day.

use std::time::Duration;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::page::PageRequest;
use tollgate_flows::{
    compliance::{self, Accept, Finding, Line, Named},
    rules::{Rule, Severity},
};
use tollgate_web::{Problem, Web, input::Id};

use crate::page::{
    Button, Done, Frame, HasToken, Query, Refusal, Submitted, Visitor, When, go, pair,
};
use crate::words::Message;

const ALL: &str = "/admin/compliance";
/// Days to choose from, for which a finding is accepted.
const DAYS: [u32; 4] = [7, 30, 90, 365];

#[derive(Default, Deserialize)]
pub(crate) struct At {
    #[serde(default)]
    cursor: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptForm {
    form_token: String,
    subject: String,
    reason: String,
    days: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithdrawForm {
    form_token: String,
    subject: String,
}

#[derive(Template)]
#[template(path = "compliance.html")]
struct Page<'a> {
    frame: &'a Frame,
    done: Done,
    checked: Option<When>,
    lines: Vec<Row>,
}

struct Row {
    rule: &'static Rule,
    at: String,
    findings: i64,
    accepted: i64,
}

#[derive(Template)]
#[template(path = "findings.html")]
struct RulePage<'a> {
    frame: &'a Frame,
    done: Done,
    refusal: Refusal,
    rule: &'static Rule,
    at: String,
    rows: Vec<FindingRow>,
    next: Option<String>,
    days: [u32; 4],
}

struct FindingRow {
    subject: String,
    name: String,
    page: Option<String>,
    detail: String,
    used: Option<When>,
    is_account: bool,
    accepted: Option<(String, String)>,
}

impl Page<'_> {
    fn finds(&self, rule: &Rule) -> String {
        self.frame.finds(rule, "")
    }

    fn severity(&self, rule: &Rule) -> Message<'static> {
        self.frame.t(severity(rule))
    }
}

impl RulePage<'_> {
    fn finds(&self) -> String {
        self.frame.finds(self.rule, "")
    }

    fn to_do(&self) -> String {
        self.frame.finds(self.rule, "-do")
    }

    fn is_accounts(&self) -> bool {
        self.rule.about.is_accounts()
    }
}

impl Row {
    /// How loud its badge is.
    fn tone(&self) -> &'static str {
        match self.rule.severity {
            Severity::Critical | Severity::High => "fault",
            Severity::Medium => "warning",
            Severity::Low => "info",
        }
    }
}

impl HasToken for AcceptForm {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl HasToken for WithdrawForm {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn list(
    State(web): State<Web>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let (frame, now) = (&visitor.frame, web.ctx().now());
    let report = compliance::report(web.ctx(), &visitor.who, ()).await?;
    let row = |line: Line| Row {
        rule: line.rule,
        at: at(line.rule),
        findings: line.findings,
        accepted: line.accepted,
    };
    let page = Page {
        frame,
        done,
        checked: report.checked_at.map(|at| frame.when(at, now)),
        lines: report.lines.into_iter().map(row).collect(),
    };
    frame.send(StatusCode::OK, &page)
}

pub(crate) async fn check(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    compliance::check(web.ctx(), &visitor.who, ()).await?;
    Ok(go(&Done::at(ALL, "checked")))
}

pub(crate) async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Id(Named(rule)): Id<Named>,
    Query(asked): Query<At>,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let page = page(
        &web,
        &visitor,
        rule,
        &asked.cursor,
        done,
        Refusal::default(),
    )
    .await?;
    visitor.frame.send(StatusCode::OK, &page)
}

pub(crate) async fn accept(
    State(web): State<Web>,
    visitor: Visitor,
    Id(Named(rule)): Id<Named>,
    Submitted(form): Submitted<AcceptForm>,
) -> Result<Response, Problem> {
    let span = Duration::from_hours(u64::from(form.days) * 24);
    let request = Accept {
        rule: Named(rule),
        subject: form.subject.parse()?,
        reason: form.reason,
        until: web.ctx().now().plus(span),
    };
    match compliance::accept(web.ctx(), &visitor.who, request).await {
        Ok(()) => Ok(go(&Done::at(&at(rule), "finding-accepted"))),
        Err(fault) => {
            let refusal = Refusal::of(&fault, visitor.frame.locale);
            let again = page(&web, &visitor, rule, "", Done::default(), refusal).await?;
            visitor.frame.send_refusal(&fault, &again)
        }
    }
}

pub(crate) async fn withdraw(
    State(web): State<Web>,
    visitor: Visitor,
    Id(rule): Id<Named>,
    Submitted(form): Submitted<WithdrawForm>,
) -> Result<Response, Problem> {
    let request = (rule, form.subject.parse()?);
    compliance::withdraw(web.ctx(), &visitor.who, request).await?;
    Ok(go(&Done::at(&at(rule.0), "finding-withdrawn")))
}

async fn page<'a>(
    web: &Web,
    visitor: &'a Visitor,
    rule: &'static Rule,
    cursor: &str,
    done: Done,
    refusal: Refusal,
) -> Result<RulePage<'a>, Problem> {
    let (frame, now) = (&visitor.frame, web.ctx().now());
    let cursor = Some(cursor).filter(|text| !text.is_empty());
    let wanted = PageRequest::parse(None, cursor)?;
    let found = compliance::findings(web.ctx(), &visitor.who, (Named(rule), wanted)).await?;
    let row = |finding: Finding| {
        let account = finding.account.as_ref();
        FindingRow {
            page: match rule.about.as_str() {
                "accounts" => Some(format!("/admin/people/{}", finding.subject)),
                "sites" => Some(format!("/admin/sites/{}", finding.subject)),
                _ => None,
            },
            used: account
                .and_then(|account| account.last_used_at)
                .map(|at| frame.when(at, now)),
            is_account: account.is_some(),
            accepted: finding.accepted.map(|it| (it.until.to_string(), it.reason)),
            subject: finding.subject,
            name: finding.name,
            detail: finding.detail,
        }
    };
    Ok(RulePage {
        frame,
        done,
        refusal,
        rule,
        at: at(rule),
        next: found
            .next
            .as_ref()
            .map(|next| format!("{}?{}", at(rule), pair("cursor", &next.encode()))),
        rows: found.rows.into_iter().map(row).collect(),
        days: DAYS,
    })
}

fn severity(rule: &Rule) -> &'static str {
    match rule.severity {
        Severity::Critical => "severity-critical",
        Severity::High => "severity-high",
        Severity::Medium => "severity-medium",
        Severity::Low => "severity-low",
    }
}

fn at(rule: &Rule) -> String {
    format!("{ALL}/{}", rule.name)
}
