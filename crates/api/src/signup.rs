//! Making an account for oneself. One that begins with a passkey: in `passkey`.

pub(crate) mod passkey;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tollgate_base::access::Principal;
use tollgate_flows::{
    Applicant, ClientProfile,
    signup::{SignUp, signup},
};
use tollgate_web::{Peer, Problem, Web, idempotency::Keyed};
use utoipa::ToSchema;

use crate::shapes::{Password, ProblemShape, User, names, tagged};

/// Who wants an account. An address or a username at least.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    email: Option<String>,
    username: Option<String>,
    display_name: Option<String>,
    /// The language that they read, such as `de`: mails to them are in it.
    locale: Option<String>,
    password: Password,
}

/// Make an account
///
/// It does not sign in. A link that verifies the address is mailed there. `[signin] registration` allows it.
#[utoipa::path(
    post, path = "/api/v1/signup",
    tag = "sign-in", request_body = NewUser,
    responses(
        (status = 201, body = User, headers(("ETag" = String, description = "The version, for If-Match"))),
        (status = 400, description = "`request.invalid`, `identifier.invalid`, `password.weak`", body = ProblemShape),
        (status = 403, description = "`registration.off`", body = ProblemShape),
        (status = 409, description = "`identifier.taken`", body = ProblemShape),
        (status = 429, description = "`throttled`", body = ProblemShape),
    )
)]
pub(crate) async fn sign_up(
    State(web): State<Web>,
    Peer(address): Peer,
    keyed: Keyed<NewUser>,
) -> Result<Response, Problem> {
    // Nobody is known yet by whom a key could be told from another's.
    keyed.once(&Principal::Anonymous, "POST /api/v1/signup")?;
    let locale = keyed.body.locale.clone();
    let applicant = keyed.body.applicant()?;
    let request = SignUp {
        applicant,
        locale,
        address,
        client: ClientProfile::NATIVE,
    };
    let made = signup(web.ctx(), &Principal::Anonymous, request).await?;
    Ok((StatusCode::CREATED, tagged(made)).into_response())
}

impl NewUser {
    fn applicant(self) -> Result<Applicant, Problem> {
        let (email, username) = names(self.email.as_deref(), self.username.as_deref())?;
        Ok(Applicant {
            email,
            username,
            display_name: self.display_name,
            password: Some(self.password.0),
        })
    }
}
