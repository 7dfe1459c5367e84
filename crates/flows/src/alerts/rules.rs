//! The rules: what raises an alert. A new one is a line here, and its words in
//! `outbound/locales`.

use std::time::Duration;

use tollgate_records::{
    alerts::Severity::{self, Critical, Info, Warning},
    events::{Event, EventKind as K},
};

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its stable name.
    pub name: &'static str,
    /// How bad it is, if the event does not say that it is worse.
    pub severity: Severity,
    /// What raises it; nothing where a condition does, which is looked at regularly.
    pub kinds: &'static [K],
    /// About whom its alerts are.
    pub about: About,
    /// How many within which time raise it.
    pub threshold: (i64, Duration),
    /// Which of the events count.
    pub counts: fn(&Event) -> bool,
    /// The rule that tells of all of them together: while its alert is open no new one
    /// of this rule is.
    pub part_of: Option<&'static str>,
}

/// About whom the alerts of a rule are: one is open for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The account that the event is about.
    Account,
    /// The installation.
    Installation,
    /// What the event's data name so.
    Named(&'static str),
}

use About::{Account, Installation, Named};

/// Every rule.
pub const RULES: &[Rule] = &[
    Rule::new(
        "account-blocked",
        Warning,
        Account,
        &[K::SigninBlocked, K::FactorBlocked, K::PasswordBlocked],
    )
    .part_of("many-blocked"),
    Rule::new("many-blocked", Critical, Installation, &[K::SigninBlocked]).from(10, MINUTES_10),
    Rule::new(
        "sign-ins-sprayed",
        Warning,
        Installation,
        &[K::SigninSprayed],
    ),
    Rule::new(
        "sign-ins-stuffed",
        Critical,
        Installation,
        &[K::SigninStuffed],
    ),
    Rule::new("token-reused", Critical, Account, &[K::TokenReused]),
    Rule::new("passkey-copied", Critical, Account, &[K::PasskeyCopied]),
    Rule::new(
        "factor-removed",
        Info,
        Account,
        &[K::FactorRemoved, K::PasskeyRemoved, K::CodesTurnedOff],
    ),
    Rule::new("factors-reset", Warning, Account, &[K::FactorsReset]),
    Rule::new(
        "recovery",
        Info,
        Account,
        &[K::RecoveryStarted, K::AccountRecovered],
    ),
    Rule::new("new-country", Warning, Account, &[K::CountryNew]),
    Rule::new("locked-down", Critical, Account, &[K::LockedDown]),
    Rule::new(
        "administrator-made",
        Warning,
        Account,
        &[K::RoleAssigned, K::AccountCreated],
    )
    .only(gives_admin),
    Rule::new(
        "administrator-recovered",
        Warning,
        Account,
        &[K::AdminRecovered],
    ),
    Rule::new("administrator-without-factor", Warning, Installation, &[]),
    Rule::new("mail-failing", Warning, Installation, &[K::MailGivenUp]),
    Rule::new(
        "webhook-stopped",
        Warning,
        Named("webhook"),
        &[K::WebhookStopped],
    ),
    Rule::new(
        "webhook-changed",
        Warning,
        Named("webhook"),
        &[K::WebhookCreated, K::WebhookUpdated, K::WebhookDeleted],
    ),
    Rule::new("trail-broken", Critical, Installation, &[K::AuditBroken]),
    Rule::new(
        "compliance-changed",
        Info,
        Installation,
        &[K::ComplianceChanged],
    ),
    Rule::new("clock-stepped", Warning, Installation, &[K::ClockStepped]),
    Rule::new(
        "backup-restored",
        Warning,
        Installation,
        &[K::BackupRestored],
    ),
    Rule::new(
        "signing-keys-changed",
        Info,
        Installation,
        &[K::KeyCreated, K::KeyRemoved],
    )
    .only(by_hand),
    Rule::new("limits-hit", Warning, Installation, &[]),
    Rule::new(
        "breach-check-failing",
        Info,
        Installation,
        &[K::BreachCheckFailed],
    )
    .from(5, HOUR),
];

/// The rules that conditions raise.
pub(super) const WITHOUT_FACTOR: &str = "administrator-without-factor";
pub(super) const TRAIL_BROKEN: &str = "trail-broken";
pub(super) const LIMITS_HIT: &str = "limits-hit";

const MINUTES_10: Duration = Duration::from_mins(10);
const HOUR: Duration = Duration::from_hours(1);

impl Rule {
    const fn new(
        name: &'static str,
        severity: Severity,
        about: About,
        kinds: &'static [K],
    ) -> Self {
        Self {
            name,
            severity,
            kinds,
            about,
            threshold: (1, Duration::ZERO),
            counts: |_| true,
            part_of: None,
        }
    }

    const fn from(self, many: i64, within: Duration) -> Self {
        Self {
            threshold: (many, within),
            ..self
        }
    }

    const fn only(self, counts: fn(&Event) -> bool) -> Self {
        Self { counts, ..self }
    }

    const fn part_of(self, wider: &'static str) -> Self {
        Self {
            part_of: Some(wider),
            ..self
        }
    }

    /// The rule of that name, if this version has it.
    pub fn named(name: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.name == name)
    }

    /// The name of what there is to do, about somebody or about the installation.
    pub(super) fn next(&self, subject: &str) -> &'static str {
        match self.name {
            _ if self.about == Account && !subject.is_empty() => "person",
            "account-blocked" | "many-blocked" | "sign-ins-sprayed" | "sign-ins-stuffed"
            | LIMITS_HIT => "guessing",
            WITHOUT_FACTOR => "factors",
            "mail-failing" => "mail",
            "webhook-stopped" | "webhook-changed" => "webhooks",
            TRAIL_BROKEN => "trail",
            "compliance-changed" => "compliance",
            "breach-check-failing" => "doctor",
            _ => "look",
        }
    }

    /// Whether an event may raise it.
    pub(super) fn hears(&self, event: &Event) -> bool {
        let kind = K::parse(&event.kind);
        kind.is_some_and(|kind| self.kinds.contains(&kind)) && (self.counts)(event)
    }

    /// How bad it is by an event that says how bad the worst of it is.
    pub(super) fn severity_of(&self, event: &Event) -> Severity {
        let said = match event.detail("worst").as_deref() {
            Some("critical") => Critical,
            Some("high") => Warning,
            _ => Info,
        };
        self.severity.max(said)
    }

    /// About whom the alert is that an event raises; empty for the installation.
    pub(super) fn subject(&self, event: &Event) -> String {
        match self.about {
            Installation => None,
            Account => event.subject.clone(),
            Named(name) => event.detail(name),
        }
        .unwrap_or_default()
    }
}

fn gives_admin(event: &Event) -> bool {
    let role = event.detail("to").or_else(|| event.detail("role"));
    role.as_deref() == Some("admin")
}

fn by_hand(event: &Event) -> bool {
    !event.actor.starts_with("chore:")
}
