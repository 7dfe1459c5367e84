//! Seeing and forgetting known devices: one's own, and other people's.

use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use tollgate_base::id::{DeviceId, UserId};
use tollgate_flows::devices::{self, KnownDevice, Which};
use tollgate_web::{
    Problem, Web, Who,
    input::{Id, Ids, Query},
};
use utoipa::ToSchema;

use crate::shapes::ProblemShape;

/// Known devices, the one that was used last first.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeviceList {
    data: Vec<DeviceShape>,
}

/// A browser or an app that signed in.
#[derive(Serialize, ToSchema)]
struct DeviceShape {
    id: String,
    /// Whether the asking session was opened on it.
    current: bool,
    /// What the client calls it.
    name: Option<String>,
    /// Browser and system.
    browser: Option<String>,
    /// From where it signed in last.
    address: Option<String>,
    created_at: String,
    last_used_at: String,
    /// Until when the second step is left out on it.
    trusted_until: Option<String>,
}

/// Which devices are to be forgotten.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Selection {
    #[serde(default)]
    #[param(inline)]
    which: Mine,
}

/// Which of one's own.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Mine {
    /// All but the one that asks.
    #[default]
    Others,
    /// All.
    All,
}

/// How many were forgotten.
#[derive(Serialize, ToSchema)]
pub(crate) struct Forgotten {
    forgotten: u64,
}

/// My devices
#[utoipa::path(
    get, path = "/api/v1/me/devices", operation_id = "list_my_devices",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = DeviceList),
        (status = 401, description = "`auth.required`", body = ProblemShape),
    )
)]
pub(crate) async fn mine(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<DeviceList>, Problem> {
    let known = devices::list(web.ctx(), &who, who.person()?.user).await?;
    Ok(axum::Json(known.into()))
}

/// Forget one of my devices
///
/// Sessions that were opened on it end.
#[utoipa::path(
    delete, path = "/api/v1/me/devices/{id}", operation_id = "forget_my_device",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 204, description = "It is forgotten."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 404, description = "`device.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn forget_mine(
    State(web): State<Web>,
    Who(who): Who,
    Id(device): Id<DeviceId>,
) -> Result<StatusCode, Problem> {
    devices::forget(web.ctx(), &who, (who.person()?.user, device)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forget my other devices, or all
///
/// Sessions that were opened on them end.
#[utoipa::path(
    delete, path = "/api/v1/me/devices", operation_id = "forget_my_devices",
    tag = "me", security(("bearer" = []), ("cookie" = [])), params(Selection),
    responses(
        (status = 200, body = Forgotten),
        (status = 401, description = "`auth.required`", body = ProblemShape),
    )
)]
pub(crate) async fn forget_several(
    State(web): State<Web>,
    Who(who): Who,
    Query(selection): Query<Selection>,
) -> Result<axum::Json<Forgotten>, Problem> {
    let which = match selection.which {
        Mine::Others => Which::Others,
        Mine::All => Which::All,
    };
    let request = (who.person()?.user, which);
    let forgotten = devices::forget_several(web.ctx(), &who, request).await?;
    Ok(axum::Json(Forgotten { forgotten }))
}

/// A person's devices
#[utoipa::path(
    get, path = "/api/v1/people/{id}/devices", operation_id = "list_devices_of_person",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 200, body = DeviceList),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn of_person(
    State(web): State<Web>,
    Who(who): Who,
    Id(person): Id<UserId>,
) -> Result<axum::Json<DeviceList>, Problem> {
    let known = devices::list(web.ctx(), &who, person).await?;
    Ok(axum::Json(known.into()))
}

/// Forget one device of a person
///
/// Sessions that were opened on it end.
#[utoipa::path(
    delete, path = "/api/v1/people/{id}/devices/{device}", operation_id = "forget_device_of_person",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path), ("device" = String, Path)),
    responses(
        (status = 204, description = "It is forgotten."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`person.missing`, `device.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn forget_one_of_person(
    State(web): State<Web>,
    Who(who): Who,
    Ids(person, device): Ids<UserId, DeviceId>,
) -> Result<StatusCode, Problem> {
    devices::forget(web.ctx(), &who, (person, device)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forget all devices of a person
///
/// Sessions that were opened on them end, and the networks that the account was used
/// from are forgotten too.
#[utoipa::path(
    delete, path = "/api/v1/people/{id}/devices", operation_id = "forget_devices_of_person",
    tag = "people", security(("bearer" = []), ("cookie" = [])),
    params(("id" = String, Path)),
    responses(
        (status = 200, body = Forgotten),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`access.denied`, `access.rank`", body = ProblemShape),
        (status = 404, description = "`person.missing`", body = ProblemShape),
    )
)]
pub(crate) async fn forget_of_person(
    State(web): State<Web>,
    Who(who): Who,
    Id(person): Id<UserId>,
) -> Result<axum::Json<Forgotten>, Problem> {
    let forgotten = devices::forget_several(web.ctx(), &who, (person, Which::All)).await?;
    Ok(axum::Json(Forgotten { forgotten }))
}

impl From<Vec<KnownDevice>> for DeviceList {
    fn from(known: Vec<KnownDevice>) -> Self {
        Self {
            data: known.into_iter().map(DeviceShape::from).collect(),
        }
    }
}

impl From<KnownDevice> for DeviceShape {
    fn from(known: KnownDevice) -> Self {
        let stored = known.stored;
        Self {
            id: stored.id.to_string(),
            current: known.is_current,
            name: stored.name,
            browser: stored.browser,
            address: stored.address,
            created_at: stored.created_at.to_string(),
            last_used_at: known.last_used_at.to_string(),
            trusted_until: known.trusted_until.map(|until| until.to_string()),
        }
    }
}
