//! The uninvited guest: knocks on every door of every surface as a stranger,
//! as a person who may do nothing, and as the wrong person. A new route is
//! knocked on by itself.

mod looking;
mod matrix;

use axum::http::Method;
use serde_json::json;
use tollgate_testkit::house::{Client, House, PASSWORD};

use crate::support::house;

/// Doors that are open to strangers, each with the reason. This list may only
/// shrink, relative to what there is.
pub(crate) const OPEN: &[(&str, &str, &str)] = &[
    (
        "POST",
        "/api/v1/signup",
        "makes an account; [signin] registration guards it",
    ),
    (
        "POST",
        "/api/v1/signup/passkey",
        "begins an account; [signin] registration guards it",
    ),
    (
        "POST",
        "/api/v1/signup/passkey/confirmation",
        "makes an account; [signin] registration guards it",
    ),
    ("POST", "/api/v1/session", "signs in"),
    (
        "POST",
        "/api/v1/session/second",
        "its credential is in the body",
    ),
    (
        "POST",
        "/api/v1/session/second/code",
        "sends a code to who passed the first step",
    ),
    (
        "POST",
        "/signin/code/send",
        "sends a code to who passed the first step",
    ),
    (
        "POST",
        "/api/v1/session/passkey",
        "asks whoever wants to sign in",
    ),
    (
        "POST",
        "/api/v1/session/passkey/confirmation",
        "its credential is in the body",
    ),
    (
        "POST",
        "/api/v1/session/confirmation",
        "its credential is in the body",
    ),
    (
        "POST",
        "/api/v1/session/mail",
        "answers alike for everybody; [signin] by_mail guards it",
    ),
    (
        "POST",
        "/api/v1/session/mail/confirmation",
        "its credential is in the body",
    ),
    (
        "POST",
        "/api/v1/session/token",
        "its credential is in the body",
    ),
    (
        "POST",
        "/api/v1/session/refresh",
        "its credential is in the body",
    ),
    (
        "POST",
        "/api/v1/password-reset",
        "answers alike for everybody",
    ),
    (
        "POST",
        "/api/v1/password-reset/confirm",
        "its credential is in the body",
    ),
    (
        "POST",
        "/api/v1/password/strength",
        "judges a text and keeps nothing",
    ),
    (
        "POST",
        "/password/strength",
        "judges a text and keeps nothing",
    ),
    ("GET", "/.well-known/jwks.json", "public keys"),
    ("GET", "/.well-known/security.txt", "where faults are told"),
    (
        "GET",
        "/.well-known/change-password",
        "leads to a page that asks",
    ),
    (
        "GET",
        "/.well-known/passkey-endpoints",
        "names the page of passkeys",
    ),
    (
        "GET",
        "/.well-known/webauthn",
        "names origins; [passkeys] related_origins",
    ),
    ("GET", "/livez", "tells that the process lives"),
    ("GET", "/readyz", "tells yes or no"),
    ("GET", "/api/openapi.json", "documents"),
    ("GET", "/api/docs", "documents"),
    ("GET", "/api/docs/style.css", "a style sheet"),
    ("GET", "/", "says what to do first"),
    ("GET", "/setup", "a form; its credential is the link"),
    ("POST", "/setup", "its credential is the link"),
    (
        "POST",
        "/setup/passkey",
        "begins what the link is for, which stays good",
    ),
    (
        "POST",
        "/setup/passkey/confirm",
        "its credential is the link",
    ),
    ("GET", "/signin", "a form"),
    ("POST", "/signin", "signs in"),
    ("GET", "/signin/code", "sends on to sign in"),
    ("POST", "/signin/code", "its credential is in the body"),
    ("GET", "/signin/confirm", "sends on to sign in"),
    ("POST", "/signin/confirm", "its credential is in the body"),
    ("GET", "/signin/mail", "a form; [signin] by_mail guards it"),
    (
        "POST",
        "/signin/mail",
        "answers alike for everybody; [signin] by_mail guards it",
    ),
    ("GET", "/signin/mail/code", "a form, or sends on to one"),
    ("POST", "/signin/mail/code", "its credential is in the body"),
    ("GET", "/signin/link", "a form; its credential is the link"),
    ("POST", "/signin/link", "its credential is the link"),
    ("GET", "/signin/token", "a form; its credential is the link"),
    ("POST", "/signin/token", "its credential is the link"),
    ("POST", "/signin/passkey", "its credential is in the body"),
    (
        "POST",
        "/signin/passkey/begin",
        "asks whoever wants to sign in",
    ),
    ("GET", "/signup", "a form; [signin] registration guards it"),
    (
        "POST",
        "/signup",
        "makes an account; [signin] registration guards it",
    ),
    (
        "POST",
        "/signup/passkey",
        "begins an account; [signin] registration guards it",
    ),
    (
        "POST",
        "/signup/passkey/confirm",
        "makes an account; [signin] registration guards it",
    ),
    ("POST", "/signout", "tells the same to who is signed out"),
    ("GET", "/forgot", "a form"),
    ("POST", "/forgot", "answers alike for everybody"),
    ("GET", "/reset", "a form; its credential is the link"),
    ("POST", "/reset", "its credential is the link"),
    ("GET", "/unlock", "a form; its credential is the link"),
    ("POST", "/unlock", "ends a lock by its link"),
    ("GET", "/unlock/mail", "a form"),
    ("POST", "/unlock/mail", "answers alike for everybody"),
    ("POST", "/api/v1/unlock", "answers alike for everybody"),
    ("POST", "/api/v1/unlock/confirm", "ends a lock by its link"),
    ("GET", "/recover", "a form; its credential is the link"),
    ("POST", "/recover", "its credential is the link"),
    ("POST", "/api/v1/recovery", "its credential is in the body"),
    ("GET", "/verify", "a form; its credential is the link"),
    (
        "POST",
        "/preferences",
        "sets two cookies of the browser that asks",
    ),
    (
        "POST",
        "/auth/register/",
        "makes an account; [signin] registration guards it",
    ),
    ("POST", "/auth/login/", "signs in"),
    ("POST", "/api/token/", "signs in"),
    (
        "POST",
        "/api/token/refresh/",
        "its credential is in the body",
    ),
    ("POST", "/password-reset/", "answers alike for everybody"),
    (
        "POST",
        "/password-reset-confirm/",
        "its credential is in the body",
    ),
    ("GET", "/api/authz/nginx", "decides about strangers too"),
    ("GET", "/api/authz/caddy", "decides about strangers too"),
    ("GET", "/api/authz/traefik", "decides about strangers too"),
    ("GET", "/api/authz/envoy", "decides about strangers too"),
    ("GET", "/enter", "sends strangers to sign in"),
    (
        "GET",
        "/.tollgate/enter",
        "begins a sign-in on an app's host",
    ),
    ("GET", "/.tollgate/land", "its credential is the ticket"),
    ("GET", "/.tollgate/leave", "sends on to sign out"),
    ("GET", "/.tollgate/refused", "says no"),
];

