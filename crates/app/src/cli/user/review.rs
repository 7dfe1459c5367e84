//! `user review`: what there is to know of one account before something is done.

use clap::Args;
use serde_json::{Value, json};
use tollgate_flows::review;

use crate::cli::{
    exit::Failure,
    office::{OPERATOR, Office},
    person::One,
    shapes,
    terminal::{Answer, fields, plain},
};

/// Events that are shown.
const EVENTS: usize = 20;

#[derive(Args)]
pub(crate) struct Review {
    #[command(flatten)]
    one: One,
    /// Void the links and codes that are out
    #[arg(long)]
    void_links: bool,
    /// Note in the audit trail that the account was reviewed, and what was done
    #[arg(long)]
    close: bool,
}

impl Review {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        office
            .work(async |ctx| {
                let id = self.one.user.find(ctx).await?.account.id;
                if self.void_links {
                    review::void_links(ctx, OPERATOR, id).await?;
                }
                let seen = review::review(ctx, OPERATOR, id).await?;
                if self.close {
                    review::close(ctx, OPERATOR, id).await?;
                }
                Ok(Answer::new(shape(&seen), text(&seen)))
            })
            .await
    }
}

fn text(seen: &review::Review) -> String {
    let it = &seen.standing;
    let never = || "never".to_owned();
    let state = it
        .suspended_at
        .map_or_else(|| "active".to_owned(), |at| format!("suspended {at}"));
    let links: Vec<&str> = seen
        .links
        .iter()
        .map(|link| link.purpose.as_str())
        .collect();
    let recovery = seen.recovery.as_ref();
    let rows = [
        ("id", it.id.to_string()),
        ("name", plain(seen.account.name())),
        ("role", it.role.to_string()),
        ("state", state),
        (
            "last used",
            it.last_used_at.map_or_else(never, |at| at.to_string()),
        ),
        (
            "last review",
            seen.last.map_or_else(never, |at| at.to_string()),
        ),
        ("sessions", it.sessions.to_string()),
        (
            "devices",
            format!("{}, {} trusted", it.devices, seen.trusted_devices),
        ),
        ("passkeys", it.passkeys.to_string()),
        ("apps", it.apps.to_string()),
        ("recovery codes", it.recovery_codes.to_string()),
        ("links out", links.join(", ")),
        (
            "recovery",
            recovery.map_or_else(
                || "none".to_owned(),
                |waits| format!("ready {}", waits.ready_at),
            ),
        ),
    ];
    let mut lines = vec![fields(&rows), String::new(), "Findings".to_owned()];
    lines.extend(seen.findings.iter().map(|(rule, accepted)| {
        let accepted = accepted
            .as_ref()
            .map_or_else(String::new, |it| format!(", accepted until {}", it.until));
        let severity = rule.severity.as_str();
        format!("  {} ({severity}{accepted}): {}", rule.name, rule.help)
    }));
    lines.extend([String::new(), "Happened".to_owned()]);
    let happened = seen.events.iter().take(EVENTS);
    lines.extend(happened.map(|event| {
        let actor = plain(&event.actor);
        format!("  {}  {}  {actor}", event.at, event.kind)
    }));
    lines.join("\n")
}

fn shape(seen: &review::Review) -> Value {
    let it = &seen.standing;
    let found = seen.findings.iter().map(|(rule, accepted)| {
        json!({
            "rule": rule.name,
            "severity": rule.severity.as_str(),
            "accepted": accepted.as_ref().map(shapes::exception),
        })
    });
    let links = seen
        .links
        .iter()
        .map(|link| json!({ "purpose": link.purpose, "expires_at": link.expires_at.to_string() }));
    json!({
        "user": shapes::account(&seen.account),
        "last_used_at": it.last_used_at.map(|at| at.to_string()),
        "last_review_at": seen.last.map(|at| at.to_string()),
        "findings": found.collect::<Vec<_>>(),
        "open": {
            "sessions": it.sessions,
            "devices": it.devices,
            "trusted_devices": seen.trusted_devices,
            "passkeys": it.passkeys,
            "apps": it.apps,
            "sent_codes": it.sent_codes,
            "recovery_codes": it.recovery_codes,
            "links": links.collect::<Vec<_>>(),
            "recovery_ready_at": seen.recovery.as_ref().map(|waits| waits.ready_at.to_string()),
        },
        "events": seen.events.iter().map(shapes::event).collect::<Vec<_>>(),
    })
}
