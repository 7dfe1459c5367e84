//! What may be typed: each example of the page is sent, alone and together.

use std::sync::atomic::{AtomicU32, Ordering};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tollgate::config::{self, sources::Sources};
use tollgate_base::phone::Phone;
use tollgate_testkit::house::{Answer, House, PASSWORD, PUBLIC_URL, Someone};

use crate::support::house;

use super::{page, quoted, rows, section};

const PAGE: &str = "reference/input.md";
/// What makes a text long, in two bytes each.
const LETTER: &str = "ä";

struct Desk {
    house: House,
    boss: Someone,
    ann: Someone,
}

/// Another number each time: names are somebody's once.
fn fresh() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl Desk {
    async fn new() -> Self {
        let house = house().await;
        let (boss, ann) = (house.admin().await, house.person("somebody").await);
        Self { house, boss, ann }
    }

    async fn site(&self, field: &str, value: Value) -> Answer {
        let mut site = json!({
            "name": format!("site {}", fresh()),
            "url": format!("https://s{}.example.org", fresh()),
        });
        match field {
            "name" | "url" => site[field] = value,
            _ => {
                let mut rule = json!({ "allow": ["signed-in"] });
                rule[field] = value;
                site["rules"] = json!([rule]);
            }
        }
        self.boss.client.post("/api/v1/sites", site).await
    }

    async fn webhook(&self, field: &str, value: Value) -> Answer {
        let mut hook = json!({
            "name": "hook", "url": "https://hooks.example.org/", "events": ["*"],
        });
        hook[field] = value;
        self.boss.client.post("/api/v1/webhooks", hook).await
    }

    async fn outer_id(&self, field: &str, value: &str) -> Answer {
        let mut named = json!({ "provider": "ldap", "external_id": fresh().to_string() });
        named[field] = value.into();
        let path = format!("/api/v1/people/{}/external-ids", self.ann.id);
        self.boss.client.put(&path, named).await
    }

    /// Send a value where such a thing belongs.
    async fn send(&self, what: &str, value: &str) -> Answer {
        let (boss, ann) = (&self.boss.client, &self.ann.client);
        let one = |name: &str| json!({ name: value });
        let encoded = utf8_percent_encode(value, NON_ALPHANUMERIC);
        match what {
            "e-mail address" => boss.post("/api/v1/people", one("email")).await,
            "username" => boss.post("/api/v1/people", one("username")).await,
            "password" => {
                let body =
                    json!({ "email": format!("p{}@example.org", fresh()), "password": value });
                self.house.stranger().post("/api/v1/signup", body).await
            }
            "display name" => ann.patch("/api/v1/me", one("display_name")).await,
            "bio" => ann.patch("/api/v1/me", one("bio")).await,
            "language" => ann.patch("/api/v1/me", one("locale")).await,
            "address of a picture" => ann.patch("/api/v1/me", one("picture")).await,
            "role" => {
                let path = format!("/api/v1/people/{}/role", self.ann.id);
                boss.put(&path, one("role")).await
            }
            "name of an authenticator app" => {
                let body = json!({ "name": value, "current_password": PASSWORD });
                ann.post("/api/v1/me/factors", body).await
            }
            "provider of an outer id" => self.outer_id("provider", value).await,
            "outer id" => self.outer_id("external_id", value).await,
            "name of a site" => self.site("name", value.into()).await,
            "address of a site" => self.site("url", value.into()).await,
            "path of a rule" => self.site("path", value.into()).await,
            "method of a rule" => self.site("methods", json!([value])).await,
            "whom a rule allows" => self.site("allow", json!([value])).await,
            "name of a webhook" => self.webhook("name", value.into()).await,
            "address of a webhook" => self.webhook("url", value.into()).await,
            "events of a webhook" => self.webhook("events", json!([value])).await,
            "time" => boss.get(&format!("/api/v1/audit?from={encoded}")).await,
            "id" => boss.get(&format!("/api/v1/people/{encoded}")).await,
            "rows of a page" => boss.get(&format!("/api/v1/people?limit={encoded}")).await,
            _ => panic!("nobody sends {what}: say here how"),
        }
    }

    /// Whether such a thing may be so.
    async fn takes(&self, what: &str, value: &str) -> bool {
        // No texts are sent from here: what reads them is asked.
        if what == "phone number" {
            return Phone::parse(value).is_ok();
        }
        let answer = self.send(what, value).await;
        let status = answer.status.as_u16();
        let sound = answer.status.is_success() || [400, 404].contains(&status);
        assert!(sound, "{what} {value:?}: {status} {}", answer.text);
        status != 400
    }
}

/// As JSON reads what the page shows.
fn read(example: &str) -> String {
    serde_json::from_str(&format!("\"{example}\"")).expect("an example is the inside of a text")
}