/// Most doors that may be open.
const OPEN_MOST: usize = 84;

/// No site, but its id.
const SITE: &str = "sit_01k3bq7k3vf0q8s6r2c4e5g6h7";
/// No factor, but its id.
const FACTOR: &str = "fac_01k3bq7k3vf0q8s6r2c4e5g6h7";

/// No mail, but its id.
const MAIL: &str = "job_01k3bq7k3vf0q8s6r2c4e5g6h7";

/// No webhook, no delivery and no alert, but their ids.
const WEBHOOK: &str = "whk_01k3bq7k3vf0q8s6r2c4e5g6h7";
const DELIVERY: &str = "dlv_01k3bq7k3vf0q8s6r2c4e5g6h7";
const ALERT: &str = "alr_01k3bq7k3vf0q8s6r2c4e5g6h7";

/// No passkey, but its id.
const PASSKEY: &str = "psk_01k3bq7k3vf0q8s6r2c4e5g6h7";

/// No device, but its id.
const DEVICE: &str = "dev_01k3bq7k3vf0q8s6r2c4e5g6h7";

/// Every door: method and path, with its parameters as they are documented.
pub(crate) fn doors() -> Vec<(Method, String)> {
    let document = serde_json::to_value(tollgate_api::routes::openapi()).unwrap();
    let mut doors = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "post", "put", "patch", "delete"] {
            if item.get(method).is_some() {
                doors.push((method.to_uppercase().parse().unwrap(), path.clone()));
            }
        }
    }
    for (method, path) in tollgate_dialects::routes::LISTING
        .iter()
        .chain(tollgate_console::routes::LISTING)
        .chain(tollgate_manual::routes::LISTING)
    {
        doors.push((method.parse().unwrap(), (*path).to_owned()));
    }
    doors
}

fn is_open(method: &Method, path: &str) -> bool {
    // Files that are part of the program: styles, and the manual.
    path.starts_with("/static/")
        || path.starts_with("/.tollgate/static/")
        || path == "/docs"
        || path.starts_with("/docs/")
        || OPEN
            .iter()
            .any(|(open, at, _)| method.as_str() == *open && path == *at)
}

/// The path with somebody's account and session in it.
fn filled(path: &str, account: &str, session: &str) -> String {
    let id = if path.starts_with("/api/v1/sites") || path.starts_with("/admin/sites") {
        SITE
    } else if path.starts_with("/api/v1/mail") || path.starts_with("/admin/mail") {
        MAIL
    } else if path.contains("/webhooks/") {
        WEBHOOK
    } else if path.contains("/alerts/") {
        ALERT
    } else if path.contains("/passkeys/") {
        PASSKEY
    } else if path.contains("/factors/") {
        FACTOR
    } else if path.contains("/me/devices/") {
        DEVICE
    } else {
        account
    };
    path.replace("{id}", id)
        .replace("{session_id}", session)
        .replace("{sid}", session)
        .replace("{session}", session)
        .replace("{device}", DEVICE)
        .replace("{delivery}", DELIVERY)
        .replace("{rule}", "dormant")
        .replace("{subject}", account)
}

