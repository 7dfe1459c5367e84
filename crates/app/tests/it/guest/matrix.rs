//! Who reaches what: every door that is not open, against every sort of caller.
//! A new door has to join the table; what is not in it is let in nowhere.

use axum::http::Method;
use serde_json::{Value, json};
use tollgate_base::access::{Principal, Role};
use tollgate_flows::people;
use tollgate_testkit::house::{Client, House, PASSWORD, Someone};

use crate::support::house;

use super::{doors, filled, is_open};

/// Whom a door is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// Whoever holds a token of the chatbot's family, as none of the callers does.
    Chatbot,
    /// Everybody who is signed in, for what is theirs.
    Own,
    /// Whoever is signed in and has the form's own token, which is asked for first;
    /// the stories of the pages say whom each form obeys.
    Form,
    /// Managers, for people of the default role, and administrators.
    Managers,
    /// Administrators.
    Admins,
}

use Reach::{Admins, Chatbot, Form, Managers, Own};

/// Every closed door.
const TABLE: &[(&str, &str, Reach)] = &[
    ("GET", "/api/v1/me", Own),
    ("PATCH", "/api/v1/me", Own),
    ("DELETE", "/api/v1/me", Own),
    ("GET", "/api/v1/me/export", Own),
    ("GET", "/api/v1/me/identifiers", Own),
    ("POST", "/api/v1/me/identifiers", Own),
    ("DELETE", "/api/v1/me/identifiers", Own),
    ("PUT", "/api/v1/me/password", Own),
    ("GET", "/api/v1/me/picture", Own),
    ("PUT", "/api/v1/me/picture", Own),
    ("DELETE", "/api/v1/me/picture", Own),
    ("GET", "/api/v1/me/factors", Own),
    ("POST", "/api/v1/me/factors", Own),
    ("POST", "/api/v1/me/factors/{id}/confirmation", Own),
    ("POST", "/api/v1/me/factors/{id}/removal", Own),
    ("POST", "/api/v1/session/step-up/passkey", Own),
    ("POST", "/api/v1/session/step-up/passkey/confirmation", Own),
    ("POST", "/api/v1/session/step-up/code", Own),
    ("GET", "/api/v1/me/codes", Own),
    ("PUT", "/api/v1/me/codes", Own),
    ("POST", "/api/v1/me/codes/removal", Own),
    ("GET", "/api/v1/me/phone", Own),
    ("POST", "/api/v1/me/phone", Own),
    ("POST", "/api/v1/me/phone/code", Own),
    ("POST", "/api/v1/me/phone/confirmation", Own),
    ("POST", "/api/v1/me/phone/removal", Own),
    ("GET", "/api/v1/me/undelivered", Own),
    ("GET", "/api/v1/audit", Admins),
    ("GET", "/api/v1/audit/export", Admins),
    ("GET", "/api/v1/audit/checkpoints", Admins),
    ("GET", "/api/v1/audit/keys", Admins),
    ("GET", "/admin/audit", Admins),
    ("GET", "/admin/audit.csv", Admins),
    ("GET", "/api/v1/webhooks", Admins),
    ("POST", "/api/v1/webhooks", Admins),
    ("GET", "/api/v1/webhooks/{id}", Admins),
    ("PUT", "/api/v1/webhooks/{id}", Admins),
    ("DELETE", "/api/v1/webhooks/{id}", Admins),
    ("POST", "/api/v1/webhooks/{id}/secret", Admins),
    ("POST", "/api/v1/webhooks/{id}/test", Admins),
    ("POST", "/api/v1/webhooks/{id}/replay", Admins),
    ("GET", "/api/v1/webhooks/{id}/deliveries", Admins),
    (
        "POST",
        "/api/v1/webhooks/{id}/deliveries/{delivery}/retry",
        Admins,
    ),
    ("GET", "/api/v1/alerts", Admins),
    ("GET", "/api/v1/alerts/{id}", Admins),
    ("POST", "/api/v1/alerts/{id}/acknowledgement", Admins),
    ("POST", "/api/v1/alerts/{id}/close", Admins),
    ("GET", "/api/v1/alert-rules", Admins),
    ("GET", "/api/v1/alert-channels", Admins),
    ("POST", "/api/v1/alert-channels/test", Admins),
    ("GET", "/api/v1/mail", Admins),
    ("POST", "/api/v1/mail/{id}/retry", Admins),
    ("DELETE", "/api/v1/mail/{id}", Admins),
    ("GET", "/api/v1/me/passkeys", Own),
    ("POST", "/api/v1/me/passkeys", Own),
    ("POST", "/api/v1/me/passkeys/confirmation", Own),
    ("PATCH", "/api/v1/me/passkeys/{id}", Own),
    ("POST", "/api/v1/me/passkeys/{id}/removal", Own),
    ("POST", "/api/v1/me/recovery-codes", Own),
    ("GET", "/api/v1/me/sessions", Own),
    ("DELETE", "/api/v1/me/sessions", Own),
    ("DELETE", "/api/v1/me/sessions/{id}", Own),
    ("GET", "/api/v1/me/devices", Own),
    ("DELETE", "/api/v1/me/devices", Own),
    ("DELETE", "/api/v1/me/devices/{id}", Own),
    ("POST", "/api/v1/me/verification", Own),
    ("POST", "/api/v1/verification", Own),
    ("POST", "/verify", Form),
    ("DELETE", "/api/v1/session", Own),
    ("POST", "/api/v1/session/step-up", Own),
    ("GET", "/me", Own),
    ("GET", "/me/activity", Own),
    ("GET", "/me/data", Own),
    ("GET", "/me/lockdown", Own),
    ("POST", "/me/lockdown", Form),
    ("POST", "/me/recovery/stop", Form),
    ("GET", "/api/v1/me/activity", Own),
    ("POST", "/api/v1/me/lockdown", Own),
    ("GET", "/api/v1/me/recovery", Own),
    ("DELETE", "/api/v1/me/recovery", Own),
    ("GET", "/me/factors", Own),
    ("GET", "/me/factors/{id}/remove", Own),
    ("GET", "/me/factors/passkeys/{id}", Own),
    ("GET", "/me/factors/codes", Own),
    ("POST", "/me/factors/codes", Form),
    ("POST", "/me/factors/codes/off", Form),
    ("POST", "/me/step-up/code", Form),
    ("GET", "/me/phone", Own),
    ("POST", "/me/phone", Form),
    ("POST", "/me/phone/code", Form),
    ("POST", "/me/phone/confirm", Form),
    ("POST", "/me/phone/remove", Form),
    ("GET", "/me/password", Own),
    ("GET", "/me/profile", Own),
    ("GET", "/me/sessions", Own),
    ("POST", "/me/delete", Form),
    ("POST", "/me/factors", Form),
    ("POST", "/me/factors/{id}/confirm", Form),
    ("POST", "/me/factors/{id}/remove", Form),
    ("POST", "/me/factors/passkeys", Form),
    ("POST", "/me/factors/passkeys/confirm", Form),
    ("POST", "/me/factors/passkeys/{id}/rename", Form),
    ("POST", "/me/factors/passkeys/{id}/remove", Form),
    ("POST", "/me/step-up/passkey", Form),
    ("POST", "/me/step-up/passkey/begin", Form),
    ("POST", "/me/recovery-codes", Form),
    ("GET", "/me/step-up", Own),
    ("POST", "/me/step-up", Form),
    ("POST", "/me/names", Form),
    ("POST", "/me/names/remove", Form),
    ("POST", "/me/names/verify", Form),
    ("POST", "/me/password", Form),
    ("POST", "/me/picture", Form),
    ("POST", "/me/picture/remove", Form),
    ("POST", "/me/profile", Form),
    ("POST", "/me/devices/forget", Form),
    ("POST", "/me/devices/{device}/forget", Form),
    ("POST", "/me/sessions/end", Form),
    ("POST", "/me/sessions/{session}/end", Form),
    ("GET", "/signout", Own),
    ("GET", "/setup/address", Admins),
    ("GET", "/setup/done", Own),
    ("GET", "/auth/status/", Chatbot),
    ("POST", "/auth/logout/", Chatbot),
    ("GET", "/admin", Managers),
    ("GET", "/admin/alerts", Admins),
    ("POST", "/admin/alerts/test", Form),
    ("POST", "/admin/alerts/{id}/acknowledge", Form),
    ("POST", "/admin/alerts/{id}/close", Form),
    ("GET", "/admin/webhooks", Admins),
    ("POST", "/admin/webhooks", Form),
    ("GET", "/admin/webhooks/{id}", Admins),
    ("POST", "/admin/webhooks/{id}", Form),
    ("POST", "/admin/webhooks/{id}/rotate", Form),
    ("POST", "/admin/webhooks/{id}/test", Form),
    ("POST", "/admin/webhooks/{id}/replay", Form),
    ("GET", "/admin/webhooks/{id}/remove", Admins),
    ("POST", "/admin/webhooks/{id}/remove", Form),
    (
        "POST",
        "/admin/webhooks/{id}/deliveries/{delivery}/retry",
        Form,
    ),
    ("GET", "/admin/mail", Admins),
    ("POST", "/admin/mail/{id}/retry", Form),
    ("POST", "/admin/mail/{id}/drop", Form),
    ("GET", "/admin/people", Managers),
    ("GET", "/admin/people.csv", Managers),
    ("GET", "/admin/people/new", Managers),
    ("POST", "/admin/people/new", Form),
    ("GET", "/admin/people/{id}", Managers),
    ("POST", "/admin/people/{id}/end-sessions", Form),
    ("POST", "/admin/people/{id}/devices/forget", Form),
    ("POST", "/admin/people/{id}/devices/{device}/forget", Form),
    ("POST", "/admin/people/{id}/picture/remove", Form),
    ("POST", "/admin/people/{id}/reset-link", Form),
    ("POST", "/admin/people/{id}/unlock", Form),
    ("POST", "/admin/people/{id}/recovery", Form),
    ("POST", "/admin/people/{id}/recovery/stop", Form),
    ("POST", "/admin/people/{id}/sign-in-link", Form),
    ("POST", "/admin/people/{id}/resume", Form),
    ("POST", "/admin/people/{id}/sessions/{session}/end", Form),
    ("POST", "/admin/people/{id}/suspend", Form),
    ("POST", "/admin/people/{id}/delete", Form),
    ("POST", "/admin/people/{id}/role", Form),
    ("GET", "/admin/people/{id}/delete", Admins),
    ("GET", "/admin/people/{id}/end-sessions", Managers),
    ("GET", "/admin/people/{id}/suspend", Managers),
    ("GET", "/admin/sites", Admins),
    ("GET", "/admin/sites.csv", Admins),
    ("GET", "/admin/sites/new", Admins),
    ("POST", "/admin/sites/new", Form),
    ("GET", "/admin/sites/{id}", Admins),
    ("GET", "/admin/sites/{id}/edit", Admins),
    ("POST", "/admin/sites/{id}/edit", Form),
    ("GET", "/admin/sites/{id}/remove", Admins),
    ("POST", "/admin/sites/{id}/remove", Form),
    ("GET", "/admin/sites/{id}/snippet", Admins),
    ("GET", "/api/v1/overview", Managers),
    ("GET", "/api/v1/people", Managers),
    ("POST", "/api/v1/people", Managers),
    ("GET", "/api/v1/people/{id}", Managers),
    ("PATCH", "/api/v1/people/{id}", Managers),
    ("DELETE", "/api/v1/people/{id}", Admins),
    ("GET", "/api/v1/people/{id}/export", Admins),
    ("PUT", "/api/v1/people/{id}/external-ids", Managers),
    ("DELETE", "/api/v1/people/{id}/external-ids", Managers),
    ("GET", "/api/v1/people/{id}/picture", Managers),
    ("DELETE", "/api/v1/people/{id}/picture", Managers),
    ("POST", "/api/v1/people/{id}/reset-link", Managers),
    ("POST", "/api/v1/people/{id}/unlock", Managers),
    ("GET", "/api/v1/people/{id}/recovery", Managers),
    ("POST", "/api/v1/people/{id}/recovery", Managers),
    ("DELETE", "/api/v1/people/{id}/recovery", Managers),
    ("POST", "/api/v1/people/{id}/sign-in-link", Admins),
    ("POST", "/api/v1/people/{id}/resume", Managers),
    ("PUT", "/api/v1/people/{id}/role", Admins),
    ("GET", "/api/v1/people/{id}/devices", Managers),
    ("DELETE", "/api/v1/people/{id}/devices", Managers),
    ("DELETE", "/api/v1/people/{id}/devices/{device}", Managers),
    ("GET", "/api/v1/people/{id}/sessions", Managers),
    ("DELETE", "/api/v1/people/{id}/sessions", Managers),
    ("DELETE", "/api/v1/people/{id}/sessions/{sid}", Managers),
    ("POST", "/api/v1/people/{id}/suspend", Managers),
    ("PUT", "/api/v1/people/{id}/verified", Managers),
    ("GET", "/api/v1/people/{id}/review", Admins),
    ("POST", "/api/v1/people/{id}/review", Admins),
    ("DELETE", "/api/v1/people/{id}/links", Managers),
    ("GET", "/admin/people/{id}/review", Admins),
    ("POST", "/admin/people/{id}/review", Form),
    ("POST", "/admin/people/{id}/review/end-sessions", Form),
    ("POST", "/admin/people/{id}/review/forget-devices", Form),
    ("POST", "/admin/people/{id}/review/void-links", Form),
    ("POST", "/admin/people/{id}/review/stop-recovery", Form),
    ("POST", "/admin/people/{id}/review/reset-link", Form),
    ("GET", "/admin/security", Admins),
    ("GET", "/admin/access", Admins),
    ("GET", "/api/v1/access-report", Admins),
    ("GET", "/admin/compliance", Admins),
    ("POST", "/admin/compliance/check", Form),
    ("GET", "/admin/compliance/{rule}", Admins),
    ("POST", "/admin/compliance/{rule}/accept", Form),
    ("POST", "/admin/compliance/{rule}/withdraw", Form),
    ("GET", "/api/v1/compliance", Admins),
    ("POST", "/api/v1/compliance/check", Admins),
    ("GET", "/api/v1/compliance/{rule}", Admins),
    (
        "PUT",
        "/api/v1/compliance/{rule}/exceptions/{subject}",
        Admins,
    ),
    (
        "DELETE",
        "/api/v1/compliance/{rule}/exceptions/{subject}",
        Admins,
    ),
    ("GET", "/api/v1/sites", Admins),
    ("POST", "/api/v1/sites", Admins),
    ("GET", "/api/v1/sites/{id}", Admins),
    ("PUT", "/api/v1/sites/{id}", Admins),
    ("DELETE", "/api/v1/sites/{id}", Admins),
    ("POST", "/api/v1/sites/test", Admins),
];

