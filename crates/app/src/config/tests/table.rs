//! What holds for every setting, because all of them come from one table.

use std::collections::BTreeSet;

use serde_json::json;

use super::Desk;
use crate::config::{
    Changes, Config, init_text,
    key::{Effect, Key, Shape},
    reloadable, schema, show,
};

/// For each setting a value that is not its default, as it is shown again.
const SAMPLES: [(&str, &str); 146] = [
    ("public_url", "https://id.example.org"),
    ("profile", "strict"),
    ("listen", "127.0.0.1:9000"),
    ("trusted_proxies", "10.0.0.0/8,::1/128"),
    ("metrics_listen", "off"),
    ("data_dir", "/srv/data"),
    ("env_file", "sample.env"),
    ("database.url", "sqlite:other.db"),
    ("database.tls_root_file", "ca.pem"),
    ("redis.url", "redis://cache:6379/1"),
    ("secrets.file", "other.toml"),
    ("secrets.allow_weak_secret", "true"),
    ("admin.email", "ann@example.org"),
    ("admin.username", "ann"),
    ("admin.password", "correct horse battery"),
    ("setup.link", "off"),
    ("signin.registration", "open"),
    ("signin.by_mail", "link"),
    ("signin.email_codes", "true"),
    ("signin.sms_codes", "true"),
    ("signin.second_factor", "admins"),
    ("signin.proof", "off"),
    ("signin.attempts.per_account", "5"),
    ("signin.attempts.window", "30m"),
    ("signin.attempts.per_network", "6"),
    ("signin.attempts.in_all", "50"),
    ("signin.attempts.address_burst", "5"),
    ("signin.attempts.address_per_minute", "6"),
    ("password.min_length", "12"),
    ("password.require", "upper,digit"),
    ("password.context_words", "acme,road runner"),
    ("password.history", "3"),
    ("password.end_sessions", "always"),
    ("password.peppers", "0123456789abcdefghijklmnopqrstuv"),
    ("password.breach_list", "breached.list"),
    ("password.breach_url", "https://breaches.example.org/range"),
    ("password.breach_timeout", "1s"),
    ("password.memory_kib", "65536"),
    ("password.passes", "3"),
    ("password.lanes", "4"),
    ("password.slots", "1000"),
    ("password.queue", "10"),
    ("recovery.wait", "2d"),
    ("session.idle", "1d"),
    ("session.max", "30d"),
    ("session.short_idle", "1h"),
    ("session.short_max", "18h"),
    ("session.refresh_retry_window", "5s"),
    ("session.most", "5"),
    ("session.bind", "device"),
    ("devices.trust", "7d"),
    ("devices.confirm", "network"),
    ("compliance.dormant", "60d"),
    ("compliance.unused", "10d"),
    ("compliance.unverified", "20d"),
    ("compliance.admins", "3"),
    ("compliance.key_age", "100d"),
    ("compliance.backup", "2d"),
    ("tokens.access", "1m30s"),
    ("tokens.algorithm", "ES256"),
    ("tokens.audience", "example"),
    ("tokens.issuer", "https://issuer.example.org"),
    ("http.request_timeout", "20s"),
    ("http.header_timeout", "5s"),
    ("http.body_limit", "2MiB"),
    ("http.max_connections", "100"),
    ("http.drain", "1s"),
    (
        "http.cors_origins",
        "https://app.example.org,http://localhost:3000",
    ),
    ("http.hsts_subdomains", "true"),
    ("http.max_connections_per_address", "50"),
    ("tls.certificate", "id.pem"),
    ("tls.key", "id.key"),
    ("tls.listen", "127.0.0.1:8444"),
    ("limits.address_reading", "off"),
    ("limits.address_changing", "70/1m"),
    ("limits.address_expensive", "7/1m"),
    ("limits.account_reading", "60/1s"),
    ("limits.account_changing", "50/1m"),
    ("limits.account_expensive", "off"),
    (
        "limits.accounts",
        "usr_01jd3jfsm0000000000000000a=6000/1m,usr_01jd3jfsm0000000000000000b=1/1d",
    ),
    ("network.allow", "10.0.0.0/8,::1/128"),
    ("network.deny", "10.0.0.1/32"),
    ("network.countries", "countries.mmdb"),
    ("network.allow_countries", "DE,ES"),
    ("network.deny_countries", "FR"),
    ("contact.security", "mailto:security@example.org"),
    (
        "passkeys.related_origins",
        "https://id.example.net,https://id.example.com",
    ),
    ("mail.delivery", "log"),
    ("mail.from", "Example <id@example.org>"),
    ("mail.url", "smtp://id@smtp.example.org:2525"),
    ("mail.password", "correct horse battery"),
    ("mail.tls_root_file", "ca.pem"),
    ("mail.allow_plain", "true"),
    ("mail.timeout", "10s"),
    ("mail.templates", "mail-templates"),
    ("mail.folder", "outbox"),
    ("sms.delivery", "log"),
    ("sms.url", "https://sms.example.org/send"),
    ("sms.secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ("sms.tls_root_file", "ca.pem"),
    ("sms.allow_plain", "true"),
    ("sms.timeout", "5s"),
    ("sms.folder", "texts-here"),
    ("audit.keep_sign_ins", "30d"),
    ("audit.keep_security", "off"),
    ("audit.keep_administration", "365d"),
    ("audit.keep_operation", "7d"),
    ("audit.checkpoint_every", "5m"),
    ("audit.checkpoint_events", "500"),
    ("audit.syslog.url", "tls://logs.example.org"),
    ("audit.syslog.tls_root_file", "ca.pem"),
    ("audit.syslog.allow_plain", "true"),
    ("audit.syslog.facility", "4"),
    ("audit.syslog.timeout", "5s"),
    ("alerts.mail_to", "admins,ops@example.org"),
    ("alerts.mail_level", "critical"),
    ("alerts.slack_url", "https://chat.example.org/services/1"),
    ("alerts.slack_level", "info"),
    ("alerts.webhook_url", "https://ops.example.org/alerts"),
    (
        "alerts.webhook_secret",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ),
    ("alerts.webhook_level", "warning"),
    ("alerts.file", "alerts.jsonl"),
    ("alerts.file_level", "warning"),
    ("alerts.file_size", "1MiB"),
    ("alerts.at_once", "critical"),
    ("alerts.digest", "1h"),
    ("alerts.quiet", "1h"),
    ("alerts.language", "de"),
    ("alerts.tls_root_file", "ca.pem"),
    ("alerts.timeout", "5s"),
    ("webhooks.allow_networks", "10.1.0.0/16,fd00::/8"),
    ("webhooks.tls_root_file", "ca.pem"),
    ("webhooks.timeout", "5s"),
    ("log.format", "json"),
    ("log.level", "warn"),
    ("traces.endpoint", "http://127.0.0.1:4318/in"),
    ("traces.share", "0.5%"),
    ("traces.service_name", "id"),
    ("traces.authorization", "Bearer 0123456789"),
    ("traces.tls_root_file", "ca.pem"),
    ("traces.timeout", "5s"),
    ("dialects.chatbot.enabled", "false"),
    (
        "dialects.chatbot.secret",
        "0123456789abcdefghijklmnopqrstuv",
    ),
    ("dialects.chatbot.simplejwt", "5.3"),
    ("dialects.chatbot.access", "30m"),
    ("dialects.chatbot.refresh", "7d"),
];

fn keys() -> impl Iterator<Item = &'static Key> {
    Config::TABLES.into_iter().flat_map(|table| table.keys)
}

