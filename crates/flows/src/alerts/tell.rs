//! Telling channels of alerts: each by itself, so that one which fails holds up no
//! other. What is due at the same time is told together.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use tollgate_base::{
    Error, Result,
    access::Principal,
    codes,
    hex::hex,
    id::{AlertId, JobId, UserId},
    time::Time,
};
use tollgate_crypto::mac::digest;
use tollgate_outbound::{
    hook::Refusal,
    letters::{AlertLine, Facts, Kind},
    mail::Message,
};
use tollgate_records::{
    accounts::{self, addressed},
    alerts::{self, Alert, Severity, notices},
    webhooks::back_off,
};
use tollgate_store::{lease, sql::Tx};

use crate::ctx::Ctx;

use super::{Channel, ChannelState, allow, rules::Rule};

/// Notices that one round looks at.
const BATCH: u32 = 200;
/// How long one node tells before another may: longer than a round takes.
const LEASE: Duration = Duration::from_mins(1);
/// A receiver is told no more often, but for what is critical: what comes in between
/// is told together.
const GAP: Duration = Duration::from_mins(1);

/// More of a mail server's words is not shown.
const WORDS_MOST: usize = 200;

/// Why somebody was not told.
struct Fault {
    says: String,
    /// Whether it is about this one receiver alone.
    is_theirs: bool,
}

/// What a channel is told.
struct Said {
    /// Stable over retries.
    id: String,
    /// Alerts, the worst first; none in a test.
    alerts: Vec<Alert>,
}

/// Tell each channel what is due.
///
/// # Errors
/// What the database says; what a channel did not take is tried again later.
pub async fn tell(ctx: &Ctx, _by: &Principal, (): ()) -> Result<()> {
    let (db, now) = (ctx.db(), ctx.now());
    let due = notices::due(db, now, BATCH).await?;
    if due.is_empty() || !lease::hold(db, "alert_tell", ctx.node(), now, LEASE).await? {
        return Ok(());
    }
    let last = notices::last(db).await?;
    let mut rounds = Channel::ALL.map(|channel| {
        let own = due.iter().filter(|notice| notice.channel == channel.name());
        Box::pin(one_channel(ctx, channel, own.cloned().collect(), &last))
    });
    let [mail, slack, webhook, file] = &mut rounds;
    let (one, two, three, four) = tokio::join!(mail, slack, webhook, file);
    one.and(two).and(three).and(four)
}

async fn one_channel(
    ctx: &Ctx,
    channel: Channel,
    due: Vec<notices::Notice>,
    last: &[notices::Last],
) -> Result<()> {
    let mut by_receiver: BTreeMap<String, Vec<notices::Notice>> = BTreeMap::new();
    for notice in due {
        let held = by_receiver.entry(notice.receiver.clone());
        held.or_default().push(notice);
    }
    let (now, set) = (ctx.now(), Channel::set(ctx).contains(&channel));
    for (receiver, group) in by_receiver {
        let (late, group): (Vec<_>, Vec<_>) = group
            .into_iter()
            .partition(|one| !set || one.created_at.plus(notices::GIVEN_UP) <= now);
        let mut told = Vec::new();
        for notice in &group {
            told.extend(alerts::find(ctx.db(), notice.alert).await?);
        }
        told.sort_by_key(|alert| (std::cmp::Reverse(alert.severity), alert.id));
        told.dedup_by_key(|alert| alert.id);
        let rests = last.iter().any(|last| {
            let own = last.channel == channel.name() && last.receiver == receiver;
            own && !last.test && last.fault.is_none() && last.at.plus(GAP) > now
        });
        let worst = told.first().map(|alert| alert.severity);
        if rests && worst.is_some_and(|worst| worst < Severity::Critical) {
            continue;
        }
        let outcome = if told.is_empty() {
            None
        } else {
            let ids: Vec<String> = group.iter().map(|one| one.id.to_string()).collect();
            let id = format!("alt_{}", &hex(&digest(&[ids.join(" ").as_bytes()]))[..32]);
            let said = Said { id, alerts: told };
            Some(say(ctx, channel, &receiver, &said).await)
        };
        let failed = matches!(&outcome, Some(Err(_)));
        if let Some(outcome) = &outcome {
            let result = if outcome.is_ok() { "ok" } else { "failed" };
            metrics::counter!(
                "tollgate_alerts_told_total",
                "channel" => channel.name(),
                "result" => result
            )
            .increment(1);
        }
        let is_down = matches!(&outcome, Some(Err(fault)) if !fault.is_theirs);
        let late: Vec<JobId> = late.iter().map(|one| one.id).collect();
        let last = outcome.map(|outcome| notices::Last {
            channel: channel.name().to_owned(),
            receiver,
            test: false,
            at: now,
            fault: outcome.err().map(|fault| fault.says),
        });
        ctx.db()
            .write(async move |tx: &mut Tx<'_>| {
                for id in &late {
                    notices::done(tx, *id).await?;
                }
                for one in &group {
                    if failed {
                        let again = now.plus(back_off(one.tries + 1, 0));
                        notices::later(tx, one.id, again).await?;
                    } else {
                        notices::done(tx, one.id).await?;
                    }
                }
                match &last {
                    Some(last) => notices::said(tx, last).await,
                    None => Ok(()),
                }
            })
            .await?;
        // A server that is down is asked once in a round, not for every receiver.
        if is_down {
            break;
        }
    }
    Ok(())
}

