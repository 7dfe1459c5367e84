//! What mails say: words in the receiver's language, as text and as HTML from
//! one template. An operator may replace files of both. Sends nothing.

mod layout;

use std::{borrow::Cow, fs, path::Path, time::Duration};

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes, time::Time};

use layout::Layout;

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A link that sets a new password.
    PasswordReset,
    /// A link that proves an address to be one's own.
    AddressVerification,
    /// A code that confirms a sign-in from where the account was not used before.
    Confirmation,
    /// A code for the second step of a sign-in.
    SecondStepCode,
    /// A link that finishes a recovery.
    AccountRecovery,
    /// A link that ends a lock-out.
    AccountLocked,
    /// A link to sign in with.
    SignInLink,
    /// A code to sign in with.
    SignInCode,
    /// Something that its owner should know of was done to an account.
    Notice(Notice),
    /// Alerts, for those who look after the server.
    Alert,
    /// Whether mail arrives.
    Test,
}

/// An alert as mails list it.
#[derive(Clone, Debug)]
pub struct AlertLine {
    /// Its id; empty in a test.
    pub id: String,
    /// The stable name of what raised it.
    pub rule: &'static str,
    /// The name of what there is to do; empty in a test.
    pub next: &'static str,
    /// How bad it is: `info`, `warning` or `critical`.
    pub severity: &'static str,
    /// About whom or what: an id; may be empty.
    pub subject: String,
    /// What people call that, if it has a name.
    pub name: Option<String>,
    /// How often it was raised.
    pub count: i64,
    /// When last.
    pub at: Time,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A second factor was added.
    FactorAdded,
    /// One was removed.
    FactorRemoved,
    /// A passkey was added.
    PasskeyAdded,
    /// One was removed.
    PasskeyRemoved,
    /// One was refused that may be a copy.
    PasskeyCopied,
    /// The operator took all of them away.
    FactorsReset,
    /// Codes were wrong so often that no more are taken for a while.
    FactorBlocked,
    /// Somebody who is signed in guesses at the password.
    PasswordBlocked,
    /// There are new recovery codes.
    RecoveryCodesMade,
    /// One was used.
    RecoveryCodeUsed,
    /// The password is another one.
    PasswordChanged,
    /// Somebody signed in from where the account was not used before.
    NewDevice,
    /// Somebody signed in from a country where the account was not used before.
    NewCountry,
    /// Codes by mail or text finish a sign-in.
    CodesTurnedOn,
    /// They do no more.
    CodesTurnedOff,
    /// A phone was proved.
    PhoneVerified,
    /// The phone was removed.
    PhoneRemoved,
    /// There is one more name to sign in with.
    IdentifierAdded,
    /// There is one less.
    IdentifierRemoved,
    /// Somebody started a recovery, which waits.
    RecoveryStarted,
    /// It was finished.
    AccountRecovered,
    /// An administrator made a link to sign in with.
    SignInTokenIssued,
    /// One made a link that sets a new password.
    ResetLinkMade,
    /// The role is another one.
    RoleChanged,
    /// A device signs in without the second step.
    DeviceTrusted,
    /// The owner shut everybody else out.
    LockedDown,
    /// A refresh token was used twice.
    TokenReused,
}

/// What a text message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// A code.
    Code,
    /// Whether texts arrive.
    Test,
}

/// What a mail tells beside its words.
#[derive(Default)]
pub struct Facts<'a> {
    /// Where people reach us.
    pub site: &'a str,
    /// What its button opens, if it has one.
    pub link: Option<Link>,
    /// What is to be typed, if there is something.
    pub code: Option<Code>,
    /// When what it tells of was done.
    pub at: Option<Time>,
    /// With which device, and from which address.
    pub from: Option<String>,
    /// How many recovery codes are left.
    pub left: i64,
    /// Whether somebody else than the receiver did it: an administrator or the operator.
    pub by_other: bool,
    /// Alerts, the worst first.
    pub alerts: Vec<AlertLine>,
}

