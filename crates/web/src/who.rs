//! Who asks: extractors that turn our cookie or our bearer token into a
//! principal. A cookie on a request that changes something must also come from
//! a page of ours; no handler can forget that.

use axum::{extract::FromRequestParts, http::request::Parts};
use tollgate_base::{Error, Kind, access::Principal, codes, id::SessionId};
use tollgate_flows::admit::{Credential, admit};

use crate::{
    cookies, credentials, device::place, limits::note_asker, origin, problem::Problem, state::Web,
};

/// Somebody with a valid credential. Everybody else is answered with 401.
#[derive(Clone, Debug)]
pub struct Who(pub Principal);

/// Anybody. Who sends a credential is still refused if it is not valid.
#[derive(Clone, Debug)]
pub struct MaybeWho(pub Principal);

impl FromRequestParts<Web> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        match known(parts, web).await? {
            Principal::Anonymous => Err(Error::new(&codes::AUTH_REQUIRED).into()),
            principal => Ok(Self(principal)),
        }
    }
}

impl FromRequestParts<Web> for MaybeWho {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        known(parts, web).await.map(Self)
    }
}

/// The session whose cookie a request brings; none if it has ended.
///
/// # Errors
/// Whatever recognising it says but that it has ended.
pub async fn session(parts: &Parts, web: &Web) -> Result<Option<SessionId>, Problem> {
    let (ctx, nobody) = (web.ctx(), Principal::Anonymous);
    let Some(cookie) = cookies::read(&parts.headers, &web.http())? else {
        return Ok(None);
    };
    let place = place(web, &parts.headers, &parts.extensions);
    match admit(ctx, &nobody, (&Credential::Cookie(cookie), &place)).await {
        Ok(who) => Ok(Some(who.person()?.session)),
        Err(fault) if fault.kind() == Kind::Stranger => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

/// A header was sent on purpose, a cookie by itself: the header counts.
async fn known(parts: &Parts, web: &Web) -> Result<Principal, Problem> {
    let who = recognised(parts, web).await?;
    note_asker(web, &parts.extensions, &who).await?;
    Ok(who)
}

async fn recognised(parts: &Parts, web: &Web) -> Result<Principal, Problem> {
    let (ctx, http, nobody) = (web.ctx(), web.http(), Principal::Anonymous);
    let headers = &parts.headers;
    let place = place(web, headers, &parts.extensions);
    if let Some(token) = credentials::bearer(headers)? {
        return Ok(admit(ctx, &nobody, (&Credential::Access(token), &place)).await?);
    }
    let Some(cookie) = cookies::read(headers, &http)? else {
        return Ok(nobody);
    };
    if !origin::is_safe(&parts.method) {
        origin::same_origin(headers, &http)?;
    }
    let admitted = admit(ctx, &nobody, (&Credential::Cookie(cookie), &place)).await;
    admitted.map_err(|error| match error.kind() {
        Kind::Stranger => Problem::clearing(error, cookies::clear(&http)),
        _ => error.into(),
    })
}
