//! What the doctor finds inside: the database and everything that is kept in it.

use std::time::Duration;

use tollgate_base::{Result, access::Role, page::PageRequest, time::Clock};
use tollgate_flows::{
    Ctx, Filter, alerts, audit, keyring,
    outbox::{self, Stuck},
    overview, password, people, webhooks,
};
use tollgate_records::{events::EventKind, schema};
use tollgate_store::{counters::Counters, migrate, sql::Db};

use crate::{
    config::{Config, meant::backend::DatabaseUrl},
    wire::{self, Use},
};

use super::{super::office::OPERATOR, Finding};

/// Clocks may differ by so much before tokens are refused for it.
const DRIFT: Duration = Duration::from_secs(5);
/// A signing key should be younger.
const KEY_AGE: Duration = Duration::from_hours(24 * 365);
/// So should the last backup.
const BACKUP_AGE: Duration = Duration::from_hours(24 * 7);
/// Events that an export may be behind while it works.
const BEHIND: i64 = 1_000;
/// How long Redis may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn look(config: &Config, fix: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(redis(config).await);
    if let DatabaseUrl::Sqlite(path) = &config.database.url
        && !path.exists()
    {
        findings.push(Finding::remark(
            "database",
            "It is not made yet.",
            "tollgate serve",
        ));
        return findings;
    }
    let db = match wire::database(config).await {
        Ok(db) => db,
        Err(fault) => {
            findings.push(Finding::refused("database", &fault));
            return findings;
        }
    };
    let stands = database(&db, fix, &mut findings).await;
    db.close().await;
    match stands {
        Ok(true) if config.secrets.file.exists() => inside(config, &mut findings).await,
        Ok(true) => findings.push(Finding::wrong(
            "secrets",
            format!("{} is missing.", config.secrets.file.display()),
            "Put it back from where you keep it; without it the database cannot be opened.",
        )),
        Ok(false) => {}
        Err(fault) => findings.push(Finding::refused("database", &fault)),
    }
    findings
}

async fn redis(config: &Config) -> Option<Finding> {
    let url = config.redis.url.as_ref()?.to_secret();
    Some(match Counters::redis(&url, &[0; 32]) {
        Ok(counters) if counters.redis_comes(PATIENCE).await => {
            Finding::good("redis", "It answers.")
        }
        Ok(_) => Finding::wrong(
            "redis",
            "It does not answer.",
            "Start it, or check its address; until then Tollgate goes on without.",
        ),
        Err(fault) => Finding::refused("redis", &fault),
    })
}

/// The database from outside; whether it is worth looking inside.
async fn database(db: &Db, fix: bool, findings: &mut Vec<Finding>) -> Result<bool> {
    let damage = db.check().await?;
    if !damage.is_empty() {
        let fix = "Stop the server, keep a copy of the files, and restore the last good backup.";
        findings.push(Finding::wrong(
            "database",
            format!("It finds damage in itself: {}.", damage.join("; ")),
            fix,
        ));
        return Ok(false);
    }
    let now = Clock::machine().now();
    let theirs = db.clock().await?.unwrap_or(now);
    let gap = now.since(theirs).max(theirs.since(now));
    findings.push(if gap > DRIFT {
        let says = format!(
            "The database's clock is {} s away from this machine's.",
            gap.as_secs()
        );
        Finding::wrong("clock", says, "Let both follow a time server.")
    } else {
        Finding::good("clock", "This machine and the database agree.")
    });
    let mut status = migrate::status(db, schema::MIGRATIONS).await?;
    if fix && status.refusal.is_none() && !status.pending.is_empty() {
        migrate::run(db, schema::MIGRATIONS, now).await?;
        status = migrate::status(db, schema::MIGRATIONS).await?;
        findings.push(Finding::mended(
            "database",
            "Its tables are up to date now.",
        ));
    }
    let pending = status.pending.len();
    let stands = status.refusal.is_none() && pending == 0;
    findings.push(match status.refusal {
        Some(refusal) => Finding::wrong(
            "database",
            format!("{refusal}."),
            "Use the version of Tollgate that it was made with, or a newer one.",
        ),
        None if pending > 0 => Finding::wrong(
            "database",
            format!("{pending} migrations are pending."),
            "tollgate db migrate",
        ),
        None => Finding::good("database", "It is whole and up to date."),
    });
    Ok(stands)
}

