//! What a request tells of the device it comes from: for the lists that people
//! see, and by what the device is known again.

use axum::http::{Extensions, HeaderMap, header};
use tollgate_base::SecretString;
use tollgate_flows::{
    Device, UserAgent,
    ctx::{Binding, Place},
};
use woothee::parser::Parser;

use crate::{cookies, peer::Peer, problem::PROOF, state::Web};

/// More of a `User-Agent` is not looked at, in bytes.
const LOOKED_AT: usize = 512;
/// What the parser says when it does not know.
const UNKNOWN: &str = "UNKNOWN";

/// Browser and system in words, the address, and the secrets that it keeps. The
/// client's own name for the device is added by whoever reads the body, and whether
/// it keeps one more.
pub fn device(web: &Web, headers: &HeaderMap, peer: Peer) -> UserAgent {
    UserAgent {
        device: shown(headers, peer),
        secrets: cookies::devices(headers, &web.http()),
        keeps: false,
        proof: headers
            .get(PROOF)
            .and_then(|value| value.to_str().ok())
            .map(SecretString::from),
    }
}

/// Where a request comes from, as far as sessions are bound to that. Nothing is
/// read where they are not.
pub fn place(web: &Web, headers: &HeaderMap, extensions: &Extensions) -> Place {
    match web.ctx().binding() {
        Binding::Off => Place::default(),
        Binding::Device => Place {
            devices: cookies::devices(headers, &web.http()),
            ..place_of(Peer::of(headers, extensions, &web.http()))
        },
        Binding::Network => place_of(Peer::of(headers, extensions, &web.http())),
    }
}

fn place_of(peer: Peer) -> Place {
    Place {
        address: peer.0,
        ..Place::default()
    }
}

fn shown(headers: &HeaderMap, peer: Peer) -> Device {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    Device {
        name: None,
        browser: agent.and_then(label),
        address: peer.0.map(|address| address.to_string()),
    }
}

/// Such as `Firefox on Linux`, or the product of a program, such as `curl`.
fn label(agent: &str) -> Option<String> {
    let agent = &agent[..agent.len().min(LOOKED_AT)];
    let seen = Parser::new().parse(agent);
    let (name, system) = seen.map_or((UNKNOWN, UNKNOWN), |seen| (seen.name, seen.os));
    match (name, system) {
        (UNKNOWN, _) => product(agent).map(ToOwned::to_owned),
        (name, UNKNOWN) => Some(name.to_owned()),
        (name, system) => Some(format!("{name} on {system}")),
    }
}

fn product(agent: &str) -> Option<&str> {
    let name = agent.split(['/', ' ']).next().unwrap_or_default();
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    (plain && (1..=40).contains(&name.len())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_told_apart_in_words() {
        let linux = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(label(linux).as_deref(), Some("Firefox on Linux"));
        assert_eq!(
            label("acme-sync/2.1 (build 7)").as_deref(),
            Some("acme-sync")
        );
        for silent in ["", "<script>alert(1)</script>", "/", "   "] {
            assert_eq!(label(silent), None, "{silent}");
        }
    }
}
