//! The JSON of what commands tell. Only ever added to: scripts read it.

use serde_json::{Value, json};
use tollgate_base::{hex::hex, time::Time};
use tollgate_flows::{
    AccountView, Alert, Event, Session, StoredDevice, WaitingAddress, Who,
    account::Export,
    audit::{Checkpoint, Export as Sink},
    compliance::Exception,
    ctx::Listed,
    devices::KnownDevice,
    keyring::KeyView,
    outbox::Undelivered,
    webhooks::{Delivery, Standing},
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

/// An alert.
pub(crate) fn alert(alert: &Alert) -> Value {
    let who = |done: &Option<(String, Time)>| done.as_ref().map(|(by, _)| by.clone());
    let when = |done: &Option<(String, Time)>| done.as_ref().map(|(_, at)| time(*at));
    json!({
        "id": alert.id.to_string(),
        "rule": alert.rule,
        "severity": alert.severity.as_str(),
        "subject": (!alert.subject.is_empty()).then_some(&alert.subject),
        "count": alert.count,
        "first_at": time(alert.first_at),
        "last_at": time(alert.last_at),
        "event": alert.event.map(|event| event.to_string()),
        "acknowledged_at": when(&alert.acknowledged),
        "acknowledged_by": who(&alert.acknowledged),
        "closed_at": when(&alert.closed),
        "closed_by": who(&alert.closed),
    })
}

/// A webhook, without its secret.
pub(crate) fn webhook(standing: &Standing) -> Value {
    let webhook = &standing.webhook;
    json!({
        "id": webhook.id.to_string(),
        "name": webhook.name,
        "url": webhook.url,
        "events": webhook.events.entries(),
        "active": webhook.active,
        "stopped": webhook.stopped,
        "failing_since": webhook.failing_since.map(time),
        "position": webhook.position,
        "behind": standing.behind,
        "taken": standing.success.taken,
        "deliveries": standing.success.all,
        "created_at": time(webhook.created_at),
        "updated_at": time(webhook.updated_at),
    })
}

/// An event that was handed over, or that nobody took.
pub(crate) fn delivery(one: &Delivery) -> Value {
    json!({
        "id": one.id.to_string(),
        "event": one.event.to_string(),
        "kind": one.kind,
        "at": time(one.at),
        "took_ms": u64::try_from(one.took.as_millis()).unwrap_or(u64::MAX),
        "tries": one.tries,
        "taken": one.taken,
        "status": one.status,
        "answer": one.answer,
        "fault": one.fault,
    })
}

/// A device that an account knows.
pub(crate) fn device(known: &KnownDevice) -> Value {
    let stored = &known.stored;
    json!({
        "id": stored.id.to_string(),
        "name": stored.name,
        "browser": stored.browser,
        "address": stored.address,
        "created_at": time(stored.created_at),
        "last_used_at": time(known.last_used_at),
        "trusted_until": known.trusted_until.map(time),
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

/// An event with all that its hash is made of.
pub(crate) fn leaf(of: &Event) -> Value {
    let mut leaf = event(of);
    leaf["salt"] = of.salt.as_deref().map(hex).into();
    leaf["personal_digest"] = hex(&of.personal_digest).into();
    leaf
}

/// A signed head of the audit trail.
pub(crate) fn checkpoint(checkpoint: &Checkpoint) -> Value {
    json!({
        "seq": checkpoint.seq,
        "hash": hex(&checkpoint.hash),
        "at": time(checkpoint.at),
        "checkpoint": checkpoint.signed,
    })
}

/// How far an export of the audit trail has come.
pub(crate) fn sink(export: &Sink) -> Value {
    json!({
        "sink": export.name,
        "after": export.after,
        "behind": export.behind,
        "fault": export.fault,
        "moved_at": export.moved_at.map(time),
    })
}

/// All that there is of an account.
pub(crate) fn export(export: &Export) -> Value {
    json!({
        "account": account(&export.account),
        "waiting_addresses": export.waiting.iter().map(waiting).collect::<Vec<_>>(),
        "password_hash": export.password_hash,
        "sessions": export.sessions.iter().map(session).collect::<Vec<_>>(),
        "devices": export.devices.iter().map(stored_device).collect::<Vec<_>>(),
        "networks": export.networks,
        "accepted_findings": export.exceptions.iter().map(exception).collect::<Vec<_>>(),
        "events": export.events.iter().map(event).collect::<Vec<_>>(),
    })
}

pub(super) fn exception(accepted: &Exception) -> Value {
    json!({
        "rule": accepted.rule,
        "reason": accepted.reason,
        "by": accepted.accepted_by,
        "at": accepted.accepted_at.to_string(),
        "until": accepted.until.to_string(),
    })
}

fn waiting(waits: &WaitingAddress) -> Value {
    json!({
        "value": waits.shown,
        "asked_at": time(waits.asked_at),
        "expires_at": time(waits.expires_at),
    })
}

fn stored_device(stored: &StoredDevice) -> Value {
    json!({
        "id": stored.id.to_string(),
        "name": stored.name,
        "browser": stored.browser,
        "address": stored.address,
        "created_at": time(stored.created_at),
        "last_used_at": time(stored.last_used_at),
        "trusted_at": stored.trusted_at.map(time),
    })
}

/// RFC 3339.
pub(crate) fn time(time: Time) -> String {
    time.to_string()
}