async fn inside(config: &Config, findings: &mut Vec<Finding>) {
    let ctx = match wire::open(config, Use::Command).await {
        Ok((ctx, _)) => ctx,
        Err(fault) => return findings.push(Finding::refused("secrets", &fault)),
    };
    let seen = [
        ("clock", past(&ctx).await),
        ("administrators", administrators(&ctx, config).await),
        ("second factors", factors(&ctx).await),
        ("peppers", peppers(&ctx).await),
        ("signing keys", keys(&ctx).await),
        ("audit", trail(&ctx).await),
        ("audit export", exported(&ctx).await),
        ("backup", backup(&ctx).await),
        ("mail", undelivered(&ctx).await),
        ("alerts", told(&ctx).await),
        ("webhooks", sent(&ctx).await),
    ];
    for (about, seen) in seen {
        match seen {
            Ok(found) => findings.extend(found),
            Err(fault) => findings.push(Finding::refused(about, &fault)),
        }
    }
    ctx.db().close().await;
}

/// Whether the clock went back: then something happened in what is now the future.
async fn past(ctx: &Ctx) -> Result<Option<Finding>> {
    let latest = audit::page(ctx, OPERATOR, (None, None, 1)).await?;
    let ahead = latest
        .first()
        .map(|event| event.at.since(ctx.now()))
        .filter(|ahead| *ahead > DRIFT);
    Ok(ahead.map(|ahead| {
        let says = format!(
            "The last event lies {} s in the future: the clock was set back.",
            ahead.as_secs()
        );
        Finding::wrong(
            "clock",
            says,
            "Let it follow a time server; tokens of that time are refused until then.",
        )
    }))
}

async fn administrators(ctx: &Ctx, config: &Config) -> Result<Option<Finding>> {
    let filter = Filter {
        role: Some(Role::Admin),
        suspended: Some(false),
        ..Filter::default()
    };
    let first = PageRequest {
        limit: 1,
        after: None,
    };
    if !people::list(ctx, OPERATOR, (filter, first))
        .await?
        .rows
        .is_empty()
    {
        return Ok(Some(Finding::good(
            "administrators",
            "There is one who can sign in.",
        )));
    }
    let admin = &config.admin;
    if let Some(provided) = admin.password.as_deref() {
        let names = [
            admin
                .email
                .as_ref()
                .map(|email| email.canonical().to_owned()),
            admin
                .username
                .as_ref()
                .map(|name| name.canonical().to_owned()),
        ];
        let names: Vec<String> = names.into_iter().flatten().collect();
        if let Err(weak) = password::review(ctx, OPERATOR, (names, provided.clone())) {
            let why: Vec<&str> = weak
                .fields()
                .iter()
                .map(|fault| fault.detail.as_ref())
                .collect();
            let says = format!(
                "The password in admin.password is refused: {}",
                why.join(" ")
            );
            return Ok(Some(Finding::wrong(
                "administrators",
                says,
                "Choose a longer or less common one.",
            )));
        }
        return Ok(Some(Finding::remark(
            "administrators",
            "The next start makes the one that is configured.",
            "tollgate serve",
        )));
    }
    Ok(Some(Finding::wrong(
        "administrators",
        "Nobody can look after this server.",
        "tollgate setup-link, or tollgate admin create EMAIL",
    )))
}

/// Whether a stolen password would open everything.
async fn factors(ctx: &Ctx) -> Result<Option<Finding>> {
    let without = overview::overview(ctx, OPERATOR, ())
        .await?
        .admins_without_factor;
    Ok((without > 0).then(|| {
        Finding::remark(
            "second factors",
            match without {
                1 => "1 administrator has none: one password alone opens everything.".to_owned(),
                _ => format!(
                    "{without} administrators have none: their password alone opens everything."
                ),
            },
            "They add one under /me/factors; signin.second_factor = \"admins\" requires it.",
        )
    }))
}

/// Whether each password can be checked.
async fn peppers(ctx: &Ctx) -> Result<Option<Finding>> {
    let missing = password::unpeppered(ctx, OPERATOR, ()).await?;
    Ok((missing > 0).then(|| {
        Finding::wrong(
            "peppers",
            format!(
                "{missing} password hashes, former ones among them, were made with a pepper that is not there."
            ),
            "Put it back into password.peppers; the log names it when somebody signs in.",
        )
    }))
}

async fn keys(ctx: &Ctx) -> Result<Option<Finding>> {
    let keys = keyring::list(ctx, OPERATOR, ()).await?;
    let Some(signs) = keys
        .iter()
        .find(|key| key.signs && key.purpose == tollgate_flows::ctx::PURPOSE_ACCESS)
    else {
        return Ok(Some(Finding::remark(
            "signing keys",
            "None signs yet; the first start makes one.",
            "tollgate serve",
        )));
    };
    let says = format!(
        "The one that signs access tokens was made at {}.",
        signs.created_at
    );
    Ok(Some(if ctx.now().since(signs.created_at) > KEY_AGE {
        Finding::remark("signing keys", says, "tollgate signing-key rotate access")
    } else {
        Finding::good("signing keys", says)
    }))
}

