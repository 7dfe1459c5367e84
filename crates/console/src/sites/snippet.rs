//! What a proxy is to be configured with, for one site.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::{Error, Result, codes, id::SiteId};
use tollgate_flows::sites;
use tollgate_web::{
    Problem, Web,
    input::Id,
    proxies::{Backend, Proxy},
};

use super::at;
use crate::page::{Frame, Query, Refusal, Visitor, pair};

/// For which proxy, and where it finds whom.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default, rename = "for")]
    proxy: String,
    #[serde(default)]
    upstream: String,
    #[serde(default)]
    tollgate: String,
}

#[derive(Template)]
#[template(path = "snippet.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    at: String,
    name: String,
    proxy: Proxy,
    upstream: String,
    tollgate: String,
    text: Option<String>,
}

/// A proxy to choose.
struct Tab {
    title: &'static str,
    at: String,
    is_here: bool,
}

impl Page<'_> {
    /// The pages of all proxies, with the same places.
    fn tabs(&self) -> Vec<Tab> {
        let places = [("upstream", &self.upstream), ("tollgate", &self.tollgate)];
        let places = places.map(|(name, value)| pair(name, value)).join("&");
        let tab = |proxy: Proxy| Tab {
            title: proxy.title(),
            at: format!("{}/snippet?for={}&{places}", self.at, proxy.name()),
            is_here: proxy == self.proxy,
        };
        Proxy::ALL.map(tab).into()
    }

    /// What the file is called.
    fn file(&self) -> &'static str {
        match self.proxy {
            Proxy::Nginx => "nginx.conf",
            Proxy::Caddy => "Caddyfile",
            Proxy::Traefik => "traefik.yaml",
            Proxy::Envoy => "envoy.yaml",
        }
    }

    /// What the manual says of this proxy.
    fn manual(&self) -> String {
        format!("/docs/how-to/proxies/{}.html", self.proxy.name())
    }
}

pub(crate) async fn snippet(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<SiteId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let frame = &visitor.frame;
    let listed = sites::show(web.ctx(), &visitor.who, id).await?;
    let site = &listed.site;
    let usual = format!("http://{}", Backend::listening(web.http().listen));
    let or = |said: &str, usual: &str| match said.trim() {
        "" => usual.to_owned(),
        said => said.to_owned(),
    };
    let mut page = Page {
        frame,
        refusal: Refusal::default(),
        at: at(id),
        name: site.name.clone(),
        proxy: Proxy::by_name(&asked.proxy).unwrap_or(Proxy::Nginx),
        upstream: or(&asked.upstream, Backend::USUAL_APP),
        tollgate: or(&asked.tollgate, &usual),
        text: None,
    };
    match backends(&page.upstream, &page.tollgate) {
        Ok((upstream, tollgate)) => {
            page.text = Some(page.proxy.snippet(&site.address, &upstream, &tollgate)?);
            frame.send(StatusCode::OK, &page)
        }
        Err(fault) => {
            page.refusal = Refusal::of(&fault, frame.locale);
            frame.send_refusal(&fault, &page)
        }
    }
}

fn backends(upstream: &str, tollgate: &str) -> Result<(Backend, Backend)> {
    let read = |text: &str| text.parse::<Backend>();
    match (read(upstream), read(tollgate)) {
        (Ok(upstream), Ok(tollgate)) => Ok((upstream, tollgate)),
        (upstream, tollgate) => {
            let wrong = |fault: Error, pointer| {
                fault.field(pointer, "backend", "Plain http, host and port.")
            };
            let mut fault = Error::new(&codes::REQUEST_INVALID);
            if upstream.is_err() {
                fault = wrong(fault, "/upstream");
            }
            if tollgate.is_err() {
                fault = wrong(fault, "/tollgate");
            }
            Err(fault)
        }
    }
}
