//! What browser, server and proxies believe the address of this server to be,
//! side by side, with the line to set where they disagree.

use std::net::{IpAddr, SocketAddr};

use askama::Template;
use axum::{
    extract::{ConnectInfo, State},
    http::{Extensions, HeaderMap, StatusCode, header},
    response::Response,
};
use tollgate_base::access::{Facts, Permission, Target, decide};
use tollgate_web::{Http, Problem, Web};

use crate::{
    page::{Frame, Visitor},
    words::Message,
};

/// What proxies may say, in the order in which it is shown.
const TOLD: [&str; 5] = [
    "forwarded",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-for",
    "x-real-ip",
];
/// Longer is not shown.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "address.html")]
struct Page<'a> {
    frame: &'a Frame,
    step: u8,
    sight: Sight,
}

/// What was seen.
struct Sight {
    /// The origin in the browser's address bar, as far as the request tells.
    browser: String,
    server: String,
    /// What proxies added, as lines.
    proxy: Vec<String>,
    /// The other end of the socket, and whether it is a proxy that is believed.
    peer: Option<(IpAddr, bool)>,
    /// The host that came with the request.
    host: String,
    clear: bool,
}

/// What follows from it.
struct Finding {
    tone: &'static str,
    key: &'static str,
    peer: Option<String>,
    line: Option<(&'static str, String)>,
}

pub(crate) async fn show(
    State(web): State<Web>,
    headers: HeaderMap,
    extensions: Extensions,
    visitor: Visitor,
) -> Result<Response, Problem> {
    decide(
        &visitor.who,
        Permission::Diagnostics,
        &Target::Installation,
        &Facts::NONE,
    )?;
    let frame = &visitor.frame;
    let page = Page {
        frame,
        step: 2,
        sight: Sight::of(&web.http(), &headers, &extensions, frame.plain),
    };
    frame.send(StatusCode::OK, &page)
}

impl Sight {
    fn of(http: &Http, headers: &HeaderMap, extensions: &Extensions, clear: bool) -> Self {
        let text = |name: &str| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value
                .unwrap_or_default()
                .chars()
                .take(SHOWN)
                .collect::<String>()
        };
        let host = text(header::HOST.as_str());
        let referer = text(header::REFERER.as_str());
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|socket| {
            let address = socket.0.ip().to_canonical();
            let trusted = http
                .trusted_proxies
                .iter()
                .any(|net| net.contains(&address));
            (address, trusted)
        });
        let told = TOLD.iter().filter(|name| headers.contains_key(**name));
        Self {
            browser: origin(&referer).unwrap_or_else(|| format!("http://{host}")),
            server: http.origin(),
            proxy: told.map(|name| format!("{name}: {}", text(name))).collect(),
            peer,
            host,
            clear,
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.browser == self.server {
            findings.push(Finding::plain("good", "address-good"));
        } else {
            let line = format!("public_url = \"{}\"", self.browser);
            findings.push(Finding {
                line: Some(("public-url-line", line)),
                ..Finding::plain("warning", "address-differs")
            });
        }
        if let Some((peer, trusted)) = self.peer.filter(|_| !self.proxy.is_empty()) {
            let (tone, key) = if trusted {
                ("good", "address-proxy-good")
            } else {
                ("warning", "address-proxy-unknown")
            };
            let line = format!("trusted_proxies = [\"{peer}\"]");
            findings.push(Finding {
                peer: Some(peer.to_string()),
                line: (!trusted).then_some(("trusted-proxies-line", line)),
                ..Finding::plain(tone, key)
            });
            let passes_on = self
                .proxy
                .iter()
                .any(|line| line.starts_with("x-forwarded-host"));
            if !passes_on && !self.browser.ends_with(&format!("://{}", self.host)) {
                findings.push(Finding::plain("warning", "address-proxy-host"));
            }
        }
        if self.clear {
            findings.push(Finding::plain("warning", "address-clear"));
        }
        findings
    }
}

impl Finding {
    fn plain(tone: &'static str, key: &'static str) -> Self {
        Self {
            tone,
            key,
            peer: None,
            line: None,
        }
    }

    fn say<'a>(&'a self, frame: &Frame) -> Message<'a> {
        let said = frame.t(self.key);
        match &self.peer {
            Some(peer) => said.with("peer", peer.as_str()),
            None => said,
        }
    }
}

/// Scheme, host and port of an address.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    ["http", "https"]
        .contains(&scheme)
        .then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::HeaderName;
    use tollgate_web::{Limits, Networks};

    use super::*;

    fn found(lines: &[(&str, &str)], trusted: &str) -> Vec<(&'static str, Option<String>)> {
        let http = Http {
            public_url: "https://id.example.org".into(),
            listen: ([127, 0, 0, 1], 8700).into(),
            trusted_proxies: vec![trusted.parse().unwrap()],
            cors_origins: Vec::new(),
            body_limit: 1,
            hsts_subdomains: false,
            request_timeout: Duration::ZERO,
            limits: Limits::default(),
            networks: Networks::default(),
            security_contact: None,
        };
        let line = |(name, value): &(&str, &str)| {
            (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())
        };
        let headers: HeaderMap = lines.iter().map(line).collect();
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 5], 40_000))));
        let sight = Sight::of(&http, &headers, &extensions, false);
        let findings = sight.findings().into_iter();
        findings
            .map(|finding| (finding.key, finding.line.map(|(_, line)| line)))
            .collect()
    }

    #[test]
    fn what_disagrees_gets_the_line_to_set() {
        let behind = [
            ("host", "id.example.org"),
            ("referer", "https://id.example.org/setup"),
            ("x-forwarded-for", "198.51.100.1"),
        ];
        assert_eq!(
            found(&behind, "10.0.0.0/8"),
            [("address-good", None), ("address-proxy-good", None)]
        );
        let line = "trusted_proxies = [\"10.0.0.5\"]".to_owned();
        assert_eq!(
            found(&behind, "192.0.2.0/24")[1],
            ("address-proxy-unknown", Some(line))
        );
        let line = "public_url = \"http://192.168.1.20:8700\"".to_owned();
        assert_eq!(
            found(&[("host", "192.168.1.20:8700")], "10.0.0.0/8"),
            [("address-differs", Some(line))]
        );
        let renamed = [
            ("host", "127.0.0.1:8700"),
            ("referer", "https://id.example.org/setup"),
            ("x-forwarded-for", "198.51.100.1"),
        ];
        assert_eq!(found(&renamed, "10.0.0.0/8")[2].0, "address-proxy-host");
    }
}