fn sample(key: &Key) -> &'static str {
    let found = SAMPLES.into_iter().find(|(name, _)| *name == key.name);
    found
        .unwrap_or_else(|| panic!("no sample for {}", key.name))
        .1
}

/// The sample as a line of TOML, with the whole name before it.
fn line(key: &Key) -> String {
    let text = sample(key);
    match key.shape {
        Shape::Bare => format!("{} = {text}", key.name),
        Shape::Text => format!("{} = {text:?}", key.name),
        Shape::List => format!("{} = {:?}", key.name, text.split(',').collect::<Vec<_>>()),
    }
}

/// A desk at which the other settings that this one needs are set.
fn desk_for(key: &Key) -> Desk {
    let desk = Desk::new().file("sample.env", "");
    match key.name {
        "admin.email" | "admin.username" => {
            desk.file("conf.d/needs.toml", "admin.password = 'correct horse'")
        }
        "admin.password" => desk.file("conf.d/needs.toml", "admin.email = 'ann@example.org'"),
        "mail.delivery" => desk.file(
            "conf.d/needs.toml",
            "[mail]\nurl = 'smtp://localhost'\nfrom = 'id@example.org'",
        ),
        "sms.delivery" => desk.file(
            "conf.d/needs.toml",
            "[sms]\nurl = 'http://localhost'\nsecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'",
        ),
        "alerts.webhook_url" => desk.file(
            "conf.d/needs.toml",
            "alerts.webhook_secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'",
        ),
        "tls.certificate" => desk.file(
            "conf.d/needs.toml",
            "public_url = 'https://id.example.org'\ntls.key = 'id.key'",
        ),
        "tls.key" => desk.file(
            "conf.d/needs.toml",
            "public_url = 'https://id.example.org'\ntls.certificate = 'id.pem'",
        ),
        "network.allow_countries" | "network.deny_countries" => {
            desk.file("conf.d/needs.toml", "network.countries = 'own.mmdb'")
        }
        "signin.sms_codes" => desk.file("conf.d/needs.toml", "sms.delivery = 'log'"),
        _ => desk,
    }
}

