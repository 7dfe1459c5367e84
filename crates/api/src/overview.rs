//! The installation at a glance, as figures.

use axum::extract::State;
use serde::Serialize;
use tollgate_flows::overview::{self, DayFigures, Overview};
use tollgate_web::{Problem, Web, Who};
use utoipa::ToSchema;

use crate::shapes::{EventShape, ProblemShape};

/// The installation at a glance.
#[derive(Serialize, ToSchema)]
pub(crate) struct OverviewShape {
    people: Vec<RoleFigures>,
    /// Administrators who may sign in and have no second factor.
    admins_without_factor: i64,
    /// Sessions that live now.
    sessions: i64,
    /// The last 30 days in UTC, today among them, oldest first.
    days: Vec<DayShape>,
    /// The latest events, newest first; `null` for whoever may not read them.
    latest_events: Option<Vec<EventShape>>,
    /// When the last backup was written.
    last_backup_at: Option<String>,
}

/// People of one role.
#[derive(Serialize, ToSchema)]
struct RoleFigures {
    /// `admin`, `manager` or `default`.
    role: &'static str,
    people: i64,
    /// Those of them who are suspended.
    suspended: i64,
}

/// What happened on a day.
#[derive(Serialize, ToSchema)]
struct DayShape {
    /// When it began (RFC 3339).
    begins_at: String,
    /// Sessions that were opened.
    signins: i64,
    /// Sign-ins by password that came to nothing.
    failed: i64,
    /// Accounts that took no more attempts for a while.
    blocked: i64,
    /// Accounts that were made.
    signups: i64,
    /// Sessions that were ended, one or several at once.
    revocations: i64,
}

/// The installation at a glance
///
/// Days are counted as they happen; a figure may lag by a second.
#[utoipa::path(
    get, path = "/api/v1/overview", operation_id = "show_overview",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = OverviewShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
    )
)]
pub(crate) async fn show(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<OverviewShape>, Problem> {
    let seen = overview::overview(web.ctx(), &who, ()).await?;
    Ok(axum::Json(seen.into()))
}

impl From<Overview> for OverviewShape {
    fn from(seen: Overview) -> Self {
        let role = |of: tollgate_flows::Census| RoleFigures {
            role: of.role.as_str(),
            people: of.people,
            suspended: of.suspended,
        };
        let events = |latest: Vec<_>| latest.into_iter().map(EventShape::from).collect();
        Self {
            people: seen.people.into_iter().map(role).collect(),
            admins_without_factor: seen.admins_without_factor,
            sessions: seen.sessions,
            days: seen.days.into_iter().map(DayShape::from).collect(),
            latest_events: seen.latest.map(events),
            last_backup_at: seen.last_backup.map(|at| at.to_string()),
        }
    }
}

impl From<DayFigures> for DayShape {
    fn from(day: DayFigures) -> Self {
        Self {
            begins_at: day.begins.to_string(),
            signins: day.signins,
            failed: day.failed,
            blocked: day.blocked,
            signups: day.signups,
            revocations: day.revocations,
        }
    }
}
