//! Migrations: forward, checked, and by one node at a time.

use tollgate_base::{codes, time::Time};
use tollgate_store::{
    migrate::{Migration, QUERIES, run, status},
    sql::args,
};

use crate::house::houses;

const PEOPLE: Migration = Migration {
    version: 1,
    name: "people",
    sql: "CREATE TABLE people (id TEXT PRIMARY KEY); -- with a comment; and more\n\
          CREATE TABLE names (\n  person TEXT NOT NULL REFERENCES people (id),\n  name TEXT NOT NULL\n);\n\
          INSERT INTO people (id) VALUES ('first; one');\n",
};
const NICKNAMES: Migration = Migration {
    version: 2,
    name: "nicknames",
    sql: "ALTER TABLE names ADD COLUMN nick TEXT;",
};
const BROKEN: Migration = Migration {
    version: 3,
    name: "broken",
    sql: "CREATE TABLE half (id TEXT);\nCREATE TABLE half (id TEXT);\n",
};
const NOW: Time = Time::from_secs(1_000);

#[tokio::test]
async fn steps_are_taken_once_and_in_order() {
    for house in houses(&[]).await {
        let before = status(&house.db, &[PEOPLE, NICKNAMES]).await.unwrap();
        assert_eq!((before.applied.len(), before.pending.len()), (0, 2));
        assert_eq!(run(&house.db, &[PEOPLE], NOW).await.unwrap().applied, [1]);
        let report = run(&house.db, &[PEOPLE, NICKNAMES], NOW).await.unwrap();
        assert_eq!((report.applied, report.version), (vec![2], 2));
        let again = run(&house.db, &[PEOPLE, NICKNAMES], NOW).await.unwrap();
        assert!(again.applied.is_empty(), "{again:?}");
        house
            .db
            .rows("SELECT nick FROM names", args![])
            .await
            .unwrap();
        assert_eq!(house.count("people").await, 1);
        let after = status(&house.db, &[PEOPLE, NICKNAMES]).await.unwrap();
        assert_eq!(
            (after.applied.len(), after.pending.len(), after.refusal),
            (2, 0, None)
        );
        assert_eq!(
            (after.applied[1].name.as_str(), after.applied[1].applied_at),
            ("nicknames", NOW)
        );
        for (name, sql) in QUERIES {
            house
                .db
                .prepare(sql)
                .await
                .unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        }
    }
}

#[tokio::test]
async fn a_step_that_was_changed_after_the_fact_is_refused_by_name() {
    for house in houses(&[]).await {
        run(&house.db, &[PEOPLE, NICKNAMES], NOW).await.unwrap();
        let changed = Migration {
            sql: "ALTER TABLE names ADD COLUMN nick BIGINT;",
            ..NICKNAMES
        };
        let error = run(&house.db, &[PEOPLE, changed], NOW).await.unwrap_err();
        assert!(
            error.is(&codes::MIGRATION_FAILED) && error.public().contains("Migration 2 "),
            "{error:?}"
        );
        assert!(
            status(&house.db, &[PEOPLE, changed])
                .await
                .unwrap()
                .refusal
                .is_some()
        );
    }
}

#[tokio::test]
async fn a_database_that_is_ahead_is_refused_and_left_alone() {
    for house in houses(&[]).await {
        run(&house.db, &[PEOPLE, NICKNAMES], NOW).await.unwrap();
        let error = run(&house.db, &[PEOPLE], NOW).await.unwrap_err();
        assert!(
            error.is(&codes::MIGRATION_FAILED) && error.public().contains("newer program"),
            "{error:?}"
        );
        let skipped = Migration {
            version: 5,
            ..NICKNAMES
        };
        assert!(
            run(&house.db, &[PEOPLE, skipped], NOW).await.is_err(),
            "another past is not ours either"
        );
        assert!(
            run(&house.db, &[NICKNAMES, PEOPLE], NOW).await.is_err(),
            "versions rise"
        );
        assert_eq!(house.count("schema_migrations").await, 2);
    }
}

#[tokio::test]
async fn a_step_that_fails_leaves_nothing_of_itself() {
    for house in houses(&[]).await {
        let error = run(&house.db, &[PEOPLE, NICKNAMES, BROKEN], NOW)
            .await
            .unwrap_err();
        assert!(
            error.is(&codes::MIGRATION_FAILED) && error.public().contains('3'),
            "{error:?}"
        );
        assert!(
            house.db.prepare("SELECT id FROM half").await.is_err(),
            "{:?}",
            house.engine()
        );
        assert_eq!(
            status(&house.db, &[PEOPLE, NICKNAMES])
                .await
                .unwrap()
                .applied
                .len(),
            2
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_nodes_that_start_at_once_one_does_the_work() {
    for house in houses(&[]).await {
        let neighbour = house.neighbour().await;
        let all = [PEOPLE, NICKNAMES];
        let (one, other) = tokio::join!(run(&house.db, &all, NOW), run(&neighbour, &all, NOW));
        let (one, other) = (one.unwrap(), other.unwrap());
        let mut applied = [one.applied, other.applied].concat();
        applied.sort_unstable();
        assert_eq!(applied, [1, 2], "{:?}", house.engine());
        assert_eq!((one.version, other.version), (2, 2));
        assert_eq!(house.count("people").await, 1);
    }
}
