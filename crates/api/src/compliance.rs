//! What the compliance rules find, and which findings are accepted for a while.

use axum::{
    extract::{OriginalUri, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tollgate_base::{
    page::{Cursor, PageRequest},
    time::Time,
};
use tollgate_flows::compliance::{self, Accept, Finding, Line, Named, Report, Subject};
use tollgate_web::{
    Problem, Web, Who,
    body::Json,
    csv::{csv_file, csv_line},
    input::{Id, Ids, Query},
    paging,
};
use utoipa::ToSchema;

use crate::shapes::{ExceptionShape, Format, ProblemShape};

/// What the rules found when they were last checked.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReportShape {
    /// When that was (RFC 3339); none if never.
    checked_at: Option<String>,
    /// Each rule, the worst first.
    rules: Vec<ComplianceRuleShape>,
}

/// A rule and what it found.
#[derive(Serialize, ToSchema)]
struct ComplianceRuleShape {
    /// Its stable name.
    #[schema(example = "admin-without-factor")]
    rule: &'static str,
    /// `critical`, `high`, `medium` or `low`.
    severity: &'static str,
    /// What its findings are: `accounts`, `sites`, `keys` or `installation`.
    about: &'static str,
    /// What it finds, in a few words.
    title: &'static str,
    /// What to do about it.
    help: &'static str,
    /// Findings that nobody has accepted.
    findings: i64,
    /// Findings that somebody has.
    accepted: i64,
    /// Since when there are findings, or none.
    since: Option<String>,
}

/// A page of what a rule finds now.
#[derive(Serialize, ToSchema)]
pub(crate) struct Findings {
    /// There may be fewer than asked for, or none, while there is a next page.
    data: Vec<FindingShape>,
    /// Where to go on; `null` on the last page.
    next_cursor: Option<String>,
}

/// A finding.
#[derive(Serialize, ToSchema)]
pub(crate) struct FindingShape {
    /// The id of an account, a site or a key; the rule's name where it is about the
    /// installation.
    subject: String,
    /// What people call it.
    name: String,
    /// What there is to say of it.
    detail: String,
    /// The role, where it is an account.
    role: Option<&'static str>,
    /// When it was last used, where it is an account that was.
    last_used_at: Option<String>,
    /// Who accepted it, and why.
    accepted: Option<ExceptionShape>,
}

/// How many, and in which form.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// From 1 to 200; 50 if left out.
    limit: Option<u32>,
    /// Where the last page ended.
    cursor: Option<String>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// Why a finding is accepted, and until when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Acceptance {
    /// Up to 500 characters.
    reason: String,
    /// A time within a year (RFC 3339).
    #[schema(example = "2027-01-31T00:00:00Z")]
    until: String,
}

