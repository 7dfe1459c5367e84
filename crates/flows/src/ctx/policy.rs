//! What the operator allows, as the verbs see it: plain values that can be
//! replaced as a whole while the server runs.

use std::time::Duration;

use tollgate_base::access::Role;
use tollgate_crypto::jwt::Algorithm;
use tollgate_outbound::syslog::Syslog;
use tollgate_records::{
    alerts::Severity,
    attempts::Allowance,
    events::Class,
    sites::{Address, Site},
};
use tollgate_store::counters::Rate;

/// What the operator allows.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Where people reach us, without a slash at the end.
    pub public_url: String,
    /// Whether strangers may make accounts.
    pub registration: Registration,
    /// Whether people may sign in by mail.
    pub by_mail: ByMail,
    /// How often sign-in to one account may fail.
    pub attempts: Allowance,
    /// What failures all over the house come to.
    pub spread: SpreadPolicy,
    /// How often one address may try.
    pub address_rate: Rate,
    /// What a new password has to be.
    pub password: PasswordPolicy,
    /// Who must have a second factor.
    pub second_factor: SecondFactor,
    /// How long a recovery waits before it may be finished.
    pub recovery_wait: Duration,
    /// Other origins on which passkeys of this server may be used.
    pub related_origins: Vec<String>,
    /// Which codes may be sent as second factors.
    pub sent_codes: SentCodes,
    /// How long sessions live.
    pub session: SessionPolicy,
    /// What is made of the devices that people sign in from.
    pub devices: DevicePolicy,
    /// From when on the compliance rules find something.
    pub compliance: CompliancePolicy,
    /// Our own access tokens.
    pub tokens: TokenPolicy,
    /// The chatbot dialect.
    pub chatbot: ChatbotPolicy,
    /// The audit trail.
    pub audit: AuditPolicy,
    /// Who is told of alerts, and when.
    pub alerts: AlertPolicy,
    /// Apps behind the gate that the operator has set; no verb changes them.
    pub sites: Vec<Site>,
}

impl Policy {
    /// Whether an app there would be sent our own cookie: browsers tell hosts
    /// apart, and ports not.
    pub fn is_our_own_host(&self, address: &Address) -> bool {
        let own = Address::parse(&self.public_url);
        own.is_ok_and(|own| own.hostname() == address.hostname())
    }
}

/// What failures at many accounts come to.
#[derive(Clone, Copy, Debug)]
pub struct SpreadPolicy {
    /// At how many accounts strangers from one network may fail in an hour.
    pub per_network: u32,
    /// At how many accounts strangers may fail in ten minutes before the house is on
    /// guard.
    pub house: u32,
    /// What is asked of strangers then.
    pub proof: Proof,
}

/// What is asked of strangers while the house is on guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Nothing.
    Off,
    /// A proof of work with so many zero bits.
    Bits(u32),
}

/// Who is told of alerts, and when.
#[derive(Clone, Debug)]
pub struct AlertPolicy {
    /// Addresses that are mailed; `admins` is every administrator.
    pub mail: Vec<String>,
    /// What is mailed: this severity and worse.
    pub mail_level: Severity,
    /// What the chat hears of.
    pub slack_level: Severity,
    /// What the hook gets.
    pub webhook_level: Severity,
    /// What the file has.
    pub file_level: Severity,
    /// What is told at once; what is milder is gathered.
    pub at_once: Severity,
    /// How long it is gathered; nothing is, without.
    pub digest: Option<Duration>,
    /// How long an alert that comes again is not told again.
    pub quiet: Duration,
    /// The language of those of whom none is known.
    pub language: String,
}

impl Default for AlertPolicy {
    fn default() -> Self {
        Self {
            mail: Vec::new(),
            mail_level: Severity::Warning,
            slack_level: Severity::Warning,
            webhook_level: Severity::Info,
            file_level: Severity::Info,
            at_once: Severity::Warning,
            digest: Some(Duration::from_hours(24)),
            quiet: Duration::from_hours(4),
            language: "en".to_owned(),
        }
    }
}

/// Whether strangers may make accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Only administrators make accounts.
    Off,
    /// Anybody may.
    Open,
}

/// Whether people may sign in by mail, and with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByMail {
    /// They may not.
    Off,
    /// With a link.
    Link,
    /// With a code.
    Code,
}

/// Which codes may be sent as second factors. They are weaker than others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SentCodes {
    /// By mail.
    pub email: bool,
    /// As texts.
    pub sms: bool,
}

/// Who must have a second factor. Others may, unless nobody may add one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// Nobody may add one. Whoever has one is asked for it all the same.
    Off,
    /// Nobody must.
    Offered,
    /// Administrators who were made with the setup link.
    Founder,
    /// Administrators.
    Admins,
    /// Managers and administrators.
    Managers,
    /// Everybody.
    All,
}

impl SecondFactor {
    /// Whether somebody of that role must have one.
    pub fn required_of(self, role: Role, founder: bool) -> bool {
        match self {
            Self::Off | Self::Offered => false,
            Self::Founder => founder && role == Role::Admin,
            Self::Admins => role >= Role::Admin,
            Self::Managers => role >= Role::Manager,
            Self::All => true,
        }
    }
}

