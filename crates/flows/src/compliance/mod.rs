//! Compliance: what the rules find, which findings are accepted for a while, and
//! the check that counts them once a day. The rules are `steps::standing`'s.

mod check;
mod installation;

use std::{collections::HashSet, str::FromStr, time::Duration};

use tollgate_base::{
    Error, Result,
    access::{Facts, Permission, Principal, Role, Target, decide},
    codes,
    id::UserId,
    page::{Cursor, Page, PageRequest},
    time::Time,
};
use tollgate_records::{accounts, compliance, events::EventKind};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        note::{Details, Log, change},
        standing::{
            self, Standing,
            rules::{self, About, Rule, Severity},
        },
    },
};

pub use tollgate_records::compliance::Exception;

pub use check::{Sweep, check, keep_checking};

/// Accounts that are looked at for one page of findings at most.
const LOOKED_AT: u32 = 20_000;
/// Longest that a finding is accepted for.
const YEAR: Duration = Duration::from_hours(366 * 24);
/// Accounts that are read at once.
const BATCH: u32 = 1_000;

/// What the rules found when they were last checked.
#[derive(Clone, Debug)]
pub struct Report {
    /// When that was; none if never.
    pub checked_at: Option<Time>,
    /// Each rule, the worst first.
    pub lines: Vec<Line>,
}

/// One rule and what it found.
#[derive(Clone, Debug)]
pub struct Line {
    /// The rule.
    pub rule: &'static Rule,
    /// Findings that nobody has accepted.
    pub findings: i64,
    /// Findings that somebody has.
    pub accepted: i64,
    /// Since when there are findings, or none.
    pub since: Option<Time>,
}

/// What a rule found.
#[derive(Clone)]
pub struct Finding {
    /// The id of an account, a site or a key; the rule's own name where it is about
    /// the installation.
    pub subject: String,
    /// What people call it.
    pub name: String,
    /// What there is to say of it, in English.
    pub detail: String,
    /// The account, where it is one.
    pub account: Option<Box<Standing>>,
    /// Who accepted it, why and until when.
    pub accepted: Option<Exception>,
}

/// A rule by its name, as it stands in an address or a command.
#[derive(Clone, Copy, Debug)]
pub struct Named(pub &'static Rule);

/// What a rule found, by its id.
#[derive(Clone, Debug)]
pub struct Subject(pub String);

/// A finding that is to be accepted.
#[derive(Debug)]
pub struct Accept {
    /// Which rule finds it.
    pub rule: Named,
    /// What was found.
    pub subject: Subject,
    /// Why it is accepted.
    pub reason: String,
    /// From then on it is a finding again.
    pub until: Time,
}

impl Report {
    /// Findings of that severity.
    pub fn count(&self, severity: Severity) -> i64 {
        let of = self
            .lines
            .iter()
            .filter(|line| line.rule.severity == severity);
        of.map(|line| line.findings).sum()
    }
}

/// What the last check counted.
///
/// # Errors
/// `auth.required`, `access.denied`.
pub async fn report(ctx: &Ctx, by: &Principal, (): ()) -> Result<Report> {
    allow(by)?;
    let counts = compliance::counts(ctx.db()).await?;
    let line = |rule: &&'static Rule| {
        let count = counts.iter().find(|count| count.rule == rule.name);
        Line {
            rule,
            findings: count.map_or(0, |count| count.findings),
            accepted: count.map_or(0, |count| count.accepted),
            since: count.map(|count| count.since),
        }
    };
    Ok(Report {
        checked_at: counts.iter().map(|count| count.checked_at).max(),
        lines: rules::ALL.iter().map(line).collect(),
    })
}

/// What one rule finds now. A page may have fewer rows than were asked for while
/// there is a next one: so many accounts are looked at for each, and no more.
///
/// # Errors
/// `auth.required`, `access.denied`, `id.malformed`.
pub async fn findings(
    ctx: &Ctx,
    by: &Principal,
    (Named(rule), page): (Named, PageRequest),
) -> Result<Page<Finding>> {
    allow(by)?;
    let now = ctx.now();
    let mut page = if rule.about.is_accounts() {
        of_accounts(ctx, rule, &page).await?
    } else {
        let mut rows = installation::findings(ctx).await?;
        rows.retain(|(found, _)| found.name == rule.name);
        let rows = rows.into_iter().map(|(_, finding)| finding).collect();
        Page { rows, next: None }
    };
    for finding in &mut page.rows {
        let all = compliance::of(ctx.db(), &finding.subject, now).await?;
        finding.accepted = all.into_iter().find(|it| it.rule == rule.name);
    }
    Ok(page)
}

/// Accept a finding until a day, within a year. It is a finding again after that.
///
/// # Errors
/// `access.denied`, `person.missing`, `finding.missing`, `request.invalid`.
pub async fn accept(ctx: &Ctx, by: &Principal, request: Accept) -> Result<()> {
    allow_accepting(by)?;
    let (Named(rule), now) = (request.rule, ctx.now());
    let reason = request.reason.trim().to_owned();
    let mut fault = Error::new(&codes::REQUEST_INVALID);
    let clean = !reason.chars().any(char::is_control);
    if !(1..=Exception::REASON_MOST).contains(&reason.chars().count()) || !clean {
        fault = fault.field("/reason", "length", "Say why, in 1 to 500 characters.");
    }
    if request.until <= now || request.until > now.plus(YEAR) {
        fault = fault.field("/until", "range", "A time within the next year.");
    }
    if !fault.fields().is_empty() {
        return Err(fault);
    }
    let Subject(subject) = request.subject;
    let account = subject_of(ctx, rule, &subject).await?;
    let new = Exception {
        rule: rule.name.to_owned(),
        subject,
        reason,
        accepted_by: by.to_string(),
        accepted_at: now,
        until: request.until,
    };
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if compliance::how_many(tx, now).await? >= Exception::MOST {
            let detail = "10,000 findings are accepted; withdraw some first.";
            return Err(Error::new(&codes::REQUEST_INVALID).detail(detail));
        }
        if let Some(id) = account {
            // Whoever was deleted meanwhile leaves nothing behind.
            let there = accounts::role_in(tx, id).await?;
            there.ok_or_else(|| Error::new(&codes::PERSON_MISSING))?;
        }
        compliance::accept(tx, &new).await?;
        let mut details = about(&new.rule, &new.subject, account);
        details.data.say("until", new.until.to_string());
        details.personal.say("reason", &new.reason);
        log.note(EventKind::FindingAccepted, details);
        Ok(())
    })
    .await
}

