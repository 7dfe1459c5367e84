//! Who asks: extractors that turn our cookie or our bearer token into a
//! principal. A cookie on a request that changes something must also come from
//! a page of ours; no handler can forget that.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, request::Parts},
};
use tollgate_base::{Error, Kind, access::Principal, codes};
use tollgate_flows::admit::{Credential, admit};

use crate::{cookies, credentials, origin, problem::Problem, state::Web};

/// Somebody with a valid credential. Everybody else is answered with 401.
#[derive(Clone, Debug)]
pub struct Who(pub Principal);

/// Anybody. Who sends a credential is still refused if it is not valid.
#[derive(Clone, Debug)]
pub struct MaybeWho(pub Principal);

impl FromRequestParts<Web> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        match known(&parts.method, &parts.headers, web).await? {
            Principal::Anonymous => Err(Error::new(&codes::AUTH_REQUIRED).into()),
            principal => Ok(Self(principal)),
        }
    }
}

impl FromRequestParts<Web> for MaybeWho {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        known(&parts.method, &parts.headers, web).await.map(Self)
    }
}

/// A header was sent on purpose, a cookie by itself: the header counts.
async fn known(method: &Method, headers: &HeaderMap, web: &Web) -> Result<Principal, Problem> {
    let (ctx, http, nobody) = (web.ctx(), web.http(), Principal::Anonymous);
    if let Some(token) = credentials::bearer(headers)? {
        return Ok(admit(ctx, &nobody, &Credential::Access(token)).await?);
    }
    let Some(cookie) = cookies::read(headers, &http)? else {
        return Ok(nobody);
    };
    if !origin::is_safe(method) {
        origin::same_origin(headers, &http)?;
    }
    let admitted = admit(ctx, &nobody, &Credential::Cookie(cookie)).await;
    admitted.map_err(|error| match error.kind() {
        Kind::Stranger => Problem::clearing(error, cookies::clear(&http)),
        _ => error.into(),
    })
}
