//! Every SQL text of the house is understood by both databases.

use std::collections::{BTreeSet, HashSet};

use tollgate_base::time::Clock;
use tollgate_records::schema;
use tollgate_store::{migrate, sql};
use tollgate_testkit::services::PostgresDatabase;

/// What may be read from its first row to its last, and how SQLite says so:
/// small tables, counts, and lists that end after a page.
const WHOLE: [&str; 25] = [
    "ALL: signing_keys USING INDEX signing_keys_by_purpose",
    "ALL: sites USING INDEX sqlite_autoindex_sites_2",
    "ALL_HOOKS: webhooks USING INDEX sqlite_autoindex_webhooks_1",
    "CENSUS: accounts USING COVERING INDEX accounts_by_state",
    "CLEAN: jobs",
    "CONFIRMED: CONSTANT ROW",
    "COUNT: sites USING COVERING INDEX sqlite_autoindex_sites_3",
    "COUNT_HOOKS: webhooks USING COVERING INDEX sqlite_autoindex_webhooks_1",
    "DUE_HOOKS: webhooks USING INDEX sqlite_autoindex_webhooks_1",
    // One row for each compliance rule.
    "COUNTS: compliance_counts USING INDEX sqlite_autoindex_compliance_counts_1",
    // After a restore.
    "FORGET_ALL: recoveries",
    "FORGET_LAST: alert_channels",
    "HELD: jobs USING INDEX sqlite_autoindex_jobs_1",
    "LAST: alert_channels USING INDEX sqlite_autoindex_alert_channels_1",
    "LIST: accounts USING INDEX accounts_by_time",
    "PAGE: events USING INDEX events_by_time",
    "PEPPERED: every",
    "PEPPERED: former_passwords USING COVERING INDEX sqlite_autoindex_former_passwords_1",
    "PEPPERED: passwords",
    "LOWER_HOOKS: webhooks",
    "REACH: CONSTANT ROW",
    "READ: installation USING INDEX sqlite_autoindex_installation_1",
    "STRONG: CONSTANT ROW",
    "STUCK: jobs",
    // Of an index that holds names of nobody alone, which are bounded.
    "TRIM_NOBODIES: attempts USING INDEX attempts_of_nobody",
];

fn texts() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    schema::QUERIES
        .iter()
        .chain(tollgate_flows::QUERIES)
        .flat_map(|room| room.iter())
}

async fn prepare_all(url: String) {
    let db = sql::Db::open(sql::Settings::new(url.into())).await.unwrap();
    migrate::run(&db, schema::MIGRATIONS, Clock::machine().now())
        .await
        .unwrap();
    let mut faults = Vec::new();
    let forks = match db.engine() {
        sql::Engine::Sqlite => &[],
        sql::Engine::Postgres => tollgate_flows::AT_ONCE,
    };
    let forks = forks.iter().map(|fork| ("at once", fork.0));
    for (name, text) in texts().copied().chain(forks) {
        if let Err(fault) = db.prepare(text).await {
            faults.push(format!("{name}: {fault:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    db.close().await;
}

#[tokio::test]
async fn sqlite_prepares_every_text() {
    let folder = tempfile::tempdir().unwrap();
    prepare_all(format!("sqlite://{}", folder.path().join("a.db").display())).await;
}

#[tokio::test]
async fn postgresql_prepares_every_text() {
    // Without a server there is nothing to prepare on: SQLite's half runs above.
    let Some(database) = PostgresDatabase::create() else {
        return;
    };
    prepare_all(database.url()).await;
}

#[tokio::test]
async fn no_text_reads_a_large_table_whole() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("a.db").display());
    let db = sql::Db::open(sql::Settings::new(url.into())).await.unwrap();
    migrate::run(&db, schema::MIGRATIONS, Clock::machine().now())
        .await
        .unwrap();
    let mut read_whole = BTreeSet::new();
    for (name, text) in texts() {
        let plan = format!("EXPLAIN QUERY PLAN {text}").leak();
        let numbers = (1..99).take_while(|number| text.contains(&format!("${number}")));
        let nothing = numbers.map(|_| sql::Value::Text(None)).collect();
        for step in db.rows(plan, nothing).await.unwrap() {
            let step: String = step.get("detail").unwrap();
            if let Some(scanned) = step.strip_prefix("SCAN ") {
                read_whole.insert(format!("{name}: {scanned}"));
            }
        }
    }
    db.close().await;
    assert_eq!(read_whole, BTreeSet::from(WHOLE.map(str::to_owned)));
}

#[test]
fn no_room_is_forgotten() {
    let listed: HashSet<&str> = texts().map(|(_, text)| *text).collect();
    assert!(listed.len() > 60, "only {} texts are listed", listed.len());
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for floor in ["records/src", "flows/src"] {
        for file in files(&root.join(floor)) {
            let source = std::fs::read_to_string(&file).unwrap();
            let Some(block) = source.split("queries! {").nth(1) else {
                continue;
            };
            let first = block.split('"').nth(1).unwrap();
            let known = listed
                .iter()
                .any(|text| text.starts_with(first.split('\n').next().unwrap()));
            assert!(known, "{} is in no QUERIES list", file.display());
        }
    }
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
