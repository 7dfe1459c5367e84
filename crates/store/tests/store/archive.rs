//! Backups travel between engines, and a damaged one restores nothing.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use futures_util::future::join_all;
use tollgate_base::{Error, codes, time::Time};
use tollgate_store::{
    archive::{self, Header},
    sql::{Tx, args},
};

use crate::house::{House, houses, leak};

const PEOPLE: &str = "CREATE TABLE people (id TEXT PRIMARY KEY, age BIGINT, admin BOOLEAN, score DOUBLE PRECISION, hash BYTEA)";
const NAMES: &str = "CREATE TABLE names (person TEXT NOT NULL REFERENCES people (id), name TEXT)";
const EMPTY: &str = "CREATE TABLE empty (id TEXT)";
const SCHEMA: &[&str] = &[PEOPLE, NAMES, EMPTY];
const TABLES: &[&str] = &["people", "names", "empty"];
const BOOK: &str = "SELECT id, age, admin, score, hash, name FROM people JOIN names ON person = id ORDER BY id, (name IS NULL), name";

fn header() -> Header {
    Header {
        schema_version: 3,
        installation: "test".into(),
        master_key_id: "key-1".into(),
        made_at: Time::from_micros(1_795_224_600_000_001),
    }
}

async fn fill(house: &House) {
    let person = "INSERT INTO people (id, age, admin, score, hash) VALUES ($1, $2, $3, $4, $5)";
    let some = args!["ann", i64::MAX, true, 0.1, [0_u8, 255, 10, 13].as_slice()];
    house.db.write_one(person, some).await.unwrap();
    let none = args![
        "bob",
        None::<i64>,
        false,
        f64::NEG_INFINITY,
        None::<Vec<u8>>
    ];
    house.db.write_one(person, none).await.unwrap();
    for (who, name) in [
        ("ann", Some("Ann \"A\"\n\u{2028} 🦀")),
        ("bob", None),
        ("bob", Some("")),
    ] {
        house
            .db
            .write_one(
                "INSERT INTO names (person, name) VALUES ($1, $2)",
                args![who, name],
            )
            .await
            .unwrap();
    }
}

/// All there is, in words that both engines share.
async fn contents(house: &House) -> Vec<String> {
    let rows = house.db.rows(BOOK, args![]).await.unwrap();
    rows.iter()
        .map(|row| {
            let (id, age, admin) = (
                row.get::<String>("id"),
                row.get::<Option<i64>>("age"),
                row.get::<bool>("admin"),
            );
            let (score, hash) = (row.get::<f64>("score"), row.get::<Option<Vec<u8>>>("hash"));
            format!(
                "{id:?} {age:?} {admin:?} {score:?} {hash:?} {:?}",
                row.get::<Option<String>>("name")
            )
        })
        .collect()
}

async fn restore(house: &House, path: &Path) -> Result<archive::Summary, Error> {
    archive::read(&house.db, TABLES, path, async |_: &mut Tx<'_>| Ok(())).await
}

#[tokio::test]
async fn a_backup_moves_from_any_engine_to_any() {
    for from in houses(SCHEMA).await {
        fill(&from).await;
        let path = from.folder.path().join("backup.jsonl");
        let written = archive::write(&from.db, TABLES, header(), &path)
            .await
            .unwrap();
        assert_eq!(
            written.tables,
            [
                ("people".into(), 2),
                ("names".into(), 3),
                ("empty".into(), 0)
            ]
        );
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(archive::header(&path).unwrap(), header());
        let beside = fs::read_dir(from.folder.path()).unwrap().filter(|entry| {
            entry
                .as_ref()
                .unwrap()
                .file_name()
                .to_string_lossy()
                .contains("partial")
        });
        assert_eq!(beside.count(), 0, "the draft has gone");
        for to in houses(SCHEMA).await {
            let read = restore(&to, &path).await.unwrap();
            assert_eq!(read, written, "{:?} to {:?}", from.engine(), to.engine());
            assert_eq!(contents(&to).await, contents(&from).await);
            let again = restore(&to, &path).await.unwrap_err();
            assert!(again.is(&codes::BACKUP_NOT_EMPTY), "{again:?}");
        }
    }
}

#[tokio::test]
async fn every_truncated_prefix_and_every_flipped_bit_is_refused() {
    let house = houses(SCHEMA).await.remove(0);
    fill(&house).await;
    let path = house.folder.path().join("backup.jsonl");
    archive::write(&house.db, TABLES, header(), &path)
        .await
        .unwrap();
    let whole = fs::read(&path).unwrap();
    let target = houses(SCHEMA).await.remove(0);
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let error = restore(&target, &path).await.unwrap_err();
        assert!(
            error.is(&codes::BACKUP_INVALID),
            "{length} bytes: {error:?}"
        );
    }
    for place in 0..whole.len() {
        let mut altered = whole.clone();
        altered[place] ^= 1;
        fs::write(&path, &altered).unwrap();
        assert!(restore(&target, &path).await.is_err(), "byte {place}");
    }
    for extra in [b"\n".as_slice(), b"{}\n", &whole] {
        fs::write(&path, [&whole, extra].concat()).unwrap();
        assert!(
            restore(&target, &path)
                .await
                .unwrap_err()
                .is(&codes::BACKUP_INVALID)
        );
    }
    assert_eq!(target.count("people").await, 0, "none of them wrote a row");
    fs::write(&path, &whole).unwrap();
    let other = archive::read(
        &target.db,
        &["people", "names"],
        &path,
        async |_: &mut Tx<'_>| Ok(()),
    )
    .await;
    assert!(
        other.unwrap_err().is(&codes::BACKUP_INVALID),
        "other tables than these"
    );
    restore(&target, &path).await.unwrap();
}

