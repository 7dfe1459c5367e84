//! What a form brings along. It can only be taken through this extractor,
//! which looks at its origin and its token first.

use axum::{
    body::Body,
    extract::{Form, FromRequest, Request, rejection::FormRejection},
    http::StatusCode,
};
use serde::{Deserialize, de::DeserializeOwned};
use tollgate_base::{Error, codes};
use tollgate_web::{Problem, Web, body::read_body, form, origin::same_origin};

/// A form that comes from a page of ours. The type has a `form_token`.
pub(crate) struct Submitted<T>(pub(crate) T);

/// What [`Submitted`] needs of a form.
pub(crate) trait HasToken {
    /// Whether it acts for the browser alone, whoever is signed in.
    const FOR_BROWSER: bool = false;

    /// The hidden field.
    fn form_token(&self) -> &str;
}

/// A form with nothing but its token: a button.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Button {
    form_token: String,
}

impl HasToken for Button {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl<T: DeserializeOwned + HasToken + Send> FromRequest<Web> for Submitted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let (http, headers) = (web.http(), request.headers().clone());
        same_origin(&headers, &http)?;
        let (head, body) = request.into_parts();
        let request = head.clone();
        let whole = read_body(Request::from_parts(head, body), http.body_limit).await?;
        let whole = Request::from_parts(request.clone(), Body::from(whole));
        let Form(form) = Form::<T>::from_request(whole, web)
            .await
            .map_err(|fault| malformed(&fault))?;
        if T::FOR_BROWSER {
            form::check_browser(web, &headers, form.form_token())?;
        } else {
            form::check(web, &request, form.form_token()).await?;
        }
        Ok(Self(form))
    }
}

fn malformed(fault: &FormRejection) -> Error {
    let code = match fault.status() {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => &codes::REQUEST_MEDIA_TYPE,
        _ => &codes::REQUEST_MALFORMED,
    };
    let error = Error::new(code).detail("Send the form as a browser does.");
    error.because(fault.to_string())
}
