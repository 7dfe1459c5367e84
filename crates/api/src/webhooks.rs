//! Where events are sent to, and what became of them.

use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use tollgate_base::{
    Error, ExposeSecret, codes,
    id::{DeliveryId, WebhookId},
};
use tollgate_flows::webhooks::{self, Delivery, From as Begin, Standing, WebhookDraft};
use tollgate_web::{
    Problem, Web, Who,
    body::Json,
    input::{Id, Ids},
};
use utoipa::ToSchema;

use crate::shapes::ProblemShape;

/// Deliveries of one look.
const MOST: u32 = 200;

/// An address that events are sent to.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookShape {
    #[schema(example = "whk_01k3bq7k3vf0q8s6r2c4e5g6h7")]
    id: String,
    name: String,
    #[schema(example = "https://hooks.example.org/tollgate")]
    url: String,
    /// Names of events such as `session.opened`, classes such as `factor.*`, or `*`.
    events: Vec<String>,
    active: bool,
    /// Why it was turned off, if nobody did: `gone` (it answered 410) or `failing` (it took
    /// nothing for three days).
    stopped: Option<String>,
    /// Since when nothing was taken.
    failing_since: Option<String>,
    /// When the next event is tried, if the last try failed.
    next_at: Option<String>,
    /// The number of the last event that was taken or passed over.
    position: i64,
    /// How many events of the trail come after it.
    behind: i64,
    /// How many of the deliveries that are remembered were taken.
    taken: i64,
    /// How many are remembered.
    deliveries: i64,
    /// Until when the secret before the current one signs too.
    old_secret_until: Option<String>,
    created_at: String,
    updated_at: String,
}

/// All webhooks.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookList {
    data: Vec<WebhookShape>,
}

/// A webhook as it is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewWebhook {
    name: String,
    #[schema(example = "https://hooks.example.org/tollgate")]
    url: String,
    /// Names of events, classes such as `factor.*`, or `*`.
    events: Vec<String>,
    /// Left out: it is.
    active: Option<bool>,
}

/// A webhook and its secret, which is told this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeWebhook {
    webhook: WebhookShape,
    /// What the receiver checks signatures with.
    secret: String,
}

/// A new secret, which is told this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewSecret {
    secret: String,
}

/// From where events are sent again: one of both.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Replay {
    /// The number of the first event.
    from: Option<i64>,
    /// What happened since then (RFC 3339).
    since: Option<String>,
}

/// What is sent again.
#[derive(Serialize, ToSchema)]
pub(crate) struct Replayed {
    /// How many events of the trail come after the new place, wanted or not.
    events: i64,
}

/// An event that was handed over, or that nobody took.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeliveryShape {
    id: String,
    /// Which event: the message's `webhook-id`.
    event: String,
    kind: String,
    /// When it was last tried.
    at: String,
    took_ms: u64,
    tries: i64,
    taken: bool,
    /// The status of the answer.
    status: Option<i64>,
    /// The beginning of the answer, a kibibyte at most.
    answer: String,
    /// Why there was none.
    fault: Option<String>,
}

/// Deliveries, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeliveryList {
    data: Vec<DeliveryShape>,
}

/// List webhooks
#[utoipa::path(
    get, path = "/api/v1/webhooks", operation_id = "list_webhooks",
    tag = "operation", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = WebhookList),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
    )
)]
pub(crate) async fn list(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<WebhookList>, Problem> {
    let all = webhooks::list(web.ctx(), &who, ()).await?;
    let data = all.into_iter().map(WebhookShape::from).collect();
    Ok(axum::Json(WebhookList { data }))
}

/// Send events to an address
///
/// From now on, in order, each until it is taken. Private addresses are refused unless the
/// operator allows them.
#[utoipa::path(
    post, path = "/api/v1/webhooks", operation_id = "create_webhook",
    tag = "operation", security(("bearer" = []), ("cookie" = [])), request_body = NewWebhook,
    responses(
        (status = 201, body = MadeWebhook),
        (status = 400, description = "`request.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `factor.fresh`, `password.fresh`", body = ProblemShape),
        (status = 409, description = "`webhook.limit`", body = ProblemShape),
    )
)]
pub(crate) async fn create(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<NewWebhook>,
) -> Result<(StatusCode, axum::Json<MadeWebhook>), Problem> {
    let (made, secret) = webhooks::create(web.ctx(), &who, body.into()).await?;
    let made = MadeWebhook {
        webhook: made.into(),
        secret: secret.expose_secret().to_owned(),
    };
    Ok((StatusCode::CREATED, axum::Json(made)))
}

