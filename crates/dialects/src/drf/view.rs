//! What all answers of one endpoint have in common: the methods that it takes,
//! and what `OPTIONS` says of it. The headers that Django's middleware adds are
//! those that every answer of the house has.

use axum::{
    Router,
    extract::FromRequestParts,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::map_response,
    response::Response,
    routing::{MethodRouter, any},
};
use serde::{Serialize, Serializer};
use tollgate_base::{Error, codes};
use tollgate_web::Web;

use super::{Refusal, json};

/// The parsers of DRF's usual settings.
const PARSES: [&str; 3] = [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
];

/// An endpoint as DRF describes it.
pub(crate) struct View {
    /// What it is called.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) description: &'static str,
    /// The methods that it takes, as `Allow` lists them.
    pub(crate) allow: &'static str,
    /// What can be sent to it, if it tells.
    pub(crate) inputs: &'static [Input],
}

/// A field as `OPTIONS` describes it.
#[derive(Serialize)]
pub(crate) struct Input {
    #[serde(skip)]
    pub(crate) name: &'static str,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) required: bool,
    pub(crate) read_only: bool,
    pub(crate) label: &'static str,
}

#[derive(Serialize)]
struct Metadata {
    name: &'static str,
    description: &'static str,
    renders: [&'static str; 1],
    parses: [&'static str; 3],
    #[serde(skip_serializing_if = "Option::is_none")]
    actions: Option<Actions>,
}

#[derive(Serialize)]
struct Actions {
    #[serde(rename = "POST", serialize_with = "by_name")]
    post: &'static [Input],
}

/// Put a view at its path. Whoever `Gate` turns away does not hear which
/// methods there are. Without its last slash the path is nothing, as an
/// answer of 301 would turn a POST into a GET.
pub(crate) fn mount<Gate>(
    router: Router<Web>,
    path: &str,
    view: &'static View,
    methods: MethodRouter<Web>,
) -> Router<Web>
where
    Gate: FromRequestParts<Web> + Send + 'static,
{
    let methods = methods
        .options(async |_: Gate| json(StatusCode::OK, &view.metadata()))
        .fallback(async |method: Method, _: Gate| not_allowed(&method))
        .layer(map_response(async |answer: Response| {
            allowing(answer, view.allow)
        }));
    let nothing = any(async || Refusal::from(Error::new(&codes::ROUTE_MISSING)));
    router
        .route(path, methods)
        .route(path.trim_end_matches('/'), nothing)
}

impl View {
    fn metadata(&self) -> Metadata {
        Metadata {
            name: self.name,
            description: self.description,
            renders: ["application/json"],
            parses: PARSES,
            actions: (!self.inputs.is_empty()).then_some(Actions { post: self.inputs }),
        }
    }
}

fn not_allowed(method: &Method) -> Refusal {
    Refusal::detail(
        StatusCode::METHOD_NOT_ALLOWED,
        &format!("Method \"{method}\" not allowed."),
    )
}

fn allowing(mut answer: Response, allow: &'static str) -> Response {
    answer
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(allow));
    answer
}

fn by_name<S: Serializer>(inputs: &[Input], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(inputs.iter().map(|input| (input.name, input)))
}