fn shown(key: &Key) -> String {
    if key.secret {
        "(secret)".to_owned()
    } else {
        sample(key).to_owned()
    }
}

#[test]
fn every_setting_can_be_written_in_the_file() {
    for key in keys() {
        let desk = desk_for(key).file("tollgate.toml", format!("# Ours.\n{}\n", line(key)));
        assert_eq!(
            desk.said(key.name),
            (shown(key), "tollgate.toml:2".to_owned()),
            "{}",
            key.name
        );
    }
}

#[test]
fn every_setting_can_be_a_variable() {
    for key in keys() {
        let desk = desk_for(key)
            .file("tollgate.toml", "")
            .variable(&key.variable(), sample(key));
        assert_eq!(
            desk.said(key.name),
            (shown(key), format!("environment {}", key.variable()))
        );
    }
}

#[test]
fn every_setting_can_be_a_flag() {
    for key in keys() {
        let desk = desk_for(key)
            .file("tollgate.toml", "")
            .flag(key.name, sample(key));
        assert_eq!(
            desk.said(key.name),
            (shown(key), "command line".to_owned()),
            "{}",
            key.name
        );
    }
}

#[test]
fn editors_are_told_each_word_that_a_setting_knows() {
    let schema = schema();
    let mut counted = 0;
    for key in keys().filter(|key| !key.choices.is_empty()) {
        let path = key.name.replace('.', "/properties/");
        let setting = schema.pointer(&format!("/properties/{path}")).unwrap();
        let is_list = key.shape == Shape::List;
        let told = if is_list {
            &setting["items"]["enum"]
        } else {
            &setting["enum"]
        };
        assert_eq!(told, &json!(key.choices), "{}", key.name);
        for choice in key.choices {
            let value = if is_list {
                format!("['{choice}']")
            } else {
                format!("'{choice}'")
            };
            let line = format!("{} = {value}", key.name);
            let loaded = desk_for(key).file("tollgate.toml", line).load();
            assert!(loaded.is_ok(), "{} = {choice}", key.name);
            counted += 1;
        }
    }
    assert!(counted >= 12, "{counted}");
}

