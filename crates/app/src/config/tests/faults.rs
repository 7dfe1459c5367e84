//! What an operator is told when something is wrong.

use std::ffi::OsString;

use proptest::{
    collection::vec,
    prelude::{ProptestConfig, Strategy, any, prop_oneof, proptest},
    sample::select,
};

use super::Desk;
use crate::config::{Config, key::Key, load, meant::Verdict, show};

#[track_caller]
fn check(desk: &Desk, faults: &[&str]) {
    assert_eq!(desk.faults(), faults.join("\n"));
}

#[test]
fn all_faults_are_told_at_once() {
    let file = "
        listen = 'here'
        colour = 'red'
        [session]
        idle = 14
        max = '90'
        [password]
        min_length = 4
        [tokens]
        algorithm = 'HS256'
        [http]
        cors_origins = ['*']
    ";
    let desk = Desk::new()
        .file("tollgate.toml", file)
        .variable("TOLLGATE_LOG__LEVEL", "inof")
        .variable("TOLLGATE_ADMIN__PASSWORD_FILE", "nothing-here");
    check(
        &desk,
        &[
            "tollgate.toml:2: listen: \"here\" is not an address to listen on. Write an IP address and a port such as 127.0.0.1:8700 or [::1]:8700.",
            "tollgate.toml:3: `colour` is not a setting. `tollgate config init` lists all of them.",
            "tollgate.toml:5: session.idle: is a whole number, where a text in quotes belongs. Write a duration such as 90s, 15m, 1h30m or 14d.",
            "tollgate.toml:6: session.max: \"90\" has no unit after 90. Write a duration such as 90s, 15m, 1h30m or 14d.",
            "tollgate.toml:8: password.min_length: 4 is out of range: from 8 to 64.",
            "tollgate.toml:10: tokens.algorithm: \"HS256\" is not known here. Write EdDSA, ES256 or RS256.",
            "tollgate.toml:12: http.cors_origins: would let every site in. Write an address without a path such as https://id.example.org.",
            "environment TOLLGATE_LOG__LEVEL: log.level: \"inof\" is not a level. Write a level (off, error, warn, info, debug, trace), or such as info,tollgate_flows=debug.",
            "nothing-here, named by environment TOLLGATE_ADMIN__PASSWORD_FILE: admin.password: the file cannot be read: No such file or directory (os error 2).",
        ],
    );
}

/// Where alerts go is checked as what else we call is.
#[test]
fn where_alerts_go_is_checked() {
    let chat = |url: &str| Desk::new().flag("alerts.slack_url", url).faults();
    for url in ["https://chat.example.org/x", "http://127.0.0.1:1/x"] {
        let desk = Desk::new().flag("alerts.slack_url", url);
        assert!(desk.load().is_ok(), "{url}");
    }
    for url in [
        "ftp://chat.example.org/x",
        "http://chat.example.org/secret-x",
        "chat",
    ] {
        let says = chat(url);
        assert!(says.contains("alerts.slack_url"), "{url}: {says}");
        assert!(!says.contains("secret-x"), "{says}");
    }
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let lonely = Desk::new().flag("alerts.webhook_secret", secret).load();
    let notes = lonely.unwrap().notes.join("\n");
    assert!(notes.contains("alerts.webhook_url"), "{notes}");
}

#[test]
fn a_slip_of_the_pen_is_recognised() {
    let file = "lisen = '127.0.0.1:1'\nmin_length = 9\n[sesion]\nidle = '1d'\n[session]\nidel = '1d'\n[dialects.chatbto]\n";
    let desk = Desk::new()
        .file("tollgate.toml", file)
        .flag("log.levl", "info")
        .variable("TOLLGATE_DATABASE_URL", "sqlite:x")
        .variable("TOLLGATE_ADMIN__PASWORD_FILE", "x")
        .variable("TOLLGATE_Listen", "x");
    check(
        &desk,
        &[
            "tollgate.toml:1: `lisen` is not a setting. Did you mean `listen`?",
            "tollgate.toml:2: `min_length` is not a setting. Did you mean `password.min_length`?",
            "tollgate.toml:3: `sesion` is not a table. Did you mean `[session]`?",
            "tollgate.toml:6: `session.idel` is not a setting. Did you mean `session.idle`?",
            "tollgate.toml:7: `dialects.chatbto` is not a table. Did you mean `[dialects.chatbot]`?",
            "environment TOLLGATE_ADMIN__PASWORD_FILE: `TOLLGATE_ADMIN__PASWORD_FILE` is not a variable. Did you mean `TOLLGATE_ADMIN__PASSWORD_FILE`?",
            "environment TOLLGATE_DATABASE_URL: `TOLLGATE_DATABASE_URL` is not a variable. Did you mean `TOLLGATE_DATABASE__URL`?",
            "environment TOLLGATE_Listen: `TOLLGATE_Listen` is not a variable. Did you mean `TOLLGATE_LISTEN`?",
            "command line: `log.levl` is not a setting. Did you mean `log.level`?",
        ],
    );
}