/// A link that works once.
pub struct Link {
    /// Its address, with the token.
    pub address: SecretString,
    /// The token alone, for whom the link does not open.
    pub token: SecretString,
    /// How long it works.
    pub lives: Duration,
}

/// A code that works once.
pub struct Code {
    /// Its digits.
    pub code: SecretString,
    /// How long it works.
    pub lives: Duration,
}

/// A mail's words.
pub struct Letter {
    /// The subject line.
    pub subject: String,
    /// The plain text.
    pub text: SecretString,
    /// The same as HTML.
    pub html: SecretString,
}

/// The words of all mails in all languages.
pub struct Letters {
    english: Language,
    others: Vec<Language>,
    layout: Layout,
}

struct Language {
    tag: &'static str,
    bundle: FluentBundle<FluentResource>,
}

/// English, which stands in for what others lack.
const ENGLISH: (&str, &str) = ("en", include_str!("../../locales/en.ftl"));
/// Each other language with its words.
const OTHERS: [(&str, &str); 3] = [
    ("de", include_str!("../../locales/de.ftl")),
    ("es", include_str!("../../locales/es.ftl")),
    ("ar", include_str!("../../locales/ar.ftl")),
];

impl Kind {
    /// All of them.
    pub const ALL: [Self; 37] = [
        Self::PasswordReset,
        Self::AddressVerification,
        Self::SecondStepCode,
        Self::AccountRecovery,
        Self::AccountLocked,
        Self::Confirmation,
        Self::SignInLink,
        Self::SignInCode,
        Self::Notice(Notice::FactorAdded),
        Self::Notice(Notice::FactorRemoved),
        Self::Notice(Notice::PasskeyAdded),
        Self::Notice(Notice::PasskeyRemoved),
        Self::Notice(Notice::PasskeyCopied),
        Self::Notice(Notice::FactorsReset),
        Self::Notice(Notice::FactorBlocked),
        Self::Notice(Notice::PasswordBlocked),
        Self::Notice(Notice::RecoveryCodesMade),
        Self::Notice(Notice::RecoveryCodeUsed),
        Self::Notice(Notice::PasswordChanged),
        Self::Notice(Notice::NewDevice),
        Self::Notice(Notice::NewCountry),
        Self::Notice(Notice::CodesTurnedOn),
        Self::Notice(Notice::CodesTurnedOff),
        Self::Notice(Notice::PhoneVerified),
        Self::Notice(Notice::PhoneRemoved),
        Self::Notice(Notice::IdentifierAdded),
        Self::Notice(Notice::IdentifierRemoved),
        Self::Notice(Notice::RecoveryStarted),
        Self::Notice(Notice::AccountRecovered),
        Self::Notice(Notice::SignInTokenIssued),
        Self::Notice(Notice::ResetLinkMade),
        Self::Notice(Notice::RoleChanged),
        Self::Notice(Notice::DeviceTrusted),
        Self::Notice(Notice::LockedDown),
        Self::Notice(Notice::TokenReused),
        Self::Alert,
        Self::Test,
    ];

