//! Parts of the address, taken as strictly as bodies: ids in the path, and
//! queries without unknown or doubled parameters.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Query as Lenient, RawPathParams},
    http::request::Parts,
};
use serde::de::DeserializeOwned;
use tollgate_base::{Error, codes};

use crate::{problem::Problem, state::Web};

/// The one id in the path.
#[derive(Clone, Copy, Debug)]
pub struct Id<T>(pub T);

/// Two ids in the path, in its order.
#[derive(Clone, Copy, Debug)]
pub struct Ids<A, B>(pub A, pub B);

/// The query. The type refuses unknown parameters, all of them do.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<T: FromStr<Err = Error>> FromRequestParts<Web> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        Ok(Self(parameter(parts, web, 0).await?))
    }
}

impl<A, B> FromRequestParts<Web> for Ids<A, B>
where
    A: FromStr<Err = Error> + Send,
    B: FromStr<Err = Error>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        Ok(Self(
            parameter(parts, web, 0).await?,
            parameter(parts, web, 1).await?,
        ))
    }
}

impl<T: DeserializeOwned> FromRequestParts<Web> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Problem> {
        let Lenient(query) = Lenient::try_from_uri(&parts.uri).map_err(|_| {
            let detail = "The query has a parameter that is unknown, doubled or of the wrong type.";
            Error::new(&codes::REQUEST_INVALID).detail(detail)
        })?;
        Ok(Self(query))
    }
}

async fn parameter<T: FromStr<Err = Error>>(
    parts: &mut Parts,
    web: &Web,
    place: usize,
) -> Result<T, Problem> {
    let malformed = || Error::new(&codes::ID_MALFORMED);
    let all = RawPathParams::from_request_parts(parts, web)
        .await
        .map_err(|_| malformed())?;
    let (_, text) = all.iter().nth(place).ok_or_else(malformed)?;
    Ok(text.parse()?)
}
