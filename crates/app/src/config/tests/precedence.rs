//! Who is heard when several speak.

use super::Desk;
use crate::config::{meant::backend::DatabaseUrl, show};

const SECRET: &str = "0123456789abcdefghijklmnopqrstuv";

fn said(value: &str, origin: &str) -> (String, String) {
    (value.to_owned(), origin.to_owned())
}

/// vuln:150
#[test]
fn nobody_says_anything() {
    let loaded = Desk::new().load().unwrap();
    assert!(loaded.notes.is_empty(), "{:?}", loaded.notes);
    assert_eq!(loaded.config.server.address(), "http://localhost:8700");
    assert!(loaded.config.server.listen.ip().is_loopback());
    let metrics = loaded.config.server.metrics_listen.0;
    assert!(metrics.is_some_and(|metrics| metrics.ip().is_loopback()));
    assert_eq!(
        loaded.config.tokens.issuer.as_str(),
        "http://localhost:8700"
    );
    assert_eq!(
        loaded.config.database.url,
        DatabaseUrl::Sqlite("./tollgate-data/tollgate.db".into())
    );
    assert!(loaded.config.password.slots > 0);
}

/// Each speaks above the one before.
#[test]
fn the_last_word_wins() {
    let desk = Desk::new();
    assert_eq!(desk.said("redis.url"), said("(not set)", "built-in"));
    let desk = desk.file("tollgate.toml", "\n[redis]\nurl = 'redis://file'");
    assert_eq!(
        desk.said("redis.url"),
        said("redis://file", "tollgate.toml:3")
    );
    let desk = desk.file("conf.d/10.toml", "redis.url = 'redis://ten'");
    assert_eq!(
        desk.said("redis.url"),
        said("redis://ten", "conf.d/10.toml:1")
    );
    let desk = desk
        .file("conf.d/20.toml", "redis.url = 'redis://twenty'")
        .file("conf.d/30.txt", "redis.url = 1");
    assert_eq!(
        desk.said("redis.url"),
        said("redis://twenty", "conf.d/20.toml:1")
    );
    let desk = desk
        .file(".env", "REDIS_HOST=dotenv\n")
        .variable("TOLLGATE_ENV_FILE", ".env");
    assert_eq!(
        desk.said("redis.url"),
        said("redis://dotenv:6379/0", ".env:1")
    );
    let desk = desk
        .variable("REDIS_HOST", "seed")
        .variable("REDIS_PORT", "7000")
        .variable("REDIS_DB", "2");
    assert_eq!(
        desk.said("redis.url"),
        said("redis://seed:7000/2", "environment REDIS_HOST")
    );
    let desk = desk.variable("TOLLGATE_REDIS__URL", "redis://ours");
    assert_eq!(
        desk.said("redis.url"),
        said("redis://ours", "environment TOLLGATE_REDIS__URL")
    );
    let desk = desk.flag("redis.url", "redis://flag");
    assert_eq!(desk.said("redis.url"), said("redis://flag", "command line"));
}

#[test]
fn the_file_is_the_named_one_or_the_first_usual_one() {
    let desk = Desk::new().file("etc/tollgate.toml", "log.level = 'error'");
    assert_eq!(desk.said("log.level"), said("error", "etc/tollgate.toml:1"));
    let desk = desk.file("tollgate.toml", "log.level = 'warn'");
    assert_eq!(desk.said("log.level"), said("warn", "tollgate.toml:1"));
    let desk = desk
        .file("a/named.toml", "log.level = 'debug'")
        .variable("TOLLGATE_CONFIG", "a/named.toml");
    assert_eq!(desk.said("log.level"), said("debug", "a/named.toml:1"));
    let desk = desk
        .file("b/other.toml", "")
        .file("b/conf.d/x.toml", "log.level = 'trace'")
        .config("b/other.toml");
    assert_eq!(desk.said("log.level"), said("trace", "b/conf.d/x.toml:1"));
}

#[test]
fn a_lower_voice_is_not_asked_for_sense() {
    let desk = Desk::new()
        .file("tollgate.toml", "listen = 'nowhere'")
        .variable("TOLLGATE_LISTEN", "0.0.0.0:80");
    assert_eq!(
        desk.said("listen"),
        said("0.0.0.0:80", "environment TOLLGATE_LISTEN")
    );
}

#[test]
fn defaults_follow_what_they_depend_on() {
    let desk = Desk::new()
        .variable("TOLLGATE_DATA_DIR", "/srv")
        .variable("TOLLGATE_PUBLIC_URL", "https://id.example.org/");
    assert_eq!(desk.said("secrets.file").0, "/srv/secrets.toml");
    assert_eq!(desk.said("mail.folder").0, "/srv/mail");
    assert_eq!(desk.said("database.url").0, "sqlite:///srv/tollgate.db");
    assert_eq!(desk.said("tokens.issuer").0, "https://id.example.org");
}

