//! The body of a request, in any of the three media types that DRF takes
//! everywhere.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, Request},
    http::{StatusCode, header},
};
use tollgate_web::{Web, body::read_body};
use url::form_urlencoded;

use super::{
    Refusal,
    fields::{Faults, Fields},
    json::{self, Value},
    media::{matches, negotiate},
};

/// Django's limit on the number of fields.
const FIELDS: usize = 1_000;

/// What was sent.
pub(crate) struct Form(Value);

impl Form {
    /// Its fields.
    ///
    /// # Errors
    /// 400 if it is no object.
    pub(crate) fn fields(self) -> Result<Fields, Refusal> {
        match self.0 {
            Value::Object(members) => Ok(Fields::new(members)),
            Value::Null => Err(Faults::whole("No data provided").into()),
            other => {
                let found = other.python_type();
                Err(Faults::whole(format!(
                    "Invalid data. Expected a dictionary, but got {found}."
                ))
                .into())
            }
        }
    }
}

impl FromRequest<Web> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Refusal> {
        negotiate(request.headers(), request.uri())?;
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let content_type =
            content_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let content_type = content_type.unwrap_or_default();
        let body = read_body(request, web.http().body_limit).await?;
        // Nothing is an empty form, whatever it is called.
        if body.is_empty() {
            return Ok(Self(Value::Object(Vec::new())));
        }
        if matches("application/json", &content_type) {
            return json::parse(&body)
                .map(Self)
                .map_err(|fault| malformed(&fault.to_string()));
        }
        if matches("application/x-www-form-urlencoded", &content_type) {
            return urlencoded(&body);
        }
        if matches("multipart/form-data", &content_type) {
            return multipart(body, &content_type).await;
        }
        let sentence = format!("Unsupported media type \"{content_type}\" in request.");
        Err(Refusal::detail(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            &sentence,
        ))
    }
}

fn urlencoded(body: &[u8]) -> Result<Form, Refusal> {
    let pairs = form_urlencoded::parse(body).take(FIELDS + 1);
    bounded(
        pairs
            .map(|(name, value)| (name.into_owned(), Value::Text(value.into_owned())))
            .collect(),
    )
}

async fn multipart(body: Bytes, content_type: &str) -> Result<Form, Refusal> {
    let broken = |why: &str| malformed(&format!("Multipart form parse error - {why}"));
    let request = Request::builder()
        .header(header::CONTENT_TYPE, content_type)
        .body(Body::from(body));
    let request = request.map_err(|_| broken("Invalid boundary in multipart: None"))?;
    let parts = Multipart::from_request(request, &()).await;
    let mut parts = parts.map_err(|_| broken("Invalid boundary in multipart: None"))?;
    let mut members = Vec::new();
    while let Some(part) = parts
        .next_field()
        .await
        .map_err(|fault| broken(&fault.body_text()))?
    {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().is_some();
        let content = part
            .bytes()
            .await
            .map_err(|fault| broken(&fault.body_text()))?;
        let text = || Value::Text(String::from_utf8_lossy(&content).into_owned());
        members.push((name, if file { Value::File } else { text() }));
        if members.len() > FIELDS {
            break;
        }
    }
    bounded(members)
}

fn bounded(members: Vec<(String, Value)>) -> Result<Form, Refusal> {
    if members.len() > FIELDS {
        return Err(malformed(
            "The number of GET/POST parameters exceeded settings.DATA_UPLOAD_MAX_NUMBER_FIELDS.",
        ));
    }
    Ok(Form(Value::Object(members)))
}

fn malformed(sentence: &str) -> Refusal {
    Refusal::detail(StatusCode::BAD_REQUEST, sentence)
}