#[tokio::test]
async fn what_finishes_a_restore_is_part_of_it() {
    for to in houses(SCHEMA).await {
        let from = houses(SCHEMA).await.remove(0);
        fill(&from).await;
        let path = from.folder.path().join("backup.jsonl");
        archive::write(&from.db, TABLES, header(), &path)
            .await
            .unwrap();
        let refuse = async |_: &mut Tx<'_>| Err(Error::new(&codes::VERSION_MISMATCH));
        let error = archive::read(&to.db, TABLES, &path, refuse)
            .await
            .unwrap_err();
        assert!(error.is(&codes::VERSION_MISMATCH));
        assert_eq!(to.count("people").await, 0, "{:?}", to.engine());
        let raise =
            async |tx: &mut Tx<'_>| tx.run("UPDATE people SET age = 1", args![]).await.map(drop);
        archive::read(&to.db, TABLES, &path, raise).await.unwrap();
        let row = to
            .db
            .one(
                "SELECT count(*) AS raised FROM people WHERE age = 1",
                args![],
            )
            .await
            .unwrap();
        assert_eq!(row.get::<i64>("raised").unwrap(), 2);
    }
}

/// fault:F34
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_is_one_moment() {
    for house in houses(SCHEMA).await {
        let writes = join_all((0..300_i64).map(|number| {
            house.db.write(async move |tx: &mut Tx<'_>| {
                let id = format!("p{number}");
                tx.run(
                    "INSERT INTO people (id, admin, score) VALUES ($1, $2, $3)",
                    args![&id, true, 1.0],
                )
                .await?;
                tx.run(
                    "INSERT INTO names (person, name) VALUES ($1, $1)",
                    args![&id],
                )
                .await
            })
        }));
        let path = house.folder.path().join("backup.jsonl");
        let (written, backup) =
            tokio::join!(writes, archive::write(&house.db, TABLES, header(), &path));
        assert!(written.iter().all(Result::is_ok), "{:?}", house.engine());
        let backup = backup.unwrap();
        assert_eq!(
            backup.tables[0].1, backup.tables[1].1,
            "each person has exactly one name"
        );
        let to = houses(SCHEMA).await.remove(0);
        restore(&to, &path).await.unwrap();
    }
}

#[tokio::test]
async fn a_backup_that_cannot_be_written_leaves_no_trace() {
    let house = houses(SCHEMA).await.remove(0);
    let nowhere = house.folder.path().join("missing/backup.jsonl");
    let error = archive::write(&house.db, TABLES, header(), &nowhere)
        .await
        .unwrap_err();
    assert!(error.is(&codes::BACKUP_FAILED), "{error:?}");
    let path = house.folder.path().join("backup.jsonl");
    let unknown: &[&'static str] = &[leak("no_such_table".to_owned())];
    assert!(
        archive::write(&house.db, unknown, header(), &path)
            .await
            .is_err()
    );
    assert_eq!(
        fs::read_dir(house.folder.path())
            .unwrap()
            .filter(|entry| {
                entry
                    .as_ref()
                    .unwrap()
                    .file_name()
                    .to_string_lossy()
                    .contains("backup")
            })
            .count(),
        0
    );
}