#[test]
fn one_source_says_a_thing_once() {
    let file = "[admin]\npassword = 'a'\npassword_file = 'b'\nemail = 'ann@example.org'\nemail = 'bob@example.org'\n";
    let desk = Desk::new()
        .file("tollgate.toml", file)
        .variable("TOLLGATE_LISTEN", "127.0.0.1:1")
        .variable("TOLLGATE_LISTEN_FILE", "x")
        .flag("log.level", "info")
        .flag("log.level", "warn");
    check(
        &desk,
        &[
            "tollgate.toml:3: admin.password: is said twice, here and at tollgate.toml:2. Keep one of them; `admin.password_file` counts as `admin.password`.",
            "tollgate.toml:5: is not TOML: duplicate key.",
            "environment TOLLGATE_LISTEN_FILE: listen: is said twice, here and at environment TOLLGATE_LISTEN. Keep one of them; `listen_file` counts as `listen`.",
            "command line: log.level: is said twice, here and at command line. Keep one of them; `log.level_file` counts as `log.level`.",
        ],
    );
}

#[test]
fn a_file_that_cannot_be_read_is_a_fault() {
    check(
        &Desk::new().config("x.toml"),
        &["x.toml: cannot be read: No such file or directory (os error 2)."],
    );
    let desk = Desk::new().file("tollgate.toml", b"a = \"\xff\"");
    check(&desk, &["tollgate.toml: cannot be read: it is not UTF-8."]);
    let desk = Desk::new().file("tollgate.toml", " ".repeat(1024 * 1024 + 1));
    check(
        &desk,
        &["tollgate.toml: cannot be read: it is larger than 1 MiB."],
    );
    let desk = Desk::new().variable("TOLLGATE_ENV_FILE", "x.env");
    check(
        &desk,
        &[
            "environment TOLLGATE_ENV_FILE: env_file: x.env cannot be read: No such file or directory (os error 2).",
        ],
    );
}

/// A parser likes to show the line that it cannot read.
#[test]
fn a_fault_does_not_tell_a_secret() {
    let desk = Desk::new()
        .file("tollgate.toml", "[admin]\nemail = 'ann@example.org'\npassword = \"hunter2\n[redis]\nurl = 'hunter2@cache'")
        .variable("TOLLGATE_DATABASE__URL", "postgres://u:hunter2@:x/t")
        .variable("TOLLGATE_DIALECTS__CHATBOT__SECRET", "hunter2");
    let faults = desk.faults();
    assert!(faults.contains("tollgate.toml:3: is not TOML"), "{faults}");
    assert!(
        faults.contains("database.url")
            && faults.contains("redis.url")
            && faults.contains("secret.weak"),
        "{faults}"
    );
    assert!(!faults.contains("hunter2"), "{faults}");
}