/// Show a webhook
#[utoipa::path(
    get, path = "/api/v1/webhooks/{id}", operation_id = "show_webhook",
    tag = "operation", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path)),
    responses(
        (status = 200, body = WebhookShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`webhook.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn show(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<WebhookId>,
) -> Result<axum::Json<WebhookShape>, Problem> {
    Ok(axum::Json(
        webhooks::show(web.ctx(), &who, id).await?.into(),
    ))
}

/// Change a webhook
///
/// One that was turned off goes on from its place once it is active.
#[utoipa::path(
    put, path = "/api/v1/webhooks/{id}", operation_id = "replace_webhook",
    tag = "operation", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path)),
    request_body = NewWebhook,
    responses(
        (status = 200, body = WebhookShape),
        (status = 400, description = "`request.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `factor.fresh`, `password.fresh`", body = ProblemShape),
        (status = 404, description = "`webhook.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn replace(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<WebhookId>,
    Json(body): Json<NewWebhook>,
) -> Result<axum::Json<WebhookShape>, Problem> {
    let changed = webhooks::edit(web.ctx(), &who, (id, body.into())).await?;
    Ok(axum::Json(changed.into()))
}

/// Delete a webhook
#[utoipa::path(
    delete, path = "/api/v1/webhooks/{id}", operation_id = "delete_webhook",
    tag = "operation", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path)),
    responses(
        (status = 204, description = "Nothing more is sent."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`webhook.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn delete(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<WebhookId>,
) -> Result<StatusCode, Problem> {
    webhooks::delete(web.ctx(), &who, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Replace a webhook's secret
///
/// Messages are signed with the old one too for a day.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/secret", operation_id = "rotate_webhook_secret",
    tag = "operation", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path)),
    responses(
        (status = 200, body = NewSecret),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `factor.fresh`, `password.fresh`", body = ProblemShape),
        (status = 404, description = "`webhook.missing`", body = ProblemShape),
        (status = 409, description = "`webhook.rotating`: the one before it still signs", body = ProblemShape),
        (status = 412, description = "`version.mismatch`: another one was made meanwhile", body = ProblemShape),
    )
)]
pub(crate) async fn rotate(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<WebhookId>,
) -> Result<axum::Json<NewSecret>, Problem> {
    let secret = webhooks::rotate(web.ctx(), &who, (id, false)).await?;
    let secret = secret.expose_secret().to_owned();
    Ok(axum::Json(NewSecret { secret }))
}

/// Send a webhook a test
///
/// The answer tells what came back, whatever it was.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/test", operation_id = "test_webhook",
    tag = "operation", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path)),
    responses(
        (status = 200, body = DeliveryShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`webhook.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn test(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<WebhookId>,
) -> Result<axum::Json<DeliveryShape>, Problem> {
    Ok(axum::Json(
        webhooks::test(web.ctx(), &who, id).await?.into(),
    ))
}

/// Send events again
///
/// From a place in the trail on, in order and under the ids that they had.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/replay", operation_id = "replay_webhook",
    tag = "operation", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path)),
    request_body = Replay,
    responses(
        (status = 200, body = Replayed),
        (status = 400, description = "`request.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`webhook.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn replay(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<WebhookId>,
    Json(body): Json<Replay>,
) -> Result<axum::Json<Replayed>, Problem> {
    let wrong = || {
        let detail = "Give either from, a number, or since, a time in RFC 3339.";
        Error::new(&codes::REQUEST_INVALID).field("/from", "required", detail)
    };
    let from = match (body.from, body.since) {
        (Some(number), None) => Begin::Number(number),
        (None, Some(since)) => Begin::Time(since.parse().map_err(|_| wrong())?),
        _ => return Err(wrong().into()),
    };
    let events = webhooks::replay(web.ctx(), &who, (id, from)).await?;
    Ok(axum::Json(Replayed { events }))
}

/// What became of events that were sent to a webhook
///
/// The newest 200.
#[utoipa::path(
    get, path = "/api/v1/webhooks/{id}/deliveries", operation_id = "list_webhook_deliveries",
    tag = "operation", security(("bearer" = []), ("cookie" = [])), params(("id" = String, Path)),
    responses(
        (status = 200, body = DeliveryList),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`webhook.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn list_deliveries(
    State(web): State<Web>,
    Who(who): Who,
    Id(id): Id<WebhookId>,
) -> Result<axum::Json<DeliveryList>, Problem> {
    let all = webhooks::list_deliveries(web.ctx(), &who, (id, None, MOST)).await?;
    let data = all.into_iter().map(DeliveryShape::from).collect();
    Ok(axum::Json(DeliveryList { data }))
}

/// Hand one event over once more
///
/// Out of its turn; the answer tells what came back.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/deliveries/{delivery}/retry", operation_id = "retry_webhook_delivery",
    tag = "operation", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path), ("delivery" = String, Path)),
    responses(
        (status = 200, body = DeliveryShape),
        (status = 400, description = "`id.malformed`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`", body = ProblemShape),
        (status = 404, description = "`webhook.missing`, `delivery.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn retry(
    State(web): State<Web>,
    Who(who): Who,
    Ids(id, delivery): Ids<WebhookId, DeliveryId>,
) -> Result<axum::Json<DeliveryShape>, Problem> {
    let chosen = (id, delivery);
    Ok(axum::Json(
        webhooks::retry(web.ctx(), &who, chosen).await?.into(),
    ))
}

impl From<NewWebhook> for WebhookDraft {
    fn from(body: NewWebhook) -> Self {
        Self {
            name: body.name,
            url: body.url,
            events: body.events,
            active: body.active.unwrap_or(true),
        }
    }
}

impl From<Standing> for WebhookShape {
    fn from(standing: Standing) -> Self {
        let webhook = standing.webhook;
        let failing = webhook.active && webhook.failing_since.is_some();
        Self {
            id: webhook.id.to_string(),
            name: webhook.name,
            url: webhook.url,
            events: webhook.events.entries().to_vec(),
            active: webhook.active,
            stopped: webhook.stopped,
            failing_since: webhook.failing_since.map(|at| at.to_string()),
            next_at: failing.then(|| webhook.next_at.to_string()),
            position: webhook.position,
            behind: standing.behind,
            taken: standing.success.taken,
            deliveries: standing.success.all,
            old_secret_until: webhook.old_secret.map(|(_, until)| until.to_string()),
            created_at: webhook.created_at.to_string(),
            updated_at: webhook.updated_at.to_string(),
        }
    }
}

impl From<Delivery> for DeliveryShape {
    fn from(one: Delivery) -> Self {
        Self {
            id: one.id.to_string(),
            event: one.event.to_string(),
            kind: one.kind,
            at: one.at.to_string(),
            took_ms: u64::try_from(one.took.as_millis()).unwrap_or(u64::MAX),
            tries: one.tries,
            taken: one.taken,
            status: one.status,
            answer: one.answer,
            fault: one.fault,
        }
    }
}
