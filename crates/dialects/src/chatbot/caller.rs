//! Who calls: the bearer of an access token of this dialect.

use axum::{extract::FromRequestParts, http::request::Parts};
use tollgate_base::access::Principal;
use tollgate_flows::admit::{Credential, admit};
use tollgate_web::{Web, note_asker, place};

use crate::drf::{Refusal, bearer, negotiate, simplejwt};

/// Somebody who is signed in.
pub(super) struct Caller(pub(super) Principal);

impl FromRequestParts<Web> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Refusal> {
        negotiate(&parts.headers, &parts.uri)?;
        let credential = Credential::ChatbotAccess(bearer(&parts.headers)?);
        let place = place(web, &parts.headers, &parts.extensions);
        let admitted = admit(web.ctx(), &Principal::Anonymous, (&credential, &place)).await;
        let wording = web.ctx().policy().chatbot.simplejwt;
        let who = admitted.map_err(|error| simplejwt::access(error, wording))?;
        let counted = note_asker(web, &parts.extensions, &who).await;
        counted.map_err(|error| simplejwt::access(error, wording))?;
        Ok(Self(who))
    }
}