/// asvs:V11.2.3, asvs:V13.2.3, vuln:12
#[test]
fn a_weak_shared_secret_ends_the_start() {
    let weakness = |secret: &str| {
        let desk = Desk::new().variable("SECRET_KEY", secret);
        desk.load().map_err(|_| desk.faults()).err()
    };
    let short = "environment SECRET_KEY: dialects.chatbot.secret: is shorter than 32 bytes (secret.weak). \
                 Use at least 32 random bytes, or set [secrets] allow_weak_secret = true.";
    assert_eq!(
        weakness("0123456789abcdefghijklmnopqrstu").as_deref(),
        Some(short)
    );
    assert_eq!(weakness("0123456789abcdefghijklmnopqrstuv"), None);
    for known in [
        "your-secret-key-here",
        "YOUR_SECRET_KEY_HERE_0123456789abcdefghijkl",
        "changeme",
        "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz",
        "secret",
        "abababababababababababababababababababab",
    ] {
        assert!(
            weakness(known).is_some_and(|words| words.contains("secret.weak")),
            "{known}"
        );
    }
    let let_pass = Desk::new()
        .variable("SECRET_KEY", "secret")
        .variable("TOLLGATE_SECRETS__ALLOW_WEAK_SECRET", "true");
    assert!(
        let_pass
            .load()
            .unwrap()
            .notes
            .iter()
            .any(|note| note.contains("allow_weak_secret lets it pass"))
    );
    let unused = Desk::new()
        .variable("SECRET_KEY", "secret")
        .variable("TOLLGATE_DIALECTS__CHATBOT__ENABLED", "false");
    assert!(unused.load().is_ok());
}

#[test]
fn settings_may_not_contradict_each_other() {
    let with = |pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .fold(Desk::new(), |desk, (key, value)| desk.flag(key, value))
    };
    check(
        &with(&[("session.idle", "100d")]),
        &[
            "command line: session.idle: session.idle is longer than session.max. Lower the first or raise the second.",
        ],
    );
    check(
        &with(&[("session.short_max", "1h")]),
        &[
            "command line: session.short_max: session.short_idle is longer than session.short_max. Lower the first or raise the second.",
        ],
    );
    check(
        &with(&[("admin.email", "ann@example.org")]),
        &[
            "command line: admin.email: an administrator is named, but there is no admin.password. Set admin.password_file (TOLLGATE_ADMIN__PASSWORD_FILE).",
        ],
    );
    check(
        &with(&[("admin.password", "x")]),
        &[
            "command line: admin.password: belongs to nobody. Set admin.email or admin.username too.",
        ],
    );
    check(
        &with(&[("listen", "127.0.0.1:8701")]),
        &["command line: listen: metrics_listen and listen are the same."],
    );
    check(
        &with(&[("password.memory_kib", "8192")]),
        &[
            "command line: password.memory_kib: 8192 KiB is too little for 2 passes: at least 19456.",
        ],
    );
    check(
        &with(&[("mail.delivery", "smtp")]),
        &[
            "command line: mail.delivery: delivery by smtp needs mail.url. Set it to such as \"smtps://tollgate@smtp.example.org:465\".",
        ],
    );
    check(
        &with(&[
            ("mail.delivery", "smtp"),
            ("mail.url", "smtps://id@smtp.example.org"),
        ]),
        &[
            "command line: mail.delivery: delivery by smtp needs mail.from. Set it to an address that the server sends for.",
            "command line: mail.url: a user in mail.url and mail.password belong together.",
        ],
    );
    check(
        &with(&[("sms.delivery", "hook")]),
        &[
            "command line: sms.delivery: delivery by hook needs sms.url. Set it to such as \"https://sms.example.org/send\".",
        ],
    );
    check(
        &with(&[
            ("sms.delivery", "hook"),
            ("sms.url", "http://sms.example.org"),
        ]),
        &[
            "command line: sms.delivery: delivery by hook needs sms.secret. Draw one: echo whsec_$(head -c 32 /dev/urandom | base64)",
            "command line: sms.url: an http:// hook is on another machine. Use https://, or set sms.allow_plain = true.",
        ],
    );
    check(
        &with(&[("signin.sms_codes", "true")]),
        &[
            "command line: signin.sms_codes: codes by text need [sms]. Set [sms] delivery = \"hook\", and where the hook is.",
        ],
    );
    // A value that makes no sense contradicts nothing.
    check(
        &with(&[("session.idle", "100d"), ("session.max", "x")]),
        &[
            "command line: session.max: \"x\" has no number before \"x\". Write a duration such as 90s, 15m, 1h30m or 14d.",
        ],
    );
}