async fn trail(ctx: &Ctx) -> Result<Option<Finding>> {
    let verified = audit::verify(ctx, OPERATOR, audit::Kept::default()).await?;
    if let Some(fault) = audit::standing(ctx, OPERATOR, ()).await?.fault {
        return Ok(Some(Finding::wrong(
            "audit",
            format!("A server found a fault, and signs nothing behind it: {fault}"),
            "It goes on by itself once all of the trail fits again.",
        )));
    }
    Ok(Some(Finding::good(
        "audit",
        format!(
            "All {} events fit, and {} checkpoints; {} wait to be sealed.",
            verified.sealed, verified.checkpoints, verified.waiting
        ),
    )))
}

async fn exported(ctx: &Ctx) -> Result<Option<Finding>> {
    let exports = audit::exports(ctx, OPERATOR, ()).await?;
    let Some(export) = exports.into_iter().next() else {
        return Ok(None);
    };
    let (name, behind) = (export.name, export.behind);
    Ok(Some(match export.fault {
        Some(fault) => Finding::wrong(
            "audit export",
            format!("{behind} events wait for {name}: {fault}"),
            "Check [audit.syslog] and the log server; they are sent in order once it takes them.",
        ),
        None if behind > BEHIND => Finding::remark(
            "audit export",
            format!("{behind} events wait for {name}."),
            "A server has to run to send them.",
        ),
        None => Finding::good(
            "audit export",
            format!("{name} has all but {behind} events."),
        ),
    }))
}

async fn backup(ctx: &Ctx) -> Result<Option<Finding>> {
    let fix = "tollgate db backup FILE";
    let Some(at) = audit::latest(ctx, OPERATOR, EventKind::BackupWritten).await? else {
        return Ok(Some(Finding::remark(
            "backup",
            "None was ever written by tollgate.",
            fix,
        )));
    };
    let age = ctx.now().since(at);
    let says = format!("The last was written at {at}.");
    Ok(Some(if age > BACKUP_AGE {
        Finding::remark("backup", says, fix)
    } else {
        Finding::good("backup", says)
    }))
}

/// Mails and texts that do not get on.
async fn undelivered(ctx: &Ctx) -> Result<Option<Finding>> {
    let Stuck { waiting, dead } = outbox::stuck(ctx, OPERATOR, ()).await?;
    let says =
        format!("{dead} mails and texts were given up, {waiting} failed and are tried again.");
    let fix =
        "tollgate mail queue says why; then tollgate mail retry ID, or tollgate mail drop ID.";
    Ok((dead + waiting > 0).then(|| Finding::remark("mail", says, fix)))
}

/// Whether anybody is told of alerts, and which are open.
async fn told(ctx: &Ctx) -> Result<Option<Finding>> {
    let channels = alerts::channels(ctx, OPERATOR, ()).await?;
    let mut set = channels.iter().filter(|state| state.set).peekable();
    if set.peek().is_none() {
        let says = "No channel is set: nobody is told of break-ins and failures.";
        let fix =
            "Set [alerts] mail_to = [\"admins\"], or another channel; then tollgate alert test.";
        return Ok(Some(Finding::remark("alerts", says, fix)));
    }
    if let Some((channel, fault)) = set.find_map(|one| Some((one.channel, one.fault.as_ref()?))) {
        let says = format!(
            "The channel {} failed the last time: {fault}",
            channel.name()
        );
        return Ok(Some(Finding::wrong("alerts", says, "tollgate alert test")));
    }
    let open: i64 = alerts::open(ctx, OPERATOR, ())
        .await?
        .iter()
        .map(|(_, many)| many)
        .sum();
    Ok(Some(match open {
        0 => Finding::good("alerts", "None is open."),
        1 => Finding::remark("alerts", "1 is open.", "tollgate alert list"),
        _ => Finding::remark("alerts", format!("{open} are open."), "tollgate alert list"),
    }))
}

/// Webhooks that take nothing.
async fn sent(ctx: &Ctx) -> Result<Option<Finding>> {
    let all = webhooks::list(ctx, OPERATOR, ()).await?;
    let bad = all
        .iter()
        .filter(|one| one.webhook.stopped.is_some() || one.webhook.failing_since.is_some());
    let names: Vec<&str> = bad.map(|one| one.webhook.name.as_str()).collect();
    let fix = "tollgate webhook list; then tollgate webhook test WEBHOOK";
    Ok((!names.is_empty()).then(|| {
        let says = format!("These take nothing: {}.", names.join(", "));
        Finding::remark("webhooks", says, fix)
    }))
}