/// With a body that is refused only for who sends it.
async fn knock(client: &Client, method: &Method, path: &str) -> u16 {
    let body = if path.ends_with("/verified") {
        json!({ "identifier": "victim@example.org" })
    } else if path.ends_with("/external-ids") {
        json!({ "provider": "p", "external_id": "x" })
    } else if path.ends_with("/role") {
        json!({ "role": "admin" })
    } else if path.ends_with("/confirmation") || path.ends_with("/step-up") {
        json!({ "code": "000000" })
    } else if path.ends_with("/removal") {
        json!({ "current_password": PASSWORD })
    } else if path.ends_with(PASSKEY) {
        json!({ "name": "Mine" })
    } else if path.contains("/exceptions/") {
        json!({ "reason": "known", "until": "2026-02-01T00:00:00Z" })
    } else if path.starts_with("/api/v1/sites") {
        json!({ "name": "notes", "url": "https://notes.example.org" })
    } else if path.ends_with("/replay") {
        json!({ "from": 1 })
    } else if path.starts_with("/api/v1/webhooks") {
        json!({ "name": "receiver", "url": "https://hooks.example.org/", "events": ["*"] })
    } else {
        json!({})
    };
    client
        .json(method.clone(), path, &body)
        .await
        .status
        .as_u16()
}

/// asvs:V8.2.1, asvs:V8.3.1
#[tokio::test]
async fn a_stranger_is_let_in_nowhere() {
    let house = house().await;
    let victim = house.person("victim").await;
    let mut let_in = Vec::new();
    for (method, path) in doors() {
        if is_open(&method, &path) {
            continue;
        }
        let at = filled(&path, &victim.id, &victim.session);
        let status = knock(&house.stranger(), &method, &at).await;
        if status != 401 {
            let_in.push(format!("{method} {path}: {status}"));
        }
    }
    assert!(
        let_in.is_empty(),
        "not 401 for a stranger:\n{}",
        let_in.join("\n")
    );
}

/// asvs:V8.2.2, vuln:122
#[tokio::test]
async fn the_wrong_person_is_let_in_nowhere() {
    let house = house().await;
    let victim = house.person("victim").await;
    let other = house.person("other").await;
    let mut let_in = Vec::new();
    for (method, path) in doors() {
        if !path.contains('{') && !path.starts_with("/api/v1/people") {
            continue;
        }
        // Their own sessions are under /me: there the id of another's session.
        let at = match path.as_str() {
            "/api/v1/me/sessions/{id}" => path.replace("{id}", &victim.session),
            _ => filled(&path, &victim.id, &victim.session),
        };
        let status = knock(&other.client, &method, &at).await;
        let refused = [403, 404].contains(&status) || (path.contains("/me/") && status == 404);
        if !refused && !is_open(&method, &path) {
            let_in.push(format!("{method} {path}: {status}"));
        }
    }
    assert!(
        let_in.is_empty(),
        "neither 403 nor 404 for the wrong person:\n{}",
        let_in.join("\n")
    );
    still_there(&house, &victim.client).await;
}

/// Whatever was tried, the victim noticed nothing.
async fn still_there(house: &House, victim: &Client) {
    let me = victim.get("/api/v1/me").await.expect(200).json();
    assert_eq!(me["role"], "default");
    assert!(
        house
            .sign_in("victim@example.org")
            .await
            .access
            .starts_with("ey")
    );
}

/// A person of the default role and a manager reach no farther than they may.
#[tokio::test]
async fn a_manager_reaches_no_administrator() {
    let house = house().await;
    let admin = house.admin().await;
    let manager = house
        .someone("manager", tollgate_base::access::Role::Manager)
        .await;
    for (method, path) in doors() {
        if !path.starts_with("/api/v1/people/{id}") {
            continue;
        }
        let at = filled(&path, &admin.id, &admin.session);
        let status = knock(&manager.client, &method, &at).await;
        // A body that is wrong may be told first; it is `{}` for all.
        assert!(
            [403, 400, 422].contains(&status),
            "{method} {path}: {status}"
        );
    }
    admin.client.get("/api/v1/me").await.expect(200);
}

#[test]
fn the_list_of_open_doors_only_shrinks() {
    assert!(OPEN.len() <= OPEN_MOST, "close a door before you open one");
    let doors = doors();
    for (method, path, _) in OPEN {
        let there = doors
            .iter()
            .any(|(known, at)| known.as_str() == *method && at == path);
        assert!(there, "{method} {path} is open but does not exist");
    }
}