#[test]
fn nobody_may_trust_everybody() {
    for net in ["0.0.0.0/0", "::/0", "::ffff:0:0/96", "10.0.0.0/8,1.2.3.4/0"] {
        let desk = Desk::new().variable("TOLLGATE_TRUSTED_PROXIES", net);
        assert!(desk.faults().contains("trusts the whole internet"), "{net}");
    }
    assert!(
        Desk::new()
            .variable(
                "TOLLGATE_TRUSTED_PROXIES",
                "10.0.0.0/8, ::1, ::ffff:10.0.0.0/104"
            )
            .load()
            .is_ok()
    );
}

#[test]
fn traces_go_where_they_may_and_only_from_a_program_that_has_them() {
    let file = "[traces]\nendpoint = 'http://collector:4318'\n";
    let faults = |text: &str, built_in: bool| {
        let config = Desk::new()
            .file("tollgate.toml", text)
            .load()
            .unwrap()
            .config;
        let mut verdict = Verdict::default();
        config.traces.check(built_in, &mut verdict);
        let faults = verdict.faults.iter().map(ToString::to_string);
        faults.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(faults(file, true), "");
    assert_eq!(faults("", false), "");
    assert_eq!(
        faults(file, false),
        "built-in: traces.endpoint: this program was built without traces. Leave it out, or build one with: cargo build --release --package tollgate --features otel"
    );
    let secret = format!("{file}authorization = 'Bearer canary'\n");
    check(
        &Desk::new().file("tollgate.toml", &secret),
        &[
            "tollgate.toml:2: traces.endpoint: an http:// collector on another machine would be told traces.authorization in the clear. Use https://, or leave traces.authorization out.",
        ],
    );
    let broken =
        "[traces]\nendpoint = 'https://collector'\nauthorization = 'a\u{1}b'\nshare = '2'\n";
    check(
        &Desk::new().file(
            "tollgate.toml",
            broken.replace('\'', "\"").replace('\u{1}', "\\u0001"),
        ),
        &[
            "tollgate.toml:3: traces.authorization: holds what no header can hold.",
            "tollgate.toml:4: traces.share: \"2\" is no share. Write a share such as 100%, 10% or 0.1%.",
        ],
    );
}

#[test]
fn a_variable_that_is_not_text_is_a_fault() {
    use std::os::unix::ffi::OsStringExt;

    let mut desk = Desk::new();
    desk.sources
        .environment
        .push(("TOLLGATE_LISTEN".into(), OsString::from_vec(vec![0xff])));
    desk.sources
        .environment
        .push(("OTHER".into(), OsString::from_vec(vec![0xff])));
    check(&desk, &["environment TOLLGATE_LISTEN: is not UTF-8."]);
}

fn keys() -> Vec<&'static Key> {
    Config::TABLES
        .into_iter()
        .flat_map(|table| table.keys)
        .collect()
}

/// Values that are often nearly right.
fn values() -> impl Strategy<Value = String> {
    let near = [
        "",
        "'14d'",
        "14",
        "-1",
        "true",
        "['a']",
        "'::/0'",
        "{}",
        "'off'",
        "1.5",
        "\"",
        "99999999999999999999",
        "2026-11-21",
    ];
    prop_oneof![
        any::<String>(),
        "[ -~]{0,40}",
        "[0-9dhmsKMiB:./,-]{0,20}",
        select(near.to_vec()).prop_map(str::to_owned)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_that_is_said_makes_it_panic(
        soup in any::<String>(),
        lines in vec((select(keys()), values()), 0..6),
        variables in vec((select(keys()), values()), 0..6),
        dotenv in any::<String>(),
    ) {
        let lines: Vec<String> = lines.iter().map(|(key, value)| format!("{} = {value}", key.name)).collect();
        let file = if lines.is_empty() { soup } else { lines.join("\n") };
        let mut desk = Desk::new().file("tollgate.toml", file).file(".env", dotenv).variable("TOLLGATE_ENV_FILE", ".env");
        for (key, value) in variables {
            desk = desk.variable(&key.variable(), value.trim_matches('\''));
        }
        match load(&desk.sources) {
            Ok(loaded) => assert_eq!(show(&loaded).len(), keys().len()),
            Err(faults) => assert!(!faults.is_empty()),
        }
    }
}
