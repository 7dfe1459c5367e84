//! The JSON of what commands tell. Only ever added to: scripts read it.

use serde_json::{Value, json};
use tollgate_base::{hex::hex, time::Time};
use tollgate_flows::{
    AccountView, Event, Session, Who, account::Export, ctx::Listed, keyring::KeyView,
    outbox::Undelivered,
};

/// An account.
pub(crate) fn account(view: &AccountView) -> Value {
    let account = &view.account;
    let identifiers = view.identifiers.iter().map(|identifier| {
        json!({
            "kind": identifier.kind,
            "value": identifier.shown,
            "verified_at": identifier.verified_at.map(time),
        })
    });
    let external = view
        .external_ids
        .iter()
        .map(|external| json!({ "provider": external.provider, "id": external.external_id }));
    json!({
        "id": account.id.to_string(),
        "role": account.role.as_str(),
        "identifiers": identifiers.collect::<Vec<_>>(),
        "display_name": account.profile.display_name,
        "bio": account.profile.bio,
        "picture": account.profile.picture,
        "locale": account.profile.locale,
        "created_at": time(account.created_at),
        "updated_at": time(account.updated_at),
        "suspended_at": account.suspended_at.map(time),
        "aliases": {
            "number": view.aliases.number,
            "hex": view.aliases.hex,
            "uuid": view.aliases.uuid,
        },
        "external_ids": external.collect::<Vec<_>>(),
    })
}

/// A session.
pub(crate) fn session(session: &Session) -> Value {
    json!({
        "id": session.id.to_string(),
        "user": session.account.to_string(),
        "kind": session.kind.as_str(),
        "created_at": time(session.created_at),
        "last_seen_at": time(session.last_seen_at),
        "expires_at": time(session.expires_at),
        "device": session.device.name,
        "browser": session.device.browser,
        "address": session.device.address,
    })
}

/// A mail that waits or was given up.
pub(crate) fn mail(mail: &Undelivered) -> Value {
    json!({
        "id": mail.id.to_string(),
        "kind": mail.kind,
        "to": mail.to,
        "created_at": time(mail.created_at),
        "next_at": time(mail.next_at),
        "tries": mail.tries,
        "fault": mail.fault,
        "given_up_at": mail.given_up_at.map(time),
    })
}

/// A signing key.
pub(crate) fn key(key: &KeyView) -> Value {
    json!({
        "id": key.id.to_string(),
        "purpose": key.purpose,
        "algorithm": key.algorithm,
        "created_at": time(key.created_at),
        "active_from": time(key.active_from),
        "signs": key.signs,
    })
}

/// A site behind the gate.
pub(crate) fn site(listed: &Listed) -> Value {
    let site = &listed.site;
    let stored = |at| (!listed.locked).then(|| time(at));
    let rules = site.rules.iter().map(|rule| {
        json!({
            "path": rule.path.shown(),
            "methods": rule.methods,
            "allow": rule.allow.iter().map(Who::shown).collect::<Vec<_>>(),
        })
    });
    json!({
        "id": site.id.to_string(),
        "name": site.name,
        "url": site.address.origin(),
        "identity_token": site.identity_token,
        "rules": rules.collect::<Vec<_>>(),
        "locked": listed.locked,
        "created_at": stored(site.created_at),
        "updated_at": stored(site.updated_at),
    })
}

/// An event of the audit trail.
pub(crate) fn event(event: &Event) -> Value {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or(Value::Null);
    json!({
        "seq": event.seq,
        "id": event.id.to_string(),
        "at": time(event.at),
        "kind": event.kind,
        "actor": event.actor,
        "subject": event.subject,
        "session": event.session,
        "data": parsed(&event.data),
        "personal": event.personal.as_deref().map(parsed),
        "hash": event.hash.map(|hash| hex(&hash)),
    })
}

/// All that there is of an account.
pub(crate) fn export(export: &Export) -> Value {
    json!({
        "account": account(&export.account),
        "password_hash": export.password_hash,
        "sessions": export.sessions.iter().map(session).collect::<Vec<_>>(),
        "events": export.events.iter().map(event).collect::<Vec<_>>(),
    })
}

/// RFC 3339.
pub(crate) fn time(time: Time) -> String {
    time.to_string()
}
