//! The configuration: everything an operator may set, said in files, the
//! environment and on the command line, then meant as one typed [`Config`].
//!
//! Each concern has a file that declares its settings once (`key::section!`).
//! What they are for is decided in other rooms; each part gets its own values.

pub mod admin;
pub mod alerts;
pub mod audit;
pub mod chatbot;
pub mod compliance;
pub mod contact;
pub mod database;
pub mod devices;
pub mod fault;
pub mod http;
pub mod key;
pub mod limits;
pub mod log;
pub mod mail;
pub mod meant;
pub mod network;
pub mod passkeys;
pub mod password;
pub mod recovery;
pub mod redis;
pub mod said;
mod schema;
pub mod secrets;
pub mod server;
pub mod session;
pub mod setup;
pub mod signin;
pub mod sites;
pub mod sms;
pub mod sources;
mod template;
#[cfg(test)]
mod tests;
pub mod tls;
pub mod tokens;
pub mod traces;
pub mod webhooks;

use std::collections::BTreeMap;

use fault::{Fault, Origin};
use key::{Effect, Key, Section, Table};
use meant::{Reader, Verdict};
use sources::Sources;

/// The configuration, and what there is to say about it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The values.
    pub config: Config,
    /// Where each setting was said.
    pub origins: BTreeMap<&'static str, Origin>,
    /// What an operator should hear at start: sentences, without secrets.
    pub notes: Vec<String>,
}

/// One line of `config show`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The setting.
    pub key: &'static str,
    /// Its value; `(secret)` in place of a secret.
    pub value: String,
    /// Where it was said.
    pub origin: Origin,
}

/// What a reload changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Settings that changed and take effect now.
    pub applied: Vec<&'static str>,
    /// Settings that changed and wait for the next start.
    pub needs_restart: Vec<&'static str>,
}

/// Read and check everything.
///
/// # Errors
/// All faults of all sources at once, in the order of their places.
pub fn load(sources: &Sources) -> Result<Loaded, Vec<Fault>> {
    let gathered = said::gather(sources, &Config::TABLES);
    let mut reader = Reader::new(gathered, &sources.working_dir);
    let config = Config::read(&mut reader);
    let mut verdict = reader.finish();
    if let Some(config) = &config {
        config.check(&mut verdict);
    }
    let Verdict {
        origins,
        mut faults,
        notes,
    } = verdict;
    faults.sort_by(|one, other| one.origin.cmp(&other.origin));
    match config {
        Some(config) if faults.is_empty() => Ok(Loaded {
            config,
            origins,
            notes,
        }),
        _ => Err(faults),
    }
}

/// Every setting with its value and where it was said.
pub fn show(loaded: &Loaded) -> Vec<Row> {
    let origin = |key: &str| loaded.origins.get(key).cloned().unwrap_or(Origin::BuiltIn);
    let row = |(key, value): (&'static Key, String)| Row {
        key: key.name,
        value,
        origin: origin(key.name),
    };
    loaded.config.shown().into_iter().map(row).collect()
}

/// A `tollgate.toml` that says nothing yet: every setting as a comment, with
/// what it does, its default and its variable.
pub fn init_text() -> String {
    template::write(&Config::TABLES)
}

/// The JSON Schema of `tollgate.toml`, for editors.
pub fn schema() -> serde_json::Value {
    schema::write(&Config::TABLES)
}

/// What a reload would change.
pub fn reloadable(old: &Config, new: &Config) -> Changes {
    let mut changes = Changes::default();
    for key in old.changed(new) {
        match key.effect {
            Effect::AtOnce => changes.applied.push(key.name),
            Effect::AtRestart => changes.needs_restart.push(key.name),
        }
    }
    changes
}

/// Declares the configuration from its tables. The first is read before the
/// others, as their defaults depend on it.
macro_rules! config {
    ($(#[doc = $first_doc:literal])+ $first:ident: $first_section:ty,
     $($(#[doc = $doc:literal])+ $name:ident: $section:ty,)+) => {
        /// Everything that can be set, checked.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Config {
            $(#[doc = $first_doc])+
            pub $first: $first_section,
            $($(#[doc = $doc])+ pub $name: $section,)+
        }

        impl Config {
            /// Every table of the file, in its order.
            pub const TABLES: [Table; [stringify!($first), $(stringify!($name)),+].len()] =
                [<$first_section>::TABLE, $(<$section>::TABLE),+];

            fn read(reader: &mut Reader<'_>) -> Option<Self> {
                let $first = <$first_section>::read(reader)?;
                reader.learn(&$first);
                $(let $name = <$section>::read(reader);)+
                Some(Self { $first, $($name: $name?),+ })
            }

            fn shown(&self) -> Vec<(&'static Key, String)> {
                [self.$first.shown(), $(self.$name.shown()),+].concat()
            }

            fn changed(&self, other: &Self) -> Vec<&'static Key> {
                [self.$first.changed(&other.$first), $(self.$name.changed(&other.$name)),+].concat()
            }
        }
    };
}

config! {
    /// The top of the file.
    server: server::Server,
    /// `[database]`
    database: database::Database,
    /// `[redis]`
    redis: redis::Redis,
    /// `[secrets]`
    secrets: secrets::Secrets,
    /// `[admin]`
    admin: admin::Admin,
    /// `[setup]`
    setup: setup::Setup,
    /// `[signin]`
    signin: signin::Signin,
    /// `[signin.attempts]`
    attempts: signin::Attempts,
    /// `[passkeys]`
    passkeys: passkeys::Passkeys,
    /// `[password]`
    password: password::Password,
    /// `[recovery]`
    recovery: recovery::Recovery,
    /// `[session]`
    session: session::Session,
    /// `[devices]`
    devices: devices::Devices,
    /// `[compliance]`
    compliance: compliance::Compliance,
    /// `[tokens]`
    tokens: tokens::Tokens,
    /// `[http]`
    http: http::Http,
    /// `[tls]`
    tls: tls::Tls,
    /// `[limits]`
    limits: limits::Limits,
    /// `[network]`
    network: network::Network,
    /// `[contact]`
    contact: contact::Contact,
    /// `[mail]`
    mail: mail::Mail,
    /// `[sms]`
    sms: sms::Sms,
    /// `[audit]`
    audit: audit::Audit,
    /// `[audit.syslog]`
    syslog: audit::Syslog,
    /// `[alerts]`
    alerts: alerts::Alerts,
    /// `[webhooks]`
    webhooks: webhooks::Webhooks,
    /// `[log]`
    log: log::Log,
    /// `[traces]`
    traces: traces::Traces,
    /// `[dialects.chatbot]`
    chatbot: chatbot::Chatbot,
    /// `[[sites]]`
    sites: sites::Sites,
}

impl Config {
    /// Hold the values against each other.
    fn check(&self, verdict: &mut Verdict) {
        self.server.check(&self.tls, verdict);
        self.tls.check(&self.server, verdict);
        self.network.check(verdict);
        self.admin.check(verdict);
        self.signin.check((self.server.profile, &self.sms), verdict);
        self.password.check(verdict);
        self.session.check(verdict);
        self.devices.check(verdict);
        self.mail.check(verdict);
        self.sms.check(verdict);
        self.audit.check(verdict);
        self.syslog.check(verdict);
        self.alerts.check(verdict);
        self.traces.check(traces::BUILT_IN, verdict);
        self.chatbot.check(&self.secrets, verdict);
    }
}