    /// Its name, which its words begin with.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordReset => "password-reset",
            Self::AddressVerification => "address-verification",
            Self::Confirmation => "confirmation",
            Self::SecondStepCode => "second-step-code",
            Self::AccountRecovery => "account-recovery",
            Self::AccountLocked => "account-locked",
            Self::SignInLink => "sign-in-link",
            Self::SignInCode => "sign-in-code",
            Self::Notice(Notice::FactorAdded) => "factor-added",
            Self::Notice(Notice::FactorRemoved) => "factor-removed",
            Self::Notice(Notice::PasskeyAdded) => "passkey-added",
            Self::Notice(Notice::PasskeyRemoved) => "passkey-removed",
            Self::Notice(Notice::PasskeyCopied) => "passkey-copied",
            Self::Notice(Notice::FactorsReset) => "factors-reset",
            Self::Notice(Notice::FactorBlocked) => "factor-blocked",
            Self::Notice(Notice::PasswordBlocked) => "password-blocked",
            Self::Notice(Notice::RecoveryCodesMade) => "recovery-codes-made",
            Self::Notice(Notice::RecoveryCodeUsed) => "recovery-code-used",
            Self::Notice(Notice::PasswordChanged) => "password-changed",
            Self::Notice(Notice::NewDevice) => "new-device",
            Self::Notice(Notice::NewCountry) => "new-country",
            Self::Notice(Notice::CodesTurnedOn) => "codes-turned-on",
            Self::Notice(Notice::CodesTurnedOff) => "codes-turned-off",
            Self::Notice(Notice::PhoneVerified) => "phone-verified",
            Self::Notice(Notice::PhoneRemoved) => "phone-removed",
            Self::Notice(Notice::IdentifierAdded) => "identifier-added",
            Self::Notice(Notice::IdentifierRemoved) => "identifier-removed",
            Self::Notice(Notice::RecoveryStarted) => "recovery-started",
            Self::Notice(Notice::AccountRecovered) => "account-recovered",
            Self::Notice(Notice::SignInTokenIssued) => "sign-in-token-issued",
            Self::Notice(Notice::ResetLinkMade) => "reset-link-made",
            Self::Notice(Notice::RoleChanged) => "role-changed",
            Self::Notice(Notice::DeviceTrusted) => "device-trusted",
            Self::Notice(Notice::LockedDown) => "locked-down",
            Self::Notice(Notice::TokenReused) => "token-reused",
            Self::Alert => "alert",
            Self::Test => "test",
        }
    }

    /// Whether a link goes along.
    pub const fn has_link(self) -> bool {
        matches!(
            self,
            Self::PasswordReset
                | Self::AddressVerification
                | Self::AccountRecovery
                | Self::AccountLocked
                | Self::SignInLink
        )
    }

    /// Whether a code goes along.
    pub const fn has_code(self) -> bool {
        matches!(
            self,
            Self::SignInCode | Self::SecondStepCode | Self::Confirmation
        )
    }
}

impl Facts<'_> {
    fn code(&self) -> &str {
        let code = self.code.as_ref();
        code.map_or("", |code| code.code.expose_secret())
    }
}

impl Letters {
    /// Ours, with the files of `folder` in place of those of the same name.
    ///
    /// # Errors
    /// `config.invalid` if a file cannot be read, or says what has no meaning
    /// here.
    pub fn load(folder: Option<&Path>) -> Result<Self> {
        let load = |language| Language::load(language, folder);
        Ok(Self {
            english: load(ENGLISH)?,
            others: OTHERS.into_iter().map(load).collect::<Result<_>>()?,
            layout: Layout::new(|name| own(folder, name))?,
        })
    }

