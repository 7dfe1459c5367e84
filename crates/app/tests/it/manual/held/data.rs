//! What is kept, by how it is protected.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tollgate_base::{access::Role, time::Clock};
use tollgate_records::schema;
use tollgate_store::{
    migrate,
    sql::{Db, Settings},
};
use tollgate_testkit::house::PASSWORD;

use crate::{gate::nginx, support::house};

use super::{page, quoted, rows, section};

/// Each column of SQLite's, with its table.
const COLUMNS: &str = "SELECT t.name AS part, c.name AS name FROM sqlite_master t \
    JOIN pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY t.name, c.name";

/// The tables of a database as a new server makes it.
async fn tables() -> BTreeMap<String, BTreeSet<String>> {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/tollgate.db", folder.path().display());
    let db = Db::open(Settings::new(url.into())).await.unwrap();
    let now = Clock::machine().now();
    migrate::run(&db, schema::MIGRATIONS, now).await.unwrap();
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in db.rows(COLUMNS, Vec::new()).await.unwrap() {
        let (table, name) = (row.get("part").unwrap(), row.get("name").unwrap());
        tables.entry(table).or_default().insert(name);
    }
    db.close().await;
    tables
}

/// asvs:V14.1.1
#[tokio::test]
async fn each_column_has_one_class() {
    let (page, tables) = (page("reference/data.md"), tables().await);
    let mut told = BTreeSet::new();
    for row in rows(section(&page, "## In the database")) {
        let table = quoted(row[0])[0];
        let named: Vec<&str> = row[1..].iter().flat_map(|cell| quoted(cell)).collect();
        let once: BTreeSet<String> = named.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(once.len(), named.len(), "{table}: one is named twice");
        assert_eq!(tables.get(table), Some(&once), "{table}");
        assert!(told.insert(table.to_owned()), "{table} is there twice");
    }
    let all: BTreeSet<String> = tables.into_keys().collect();
    assert_eq!(told, all, "give each column of a table its class");
}

fn claims(token: &str) -> BTreeSet<String> {
    let body = token.split('.').nth(1).expect("a token has three parts");
    let body = URL_SAFE_NO_PAD.decode(body).unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    body.as_object().unwrap().keys().cloned().collect()
}

/// asvs:V14.1.1: what is only encoded has its class too.
#[tokio::test]
async fn each_claim_has_one_class() {
    let house = house().await;
    let (boss, ann) = (
        house.someone("root", Role::Admin).await,
        house.person("ann").await,
    );
    let named = json!({ "display_name": "Ann" });
    ann.client.patch("/api/v1/me", named).await.expect(200);
    let vouched = json!({ "identifier": ann.email });
    let verified = format!("/api/v1/people/{}/verified", ann.id);
    boss.client.put(&verified, vouched).await;
    let app = "https://notes.example.org";
    let site = json!({ "name": "notes", "url": app, "identity_token": true });
    boss.client.post("/api/v1/sites", site).await.expect(201);
    let visit = nginx(&ann.client, "GET", app).await.expect(200);
    let login = json!({ "email": ann.email, "password": PASSWORD });
    let chatbot = house.stranger().post("/auth/login/", login).await;
    let chatbot = chatbot.expect(200).json();
    let page = page("reference/data.md");
    let told = rows(section(&page, "## Only encoded"));
    let found = [
        claims(&ann.access),
        claims(visit.header("tollgate-identity")),
        claims(chatbot["access_token"].as_str().unwrap()),
    ];
    assert_eq!(told.len(), found.len());
    for (row, found) in told.iter().zip(found) {
        let named = row[1..].iter().flat_map(|cell| quoted(cell));
        let named: BTreeSet<String> = named.map(ToOwned::to_owned).collect();
        assert_eq!(named, found, "{}", row[0]);
    }
}
