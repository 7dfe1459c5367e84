//! Alerts: what operators are told of once and clearly. `rules` says what raises one,
//! `watch` raises them, `tell` tells the channels; here they are looked at and closed.

mod rules;
mod tell;
mod watch;

use tollgate_base::{
    Error, Result,
    access::{Facts, Permission, Principal, Target, decide},
    codes,
    id::AlertId,
    time::Time,
};
use tollgate_records::{
    alerts::{self, Alert, Severity, notices},
    events::EventKind,
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::{AlertPolicy, Ctx},
    steps::note::{Details, Log, change},
};

pub use rules::{About, RULES, Rule};
pub use tell::{tell, test};
pub use watch::{check, watch};

/// Most of one look.
const MOST: u32 = 500;

/// Where alerts are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Mail.
    Mail,
    /// The hook of a chat.
    Slack,
    /// The hook that checks signatures.
    Webhook,
    /// The file.
    File,
}

/// A channel and what became of its last message.
#[derive(Clone, Debug)]
pub struct ChannelState {
    /// The channel.
    pub channel: Channel,
    /// Whether it is set.
    pub set: bool,
    /// From which severity on it is told.
    pub level: Severity,
    /// When it was last told something.
    pub last_at: Option<Time>,
    /// What went wrong with whom of its receivers the last time that they were told.
    pub fault: Option<String>,
}

/// Those that are open, worst first, or those that were closed, newest first.
///
/// # Errors
/// `access.denied`.
pub async fn list(ctx: &Ctx, by: &Principal, open: bool) -> Result<Vec<Alert>> {
    allow(by)?;
    alerts::list(ctx.db(), open, MOST).await
}

/// One of them.
///
/// # Errors
/// `access.denied`, `alert.missing`.
pub async fn show(ctx: &Ctx, by: &Principal, id: AlertId) -> Result<Alert> {
    allow(by)?;
    let found = alerts::find(ctx.db(), id).await?;
    found.ok_or_else(|| Error::new(&codes::ALERT_MISSING))
}

/// How many are open of each severity.
///
/// # Errors
/// `access.denied`.
pub async fn open(ctx: &Ctx, by: &Principal, (): ()) -> Result<Vec<(Severity, i64)>> {
    allow(by)?;
    alerts::by_severity(ctx.db()).await
}

/// Say that somebody has seen it: it is told again only if it gets worse.
///
/// # Errors
/// `access.denied`, `alert.missing`.
pub async fn acknowledge(ctx: &Ctx, by: &Principal, id: AlertId) -> Result<Alert> {
    act(ctx, by, id, EventKind::AlertAcknowledged).await
}

/// Close it. If it comes again, that is a new one.
///
/// # Errors
/// `access.denied`, `alert.missing`.
pub async fn close(ctx: &Ctx, by: &Principal, id: AlertId) -> Result<Alert> {
    act(ctx, by, id, EventKind::AlertClosed).await
}

/// Where alerts are told, and how that went.
///
/// # Errors
/// `access.denied`.
pub async fn channels(ctx: &Ctx, by: &Principal, (): ()) -> Result<Vec<ChannelState>> {
    allow(by)?;
    let (last, set) = (notices::last(ctx.db()).await?, Channel::set(ctx));
    let policy = ctx.policy();
    let mut states = Vec::new();
    for channel in Channel::ALL {
        let receivers = tell::receivers(ctx, channel).await?;
        let of = |receiver: &String| {
            let own =
                |one: &&notices::Last| one.channel == channel.name() && one.receiver == *receiver;
            last.iter().filter(own).max_by_key(|one| one.at)
        };
        let lasts: Vec<&notices::Last> = receivers.iter().filter_map(of).collect();
        let mut faults = Vec::new();
        for (last, fault) in lasts
            .iter()
            .filter_map(|one| Some((one, one.fault.as_ref()?)))
        {
            faults.push(match tell::shown(ctx, &last.receiver).await? {
                Some(receiver) => format!("{receiver}: {fault}"),
                None => fault.clone(),
            });
        }
        states.push(ChannelState {
            channel,
            set: set.contains(&channel),
            level: channel.level(&policy.alerts),
            last_at: lasts.iter().map(|last| last.at).max(),
            fault: (!faults.is_empty()).then(|| faults.join("; ")),
        });
    }
    Ok(states)
}

/// What a rule is called in a language.
pub fn title(ctx: &Ctx, language: &str, rule: &str) -> String {
    ctx.letters().alert_rule(Some(language), rule)
}

async fn act(ctx: &Ctx, by: &Principal, id: AlertId, kind: EventKind) -> Result<Alert> {
    let before = show(ctx, by, id).await?;
    let (now, who) = (ctx.now(), by.to_string());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let done = match kind {
            EventKind::AlertClosed => alerts::close(tx, id, &who, now).await?,
            _ => alerts::acknowledge(tx, id, &who, now).await?,
        };
        if done {
            let mut details = Details::default();
            details.data.say("alert", id.to_string());
            details.data.say("rule", &before.rule);
            log.note(kind, details);
        }
        Ok(())
    })
    .await?;
    watch::tally(ctx).await?;
    show(ctx, by, id).await
}

fn allow(by: &Principal) -> Result<()> {
    let on = &Target::Installation;
    decide(by, Permission::AlertsManage, on, &Facts::NONE)
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Mail, Self::Slack, Self::Webhook, Self::File];

    /// Its stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Slack => "slack",
            Self::Webhook => "webhook",
            Self::File => "file",
        }
    }

    /// Those that the operator set.
    fn set(ctx: &Ctx) -> Vec<Self> {
        let (channels, policy) = (ctx.channels(), ctx.policy());
        let is_set = |channel: &Self| match channel {
            Self::Mail => !policy.alerts.mail.is_empty(),
            Self::Slack => channels.chat.is_some(),
            Self::Webhook => channels.hook.is_some(),
            Self::File => channels.file.is_some(),
        };
        Self::ALL.into_iter().filter(is_set).collect()
    }

    /// From which severity on it is told.
    const fn level(self, policy: &AlertPolicy) -> Severity {
        match self {
            Self::Mail => policy.mail_level,
            Self::Slack => policy.slack_level,
            Self::Webhook => policy.webhook_level,
            Self::File => policy.file_level,
        }
    }
}