    /// The languages that mails are written in, by their tags.
    pub fn languages() -> impl Iterator<Item = &'static str> {
        [ENGLISH].into_iter().chain(OTHERS).map(|(tag, _)| tag)
    }

    /// Write one, in that language or the nearest that there is.
    pub fn write(&self, kind: Kind, locale: Option<&str>, facts: &Facts<'_>) -> Letter {
        let language = self.nearest(locale);
        let token = facts.link.as_ref().map(|link| link.token.expose_secret());
        let mut arguments = FluentArgs::new();
        arguments.set("site", facts.site);
        arguments.set("token", token.unwrap_or_default());
        let lives = facts.link.as_ref().map(|link| link.lives);
        let lives = lives.or(facts.code.as_ref().map(|code| code.lives));
        let minutes = lives.map_or(0, |lives| lives.as_secs() / 60);
        arguments.set("minutes", minutes);
        arguments.set("hours", minutes / 60);
        arguments.set("at", facts.at.map(minute).unwrap_or_default());
        let unknown = || self.say(language, "place-unknown", &FluentArgs::new());
        let from = facts.from.clone().unwrap_or_else(unknown);
        arguments.set("from", from);
        arguments.set("left", facts.left);
        arguments.set("code", facts.code());
        let lines: Vec<String> = facts
            .alerts
            .iter()
            .map(|one| self.whole(language, one, facts.site))
            .collect();
        let worst = facts.alerts.first();
        let title = worst.map(|one| self.rule(language, one.rule));
        let severity = worst.map(|one| self.severity(language, one.severity));
        arguments.set("lines", lines.join("\n\n"));
        arguments.set("title", title.unwrap_or_default());
        arguments.set("severity", severity.unwrap_or_default());
        arguments.set("number", lines.len());
        let own = |part: &str| self.say(language, &format!("{}-{part}", kind.as_str()), &arguments);
        let shared = |key: &str| self.say(language, key, &arguments);
        let subject = own("subject");
        let end = match kind {
            // Whoever made the copy did it, and nobody else.
            Kind::Notice(Notice::TokenReused | Notice::PasskeyCopied) => {
                shared("notice-end-copied")
            }
            Kind::Notice(_) if facts.by_other => shared("notice-end-other"),
            Kind::Notice(_) => shared("notice-end"),
            _ => own("end"),
        };
        let (lead, foot) = (own("lead"), shared("foot"));
        let link = facts.link.as_ref().map(|link| link.address.expose_secret());
        let mut text = vec![lead.clone()];
        let mut button = String::new();
        if let Some(link) = link {
            let token = shared("token");
            text.extend([format!("    {link}"), token.clone()]);
            button = self.layout.button(&[
                ("link", link),
                ("button", &own("button")),
                ("below", &shared("link-below")),
                ("token", &token),
            ]);
        }
        if let Some(Code { code, .. }) = &facts.code {
            text.push(format!("    {}", code.expose_secret()));
            button = self.layout.code(&[("code", code.expose_secret())]);
        }
        text.extend([end.clone(), format!("-- \n{foot}\n")]);
        let page = [
            ("lang", language.tag),
            ("dir", direction(language.tag)),
            ("subject", subject.as_str()),
            ("lead", &lead),
            ("end", &end),
            ("foot", &foot),
        ];
        Letter {
            html: self.layout.page(&page, &button).into(),
            text: text.join("\n\n").into(),
            subject,
        }
    }

    /// An alert, in that language or the nearest that there is: what it is, what there
    /// is to do, and where it is seen.
    pub fn alert(&self, locale: Option<&str>, alert: &AlertLine, site: &str) -> String {
        self.whole(self.nearest(locale), alert, site)
    }

    /// What a rule is called there.
    pub fn alert_rule(&self, locale: Option<&str>, rule: &str) -> String {
        self.rule(self.nearest(locale), rule)
    }

    fn whole(&self, language: &Language, alert: &AlertLine, site: &str) -> String {
        let mut lines = vec![self.line(language, alert)];
        if !alert.next.is_empty() {
            let mut arguments = FluentArgs::new();
            arguments.set("site", site);
            arguments.set("subject", alert.subject.as_str());
            let next = format!("alert-next-{}", alert.next);
            lines.push(self.say(language, &next, &arguments));
        }
        if !alert.id.is_empty() {
            lines.push(format!("{site}/admin/alerts#{}", alert.id));
        }
        lines.join("\n")
    }

    fn line(&self, language: &Language, alert: &AlertLine) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set("title", self.rule(language, alert.rule));
        arguments.set("severity", self.severity(language, alert.severity));
        arguments.set("count", alert.count);
        arguments.set("at", minute(alert.at));
        let line = self.say(language, "alert-line", &arguments);
        match (&alert.name, alert.subject.as_str()) {
            (_, "") => line,
            (Some(name), subject) => format!("{line} ({name}, {subject})"),
            (None, subject) => format!("{line} ({subject})"),
        }
    }

    fn severity(&self, language: &Language, severity: &str) -> String {
        let key = format!("alert-severity-{severity}");
        self.say(language, &key, &FluentArgs::new())
    }

    fn rule(&self, language: &Language, rule: &str) -> String {
        self.say(language, &format!("alert-rule-{rule}"), &FluentArgs::new())
    }

    /// Write a text message, in that language or the nearest that there is. A code
    /// stands once more at the end, in the form that phones read: they offer it
    /// on that site alone.
    pub fn text(&self, words: Words, locale: Option<&str>, facts: &Facts<'_>) -> SecretString {
        let language = self.nearest(locale);
        let host = facts
            .site
            .split_once("://")
            .map_or(facts.site, |(_, host)| host);
        let mut arguments = FluentArgs::new();
        arguments.set("host", host);
        arguments.set("code", facts.code());
        let key = match words {
            Words::Code => "text-code",
            Words::Test => "text-test",
        };
        let text = self.say(language, key, &arguments);
        if facts.code.is_none() {
            return text.into();
        }
        let bare = host.split(':').next().unwrap_or_default();
        let digits = facts.code().replace(' ', "");
        format!("{text}\n\n@{bare} #{digits}").into()
    }

    fn nearest(&self, locale: Option<&str>) -> &Language {
        let tag = locale.unwrap_or_default();
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        let speaks = |language: &&Language| language.tag.eq_ignore_ascii_case(primary);
        self.others.iter().find(speaks).unwrap_or(&self.english)
    }

    /// A sentence; in English if the language lacks it.
    fn say(&self, language: &Language, key: &str, arguments: &FluentArgs<'_>) -> String {
        let said = language.say(key, arguments);
        said.or_else(|| self.english.say(key, arguments))
            .unwrap_or_default()
            .into_owned()
    }
}

