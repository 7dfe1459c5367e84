//! One's own phone.

use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use tollgate_base::{SecretString, phone::Phone};
use tollgate_flows::phone::{self, Begin, Phones};
use tollgate_web::{Peer, Problem, Web, Who, body::Json};
use utoipa::ToSchema;

use crate::shapes::{Password, PhoneShape, ProblemShape};

/// The phone of an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct MyPhone {
    /// It is known to be mine.
    phone: Option<PhoneShape>,
    /// It takes the place of the other once its code is confirmed.
    waiting: Option<PhoneShape>,
}

/// A number that is to be mine.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPhone {
    /// With its country, such as `+49 30 1234567`.
    phone: String,
    /// Left out by who has none.
    current_password: Option<Password>,
}

/// The code of a text.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TextCode {
    code: Password,
}

/// The current password, before the phone goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemovePhone {
    /// Left out by who has none.
    current_password: Option<Password>,
}

/// My phone
#[utoipa::path(
    get, path = "/api/v1/me/phone", operation_id = "show_my_phone",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 200, body = MyPhone),
        (status = 401, description = "`auth.required`", body = ProblemShape),
    )
)]
pub(crate) async fn show(
    State(web): State<Web>,
    Who(who): Who,
) -> Result<axum::Json<MyPhone>, Problem> {
    let Phones { proved, waits } = phone::of(web.ctx(), &who, who.person()?.user).await?;
    Ok(axum::Json(MyPhone {
        phone: proved.map(PhoneShape::from),
        waiting: waits.map(PhoneShape::from),
    }))
}

/// Begin to add or change my phone
///
/// A code is sent to the number; the phone counts once it is confirmed.
#[utoipa::path(
    post, path = "/api/v1/me/phone", operation_id = "begin_my_phone",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = NewPhone,
    responses(
        (status = 202, description = "A text is on its way."),
        (status = 400, description = "`phone.invalid`", body = ProblemShape),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`password.wrong`, `factor.fresh`", body = ProblemShape),
        (status = 409, description = "`code.unavailable`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn begin(
    State(web): State<Web>,
    peer: Peer,
    Who(who): Who,
    Json(body): Json<NewPhone>,
) -> Result<StatusCode, Problem> {
    let request = Begin {
        number: Phone::parse(&body.phone)?,
        password: body.current_password.map(SecretString::from),
        address: peer.0,
    };
    phone::begin(web.ctx(), &who, request).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Have another code sent to the phone that waits for one
#[utoipa::path(
    post, path = "/api/v1/me/phone/code", operation_id = "resend_my_phone_code",
    tag = "me", security(("bearer" = []), ("cookie" = [])),
    responses(
        (status = 202, description = "A text is on its way. The code before is void."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 404, description = "`phone.missing`", body = ProblemShape),
        (status = 409, description = "`code.unavailable`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn resend(
    State(web): State<Web>,
    peer: Peer,
    Who(who): Who,
) -> Result<StatusCode, Problem> {
    phone::resend(web.ctx(), &who, peer.0).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Confirm my phone by the code of the text
#[utoipa::path(
    post, path = "/api/v1/me/phone/confirmation", operation_id = "confirm_my_phone",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = TextCode,
    responses(
        (status = 204, description = "It is mine, in place of another one."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`phone.code`", body = ProblemShape),
        (status = 404, description = "`phone.missing`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn confirm(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<TextCode>,
) -> Result<StatusCode, Problem> {
    phone::confirm(web.ctx(), &who, body.code.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove my phone
///
/// Codes are no longer sent there.
#[utoipa::path(
    post, path = "/api/v1/me/phone/removal", operation_id = "remove_my_phone",
    tag = "me", security(("bearer" = []), ("cookie" = [])), request_body = RemovePhone,
    responses(
        (status = 204, description = "It is gone."),
        (status = 401, description = "`auth.required`", body = ProblemShape),
        (status = 403, description = "`password.wrong`, `factor.fresh`", body = ProblemShape),
        (status = 404, description = "`phone.missing`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn remove(
    State(web): State<Web>,
    Who(who): Who,
    Json(body): Json<RemovePhone>,
) -> Result<StatusCode, Problem> {
    phone::remove(
        web.ctx(),
        &who,
        body.current_password.map(SecretString::from),
    )
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