/// What a new password has to be.
#[derive(Clone, Debug, Default)]
pub struct PasswordPolicy {
    /// Fewest characters.
    pub least: usize,
    /// How many passwords before the current one must not come back.
    pub history: u32,
    /// What a change does to the person's other sessions.
    pub end_sessions: EndSessions,
    /// One of each has to be in it.
    pub require: Vec<CharacterClass>,
    /// Words that must not be in it, besides names.
    pub words: Vec<String>,
    /// The host that people find us at: nor must this, nor a part of it.
    pub host: String,
}

/// What a change of a password does to the person's other sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EndSessions {
    /// It ends them if the person wants that.
    #[default]
    Offer,
    /// It ends them.
    Always,
}

/// A kind of character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CharacterClass {
    /// A capital letter of any script.
    Upper,
    /// A small letter of any script.
    Lower,
    /// A digit of any script.
    Digit,
    /// Anything else, a space among them.
    Symbol,
}

/// A setting in force, as administrators are shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name, such as `session.idle`.
    pub key: &'static str,
    /// Its value.
    pub value: String,
    /// Where it was set, such as `tollgate.toml:12`; none for the default.
    pub origin: Option<String>,
}

/// From when on the compliance rules find something.
#[derive(Clone, Copy, Debug)]
pub struct CompliancePolicy {
    /// After how long without any use an account is dormant.
    pub dormant: Duration,
    /// After how long a new account is told of that was never used.
    pub unused: Duration,
    /// After how long an address is told of that nobody has verified.
    pub unverified: Duration,
    /// Administrators at most.
    pub admins: u32,
    /// For how long a key may sign.
    pub key_age: Duration,
    /// How old the last backup may be.
    pub backup: Duration,
}

/// What is made of the devices that people sign in from.
#[derive(Clone, Copy, Debug)]
pub struct DevicePolicy {
    /// For how long the second step may be left out on a device, if at all.
    pub trust: Option<Duration>,
    /// Which sign-ins are confirmed by mail.
    pub confirm: Confirmation,
}

/// Which sign-ins are confirmed by mail where no second factor was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// None.
    Off,
    /// Those from a device that the account does not know.
    Device,
    /// Those from a network that the account was never used from.
    Network,
}

/// What a session is bound to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Binding {
    /// Nothing: whoever has its credentials has the session.
    #[default]
    Off,
    /// The device that it was opened on.
    Device,
    /// The network that it was opened from.
    Network,
}

/// How long sessions live, how many there may be, and what they are bound to.
#[derive(Clone, Copy, Debug)]
pub struct SessionPolicy {
    /// Idle limit of a session that is to be remembered.
    pub idle: Duration,
    /// Absolute limit of such a session.
    pub max: Duration,
    /// Idle limit of any other.
    pub short_idle: Duration,
    /// Absolute limit of any other.
    pub short_max: Duration,
    /// How long a lost answer to a refresh may be asked for again.
    pub retry_window: Duration,
    /// Most live sessions of one account; any number if it is 0.
    pub most: u32,
    /// What they are bound to.
    pub binding: Binding,
}

/// Our own access tokens.
#[derive(Clone, Debug)]
pub struct TokenPolicy {
    /// How long they live.
    pub access: Duration,
    /// How new keys sign.
    pub algorithm: Algorithm,
    /// Their `iss`.
    pub issuer: String,
    /// Their `aud`.
    pub audience: String,
}

/// How the audit trail is kept, proved and handed on.
#[derive(Clone, Debug)]
pub struct AuditPolicy {
    /// For how long personal data stay in it.
    pub keep: Keep,
    /// How often its head is signed while there are new events.
    pub checkpoint_every: Duration,
    /// After how many events it is signed sooner.
    pub checkpoint_events: u32,
    /// The log server that gets all of it.
    pub syslog: Option<Syslog>,
}

/// For how long personal data stay in events, by class; for good where it says
/// nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keep {
    /// Getting in and out.
    pub sign_ins: Option<Duration>,
    /// How somebody proves who they are.
    pub security: Option<Duration>,
    /// What administrators do.
    pub administration: Option<Duration>,
    /// How the server does.
    pub operation: Option<Duration>,
}

impl Keep {
    /// For a class.
    pub const fn of(&self, class: Class) -> Option<Duration> {
        match class {
            Class::SignIns => self.sign_ins,
            Class::Security => self.security,
            Class::Administration => self.administration,
            Class::Operation => self.operation,
        }
    }
}

impl Default for AuditPolicy {
    fn default() -> Self {
        Self {
            keep: Keep::default(),
            checkpoint_every: Duration::from_mins(10),
            checkpoint_events: 1_000,
            syslog: None,
        }
    }
}

/// The chatbot dialect's tokens.
#[derive(Clone, Copy, Debug)]
pub struct ChatbotPolicy {
    /// How long its access tokens live.
    pub access: Duration,
    /// How long its refresh tokens live.
    pub refresh: Duration,
    /// Which release's wording and types it speaks.
    pub simplejwt: SimpleJwt,
}

/// The two generations of SimpleJWT that clients may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimpleJwt {
    /// Numbers as `user_id`, one message for invalid and expired.
    V5_3,
    /// Text as `user_id`, two messages.
    V5_5,
}
