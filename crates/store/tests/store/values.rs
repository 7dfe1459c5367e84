//! Values, nulls and rows mean the same on both engines.

use tollgate_base::{
    access::Role,
    codes,
    entropy::Entropy,
    id::UserId,
    time::{Clock, Time},
};
use tollgate_store::sql::{Tx, Value, args};

use crate::house::houses;

const THINGS: &str = "CREATE TABLE things (id TEXT PRIMARY KEY, words TEXT, number BIGINT, flag BOOLEAN, \
    ratio DOUBLE PRECISION, bytes BYTEA)";
const INSERT: &str =
    "INSERT INTO things (id, words, number, flag, ratio, bytes) VALUES ($1, $2, $3, $4, $5, $6)";
const FIND: &str = "SELECT id, words, number, flag, ratio, bytes FROM things WHERE id = $1";

#[tokio::test]
async fn every_type_comes_back_as_it_went() {
    for house in houses(&[THINGS]).await {
        let id = UserId::new(Clock::machine().now(), &Entropy).unwrap();
        let (at, hash) = (Time::from_micros(-1_234_567), [7_u8; 32]);
        house
            .db
            .write_one(INSERT, args![id, Role::Manager, at, true, 0.1, hash])
            .await
            .unwrap();
        let row = house.db.one(FIND, args![id]).await.unwrap();
        assert_eq!(row.get::<UserId>("id").unwrap(), id);
        assert_eq!(row.get::<Role>("words").unwrap(), Role::Manager);
        assert_eq!(row.get::<Time>("number").unwrap(), at);
        assert_eq!(row.get::<Option<i64>>("number").unwrap(), Some(-1_234_567));
        assert!(row.get::<bool>("flag").unwrap());
        assert!((row.get::<f64>("ratio").unwrap() - 0.1).abs() < f64::EPSILON);
        assert_eq!(row.get::<[u8; 32]>("bytes").unwrap(), hash);
        assert_eq!(row.get::<Vec<u8>>("bytes").unwrap(), hash);
        let words = "tab\t, quote ', ü, 🦀 and \u{1}";
        house
            .db
            .write_one(
                INSERT,
                args!["x", words, u32::MAX, false, f64::MAX, Vec::<u8>::new()],
            )
            .await
            .unwrap();
        let row = house.db.one(FIND, args![&"x".to_owned()]).await.unwrap();
        assert_eq!(row.get::<String>("words").unwrap(), words);
        assert_eq!(row.get::<u32>("number").unwrap(), u32::MAX);
        assert_eq!(row.get::<Option<bool>>("flag").unwrap(), Some(false));
        assert!(row.get::<Vec<u8>>("bytes").unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_null_of_each_type_is_a_null() {
    for house in houses(&[THINGS]).await {
        let nulls = args![
            "n",
            None::<UserId>,
            None::<Time>,
            None::<bool>,
            None::<f64>,
            None::<[u8; 32]>
        ];
        assert_eq!(nulls[2], Value::Int(None));
        house.db.write_one(INSERT, nulls).await.unwrap();
        let row = house.db.one(FIND, args!["n"]).await.unwrap();
        assert_eq!(row.get::<Option<UserId>>("words").unwrap(), None);
        assert_eq!(row.get::<Option<Time>>("number").unwrap(), None);
        assert_eq!(row.get::<Option<bool>>("flag").unwrap(), None);
        assert_eq!(row.get::<Option<f64>>("ratio").unwrap(), None);
        assert_eq!(row.get::<Option<[u8; 32]>>("bytes").unwrap(), None);
        assert!(row.get::<String>("words").is_err(), "a null is not a text");
        let filter = "SELECT id FROM things WHERE (CAST($1 AS TEXT) IS NULL OR id = $1)";
        assert_eq!(
            house
                .db
                .rows(filter, args![None::<&str>])
                .await
                .unwrap()
                .len(),
            1
        );
        assert_eq!(
            house.db.rows(filter, args!["other"]).await.unwrap().len(),
            0
        );
    }
}

#[tokio::test]
async fn a_wrong_type_names_the_column_and_not_the_value() {
    for house in houses(&[THINGS]).await {
        house
            .db
            .write_one(
                INSERT,
                args!["x", "secret", 2_i64, true, 0.5, [1_u8; 3].as_slice()],
            )
            .await
            .unwrap();
        let row = house.db.one(FIND, args!["x"]).await.unwrap();
        for error in [
            row.get::<i64>("words").unwrap_err(),
            row.get::<UserId>("words").unwrap_err(),
            row.get::<[u8; 32]>("bytes").unwrap_err(),
            row.get::<bool>("number").unwrap_err(),
            row.get::<String>("missing").unwrap_err(),
        ] {
            assert!(error.is(&codes::INTERNAL_STORE));
            let told = format!("{error:?}");
            assert!(
                ["words", "bytes", "number", "missing"]
                    .iter()
                    .any(|name| told.contains(name)),
                "{told}"
            );
            assert!(!told.contains("secret"), "{told}");
        }
    }
}

/// SQLite numbers `$2` by its first appearance unless it is told otherwise.
#[tokio::test]
async fn arguments_keep_their_numbers() {
    for house in houses(&[]).await {
        let swapped = "SELECT CAST($2 AS TEXT) AS second, CAST($1 AS TEXT) AS first, CAST($2 AS TEXT) AS again, '$1' AS quoted";
        let row = house.db.one(swapped, args!["one", "two"]).await.unwrap();
        let read = |name| row.get::<String>(name).unwrap();
        assert_eq!(
            [read("first"), read("second"), read("again"), read("quoted")],
            ["one", "two", "two", "$1"]
        );
    }
}

#[tokio::test]
async fn row_values_page_through_a_list() {
    for house in houses(&[THINGS]).await {
        for (id, number) in [("a", 2_i64), ("b", 2), ("c", 1), ("d", 3)] {
            house
                .db
                .write_one(
                    INSERT,
                    args![
                        id,
                        None::<&str>,
                        number,
                        None::<bool>,
                        None::<f64>,
                        None::<Vec<u8>>
                    ],
                )
                .await
                .unwrap();
        }
        let page = "SELECT id FROM things WHERE (number, id) < ($1, $2) ORDER BY number DESC, id DESC LIMIT $3";
        let rows = house.db.rows(page, args![2_i64, "b", 5_i64]).await.unwrap();
        let ids: Vec<String> = rows.iter().map(|row| row.get("id").unwrap()).collect();
        assert_eq!(ids, ["a", "c"], "{:?}", house.engine());
    }
}

#[tokio::test]
async fn texts_are_checked_without_being_run() {
    for house in houses(&[THINGS]).await {
        house
            .db
            .prepare("DELETE FROM things WHERE id = $1 AND number = $2")
            .await
            .unwrap();
        for wrong in [
            "SELEC 1",
            "SELECT nothing FROM things",
            "SELECT \"words in the wrong quotes\" FROM things",
        ] {
            assert!(
                house
                    .db
                    .prepare(wrong)
                    .await
                    .unwrap_err()
                    .is(&codes::INTERNAL_STORE),
                "{wrong}"
            );
        }
    }
}

/// Whatever somebody typed must not reach a log by way of an error.
#[tokio::test]
async fn faults_do_not_quote_data() {
    for house in houses(&[THINGS]).await {
        let ann = args![
            "ann@example.org",
            None::<&str>,
            None::<i64>,
            None::<bool>,
            None::<f64>,
            None::<Vec<u8>>
        ];
        house.db.write_one(INSERT, ann.clone()).await.unwrap();
        let twice = house
            .db
            .write(async move |tx: &mut Tx<'_>| tx.run(INSERT, ann.clone()).await)
            .await;
        let told = format!("{:?}", twice.unwrap_err());
        assert!(
            told.contains("internal.store") && !told.contains("ann@"),
            "{told}"
        );
        assert!(!format!("{:?}", args!["ann@example.org"]).contains("ann@"));
    }
}