/// What the compliance rules find
///
/// As they were counted by the last check, which is once a day.
#[utoipa::path(
    get, path = "/api/v1/compliance", operation_id = "show_compliance",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = ReportShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
    )
)]
pub(crate) async fn show(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<ReportShape>, Problem> {
    let report = compliance::report(web.ctx(), &who, ()).await?;
    Ok(axum::Json(report.into()))
}

/// Check the compliance rules now
///
/// Looks at every account; with very many the daily check is kinder.
#[utoipa::path(
    post, path = "/api/v1/compliance/check", operation_id = "check_compliance",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = ReportShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
    )
)]
pub(crate) async fn check(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<ReportShape>, Problem> {
    let report = compliance::check(web.ctx(), &who, ()).await?;
    Ok(axum::Json(report.into()))
}

/// What one rule finds now
///
/// As JSON or, with `format=csv`, as lines. A page may have fewer rows than were asked
/// for while there is a next one.
#[utoipa::path(
    get, path = "/api/v1/compliance/{rule}", operation_id = "list_findings",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("rule" = String, Path), Wanted),
    responses(
        (status = 200, body = Findings, headers(("Link" = String, description = "The next page, if there is one"))),
        (status = 400, description = "`request.invalid`, `cursor.invalid`, `id.malformed`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`rule.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn findings(
    State(web): State<Web>,
    Who(who): Who,
    OriginalUri(uri): OriginalUri,
    Id(rule): Id<Named>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let page = PageRequest::parse(wanted.limit, wanted.cursor.as_deref())?;
    let found = compliance::findings(web.ctx(), &who, (rule, page)).await?;
    let mut headers = HeaderMap::new();
    if let Some(next) = &found.next {
        headers.insert(header::LINK, paging::next_link(&uri, next));
    }
    if wanted.format == Format::Csv {
        let file = csv_file("compliance.csv", lines(rule, &found.rows));
        return Ok((headers, file).into_response());
    }
    let next_cursor = found.next.as_ref().map(Cursor::encode);
    let data = found.rows.into_iter().map(FindingShape::from).collect();
    Ok((headers, axum::Json(Findings { data, next_cursor })).into_response())
}

/// Accept a finding until a day
///
/// It counts apart, and is a finding again from then on. Accepting it anew replaces the
/// reason and the day.
#[utoipa::path(
    put, path = "/api/v1/compliance/{rule}/exceptions/{subject}", operation_id = "accept_finding",
    tag = "people", security(("bearer" = []), ("cookie" = [])), request_body = Acceptance,
    params(("rule" = String, Path), ("subject" = String, Path)),
    responses(
        (status = 204, description = "It is accepted."),
        (status = 400, description = "`request.invalid`, `id.malformed`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`rule.missing`, `finding.missing`, `person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn accept(
    State(web): State<Web>,
    Who(who): Who,
    Ids(rule, subject): Ids<Named, Subject>,
    Json(body): Json<Acceptance>,
) -> Result<StatusCode, Problem> {
    let request = Accept {
        rule,
        subject,
        reason: body.reason,
        until: body.until.parse::<Time>()?,
    };
    compliance::accept(web.ctx(), &who, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Have an accepted finding count again
#[utoipa::path(
    delete, path = "/api/v1/compliance/{rule}/exceptions/{subject}", operation_id = "withdraw_finding",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("rule" = String, Path), ("subject" = String, Path)),
    responses(
        (status = 204, description = "It counts again."),
        (status = 400, description = "`id.malformed`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`rule.missing`, `finding.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn withdraw(
    State(web): State<Web>,
    Who(who): Who,
    Ids(rule, subject): Ids<Named, Subject>,
) -> Result<StatusCode, Problem> {
    compliance::withdraw(web.ctx(), &who, (rule, subject)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn lines(Named(rule): Named, found: &[Finding]) -> String {
    let mut text = csv_line(&[
        "rule",
        "severity",
        "subject",
        "name",
        "detail",
        "accepted_until",
        "reason",
    ]);
    for finding in found {
        let accepted = finding.accepted.as_ref();
        text += &csv_line(&[
            rule.name,
            rule.severity.as_str(),
            &finding.subject,
            &finding.name,
            &finding.detail,
            &accepted.map_or_else(String::new, |it| it.until.to_string()),
            accepted.map_or("", |it| &it.reason),
        ]);
    }
    text
}

impl From<Report> for ReportShape {
    fn from(report: Report) -> Self {
        Self {
            checked_at: report.checked_at.map(|at| at.to_string()),
            rules: report
                .lines
                .into_iter()
                .map(ComplianceRuleShape::from)
                .collect(),
        }
    }
}

impl From<Line> for ComplianceRuleShape {
    fn from(line: Line) -> Self {
        Self {
            rule: line.rule.name,
            severity: line.rule.severity.as_str(),
            about: line.rule.about.as_str(),
            title: line.rule.title,
            help: line.rule.help,
            findings: line.findings,
            accepted: line.accepted,
            since: line.since.map(|since| since.to_string()),
        }
    }
}

impl From<Finding> for FindingShape {
    fn from(finding: Finding) -> Self {
        let account = finding.account;
        Self {
            role: account.as_ref().map(|account| account.role.as_str()),
            last_used_at: account
                .and_then(|account| account.last_used_at)
                .map(|at| at.to_string()),
            subject: finding.subject,
            name: finding.name,
            detail: finding.detail,
            accepted: finding.accepted.map(ExceptionShape::from),
        }
    }
}
