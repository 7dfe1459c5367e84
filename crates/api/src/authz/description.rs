//! How the OpenAPI document describes the addresses that proxies ask. No route
//! of the router is theirs, so nothing else would tell of them.

use utoipa::openapi::{
    OpenApi, Required,
    path::{
        HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem,
        PathItemBuilder,
    },
    response::Response,
    schema::{ObjectBuilder, Type},
};

use super::{PREFIX, Proxy};

const MAY: &str = "They may; `Remote-User`, `-Email`, `-Name`, `-Groups`, `-Id` and `Tollgate-Identity` say who it is, and `Authorization` is what the app may see of the visitor's: all but a token of this server.";
const SIGN_IN: &str = "A browser without a session, on its way to sign in";
const FORWARDED: [(&str, &str); 3] = [
    ("X-Forwarded-Method", "The visitor's method"),
    ("X-Forwarded-Host", "The host that the visitor asks for"),
    (
        "X-Forwarded-Uri",
        "Path and query that the visitor asks for",
    ),
];

/// Add the addresses of all proxies.
pub(crate) fn complete(description: &mut OpenApi) {
    for proxy in Proxy::ALL {
        let path = format!("{PREFIX}{}", proxy.name());
        description.paths.paths.insert(path, item(proxy));
    }
}

fn item(proxy: Proxy) -> PathItem {
    let (about, headers): (_, &[_]) = match proxy {
        Proxy::Nginx => (
            "For `auth_request`, which takes no other answers than 200, 401 and 403: for a browser the 401 has a `Location`. Any method; its own query is ignored.",
            &[
                (
                    "X-Original-URL",
                    "The whole address that the visitor asks for",
                ),
                ("X-Original-Method", "The visitor's method"),
            ],
        ),
        Proxy::Caddy => (
            "For `forward_auth`. Any method; its own query is ignored.",
            &FORWARDED,
        ),
        Proxy::Traefik => (
            "For `forwardAuth`. Any method; its own query is ignored.",
            &FORWARDED,
        ),
        Proxy::Envoy => (
            "For `ext_authz` over HTTP with this address as `path_prefix`: method, `Host` and what follows in the path are the visitor's own.",
            &[("Host", "The host that the visitor asks for")],
        ),
    };
    let mut operation = OperationBuilder::new()
        .operation_id(Some(format!("authz_{}", proxy.name())))
        .tag("gate")
        .summary(Some(format!(
            "May this visitor pass, asks {}",
            proxy.title()
        )))
        .description(Some(about))
        .parameters(Some(
            headers.iter().map(|(name, about)| header(name, about)),
        ))
        .response("200", Response::new(MAY));
    if proxy != Proxy::Nginx {
        operation = operation.response("302", Response::new(SIGN_IN));
    }
    PathItemBuilder::new()
        .operation(HttpMethod::Get, operation)
        .build()
}

fn header(name: &str, about: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(about))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}
