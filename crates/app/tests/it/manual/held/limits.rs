//! What the page of limits says is what the program does.

use std::{collections::BTreeSet, fs};

use tollgate::config::Config;

use crate::manual::written::root;

use super::{page, rows};

/// What a row rests on: settings with their defaults, or what a source says.
enum Ground {
    Settings(&'static [(&'static str, &'static str)]),
    Source(&'static str, &'static [&'static str]),
}
use Ground::{Settings, Source};

const SENT: &[&str] = &["failures: 10, window: Duration::from_hours(1),"];
/// What asking for mail costs a stranger.
const STRANGERS: &[&str] = &["const STRANGERS: Duration = Purpose::PasswordReset.lives();"];
const IN_A_ROW: &[&str] = &[
    "const IN_A_ROW: i64 = 100;",
    "const LONGEST: Duration = Duration::from_hours(24);",
];
const ONE_TIME: &str = "crates/records/src/one_time/mod.rs";
/// Codes with five tries, which live for ten minutes.
const CODES: &[&str] = &[
    "Self::SecondFactor | Self::Confirmation | Self::SignInCode | Self::SignInToken | Self::SentCode \
     | Self::PhoneVerification => Duration::from_mins(10),",
    "Self::SecondFactor | Self::Confirmation | Self::SignInCode | Self::SentCode \
     | Self::PhoneVerification => 5,",
];
const DAY: &str = "Self::AddressVerification | Self::AccountRecovery | Self::Unlock => { Duration::from_hours(24) }";
const ATTEMPTS: Ground = Settings(&[
    ("signin.attempts.per_account", "10"),
    ("signin.attempts.window", "15m"),
]);

/// Each row of the page: what is bounded, by how much, and on what that rests. Who changes
/// one of the three changes the others.
const HELD: [(&str, &str, Ground); 60] = [
    (
        "body of a request",
        "1 MiB",
        Settings(&[("http.body_limit", "1MiB")]),
    ),
    (
        "time for a request",
        "10 s, then 503",
        Settings(&[("http.request_timeout", "10s")]),
    ),
    (
        "time for a client to send its headers",
        "10 s",
        Settings(&[("http.header_timeout", "10s")]),
    ),
    (
        "time that a body may fall behind a pace of 1 KiB a second",
        "10 s",
        Source(
            "crates/app/src/listener/body.rs",
            &["const PACE: u64 = 1024;"],
        ),
    ),
    (
        "connections",
        "10,000; beyond, those make room that have kept us waiting longest for a head or a body, then those that rest",
        Settings(&[("http.max_connections", "10000")]),
    ),
    (
        "connections from one address",
        "256; `trusted_proxies` have no limit",
        Settings(&[("http.max_connections_per_address", "256")]),
    ),
    (
        "time that a connection may rest between two requests, or shake hands for https",
        "10 s",
        Settings(&[("http.header_timeout", "10s")]),
    ),
    (
        "requests from one address",
        "12,000 a minute that read, 2,400 that change something, 240 that cost more",
        Settings(&[
            ("limits.address_reading", "12000/1m"),
            ("limits.address_changing", "2400/1m"),
            ("limits.address_expensive", "240/1m"),
        ]),
    ),
    (
        "requests from one account",
        "6,000, 1,200 and 60",
        Settings(&[
            ("limits.account_reading", "6000/1m"),
            ("limits.account_changing", "1200/1m"),
            ("limits.account_expensive", "60/1m"),
        ]),
    ),
    (
        "headers",
        "100, and 64 KiB with the path, then 431",
        Source(
            "crates/app/src/listener.rs",
            &["const LONGEST_HEAD: usize = 64 * 1024;"],
        ),
    ),
    (
        "cookies",
        "200, and 16 KiB, then 431",
        Source(
            "crates/web/src/gate.rs",
            &[
                "const COOKIES: usize = 200;",
                "const COOKIE_BYTES: usize = 16 * 1024;",
            ],
        ),
    ),
    (
        "JSON",
        "32 levels deep",
        Source("crates/web/src/body/mod.rs", &["DEPTH: usize = 32;"]),
    ),
    (
        "wrong passwords in a row for one account: by strangers, and by each known device and network",
        "10, then one after 15 minutes, 30, … a day; 100 in all",
        ATTEMPTS,
    ),
    (
        "accounts at which strangers from one network fail",
        "20 in an hour, then shut for an hour",
        Settings(&[("signin.attempts.per_network", "20")]),
    ),
    (
        "accounts at which strangers fail before they have to work",
        "100 in 10 minutes, from five networks",
        Settings(&[("signin.attempts.in_all", "100")]),
    ),
    (
        "[proof of work](../explanation/under-attack.md)",
        "18 bits, two minutes, one look at one password",
        Source("crates/app/src/wire.rs", &["const WORK: u32 = 18;"]),
    ),
    (
        "mails with a way in for one account",
        "3 a day; each link once, in 24 hours",
        Source(
            "crates/flows/src/deliver/mod.rs",
            &[
                "const UNLOCKS: Allowance = Allowance { failures: 3, window: Duration::from_hours(24), };",
            ],
        ),
    ),
    (
        "names of nobody that are remembered",
        "20,000",
        Source(
            "crates/records/src/attempts/mod.rs",
            &["NOBODIES: i64 = 20_000;"],
        ),
    ),
    (
        "wrong codes of one account in a row, of each known device and network, and of each session that steps up",
        "10, then one after 15 minutes, 30, … a day; 100 in all",
        Source("crates/records/src/attempts/mod.rs", IN_A_ROW),
    ),
    (
        "wrong current passwords in a row, in one session",
        "the same",
        Source("crates/records/src/attempts/mod.rs", IN_A_ROW),
    ),
    (
        "time that a code counts for sensitive changes",
        "10 minutes",
        Source(
            "crates/flows/src/steps/current.rs",
            &["FRESH: Duration = Duration::from_mins(10);"],
        ),
    ),
    (
        "password tries from one address",
        "20 at once, then 60 a minute",
        Settings(&[
            ("signin.attempts.address_burst", "20"),
            ("signin.attempts.address_per_minute", "60"),
        ]),
    ),
    (
        "passwords checked at a time",
        "one for each core, less one where there are more than two; 64 wait",
        Settings(&[("password.slots", "{cores}"), ("password.queue", "64")]),
    ),
    (
        "rows of one page of a list",
        "200",
        Source("crates/base/src/page.rs", &["MOST: u32 = 200;"]),
    ),
    (
        "e-mail address",
        "254 letters",
        Source(
            "crates/base/src/identifier.rs",
            &["EMAIL_MOST: usize = 254;"],
        ),
    ),
    (
        "username",
        "150 letters",
        Source(
            "crates/base/src/identifier.rs",
            &["USERNAME_MOST: usize = 150;"],
        ),
    ),
    (
        "password",
        "256 characters, at least 8",
        Settings(&[("password.min_length", "{shortest}")]),
    ),
    (
        "display name",
        "100 letters",
        Source(
            "crates/records/src/accounts/mod.rs",
            &["NAME_MOST: usize = 100;"],
        ),
    ),
    (
        "bio",
        "1,000 letters",
        Source(
            "crates/records/src/accounts/mod.rs",
            &["BIO_MOST: usize = 1_000;"],
        ),
    ),
    (
        "picture that is uploaded",
        "5 MiB, 40 megapixels",
        Source(
            "crates/imaging/src/lib.rs",
            &["UPLOAD_MOST: usize = 5 * 1024 * 1024;"],
        ),
    ),
    (
        "names to sign in with",
        "10 for each account",
        Source(
            "crates/records/src/accounts/mod.rs",
            &["const NAMES_MOST: usize = 10;"],
        ),
    ),
    (
        "addresses that wait to be proved",
        "5 for each account, for 48 hours",
        Source(
            "crates/records/src/accounts/waiting.rs",
            &["MOST: usize = 5;"],
        ),
    ),
    (
        "usernames that one account tries to add",
        "20 an hour",
        Source(
            "crates/flows/src/account.rs",
            &[
                "const NAME_TRIES: Allowance = Allowance { failures: 20, window: Duration::from_hours(1), };",
            ],
        ),
    ),
    (
        "authenticator apps",
        "10 for each account",
        Source("crates/records/src/factors/mod.rs", &["MOST: i64 = 10;"]),
    ),
    (
        "recovery codes",
        "10, each once",
        Source(
            "crates/flows/src/steps/equip.rs",
            &["const CODES: usize = 10;"],
        ),
    ),
    (
        "codes by mail and text",
        "eight digits, 10 minutes, five tries, the last one alone",
        Source("crates/crypto/src/code.rs", &["const DIGITS: usize = 8;"]),
    ),
    (
        "codes sent to one address or number, and for one account",
        "10 an hour; right ones do not count for the account",
        Source("crates/flows/src/steps/sent.rs", SENT),
    ),
    (
        "codes to a number that people say is theirs, whoever says so",
        "10 at once, then one an hour",
        Source("crates/flows/src/steps/sent.rs", SENT),
    ),
    (
        "second step of a sign-in",
        "5 tries in 10 minutes",
        Source(ONE_TIME, CODES),
    ),
    (
        "code that confirms a sign-in",
        "5 tries in 10 minutes; wrong ones in a row as above",
        Source(ONE_TIME, CODES),
    ),
    (
        "sessions of one person",
        "100",
        Settings(&[("session.most", "100")]),
    ),
    (
        "devices of one person that are known",
        "50, and 50 networks",
        Source("crates/records/src/devices/mod.rs", &["MOST: i64 = 50;"]),
    ),
    (
        "people whose device one browser is",
        "5",
        Source("crates/crypto/src/device.rs", &["MOST: usize = 5;"]),
    ),
    (
        "code in a mail that signs in",
        "5 tries in 10 minutes",
        Source(ONE_TIME, CODES),
    ),
    (
        "link in a mail that signs in",
        "once, in 15 minutes",
        Source(ONE_TIME, &["Self::SignInLink => Duration::from_mins(15),"]),
    ),
    (
        "mails that set a password or sign in, asked for by strangers: of each sort for one address, and to sign in for one account",
        "10 at once, then one an hour: 34 in a day, 24 in each further one",
        Source("crates/flows/src/steps/asks.rs", STRANGERS),
    ),
    (
        "the same, asked for by each device and network that the account knows",
        "10 at once, then one in 15 minutes",
        ATTEMPTS,
    ),
    (
        "mails with a way in that are asked for by one name",
        "10 in 15 minutes, of which 3 a day are sent",
        ATTEMPTS,
    ),
    (
        "link of an administrator that signs in",
        "once, in 1 to 60 minutes",
        Source(
            "crates/flows/src/signin/token.rs",
            &["TOKEN_MINUTES_MOST: u32 = 60;"],
        ),
    ),
    (
        "link that verifies an address",
        "once, in 24 hours",
        Source(ONE_TIME, &[DAY]),
    ),
    (
        "such links asked for by one account",
        "10 in 15 minutes",
        ATTEMPTS,
    ),
    (
        "such links for one address, whoever asks",
        "10 at once, then one an hour",
        Source("crates/flows/src/steps/asks.rs", STRANGERS),
    ),
    (
        "mail that its server does not take",
        "tried for a day",
        Source("crates/records/src/jobs/mod.rs", &["TRIES: i64 = 33;"]),
    ),
    (
        "passkeys",
        "10 for each account",
        Source(
            "crates/records/src/factors/passkeys.rs",
            &["MOST: i64 = 10;"],
        ),
    ),
    (
        "time to answer a question about a passkey",
        "5 minutes",
        Source(
            "crates/records/src/factors/passkeys.rs",
            &["LIVES: Duration = Duration::from_mins(5);"],
        ),
    ),
    (
        "proxies in `X-Forwarded-For`",
        "16",
        Source("crates/web/src/peer.rs", &["const HOPS: usize = 16;"]),
    ),
    (
        "sites",
        "1,000, with 100 rules each",
        Source("crates/flows/src/sites.rs", &["MOST: i64 = 1_000;"]),
    ),
    (
        "webhooks",
        "50",
        Source("crates/flows/src/webhooks/mod.rs", &["MOST: i64 = 50;"]),
    ),
    (
        "findings of compliance that are accepted",
        "10,000, each for a year at most",
        Source(
            "crates/records/src/compliance/mod.rs",
            &["MOST: i64 = 10_000;"],
        ),
    ),
    (
        "credentials in memory",
        "100,000 on each node",
        Source(
            "crates/flows/src/ctx/freshness.rs",
            &["const REMEMBERED: usize = 100_000;"],
        ),
    ),
];

/// asvs:V2.1.3
#[test]
fn each_limit_is_the_programs() {
    let page = page("reference/limits.md");
    let told = rows(page.split("\n## ").next().unwrap());
    for (row, (what, most, _)) in told.iter().zip(&HELD) {
        assert_eq!(row[..2], [*what, *most]);
    }
    assert_eq!(told.len(), HELD.len());
    let mut broken = BTreeSet::new();
    for (what, most, ground) in &HELD {
        match ground {
            Settings(all) => {
                for (name, default) in *all {
                    let mut keys = Config::TABLES.into_iter().flat_map(|table| table.keys);
                    let key = keys.find(|key| key.name == *name);
                    if key.and_then(|key| key.default) != Some(*default) {
                        broken.insert(format!("{what}, {most}: {name} is another by default"));
                    }
                }
            }
            Source(path, all) => {
                let text = fs::read_to_string(root().join(path)).unwrap();
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                for say in all.iter().filter(|say| !text.contains(**say)) {
                    broken.insert(format!("{what}, {most}: {path} says no more: {say}"));
                }
            }
        }
    }
    let broken: Vec<String> = broken.into_iter().collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}