/// Who knocks.
#[derive(Clone, Copy, Debug)]
enum Caller {
    Anonymous,
    Suspended,
    Ended,
    With(Role),
}

const CALLERS: [Caller; 6] = [
    Caller::Anonymous,
    Caller::Suspended,
    Caller::Ended,
    Caller::With(Role::Default),
    Caller::With(Role::Manager),
    Caller::With(Role::Admin),
];

/// What a door says to a caller.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    /// 401.
    Stranger,
    /// 403 for want of a permission.
    Powerless,
    /// Anything else: whoever is in may still ask wrongly.
    In,
}

fn wanted(reach: Reach, caller: Caller) -> Answer {
    let needed = match reach {
        Chatbot => return Answer::Stranger,
        Own | Form => Role::Default,
        Managers => Role::Manager,
        Admins => Role::Admin,
    };
    match caller {
        Caller::Anonymous | Caller::Suspended | Caller::Ended => Answer::Stranger,
        Caller::With(role) if role >= needed => Answer::In,
        Caller::With(_) => Answer::Powerless,
    }
}

/// asvs:V8.2.1, asvs:V8.3.1, vuln:118
#[tokio::test]
async fn everybody_reaches_what_the_table_says_and_nothing_else() {
    let house = house().await;
    house.admin().await;
    let (mut wrong, mut number) = (Vec::new(), 0);
    for caller in CALLERS {
        // Who is not let in changes nothing, and knocks at the next door.
        let mut unchanged = None;
        for (method, path, reach) in TABLE {
            let (client, victim) = match unchanged.take() {
                Some(both) => both,
                None => {
                    number += 1;
                    let victim = house.person(&format!("victim{number}")).await;
                    let client = client(&house, caller, &format!("caller{number}")).await;
                    (client, victim)
                }
            };
            // As a server does twice a second, however slow the machine is.
            house.node.follow().await;
            let method: Method = method.parse().unwrap();
            let at = filled(path, &victim.id, &victim.session);
            let body = body(path, number);
            let answer = client.json(method.clone(), &at, &body).await;
            let code = serde_json::from_str::<Value>(&answer.text).unwrap_or_default();
            let denied = ["access.denied", "access.rank"]
                .contains(&code["code"].as_str().unwrap_or_default());
            let got = match answer.status.as_u16() {
                401 => Answer::Stranger,
                403 if denied => Answer::Powerless,
                _ => Answer::In,
            };
            if got != wanted(*reach, caller) {
                wrong.push(format!(
                    "{method} {path} {caller:?}: {} {}",
                    answer.status, answer.text
                ));
            }
            if got != Answer::In {
                victim.client.get("/api/v1/me").await.expect(200);
                unchanged = Some((client, victim));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "not as the table says:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_closed_door_is_in_the_table_once() {
    let mut closed: Vec<(String, String)> = doors()
        .into_iter()
        .filter(|(method, path)| !is_open(method, path))
        .map(|(method, path)| (method.to_string(), path))
        .collect();
    let mut listed: Vec<(String, String)> = TABLE
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    closed.sort();
    listed.sort();
    let absent: Vec<_> = closed
        .iter()
        .filter(|door| !listed.contains(door))
        .collect();
    assert!(
        absent.is_empty(),
        "say in TABLE whom these are for: {absent:?}"
    );
    assert_eq!(
        closed, listed,
        "the table names a door that does not exist, or one twice"
    );
}

async fn client(house: &House, caller: Caller, name: &str) -> Client {
    let Caller::With(role) = caller else {
        let Someone { client, id, .. } = house.person(name).await;
        match caller {
            Caller::Suspended => {
                let who = id.parse().unwrap();
                people::suspend(&house.node.ctx, &Principal::Operator, who)
                    .await
                    .unwrap();
            }
            Caller::Ended => {
                client.delete("/api/v1/session").await.expect(204);
            }
            _ => return house.stranger(),
        }
        return client;
    };
    house.someone(name, role).await.client
}

/// A body that is right, so that nothing but the caller is in the way.
fn body(path: &str, number: usize) -> Value {
    let last = path.rsplit('/').next().unwrap_or_default();
    match last {
        "verified" => json!({ "identifier": format!("victim{number}@example.org") }),
        "external-ids" => json!({ "provider": "p", "external_id": format!("x{number}") }),
        "role" => json!({ "role": "manager" }),
        "password" => {
            json!({ "current_password": PASSWORD, "new_password": "another fine phrase" })
        }
        "people" => json!({ "email": format!("new{number}@example.org") }),
        _ if path.contains("/exceptions/") => {
            json!({ "reason": "known", "until": "2026-02-01T00:00:00Z" })
        }
        "test" => json!({ "url": "https://notes.example.org/" }),
        "replay" => json!({ "from": 1 }),
        _ if path.starts_with("/api/v1/webhooks") => {
            json!({ "name": "receiver", "url": "https://hooks.example.org/", "events": ["*"] })
        }
        _ if path.starts_with("/api/v1/sites") => {
            json!({ "name": format!("notes{number}"), "url": format!("https://notes{number}.example.org") })
        }
        _ => json!({}),
    }
}