/// asvs:V2.1.1
#[tokio::test]
async fn each_thing_is_taken_and_refused_as_the_page_says() {
    let desk = Desk::new().await;
    let page = page(PAGE);
    for row in rows(section(&page, "## One by one")) {
        let [what, rule, taken, refused] = row[..] else {
            panic!("{row:?}");
        };
        assert!(
            !quoted(taken).is_empty() && !quoted(refused).is_empty(),
            "{what}"
        );
        for (examples, is_taken) in [(taken, true), (refused, false)] {
            for example in quoted(examples) {
                let takes = desk.takes(what, &read(example)).await;
                assert_eq!(takes, is_taken, "{what}: {example}");
            }
        }
        let Some((_, most)) = rule.split_once("up to ") else {
            continue;
        };
        let most = most.split(' ').next().unwrap_or_default().replace(',', "");
        let most: usize = most.parse().expect("a number of characters");
        assert!(
            desk.takes(what, &LETTER.repeat(most)).await,
            "{what}: {most}"
        );
        assert!(
            !desk.takes(what, &LETTER.repeat(most + 1)).await,
            "{what}: {most} and one"
        );
    }
}

/// asvs:V2.1.2, asvs:V2.2.3
#[tokio::test]
async fn what_makes_no_sense_together_is_refused_as_the_page_says() {
    let desk = Desk::new().await;
    let (boss, stranger) = (&desk.boss.client, desk.house.stranger());
    let hook = desk.webhook("name", "replayed".into()).await.expect(201);
    let hook = hook.json()["webhook"]["id"].as_str().unwrap().to_owned();
    let taken = "https://taken.example.org";
    desk.site("url", taken.into()).await.expect(201);
    let page = page(PAGE);
    for row in rows(section(&page, "## Together")) {
        let [what, _, code] = row[..] else {
            panic!("{row:?}");
        };
        let answers = match what {
            "a new account" => {
                let nobody = json!({ "display_name": "Nobody" });
                vec![boss.post("/api/v1/people", nobody).await]
            }
            "a password and whose it is" => {
                let body =
                    json!({ "email": "annabelle@example.org", "password": "annabelle 2026" });
                vec![stranger.post("/api/v1/signup", body).await]
            }
            "a name and an account" => {
                let body = json!({ "email": desk.ann.email.to_uppercase() });
                vec![boss.post("/api/v1/people", body).await]
            }
            "a site and this server" => vec![desk.site("url", PUBLIC_URL.into()).await],
            "two sites" => vec![desk.site("url", taken.into()).await],
            "from where events are sent again" => {
                let path = format!("/api/v1/webhooks/{hook}/replay");
                let both = json!({ "from": 1, "since": "2026-11-21T08:00:00Z" });
                vec![
                    boss.post(&path, both).await,
                    boss.post(&path, json!({})).await,
                ]
            }
            "an accepted finding and today" => {
                let path = format!(
                    "/api/v1/compliance/admin-suspended/exceptions/{}",
                    desk.ann.id
                );
                let mut answers = Vec::new();
                for until in ["2000-01-01T00:00:00Z", "2999-01-01T00:00:00Z"] {
                    let body = json!({ "reason": "because", "until": until });
                    answers.push(boss.put(&path, body).await);
                }
                answers
            }
            "a role and the last administrator" => {
                let path = format!("/api/v1/people/{}/role", desk.boss.id);
                vec![boss.put(&path, json!({ "role": "default" })).await]
            }
            "a cursor and its search of the trail" => {
                let first = boss.get("/api/v1/audit?limit=1").await.expect(200).json();
                let cursor = first["next_cursor"].as_str().unwrap();
                let path = format!("/api/v1/audit?limit=1&class=security&cursor={cursor}");
                vec![boss.get(&path).await]
            }
            "a change and what was read" => {
                let stale = desk.ann.client.clone().with("if-match", "\"0\"");
                let body = json!({ "display_name": "Ann" });
                vec![stale.patch("/api/v1/me", body).await]
            }
            "a key and a request" => {
                let keyed = boss.clone().with("idempotency-key", "together");
                let one = json!({ "username": "together1" });
                keyed.post("/api/v1/people", one).await.expect(201);
                let other = json!({ "username": "together2" });
                vec![keyed.post("/api/v1/people", other).await]
            }
            _ => panic!("nobody sends {what}: say here how"),
        };
        for answer in answers {
            assert!(answer.status.is_client_error(), "{what}: {}", answer.status);
            assert_eq!(
                [&*answer.code()],
                quoted(code)[..],
                "{what}: {}",
                answer.text
            );
        }
    }
}

/// asvs:V2.1.2, asvs:V2.2.3
#[test]
fn settings_that_contradict_each_other_are_refused_as_the_page_says() {
    let page = page(PAGE);
    for row in rows(section(&page, "## Settings together")) {
        let [settings, _, refused] = row[..] else {
            panic!("{row:?}");
        };
        let named = |name: &str| quoted(settings).contains(&name);
        let flags = quoted(refused).into_iter().map(|flag| {
            let (name, value) = flag.split_once('=').expect("a setting and its value");
            assert!(named(name), "{settings}: {name}");
            (name.to_owned(), value.to_owned())
        });
        let sources = Sources {
            file: None,
            usual_files: Vec::new(),
            environment: Vec::new(),
            flags: flags.collect(),
            working_dir: std::env::temp_dir(),
        };
        let faults = config::load(&sources).err();
        let faults = faults.unwrap_or_else(|| panic!("{refused} is taken"));
        let told = faults.iter().map(ToString::to_string);
        let told = told.collect::<Vec<_>>().join("\n");
        let two = quoted(settings)
            .into_iter()
            .filter(|name| told.contains(name))
            .count();
        assert!(two > 0, "{refused}: {told}");
    }
}
