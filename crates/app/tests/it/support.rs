//! A house with all surfaces, as the program wires them. Every answer that the
//! API gives in any story is held against its own description.

use std::{fmt::Display, net::SocketAddr, sync::LazyLock};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
    http::Method,
    middleware::{Next, from_fn},
    response::Response,
};
use serde_json::Value;
use tollgate::{
    config::{self, Config, Loaded, sources::Sources},
    wire,
};
use tollgate_testkit::house::House;
use tollgate_web::Web;

/// Everything as it is by default, with registration open.
pub(crate) async fn house() -> House {
    House::new(router).await
}

/// All surfaces, as [`house`] has them.
pub(crate) fn router(web: &Web) -> Router {
    let surfaces = wire::surfaces(web, &defaults());
    let answer = |ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request| {
        surfaces.answer(peer, request)
    };
    Router::new().fallback(answer).layer(from_fn(declared))
}

/// The OpenAPI description of the API.
pub(crate) static DESCRIPTION: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(tollgate_api::routes::openapi()).unwrap());

/// Every operation of the description: path, method in lower case, itself.
pub(crate) fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    let paths = DESCRIPTION["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

/// A figure of a test, for the person who runs it.
#[expect(clippy::print_stdout, reason = "figures for the person who runs it")]
pub(crate) fn tell(figure: impl Display) {
    println!("{figure}");
}

/// Pass an answer on if its status is in the description of its operation.
async fn declared(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let answer = next.run(request).await;
    if let Some(operation) = operation(&method, &path) {
        let status = answer.status();
        assert!(
            operation["responses"].get(status.as_str()).is_some(),
            "{method} {path} answered with {status}, which is not declared"
        );
    }
    answer
}

/// The operation that a request is for, if it is one of the API's. A path
/// without parameters comes before one with them.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let is_at = |template: &str| {
        let same = |(wanted, given): (&str, &str)| {
            wanted == given || (wanted.starts_with('{') && !given.is_empty())
        };
        template.split('/').count() == path.split('/').count()
            && template.split('/').zip(path.split('/')).all(same)
    };
    let item = DESCRIPTION["paths"].get(path).or_else(|| {
        let mut paths = DESCRIPTION["paths"].as_object()?.iter();
        Some(paths.find(|(template, _)| is_at(template))?.1)
    });
    item?.get(method.as_str().to_lowercase())
}

pub(crate) fn defaults() -> Config {
    loaded().config
}

/// What is in force where nobody said anything.
pub(crate) fn loaded() -> Loaded {
    let sources = Sources {
        file: None,
        usual_files: Vec::new(),
        environment: Vec::new(),
        flags: Vec::new(),
        working_dir: std::env::temp_dir(),
    };
    config::load(&sources).expect("the defaults are valid")
}
