//! What operators are told of, and where.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use tollgate_base::id::AlertId;
use tollgate_flows::{
    Alert,
    alerts::{self, ChannelState, RULES},
};
use tollgate_web::{
    Problem, Web, Who,
    input::{Id, Query},
};
use utoipa::ToSchema;

use crate::shapes::ProblemShape;

/// Something that operators are told of.
#[derive(Serialize, ToSchema)]
pub(crate) struct AlertShape {
    #[schema(example = "alr_01k3bq7k3vf0q8s6r2c4e5g6h7")]
    id: String,
    /// The stable name of what raised it.
    #[schema(example = "token-reused")]
    rule: String,
    /// `info`, `warning` or `critical`.
    severity: &'static str,
    /// What it says, in English.
    title: String,
    /// About whom or what: an id; `null` for the installation.
    subject: Option<String>,
    count: i64,
    first_at: String,
    last_at: String,
    /// The event that raised it last.
    event: Option<String>,
    acknowledged_at: Option<String>,
    acknowledged_by: Option<String>,
    closed_at: Option<String>,
    closed_by: Option<String>,
}

/// Alerts.
#[derive(Serialize, ToSchema)]
pub(crate) struct AlertList {
    data: Vec<AlertShape>,
}

/// Which alerts.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Those that were closed, newest first, in place of those that are open.
    #[serde(default)]
    closed: bool,
}

/// What raises an alert.
#[derive(Serialize, ToSchema)]
pub(crate) struct AlertRuleShape {
    name: &'static str,
    severity: &'static str,
    title: String,
    /// The events that raise it; none where a condition does, which is looked at regularly.
    events: Vec<&'static str>,
    /// How many of them.
    threshold: i64,
    /// Within how many seconds.
    window: u64,
}

/// Every rule.
#[derive(Serialize, ToSchema)]
pub(crate) struct RuleList {
    data: Vec<AlertRuleShape>,
}

/// Where alerts are told.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChannelShape {
    /// `mail`, `slack`, `webhook` or `file`.
    name: &'static str,
    /// Whether it is set in the configuration.
    set: bool,
    /// From which severity on it is told.
    level: &'static str,
    /// When it was last told something.
    last_at: Option<String>,
    /// What went wrong with whom of its receivers the last time that they were told;
    /// `null` once all of them took it.
    fault: Option<String>,
}

/// Every channel.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChannelList {
    data: Vec<ChannelShape>,
}

/// List alerts
///
/// Those that are open, the worst first.
#[utoipa::path(
    get, path = "/api/v1/alerts", operation_id = "list_alerts",
    tag = "operation", security(("bearer" = []), ("cookie" = [])), params(Which),
    responses(
        (status = 200, body = AlertList),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
    )
)]
pub(crate) async fn list(
    State(web): State<Web>,
    Who(who): Who,
    Query(which): Query<Which>,
) -> Result<axum::Json<AlertList>, Problem> {
    let all = alerts::list(web.ctx(), &who, !which.closed).await?;
    let data = all.into_iter().map(|alert| shape(&web, alert)).collect();
    Ok(axum::Json(AlertList { data }))
}

/// Show an alert
#[utoipa::path(
    get, path = "/api/v1/alerts/{id}", operation_id = "show_alert",
    tag = "operation", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path)),
    responses(
        (status = 200, body = AlertShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`alert.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn show(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<AlertId>,
) -> Result<axum::Json<AlertShape>, Problem> {
    let alert = alerts::show(web.ctx(), &who, id).await?;
    Ok(axum::Json(shape(&web, alert)))
}

/// Say that an alert was seen
///
/// It stays open, and is told again only if it gets worse.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/acknowledgement", operation_id = "acknowledge_alert",
    tag = "operation", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path)),
    responses(
        (status = 200, body = AlertShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`alert.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn acknowledge(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<AlertId>,
) -> Result<axum::Json<AlertShape>, Problem> {
    let alert = alerts::acknowledge(web.ctx(), &who, id).await?;
    Ok(axum::Json(shape(&web, alert)))
}

/// Close an alert
///
/// If it comes again, that is a new one.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/close", operation_id = "close_alert",
    tag = "operation", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path)),
    responses(
        (status = 200, body = AlertShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`alert.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn close(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<AlertId>,
) -> Result<axum::Json<AlertShape>, Problem> {
    let alert = alerts::close(web.ctx(), &who, id).await?;
    Ok(axum::Json(shape(&web, alert)))
}

/// What raises alerts
#[utoipa::path(
    get, path = "/api/v1/alert-rules", operation_id = "list_alert_rules",
    tag = "operation", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = RuleList),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
    )
)]
pub(crate) async fn rules(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<RuleList>, Problem> {
    // Whoever may not see alerts is not told what is watched.
    alerts::open(web.ctx(), &who, ()).await?;
    let rule = |rule: &alerts::Rule| AlertRuleShape {
        name: rule.name,
        severity: rule.severity.as_str(),
        title: alerts::title(web.ctx(), "en", rule.name),
        events: rule.kinds.iter().map(|kind| kind.as_str()).collect(),
        threshold: rule.threshold.0,
        window: rule.threshold.1.as_secs(),
    };
    let data = RULES.iter().map(rule).collect();
    Ok(axum::Json(RuleList { data }))
}

/// Where alerts are told, and how that went
#[utoipa::path(
    get, path = "/api/v1/alert-channels", operation_id = "list_alert_channels",
    tag = "operation", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = ChannelList),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
    )
)]
pub(crate) async fn channels(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<ChannelList>, Problem> {
    let all = alerts::channels(web.ctx(), &who, ()).await?;
    Ok(axum::Json(all.into()))
}

/// Send each channel a test
///
/// The answer tells what became of it.
#[utoipa::path(
    post, path = "/api/v1/alert-channels/test", operation_id = "test_alert_channels",
    tag = "operation", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = ChannelList),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
    )
)]
pub(crate) async fn test(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<ChannelList>, Problem> {
    let all = alerts::test(web.ctx(), &who, ()).await?;
    Ok(axum::Json(all.into()))
}

fn shape(web: &Web, alert: Alert) -> AlertShape {
    let (acknowledged_by, acknowledged_at) = alert.acknowledged.unzip();
    let (closed_by, closed_at) = alert.closed.unzip();
    AlertShape {
        id: alert.id.to_string(),
        title: alerts::title(web.ctx(), "en", &alert.rule),
        rule: alert.rule,
        severity: alert.severity.as_str(),
        subject: Some(alert.subject).filter(|subject| !subject.is_empty()),
        count: alert.count,
        first_at: alert.first_at.to_string(),
        last_at: alert.last_at.to_string(),
        event: alert.event.map(|event| event.to_string()),
        acknowledged_at: acknowledged_at.map(|at| at.to_string()),
        acknowledged_by,
        closed_at: closed_at.map(|at| at.to_string()),
        closed_by,
    }
}

impl From<Vec<ChannelState>> for ChannelList {
    fn from(all: Vec<ChannelState>) -> Self {
        let shape = |state: ChannelState| ChannelShape {
            name: state.channel.name(),
            set: state.set,
            level: state.level.as_str(),
            last_at: state.last_at.map(|at| at.to_string()),
            fault: state.fault,
        };
        Self {
            data: all.into_iter().map(shape).collect(),
        }
    }
}
