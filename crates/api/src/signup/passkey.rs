//! Making an account that begins with a passkey and has no password.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::{Deserialize, Serialize};
use tollgate_base::access::Principal;
use tollgate_flows::{
    Applicant, ClientProfile, NewPasskey,
    signup::{self, SignUp},
};
use tollgate_web::{Peer, Problem, Web, body::Json, device};
use utoipa::ToSchema;

use crate::shapes::{MadePasskey, ProblemShape, Question, RecoveryCodesShape, User, names};

/// Who wants an account without a password. An address or a username at least.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Newcomer {
    email: Option<String>,
    username: Option<String>,
    display_name: Option<String>,
    /// The language that they read, such as `de`: mails to them are in it.
    locale: Option<String>,
}

/// The account, and the recovery codes that came with its passkey. Shown once.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewAccount {
    user: User,
    #[serde(flatten)]
    codes: RecoveryCodesShape,
}

/// Begin to make an account with a passkey
///
/// The answer is what `navigator.credentials.create` takes.
#[utoipa::path(
    post, path = "/api/v1/signup/passkey", operation_id = "begin_passkey_sign_up",
    tag = "sign-in", request_body = Newcomer,
    responses(
        (status = 200, body = Question),
        (status = 400, description = "`request.invalid`, `identifier.invalid`", body = ProblemShape),
        (status = 403, description = "`registration.off`", body = ProblemShape),
        (status = 409, description = "`identifier.taken`, `passkey.unavailable`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn begin(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    Json(body): Json<Newcomer>,
) -> Result<axum::Json<Question>, Problem> {
    let (email, username) = names(body.email.as_deref(), body.username.as_deref())?;
    let request = SignUp {
        applicant: Applicant {
            email,
            username,
            display_name: body.display_name,
            password: None,
        },
        locale: body.locale,
        address: peer.0,
        client: ClientProfile::NATIVE,
    };
    let device = device(&web, &headers, peer);
    let by = Principal::Anonymous;
    let question = signup::begin_passkey(web.ctx(), &by, (request, device)).await?;
    Ok(axum::Json(Question::of(&question)?))
}

/// Make an account with the passkey that was made
///
/// It does not sign in. A link that verifies the address is mailed there.
#[utoipa::path(
    post, path = "/api/v1/signup/passkey/confirmation", operation_id = "finish_passkey_sign_up",
    tag = "sign-in", request_body = MadePasskey,
    responses(
        (status = 201, body = NewAccount),
        (status = 400, description = "`one_time.invalid`, `passkey.invalid`", body = ProblemShape),
        (status = 403, description = "`registration.off`", body = ProblemShape),
        (status = 409, description = "`identifier.taken`, `passkey.unavailable`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
        (status = 503, description = "`busy.hashing`", body = ProblemShape),
    )
)]
pub(crate) async fn finish(
    State(web): State<Web>,
    Peer(address): Peer,
    Json(body): Json<MadePasskey>,
) -> Result<(StatusCode, axum::Json<NewAccount>), Problem> {
    let made = NewPasskey {
        ceremony: body.ceremony.0,
        answer: body.credential.to_string(),
    };
    let by = Principal::Anonymous;
    let (account, codes) = signup::finish_passkey(web.ctx(), &by, (made, address)).await?;
    let answer = NewAccount {
        user: User::from(account),
        codes: Some(codes).into(),
    };
    Ok((StatusCode::CREATED, axum::Json(answer)))
}
