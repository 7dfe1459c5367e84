//! The review of one account, for administrators.

use axum::{extract::State, http::StatusCode};
use serde::Serialize;
use tollgate_base::id::UserId;
use tollgate_flows::review::{self, Review};
use tollgate_web::{Problem, Web, Who, input::Id};
use utoipa::ToSchema;

use crate::shapes::{EventShape, ExceptionShape, ProblemShape, User};

/// What there is to know of an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReviewShape {
    user: User,
    /// When it was last used, within a day; none if never.
    last_used_at: Option<String>,
    /// When it was last reviewed.
    last_review_at: Option<String>,
    /// What the compliance rules find in it.
    findings: Vec<FoundShape>,
    open: OpenShape,
    /// What you have done to it since this review began: kinds of events.
    done: Vec<String>,
    /// The last two hundred events about it, newest first.
    events: Vec<EventShape>,
}

/// A rule that finds something.
#[derive(Serialize, ToSchema)]
struct FoundShape {
    rule: &'static str,
    severity: &'static str,
    title: &'static str,
    help: &'static str,
    accepted: Option<ExceptionShape>,
}

/// What is open.
#[derive(Serialize, ToSchema)]
struct OpenShape {
    sessions: i64,
    devices: i64,
    /// Devices on which the second step is left out.
    trusted_devices: usize,
    passkeys: i64,
    /// Authenticator apps.
    apps: i64,
    /// Ways in which codes are sent.
    sent_codes: i64,
    recovery_codes: i64,
    /// Links and codes that are out.
    links: Vec<LinkShape>,
    /// When a recovery that waits may be finished.
    recovery_ready_at: Option<String>,
}

/// A link or a code that still works.
#[derive(Serialize, ToSchema)]
struct LinkShape {
    #[schema(example = "password_reset")]
    purpose: String,
    expires_at: String,
}

/// Review a person's account
///
/// What the rules find, what happened, what is open, and what you did about it.
#[utoipa::path(
    get, path = "/api/v1/people/{id}/review", operation_id = "show_review",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 200, body = ReviewShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn show(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
) -> Result<axum::Json<ReviewShape>, Problem> {
    let seen = review::review(web.ctx(), &who, id).await?;
    Ok(axum::Json(seen.into()))
}

/// Close the review of a person's account
///
/// Notes in the audit trail what was found and what you did about it.
#[utoipa::path(
    post, path = "/api/v1/people/{id}/review", operation_id = "close_review",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 204, description = "It is noted."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn close(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
) -> Result<StatusCode, Problem> {
    review::close(web.ctx(), &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Void a person's links and codes
///
/// Those that set a password, sign in, verify an address, or go on with something that
/// was begun. Sessions stay.
#[utoipa::path(
    delete, path = "/api/v1/people/{id}/links", operation_id = "void_links",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 204, description = "They are void."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn void_links(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<UserId>,
) -> Result<StatusCode, Problem> {
    review::void_links(web.ctx(), &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<Review> for ReviewShape {
    fn from(seen: Review) -> Self {
        let it = seen.standing;
        let link = |link: review::Out| LinkShape {
            purpose: link.purpose,
            expires_at: link.expires_at.to_string(),
        };
        Self {
            user: seen.account.into(),
            last_used_at: it.last_used_at.map(|at| at.to_string()),
            last_review_at: seen.last.map(|at| at.to_string()),
            findings: seen
                .findings
                .into_iter()
                .map(|(rule, accepted)| FoundShape {
                    rule: rule.name,
                    severity: rule.severity.as_str(),
                    title: rule.title,
                    help: rule.help,
                    accepted: accepted.map(ExceptionShape::from),
                })
                .collect(),
            open: OpenShape {
                sessions: it.sessions,
                devices: it.devices,
                trusted_devices: seen.trusted_devices,
                passkeys: it.passkeys,
                apps: it.apps,
                sent_codes: it.sent_codes,
                recovery_codes: it.recovery_codes,
                links: seen.links.into_iter().map(link).collect(),
                recovery_ready_at: seen.recovery.map(|waits| waits.ready_at.to_string()),
            },
            done: seen.done.into_iter().collect(),
            events: seen.events.into_iter().map(EventShape::from).collect(),
        }
    }
}
