//! `Idempotency-Key`: read from the request and handed to the verb, which makes
//! a repetition find what the first request made.

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    extract::{FromRequest, Request},
    http::HeaderMap,
};
use serde::de::DeserializeOwned;
use tollgate_base::{Error, Result, access::Principal, codes};
use tollgate_flows::Once;

use crate::{
    body::{json_type, read_body, typed},
    problem::Problem,
    state::Web,
};

/// The header.
pub const HEADER: &str = "idempotency-key";
/// Longest key, in bytes.
const LONGEST: usize = 255;

/// A JSON body that may come with a key.
#[derive(Clone, Debug)]
pub struct Keyed<T> {
    /// The body.
    pub body: T,
    key: Option<String>,
    hash: [u8; 32],
}

impl<T> Keyed<T> {
    /// What a verb needs to recognise a repetition, if a key was sent. `route`
    /// names the operation, such as `POST /api/v1/people`.
    ///
    /// # Errors
    /// `idempotency.stranger`: keys of strangers would collide.
    pub fn once(&self, by: &Principal, route: &'static str) -> Result<Option<Once>> {
        let Some(key) = self.key.clone() else {
            return Ok(None);
        };
        match by {
            Principal::Anonymous => Err(Error::new(&codes::IDEMPOTENCY_STRANGER)),
            known => Ok(Some(Once {
                principal: known.to_string(),
                route,
                key,
                body_hash: self.hash,
            })),
        }
    }
}

impl<T: DeserializeOwned> FromRequest<Web> for Keyed<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let key = key(request.headers())?;
        json_type(request.headers())?;
        let body = read_body(request, web.http().body_limit).await?;
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, &body).as_ref());
        Ok(Self {
            body: typed(&body)?,
            key,
            hash,
        })
    }
}

fn key(headers: &HeaderMap) -> Result<Option<String>> {
    let mut all = headers.get_all(HEADER).iter();
    let (Some(value), more) = (all.next(), all.next()) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    if more.is_none() && (1..=LONGEST).contains(&text.len()) {
        return Ok(Some(text.to_owned()));
    }
    let detail = "Idempotency-Key is one line of 1 to 255 ASCII characters.";
    Err(Error::new(&codes::REQUEST_INVALID).detail(detail))
}