/// Send each channel a test, and say what became of it.
///
/// # Errors
/// `access.denied`.
pub async fn test(ctx: &Ctx, by: &Principal, (): ()) -> Result<Vec<ChannelState>> {
    allow(by)?;
    let now = ctx.now();
    for channel in Channel::set(ctx) {
        for receiver in receivers(ctx, channel).await? {
            let id = format!("alt_{}", JobId::new(now, ctx.entropy())?);
            let said = Said {
                id,
                alerts: Vec::new(),
            };
            let outcome = say(ctx, channel, &receiver, &said).await;
            let last = notices::Last {
                channel: channel.name().to_owned(),
                receiver,
                test: true,
                at: now,
                fault: outcome.err().map(|fault| fault.says),
            };
            ctx.db()
                .write(async move |tx: &mut Tx<'_>| notices::said(tx, &last).await)
                .await?;
        }
    }
    super::channels(ctx, by, ()).await
}

/// Whom a channel tells.
pub(super) async fn receivers(ctx: &Ctx, channel: Channel) -> Result<Vec<String>> {
    if channel != Channel::Mail {
        return Ok(vec![String::new()]);
    }
    let policy = ctx.policy().alerts.clone();
    ctx.db()
        .write(async move |tx: &mut Tx<'_>| super::watch::mailed(tx, &policy).await)
        .await
}

/// A receiver as people know it, if it has a name.
pub(super) async fn shown(ctx: &Ctx, receiver: &str) -> Result<Option<String>> {
    let Ok(id) = receiver.parse::<UserId>() else {
        return Ok((!receiver.is_empty()).then(|| receiver.to_owned()));
    };
    let known = accounts::identifiers(ctx.db(), id).await?;
    let address = addressed(&known).map(|to| to.shown.clone());
    Ok(Some(address.unwrap_or_else(|| receiver.to_owned())))
}

async fn say(ctx: &Ctx, channel: Channel, receiver: &str, said: &Said) -> Result<(), Fault> {
    let channels = ctx.channels();
    match channel {
        Channel::Mail => Ok(mail(ctx, receiver, said).await?),
        Channel::Slack => match &channels.chat {
            Some(chat) => Ok(chat.say(&chat_text(ctx, said).await?).await?),
            None => Ok(()),
        },
        Channel::Webhook => match &channels.hook {
            Some(hook) => {
                let posted = hook.post(&said.id, ctx.now(), &said.json(ctx)).await;
                Ok(posted.map_err(|refusal| match refusal {
                    Refusal::Failed(says, _) => says,
                    Refusal::Undeliverable => "It answered 422.".to_owned(),
                })?)
            }
            None => Ok(()),
        },
        Channel::File => match &channels.file {
            Some(file) => Ok(file.add(&said.lines(ctx)).await?),
            None => Ok(()),
        },
    }
}

/// To an address, or to where mail of an account goes, in its owner's language.
async fn mail(ctx: &Ctx, receiver: &str, said: &Said) -> Result<()> {
    let policy = ctx.policy();
    let (to, locale) = match receiver.parse::<UserId>() {
        Err(_) => (receiver.to_owned(), Some(policy.alerts.language.clone())),
        Ok(id) => {
            let account = accounts::find(ctx.db(), id).await?;
            let Some(account) = account.filter(accounts::Account::is_active) else {
                return Ok(());
            };
            let known = accounts::identifiers(ctx.db(), id).await?;
            let Some(to) = addressed(&known) else {
                return Ok(());
            };
            (to.shown.clone(), account.profile.locale)
        }
    };
    let facts = Facts {
        site: &policy.public_url,
        alerts: said.in_letters(ctx).await?,
        ..Facts::default()
    };
    let letter = ctx.letters().write(Kind::Alert, locale.as_deref(), &facts);
    let message = Message {
        id: said.id.clone(),
        at: ctx.now(),
        to,
        subject: letter.subject,
        text: letter.text,
        html: letter.html,
    };
    ctx.mailer().send(message).await
}

async fn chat_text(ctx: &Ctx, said: &Said) -> Result<String> {
    let policy = ctx.policy();
    let (language, site) = (Some(policy.alerts.language.as_str()), &policy.public_url);
    let lines = said.in_letters(ctx).await?;
    let lines: Vec<String> = lines
        .iter()
        .map(|line| escaped(&ctx.letters().alert(language, line, site)))
        .collect();
    Ok(lines.join("\n\n"))
}

/// What has a meaning in a chat's text.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// What is wrong, and what the mail server said of it.
fn in_words(fault: &Error) -> String {
    let mut below = fault.cause().map(|cause| cause as &dyn std::error::Error);
    let mut said = None;
    while let Some(cause) = below {
        said = Some(cause.to_string());
        below = cause.source();
    }
    let said = said.map(|said| said.chars().take(WORDS_MOST).collect::<String>());
    match said {
        Some(said) => format!("{} It said: {said}", fault.public()),
        None => fault.public().to_owned(),
    }
}

/// What people call whom an alert is about. Hooks and files are told the id alone: what
/// they keep cannot be erased from here.
async fn name(ctx: &Ctx, subject: &str) -> Result<Option<String>> {
    let Ok(id) = subject.parse::<UserId>() else {
        return Ok(None);
    };
    let known = accounts::identifiers(ctx.db(), id).await?;
    Ok(known.first().map(|known| known.shown.clone()))
}

impl From<Error> for Fault {
    fn from(fault: Error) -> Self {
        Self {
            is_theirs: fault.is(&codes::MAIL_REFUSED),
            says: in_words(&fault),
        }
    }
}

impl From<String> for Fault {
    fn from(says: String) -> Self {
        Self {
            says,
            is_theirs: false,
        }
    }
}

impl Said {
    async fn in_letters(&self, ctx: &Ctx) -> Result<Vec<AlertLine>> {
        if self.alerts.is_empty() {
            return Ok(vec![AlertLine {
                id: String::new(),
                rule: "test",
                next: "",
                severity: Severity::Info.as_str(),
                subject: String::new(),
                name: None,
                count: 1,
                at: ctx.now(),
            }]);
        }
        let mut lines = Vec::new();
        for alert in &self.alerts {
            let Some(rule) = Rule::named(&alert.rule) else {
                continue;
            };
            lines.push(AlertLine {
                id: alert.id.to_string(),
                rule: rule.name,
                next: rule.next(&alert.subject),
                severity: alert.severity.as_str(),
                subject: alert.subject.clone(),
                name: name(ctx, &alert.subject).await?,
                count: alert.count,
                at: alert.last_at,
            });
        }
        Ok(lines)
    }

    /// As hooks get it: one message.
    fn json(&self, ctx: &Ctx) -> Value {
        let alerts: Vec<Value> = self.alerts.iter().map(|alert| shape(ctx, alert)).collect();
        json!({
            "type": self.kind(),
            "timestamp": ctx.now().to_string(),
            "data": { "alerts": alerts },
        })
    }

    /// As the file gets it: a line for each.
    fn lines(&self, ctx: &Ctx) -> Vec<Value> {
        let line = |data: Value| json!({ "type": self.kind(), "timestamp": ctx.now().to_string(), "data": data });
        if self.alerts.is_empty() {
            return vec![line(json!({}))];
        }
        self.alerts
            .iter()
            .map(|alert| line(shape(ctx, alert)))
            .collect()
    }

    fn kind(&self) -> &'static str {
        if self.alerts.is_empty() {
            "alert.test"
        } else {
            "alert.raised"
        }
    }
}

fn shape(ctx: &Ctx, alert: &Alert) -> Value {
    let policy = ctx.policy();
    let language = Some(policy.alerts.language.as_str());
    let id: AlertId = alert.id;
    let time = |at: Time| at.to_string();
    json!({
        "id": id.to_string(),
        "rule": alert.rule,
        "severity": alert.severity.as_str(),
        "title": ctx.letters().alert_rule(language, &alert.rule),
        "subject": (!alert.subject.is_empty()).then_some(&alert.subject),
        "count": alert.count,
        "first_at": time(alert.first_at),
        "last_at": time(alert.last_at),
        "event": alert.event.map(|event| event.to_string()),
    })
}
