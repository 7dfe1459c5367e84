//! Uploaded files: the only bodies that may be longer than the usual limit.
//! What is in them is not looked at here.

use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use tollgate_base::{Error, codes};
use tollgate_flows::picture::UPLOAD_MOST;

use crate::{
    body::read_body,
    problem::Problem,
    state::{Http, Web},
};

/// What a form adds around a file that it sends, at most.
const FORM_MOST: usize = 64 * 1024;

/// A picture as the whole body. Its declared type only has to be one of
/// pictures; what it is shows when it is read.
pub struct Upload(pub Vec<u8>);

impl FromRequest<Web> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Web) -> Result<Self, Problem> {
        if !is_declared(request.headers(), "image/") {
            let refusal = Error::new(&codes::REQUEST_MEDIA_TYPE);
            return Err(refusal.detail("Send the file itself as image/*.").into());
        }
        Ok(Self(read_body(request, UPLOAD_MOST).await?.into()))
    }
}

/// Most bytes of a body of this declared type. Whoever expects no file reads
/// less of it: the usual limit.
pub fn limit(headers: &HeaderMap, http: &Http) -> usize {
    let most = if is_declared(headers, "image/") {
        UPLOAD_MOST
    } else if is_declared(headers, "multipart/form-data") {
        UPLOAD_MOST + FORM_MOST
    } else {
        0
    };
    most.max(http.body_limit)
}

/// Whether a body is declared, once, to be of a type that begins so.
pub(crate) fn is_declared(headers: &HeaderMap, start: &str) -> bool {
    let mut all = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(told), None) = (all.next(), all.next()) else {
        return false;
    };
    let told = told.as_bytes().get(..start.len());
    told.is_some_and(|told| told.eq_ignore_ascii_case(start.as_bytes()))
}
