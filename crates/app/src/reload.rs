//! Reading the configuration again while the server runs: all of it is valid,
//! or nothing of it counts. What needs a restart waits for one.

use tollgate_web::Web;

use crate::{
    config::{self, Config, Loaded, fault::Fault, network::Network, password::Password},
    telemetry::LogLevel,
    wire,
};

/// Take over what may change at once, and say which settings those were. The
/// configuration that is in force afterwards.
pub fn reload(
    web: &Web,
    level: &LogLevel,
    old: Config,
    loaded: Result<Loaded, Vec<Fault>>,
) -> Config {
    let (new, origins, notes) = match loaded {
        Ok(loaded) => (loaded.config, loaded.origins, loaded.notes),
        Err(faults) => {
            for fault in &faults {
                tracing::error!(%fault, "The new configuration is not valid");
            }
            tracing::error!(faults = faults.len(), "The configuration stays as it is");
            return old;
        }
    };
    let changes = config::reloadable(&old, &new);
    let merged = merge(&old, &new);
    web.ctx().set_policy(wire::policy(&merged));
    let loaded = Loaded {
        config: merged,
        origins,
        notes,
    };
    web.ctx().set_settings(wire::settings(&loaded));
    let merged = loaded.config;
    web.set_http(wire::http(&merged, web.ctx().countries()));
    level.set(merged.log.level.as_str());
    tracing::info!(
        applied = changes.applied.join(" "),
        needs_restart = changes.needs_restart.join(" "),
        "Read the configuration again"
    );
    merged
}

/// The old configuration with the new values of what may change at once.
fn merge(old: &Config, new: &Config) -> Config {
    let mut merged = old.clone();
    merged
        .server
        .trusted_proxies
        .clone_from(&new.server.trusted_proxies);
    merged.signin = new.signin.clone();
    merged.attempts = new.attempts.clone();
    merged.server.profile = new.server.profile;
    merged.passkeys = new.passkeys.clone();
    merged.password = Password {
        min_length: new.password.min_length,
        require: new.password.require.clone(),
        context_words: new.password.context_words.clone(),
        history: new.password.history,
        end_sessions: new.password.end_sessions,
        ..merged.password
    };
    merged.recovery = new.recovery.clone();
    merged.session = new.session.clone();
    merged.devices = new.devices.clone();
    merged.compliance = new.compliance.clone();
    merged.tokens.access = new.tokens.access;
    merged.http.cors_origins.clone_from(&new.http.cors_origins);
    merged.http.hsts_subdomains = new.http.hsts_subdomains;
    merged.limits = new.limits.clone();
    merged.network = Network {
        allow: new.network.allow.clone(),
        deny: new.network.deny.clone(),
        ..merged.network
    };
    merged.contact = new.contact.clone();
    merged.log.level = new.log.level.clone();
    merged.sites = new.sites.clone();
    merged.audit = new.audit.clone();
    merged.syslog = new.syslog.clone();
    merged
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::config::{Config, key::Effect, load, reloadable, sources::Sources};

    use super::merge;

    fn config(flags: &[(&str, &str)]) -> Config {
        let flags = flags
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let sources = Sources {
            flags: flags.collect(),
            ..Sources::default()
        };
        load(&sources).unwrap().config
    }

    #[test]
    fn a_reload_takes_over_exactly_what_may_change_at_once() {
        let new = config(&[
            ("trusted_proxies", "10.0.0.0/8"),
            ("signin.registration", "open"),
            ("signin.by_mail", "code"),
            ("signin.email_codes", "true"),
            ("signin.sms_codes", "true"),
            ("signin.second_factor", "all"),
            ("signin.proof", "off"),
            ("signin.attempts.per_account", "11"),
            ("signin.attempts.window", "16m"),
            ("signin.attempts.per_network", "21"),
            ("signin.attempts.in_all", "101"),
            ("signin.attempts.address_burst", "21"),
            ("signin.attempts.address_per_minute", "61"),
            ("profile", "strict"),
            ("passkeys.related_origins", "https://id.example.net"),
            ("password.min_length", "9"),
            ("password.require", "digit"),
            ("password.context_words", "acme"),
            ("password.history", "3"),
            ("password.end_sessions", "always"),
            ("recovery.wait", "3d"),
            ("session.idle", "13d"),
            ("session.max", "91d"),
            ("session.short_idle", "11h"),
            ("session.short_max", "2d"),
            ("session.refresh_retry_window", "9s"),
            ("session.most", "99"),
            ("session.bind", "network"),
            ("devices.trust", "29d"),
            ("devices.confirm", "device"),
            ("tokens.access", "4m"),
            ("http.cors_origins", "https://app.example.org"),
            ("http.hsts_subdomains", "true"),
            ("limits.address_reading", "1/1m"),
            ("limits.address_changing", "2/1m"),
            ("limits.address_expensive", "3/1m"),
            ("limits.account_reading", "4/1m"),
            ("limits.account_changing", "5/1m"),
            ("limits.account_expensive", "6/1m"),
            ("limits.accounts", "usr_01jd3jfsm0000000000000000a=7/1m"),
            ("network.allow", "10.0.0.0/8"),
            ("network.deny", "10.0.0.1"),
            ("contact.security", "mailto:security@example.org"),
            ("compliance.dormant", "91d"),
            ("compliance.unused", "31d"),
            ("compliance.unverified", "91d"),
            ("compliance.admins", "7"),
            ("compliance.key_age", "401d"),
            ("compliance.backup", "9d"),
            ("log.level", "debug"),
            ("audit.keep_sign_ins", "31d"),
            ("audit.keep_security", "off"),
            ("audit.keep_administration", "366d"),
            ("audit.keep_operation", "8d"),
            ("audit.checkpoint_every", "6m"),
            ("audit.checkpoint_events", "501"),
            ("audit.syslog.url", "tcp://127.0.0.1"),
            ("audit.syslog.tls_root_file", "ca.pem"),
            ("audit.syslog.allow_plain", "true"),
            ("audit.syslog.facility", "4"),
            ("audit.syslog.timeout", "5s"),
            ("sms.delivery", "log"),
            ("tokens.audience", "other"),
            ("listen", "127.0.0.1:1"),
            ("dialects.chatbot.simplejwt", "5.3"),
        ]);
        let old = config(&[]);
        let changes = reloadable(&old, &new);
        let at_once = Config::TABLES
            .iter()
            .flat_map(|table| table.keys)
            .filter(|key| key.effect == Effect::AtOnce);
        let at_once: BTreeSet<_> = at_once.map(|key| key.name).collect();
        assert_eq!(
            changes.applied.into_iter().collect::<BTreeSet<_>>(),
            at_once,
            "a new setting belongs here"
        );
        assert!(!changes.needs_restart.is_empty());

        let merged = merge(&old, &new);
        assert!(
            reloadable(&merged, &new).applied.is_empty(),
            "nothing is left out"
        );
        assert!(
            reloadable(&old, &merged).needs_restart.is_empty(),
            "nothing is taken too early"
        );
    }
}
