//! A form with one file. Like [`Submitted`](super::Submitted) it can only be
//! taken here, where its origin and its token are looked at first.

use std::fmt::Display;

use axum::{
    body::Body,
    extract::{FromRequest, Multipart, Request},
};
use tollgate_base::{Error, Result, codes};
use tollgate_web::{Problem, Web, body::read_body, form, origin::same_origin, upload};

/// The file; empty if none was chosen.
pub(crate) struct SubmittedFile(pub(crate) Vec<u8>);

impl FromRequest<Web> for SubmittedFile {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let (http, headers) = (web.http(), request.headers().clone());
        same_origin(&headers, &http)?;
        let (head, body) = request.into_parts();
        let most = upload::limit(&headers, &http);
        let request = head.clone();
        let whole = read_body(Request::from_parts(head, body), most).await?;
        let whole = Request::from_parts(request.clone(), Body::from(whole));
        let mut parts = Multipart::from_request(whole, web)
            .await
            .map_err(|fault| malformed(fault.to_string()))?;
        let (mut token, mut file) = (String::new(), Vec::new());
        while let Some(part) = parts.next_field().await.map_err(unreadable)? {
            match part.name() {
                Some("form_token") => token = part.text().await.map_err(unreadable)?,
                Some("file") => file = part.bytes().await.map_err(unreadable)?.into(),
                _ => return Err(malformed("an unknown part").into()),
            }
        }
        form::check(web, &request, &token).await?;
        Ok(Self(file))
    }
}

fn unreadable<F: Display>(fault: F) -> Error {
    malformed(fault.to_string())
}

fn malformed(cause: impl Into<String>) -> Error {
    let error = Error::new(&codes::REQUEST_MALFORMED).detail("Send the form as a browser does.");
    error.because(cause.into())
}