/// The path to the sample may be named by a variable, in the file and by a
/// flag; one line break at the end of its content does not count.
#[test]
fn every_setting_can_be_read_from_a_file_of_its_own() {
    for key in keys() {
        let desk = || desk_for(key).file("held", format!("{}\n", sample(key)));
        let variable = format!("{}_FILE", key.variable());
        let by_variable = desk().file("tollgate.toml", "").variable(&variable, "held");
        assert_eq!(
            by_variable.said(key.name),
            (shown(key), format!("held, named by environment {variable}"))
        );
        let by_line = desk().file("tollgate.toml", format!("{}_file = 'held'", key.name));
        assert_eq!(
            by_line.said(key.name),
            (shown(key), "held, named by tollgate.toml:1".to_owned())
        );
        let by_flag = desk()
            .file("tollgate.toml", "")
            .flag(&format!("{}_file", key.name), "held");
        assert_eq!(
            by_flag.said(key.name),
            (shown(key), "held, named by command line".to_owned())
        );
    }
}

#[test]
fn the_samples_are_no_defaults_and_show_whether_a_reload_is_enough() {
    let plain = Desk::new().load().unwrap();
    for key in keys() {
        let changed = desk_for(key)
            .file("tollgate.toml", line(key))
            .load()
            .unwrap();
        let changes = reloadable(&plain.config, &changed.config);
        let (expected, other) = match key.effect {
            Effect::AtOnce => (changes.applied, changes.needs_restart),
            Effect::AtRestart => (changes.needs_restart, changes.applied),
        };
        assert!(expected.contains(&key.name), "{}", key.name);
        assert!(!other.contains(&key.name), "{}", key.name);
    }
    assert_eq!(reloadable(&plain.config, &plain.config), Changes::default());
}

#[test]
fn names_are_unique_and_never_the_file_of_another() {
    let names: BTreeSet<&str> = keys().map(|key| key.name).collect();
    assert_eq!(names.len(), keys().count());
    for name in &names {
        assert!(!names.contains(format!("{name}_file").as_str()), "{name}");
    }
}

#[test]
fn every_setting_says_what_it_does() {
    for key in keys() {
        let doc = key.doc.concat();
        assert!(doc.trim_end().ends_with('.'), "{}: {doc}", key.name);
        assert!(
            key.default.is_some() || key.example.is_some() || key.secret,
            "{}",
            key.name
        );
    }
}

/// Uncommented, each default says what nobody said; examples are of use too.
#[test]
fn the_first_file_says_nothing_new() {
    let text = init_text();
    let nothing = Desk::new().load().unwrap().config;
    assert_eq!(
        Desk::new()
            .file("tollgate.toml", &text)
            .load()
            .unwrap()
            .config,
        nothing
    );

    let mut table = String::new();
    let mut spoken = 0;
    for line in text.lines() {
        if line.starts_with('[') {
            table = line.to_owned();
        }
        let Some(assignment) = line
            .strip_prefix('#')
            .filter(|rest| rest.starts_with(|c: char| c.is_alphabetic()))
        else {
            continue;
        };
        let field = assignment.split(' ').next().unwrap();
        let name = format!("{}.{field}", table.trim_matches(['[', ']']));
        let name = name.trim_start_matches('.');
        let key = keys()
            .find(|key| key.name == name || key.secret && name == format!("{}_file", key.name))
            .unwrap();
        spoken += 1;
        let file = format!("{table}\n{assignment}\n");
        if key.secret || key.name == "env_file" {
            continue;
        }
        let loaded = desk_for(key)
            .file("tollgate.toml", &file)
            .load()
            .unwrap_or_else(|faults| panic!("{faults:?}"));
        let changes = reloadable(&nothing, &loaded.config);
        let needy = [
            "password.slots",
            "mail.delivery",
            "sms.delivery",
            "signin.sms_codes",
            "network.allow_countries",
            "network.deny_countries",
        ];
        let machine = key.default.is_none() || needy.contains(&key.name);
        assert!(
            machine || changes == Changes::default(),
            "{file}{changes:?}"
        );
    }
    assert_eq!(spoken, keys().count());
}

#[test]
fn what_is_shown_comes_in_the_order_of_the_manual() {
    let rows = show(&Desk::new().load().unwrap());
    assert_eq!(
        rows.iter().map(|row| row.key).collect::<Vec<_>>(),
        keys().map(|key| key.name).collect::<Vec<_>>()
    );
    assert!(rows.iter().all(|row| row.origin.to_string() == "built-in"));
}