/// Have a finding count again that was accepted.
///
/// # Errors
/// `access.denied`, `finding.missing`.
pub async fn withdraw(
    ctx: &Ctx,
    by: &Principal,
    (Named(rule), Subject(subject)): (Named, Subject),
) -> Result<()> {
    allow_accepting(by)?;
    let now = ctx.now();
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if !compliance::withdraw(tx, rule.name, &subject, now).await? {
            return Err(Error::new(&codes::FINDING_MISSING));
        }
        let account = subject.parse::<UserId>().ok();
        log.note(
            EventKind::FindingWithdrawn,
            about(rule.name, &subject, account),
        );
        Ok(())
    })
    .await
}

fn allow(by: &Principal) -> Result<()> {
    decide(
        by,
        Permission::AuditRead,
        &Target::Installation,
        &Facts::NONE,
    )
}

fn allow_accepting(by: &Principal) -> Result<()> {
    decide(
        by,
        Permission::FindingsAccept,
        &Target::Installation,
        &Facts::NONE,
    )
}

fn about(rule: &str, subject: &str, account: Option<UserId>) -> Details {
    let mut details = Details {
        subject: account,
        ..Details::default()
    };
    details.data.say("rule", rule);
    if account.is_none() {
        details.data.say("found", subject);
    }
    details
}

/// The account that a rule about accounts is to be accepted for; nothing for any
/// other rule, where what is named has to be found now.
async fn subject_of(ctx: &Ctx, rule: &'static Rule, subject: &str) -> Result<Option<UserId>> {
    if rule.about.is_accounts() {
        return Ok(Some(subject.parse()?));
    }
    let found = installation::findings(ctx).await?;
    let is_it =
        |(it, finding): &(&Rule, Finding)| it.name == rule.name && finding.subject == subject;
    if found.iter().any(is_it) {
        Ok(None)
    } else {
        Err(Error::new(&codes::FINDING_MISSING))
    }
}

async fn of_accounts(ctx: &Ctx, rule: &'static Rule, page: &PageRequest) -> Result<Page<Finding>> {
    let (policy, now) = (ctx.policy(), ctx.now());
    let role = (rule.about == About::Admins).then_some(Role::Admin);
    let mut from = page.after.as_ref().map(|after| after.id.parse::<UserId>());
    let mut rows = Vec::new();
    for _ in 0..LOOKED_AT / BATCH {
        let start = from.take().transpose()?;
        let batch = standing::some(ctx, start, role, BATCH + 1).await?;
        for (place, found) in batch.iter().enumerate() {
            if place == BATCH as usize || rows.len() == page.limit as usize {
                from = Some(Ok(found.id));
                break;
            }
            let all = rules::findings(found, &policy, now);
            if all.iter().any(|it| it.name == rule.name) {
                rows.push(Finding::of(found.clone()));
            }
        }
        if from.is_none() || rows.len() == page.limit as usize {
            break;
        }
    }
    let next = from.transpose()?.map(|id| Cursor {
        at: Time::default(),
        id: id.to_string(),
    });
    for row in &mut rows {
        name(ctx, row).await?;
    }
    Ok(Page { rows, next })
}

/// What people call an account: what it says, else what it signs in with.
async fn name(ctx: &Ctx, row: &mut Finding) -> Result<()> {
    let Some(account) = &row.account else {
        return Ok(());
    };
    row.name = match &account.display_name {
        Some(name) => name.clone(),
        None => {
            let known = accounts::identifiers(ctx.db(), account.id).await?;
            known
                .into_iter()
                .next()
                .map_or_else(String::new, |it| it.shown)
        }
    };
    Ok(())
}

impl FromStr for Named {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let rule = Rule::named(name);
        rule.map(Self)
            .ok_or_else(|| Error::new(&codes::RULE_MISSING))
    }
}

impl FromStr for Subject {
    type Err = Error;

    fn from_str(id: &str) -> Result<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if (1..=64).contains(&id.len()) && id.bytes().all(plain) {
            Ok(Self(id.to_owned()))
        } else {
            Err(Error::new(&codes::ID_MALFORMED))
        }
    }
}

impl Finding {
    fn of(standing: Standing) -> Self {
        let used = standing.last_used_at;
        Self {
            subject: standing.id.to_string(),
            name: String::new(),
            detail: used.map_or_else(|| "never used".into(), |at| format!("last used {at}")),
            account: Some(Box::new(standing)),
            accepted: None,
        }
    }
}

/// The findings that are accepted now, by rule and subject.
async fn accepted(ctx: &Ctx) -> Result<HashSet<(String, String)>> {
    let all = compliance::in_force(ctx.db(), ctx.now()).await?;
    Ok(all.into_iter().map(|it| (it.rule, it.subject)).collect())
}