impl Language {
    fn load((tag, words): (&'static str, &str), folder: Option<&Path>) -> Result<Self> {
        let mut bundle = FluentBundle::new_concurrent(vec![tag.parse().unwrap_or_default()]);
        bundle.set_use_isolating(direction(tag) == "rtl");
        bundle.add_resource_overriding(resource(tag, words.to_owned())?);
        if let Some(own) = own(folder, &format!("{tag}.ftl"))? {
            bundle.add_resource_overriding(resource(tag, own)?);
        }
        Ok(Self { tag, bundle })
    }

    fn say<'a>(&'a self, key: &str, arguments: &'a FluentArgs<'_>) -> Option<Cow<'a, str>> {
        let pattern = self.bundle.get_message(key)?.value()?;
        // Faults leave the argument's name in the text.
        let said = self
            .bundle
            .format_pattern(pattern, Some(arguments), &mut Vec::new());
        Some(said)
    }
}

/// A time as people of all languages read it.
fn minute(at: Time) -> String {
    let text = at.to_string();
    match text.split_once('T') {
        Some((day, time)) => format!("{day} {} UTC", time.get(..5).unwrap_or_default()),
        None => text,
    }
}

/// Which way a language is written.
fn direction(tag: &str) -> &'static str {
    if tag == "ar" { "rtl" } else { "ltr" }
}

fn resource(tag: &str, text: String) -> Result<FluentResource> {
    FluentResource::try_new(text).map_err(|_| {
        let detail = format!("mail.templates: {tag}.ftl has a line that is no message");
        Error::new(&codes::CONFIG_INVALID).detail(detail)
    })
}

/// An operator's file, if there is one of that name.
fn own(folder: Option<&Path>, name: &str) -> Result<Option<String>> {
    let Some(path) = folder.map(|folder| folder.join(name)) else {
        return Ok(None);
    };
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(fault) => {
            let detail = format!("mail.templates: {name} cannot be read");
            Err(Error::new(&codes::CONFIG_INVALID)
                .detail(detail)
                .because(fault))
        }
    }
}

#[cfg(test)]
mod tests;