/// An operator keeps the `.env` of the system that Tollgate takes the place of.
#[test]
fn another_systems_variables_are_understood() {
    let env = format!(
        "SECRET_KEY='{SECRET}'\nREDIS_HOST=\nDEBUG=True\nDATABASE_URL=postgres://u:hunter2@db/x\n"
    );
    let desk = Desk::new()
        .file(".env", env)
        .file("tollgate.toml", "env_file = '.env'");
    assert_eq!(
        desk.said("dialects.chatbot.secret"),
        said("(secret)", ".env:1")
    );
    assert_eq!(desk.said("redis.url"), said("(not set)", "built-in"));
    let loaded = desk.load().unwrap();
    assert_eq!(
        loaded.config.database.url,
        Desk::new().load().unwrap().config.database.url
    );
    let notes = loaded.notes.join("\n");
    assert!(
        notes.contains("DATABASE_URL (.env:4) is not read") && notes.contains("DEBUG (.env:3)"),
        "{notes}"
    );
    assert!(!notes.contains("hunter2"));
}

#[test]
fn a_dotenv_that_nobody_named_is_not_read() {
    let desk = Desk::new().file(".env", "REDIS_HOST=cache\nTOLLGATE_LISTEN=0.0.0.0:80\n");
    assert_eq!(desk.said("redis.url"), said("(not set)", "built-in"));
    let desk = desk.variable("TOLLGATE_ENV_FILE", ".env");
    assert_eq!(desk.said("listen"), said("127.0.0.1:8700", "built-in"));
    assert!(desk.load().unwrap().notes[0].starts_with("TOLLGATE_LISTEN (.env:2) is not read"));
}

#[test]
fn variables_that_others_set_are_no_settings() {
    let desk = Desk::new()
        .variable("TOLLGATE_PORT", "tcp://10.0.0.1:8700")
        .variable("TOLLGATE_PORT_8700_TCP_ADDR", "10.0.0.1")
        .variable("TOLLGATE_SERVICE_HOST", "10.0.0.1")
        .variable("TOLLGATE_URL", "https://id.example.org")
        .variable("TOLLGATE_TOKEN", "tgs_x")
        .variable("TOLLGATE_CAMPAIGN", "1")
        .variable("HOME", "/root");
    assert!(desk.load().is_ok());
}

#[test]
fn what_an_operator_should_hear_is_told_at_start() {
    let notes = |desk: Desk| desk.load().unwrap().notes.join("\n");
    let open = Desk::new().variable("TOLLGATE_LISTEN", "0.0.0.0:8700");
    assert!(notes(open).contains("there is no public_url yet"));
    let plain = Desk::new().variable("TOLLGATE_PUBLIC_URL", "http://192.168.1.20:8700");
    assert!(notes(plain).contains("without https"));
    let proxied = Desk::new().variable("TOLLGATE_PUBLIC_URL", "https://id.example.org");
    assert!(notes(proxied).contains("trusted_proxies is empty"));
    let seed = Desk::new().variable("SECRET_KEY", SECRET);
    assert!(notes(seed).contains("dialects.chatbot.secret is what SECRET_KEY says"));
    assert_eq!(
        notes(Desk::new().variable("TOLLGATE_PUBLIC_URL", "http://localhost:8700")),
        ""
    );
}

/// vuln:12
#[test]
fn secrets_are_never_shown() {
    let desk = Desk::new()
        .variable("TOLLGATE_ADMIN__EMAIL", "ann@example.org")
        .variable("TOLLGATE_ADMIN__PASSWORD", "hunter2-hunter2")
        .variable(
            "TOLLGATE_DATABASE__URL",
            "postgres://u:hunter2@db/t?password=hunter2",
        )
        .variable("TOLLGATE_REDIS__URL", "redis://:hunter2@cache/0")
        .variable("SECRET_KEY", "hunter2 0123456789abcdefghijklmnopqrstuv");
    let loaded = desk.load().unwrap();
    let told = format!("{loaded:?}{:?}", show(&loaded));
    assert!(!told.contains("hunter2"), "{told}");
    assert_eq!(desk.said("database.url").0, "postgres://u:***@db/t");
}

#[test]
fn the_profile_moves_defaults_and_nothing_that_was_said() {
    let desk = Desk::new().file("tollgate.toml", "profile = 'strict'");
    assert_eq!(desk.said("password.min_length"), said("15", "built-in"));
    assert_eq!(desk.said("password.history"), said("5", "built-in"));
    let desk = desk.file("conf.d/ours.toml", "password.min_length = 10");
    assert_eq!(
        desk.said("password.min_length"),
        said("10", "conf.d/ours.toml:1")
    );
}
