//! fault:F3 — the process is killed at each moment of each write: before and
//! after every statement and commit, and before the answer. Whatever took
//! several steps was done whole or not at all.

use tollgate_base::entropy::Entropy;
use tollgate_testkit::services::{PostgresDatabase, Program, campaign};

use crate::support::tell;

use super::{
    load::{Deed, Person, program},
    script::Script,
};

const DEEDS: [Deed; 5] = [
    Deed::SignUp,
    Deed::SignIn,
    Deed::Refresh,
    Deed::Password,
    Deed::SignOut,
];

/// How often each moment in the campaign; one of so many moments in small.
const TIMES: usize = 5;
const ONE_OF: usize = 6;

async fn whole_or_not_at_all(program: Program) {
    let script = Script::new();
    let program = script.around(program);
    let mut server = program.start(&["serve"]).await;
    let (mut kills, mut number) = (0, 0);
    let (times, stride) = if campaign() { (TIMES, 1) } else { (1, ONE_OF) };
    for deed in DEEDS.into_iter().cycle().take(DEEDS.len() * times) {
        let [chance] = Entropy.bytes::<1>().expect("the system has random numbers");
        let first = 1 + usize::from(chance) % stride;
        for moment in (first..).step_by(stride) {
            number += 1;
            let mut person = Person::new("person", number);
            person.prepare(deed, &server.url()).await;
            script.arm(&format!("kill any {moment}"));
            let done = person.perform(deed, &server.url()).await;
            if script.disarm() {
                assert!(
                    done,
                    "{deed:?} was not answered, and nothing was in its way"
                );
                break;
            }
            server.ended().await;
            server.start_again().await;
            kills += 1;
            person.check(&server.url()).await;
            assert!(person.faults.is_empty(), "{:?}", person.faults);
        }
    }
    server.terminate().await;
    program.run(&["db", "check"], "").await.succeeded();
    program.run(&["audit", "verify"], "").await.succeeded();
    let made = program
        .run(&["user", "list", "--json"], "")
        .await
        .succeeded();
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    assert!(
        made["data"].as_array().is_some_and(|all| !all.is_empty()),
        "{made}"
    );
    tell(format_args!(
        "fault:F3 {kills} kills at {} moments of {} deeds, each whole or not at all",
        script.moments().len(),
        DEEDS.len()
    ));
}

/// asvs:V2.3.3, fault:F3
#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    whole_or_not_at_all(program(folder.path())).await;
}

/// asvs:V2.3.3, fault:F3
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL: cargo xtask test runs it"]
async fn on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let database = PostgresDatabase::create().expect("TEST_DATABASE_URL is set");
    whole_or_not_at_all(program(folder.path()).env("TOLLGATE_DATABASE__URL", &database.url()))
        .await;
}
