//! What the rules find in the installation as a whole: apps, keys, backups and the
//! number of administrators.

use tollgate_base::{Result, access::Role};
use tollgate_records::{
    accounts,
    events::EventKind,
    installation,
    sites::Site,
    tallies::{self, Day},
};

use super::Finding;
use crate::{
    ctx::{Ctx, PURPOSE_ACCESS, PURPOSE_CHATBOT, PURPOSE_IDENTITY},
    steps::{places, standing::rules::Rule},
};

/// All of them, with their rules.
pub(super) async fn findings(ctx: &Ctx) -> Result<Vec<(&'static Rule, Finding)>> {
    let mut found = Vec::new();
    let mut add = |rule: &str, subject: String, name: String, detail: String| {
        if let Some(rule) = Rule::named(rule) {
            let account = None;
            let accepted = None;
            found.push((
                rule,
                Finding {
                    subject,
                    name,
                    detail,
                    account,
                    accepted,
                },
            ));
        }
    };
    let (policy, now) = (ctx.policy(), ctx.now());
    let limits = policy.compliance;

    let census = accounts::census(ctx.db()).await?;
    let admins = census.iter().filter(|of| of.role == Role::Admin);
    let admins: i64 = admins.map(|of| of.people - of.suspended).sum();
    let whole = |rule: &str| (rule.to_owned(), "installation".to_owned());
    if admins == 1 {
        let (subject, name) = whole("admins-few");
        add("admins-few", subject, name, "one administrator".into());
    }
    if admins > i64::from(limits.admins) {
        let (subject, name) = whole("admins-many");
        add(
            "admins-many",
            subject,
            name,
            format!("{admins} administrators"),
        );
    }

    let last = tallies::last(ctx.db(), EventKind::BackupWritten.as_str()).await?;
    // Who has just begun has nothing to lose yet.
    let set_up = installation::read(ctx.db()).await?;
    let set_up = set_up.and_then(|facts| facts.set_up_at);
    let since = last.map(Day::begins).or(set_up);
    if since.is_some_and(|since| since.plus(limits.backup) <= now) {
        let (subject, name) = whole("backup-old");
        let detail = match last.map(Day::begins) {
            Some(day) => format!("last written on the day of {day}"),
            None => "none was ever written".into(),
        };
        add("backup-old", subject, name, detail);
    }

    let keys = ctx.keys();
    for purpose in [PURPOSE_ACCESS, PURPOSE_CHATBOT, PURPOSE_IDENTITY] {
        // Which families there are depends on the configuration.
        let Ok(key) = keys.signer(purpose, now) else {
            continue;
        };
        if key.active_from.plus(limits.key_age) <= now {
            let detail = format!("signs {} since {}", key.purpose, key.active_from);
            add("key-old", key.id.to_string(), key.id.to_string(), detail);
        }
    }

    places::reload(ctx).await?;
    for listed in ctx.sites().all() {
        let site = &listed.site;
        let (id, name) = (site.id.to_string(), site.name.clone());
        if site.is_open_around_admins() {
            let detail = "strangers are let in around what is for administrators";
            add("site-open", id.clone(), name.clone(), detail.into());
        }
        let idle = site.idle_rules();
        if !idle.is_empty() {
            add("site-rule-idle", id, name, places_of(site, &idle));
        }
    }
    Ok(found)
}

/// Such as `rule 2: /admin for role:admin`.
fn places_of(site: &Site, idle: &[usize]) -> String {
    let rule = |place: &usize| {
        let rule = site.rules.get(*place)?;
        Some(format!("rule {}: {rule}", place + 1))
    };
    let told: Vec<String> = idle.iter().filter_map(rule).collect();
    told.join("; ")
}
