//! Two nodes with the accounts that the manual shows: what PostgreSQL and Redis let
//! them do is enough, and is all.

use reqwest::{Client, StatusCode};
use serde_json::json;
use tollgate_testkit::services::{PostgresServer, RedisServer};

use super::{program, two_nodes, what_one_ends_is_ended_on_the_other};

/// The password in the manual.
const PASSWORD: &str = "a-long-password";
/// What would be more commands, if anything of it reached Redis as it is.
const HOSTILE: &str = "ann\r\nSET elsewhere changed\r\n*1\r\n$8\r\nFLUSHALL\r\n";

/// How many places there are; a place that is not made as ours are is answered itself.
const PLACES: &str = r#"EVAL 'local n = 0; for _, key in ipairs(redis.call("KEYS", "*")) do if key ~= "elsewhere" then n = n + 1; if #key ~= 46 or string.sub(key, 1, 14) ~= "tollgate:rate:" then return key end end end; return n' 0"#;

/// The block of the manual that begins so.
fn published(beginning: &str) -> String {
    let page = include_str!("../../../../../docs/src/how-to/nodes.md");
    let at = page.find(beginning).expect("the page shows it");
    let (block, _) = page[at..].split_once("\n```").expect("the block ends");
    block.to_owned()
}

/// The URL of a server of tests, for another of its accounts.
fn for_account(url: &str, account: &str, path: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let host = rest.rsplit('@').next().unwrap();
    let host = host.split('/').next().unwrap();
    format!("{scheme}://{account}@{host}/{path}")
}

/// A PostgreSQL that asks for passwords, and the account of the manual there.
async fn database() -> (PostgresServer, String) {
    let database = PostgresServer::start().await;
    for line in published("CREATE ROLE").lines() {
        database.command(line);
    }
    // Whoever runs the server comes in as before, to look.
    let asks = "DO $$ BEGIN EXECUTE format(\
        'COPY (VALUES (''host all postgres 127.0.0.1/32 trust''), \
        (''host all all 127.0.0.1/32 scram-sha-256'')) TO %L', \
        current_setting('hba_file')); PERFORM pg_reload_conf(); END $$";
    database.command(asks);
    let url = for_account(&database.url(), &format!("tollgate:{PASSWORD}"), "tollgate");
    (database, url)
}

/// asvs:V13.2.1, asvs:V13.2.2
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL and Redis: cargo xtask test runs it"]
async fn accounts_that_may_do_no_more_are_enough() {
    let ((database, url), redis) = (database().await, RedisServer::start().await);
    database.command(
        "DO 'BEGIN ASSERT NOT (SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication \
         OR rolbypassrls FROM pg_roles WHERE rolname = ''tollgate''); END'",
    );
    let allowed = published("ACL SETUSER tollgate");
    assert_eq!(redis.say(&allowed).await, "+OK");
    let shared = for_account(&redis.url(), &format!("tollgate:{PASSWORD}"), "");
    two_nodes(&url, Some(shared), async |one, two| {
        what_one_ends_is_ended_on_the_other(one, two).await;
        let connected = redis.say("CLIENT LIST").await;
        assert!(connected.contains("user=tollgate"), "{connected}");
    })
    .await;
    // A name for the connection, which newer ones take, is nothing that is needed.
    let refused = redis.say("ACL LOG").await;
    let named = refused.matches("\r\nclient|setinfo\r\n").count();
    assert_eq!(
        refused.matches("\r\nobject\r\n").count(),
        named,
        "{refused}"
    );
    assert_ne!(redis.say("DBSIZE").await, ":0", "rates are counted there");

    // Whoever does not know the password gets in nowhere.
    let folder = tempfile::tempdir().unwrap();
    let wrong = for_account(&database.url(), "tollgate:another", "tollgate");
    let program = program(folder.path());
    let ended = program
        .clone()
        .env("TOLLGATE_DATABASE__URL", &wrong)
        .run(&["serve"], "")
        .await;
    assert!(ended.stderr.contains("store.down"), "{}", ended.stderr);
    let wrong = for_account(&redis.url(), "tollgate:another", "");
    let program = program.env("TOLLGATE_REDIS__URL", &wrong);
    let mut server = program.start(&["serve"]).await;
    server.line_with("Redis cannot be reached").await;
    server.terminate().await;
}

/// asvs:V1.3.9: names, addresses and headers come to Redis as MACs alone.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Redis: cargo xtask test runs it"]
async fn nothing_that_somebody_says_is_a_command_of_redis() {
    let (folder, redis) = (tempfile::tempdir().unwrap(), RedisServer::start().await);
    assert_eq!(redis.say("SET elsewhere kept").await, "+OK");
    let mut server = program(folder.path())
        .env("TOLLGATE_REDIS__URL", &redis.url())
        .start(&["serve"])
        .await;
    let ask = async |path: &str, body| {
        let ask = Client::new().post(format!("{}{path}", server.url()));
        let ask = ask.header("x-forwarded-for", "FLUSHALL").json(&body);
        ask.send().await.unwrap().status()
    };
    for login in [HOSTILE, &format!("{HOSTILE}@example.org")] {
        let body = json!({ "login": login, "password": HOSTILE, "device": HOSTILE });
        let refused = ask("/api/v1/session", body).await;
        assert_eq!(refused, StatusCode::UNAUTHORIZED);
        let reset = ask("/api/v1/password-reset", json!({ "email": login })).await;
        assert!(!reset.is_server_error(), "{reset}");
    }
    let kept = redis.say("GET elsewhere").await;
    assert_eq!(kept, "$4\r\nkept");
    // A place is a word and 32 bytes.
    let counted = redis.say(PLACES).await;
    assert!(counted.starts_with(':') && counted != ":0", "{counted}");
    let done = redis.say("INFO commandstats").await;
    assert!(done.contains("cmdstat_eval:"), "{done}");
    assert!(!done.contains("cmdstat_flushall:"), "{done}");
    server.terminate().await;
}
