//! Reads, checks and the other looks at a database.

use std::time::Duration;

use tollgate_base::{codes, entropy::Entropy, id::NodeId, time::Time};
use tollgate_store::{
    lease,
    sql::{Db, args},
};

use crate::house::{houses, settings, until};

const LEASES: &str =
    "CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until BIGINT NOT NULL)";

#[tokio::test]
async fn a_row_that_must_exist_and_does_not_is_our_fault() {
    for house in houses(&[LEASES]).await {
        let sql = "SELECT holder FROM leases WHERE name = $1";
        assert!(house.db.maybe(sql, args!["x"]).await.unwrap().is_none());
        assert!(
            house
                .db
                .one(sql, args!["x"])
                .await
                .unwrap_err()
                .is(&codes::INTERNAL_STORE)
        );
    }
}

#[tokio::test]
async fn a_sound_database_has_nothing_to_report() {
    for house in houses(&[LEASES]).await {
        house.db.ping().await.unwrap();
        assert_eq!(house.db.check().await.unwrap(), Vec::<String>::new());
        assert!(!house.db.health().poisoned);
        for (name, sql) in lease::QUERIES {
            house
                .db
                .prepare(sql)
                .await
                .unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        }
    }
}

#[tokio::test]
async fn writes_from_another_process_are_noticed() {
    for house in houses(&[LEASES]).await {
        let neighbour = house.neighbour().await;
        until("nothing is new", async || {
            house.db.engine() == tollgate_store::sql::Engine::Postgres
                || !house.db.changed_elsewhere().await.unwrap()
        })
        .await;
        neighbour
            .write_one(
                "INSERT INTO leases (name, holder, until) VALUES ('a', 'b', 1)",
                args![],
            )
            .await
            .unwrap();
        assert!(
            house.db.changed_elsewhere().await.unwrap(),
            "{:?}",
            house.engine()
        );
    }
}

#[tokio::test]
async fn one_node_at_a_time_holds_a_lease() {
    for house in houses(&[LEASES]).await {
        let node = || NodeId::new(Time::from_secs(1), &Entropy).unwrap();
        let (one, other, span) = (node(), node(), Duration::from_secs(10));
        let at = Time::from_secs(1_000);
        let (first, second) = tokio::join!(
            lease::hold(&house.db, "sealer", one, at, span),
            lease::hold(&house.db, "sealer", other, at, span),
        );
        assert_ne!(first.unwrap(), second.unwrap(), "exactly one gets it");
        let holder: NodeId = house
            .db
            .one("SELECT holder FROM leases", args![])
            .await
            .unwrap()
            .get("holder")
            .unwrap();
        let loser = if holder == one { other } else { one };
        assert!(
            lease::hold(&house.db, "sealer", holder, at.plus(span / 2), span)
                .await
                .unwrap(),
            "it is prolonged"
        );
        assert!(
            !lease::hold(&house.db, "sealer", loser, at.plus(span), span)
                .await
                .unwrap(),
            "it was prolonged"
        );
        assert!(
            lease::hold(&house.db, "sealer", loser, at.plus(span * 3 / 2), span)
                .await
                .unwrap(),
            "it has run out"
        );
        assert!(
            lease::hold(&house.db, "other", holder, at, span)
                .await
                .unwrap(),
            "names do not mix"
        );
        let back = Time::from_secs(1);
        assert!(
            lease::hold(&house.db, "sealer", holder, back, span)
                .await
                .unwrap(),
            "fault:F15: nobody holds it until a clock that was set back comes so far again"
        );
        lease::let_go(&house.db, holder).await.unwrap();
        for name in ["sealer", "other"] {
            assert!(
                lease::hold(&house.db, name, loser, back, span)
                    .await
                    .unwrap(),
                "who stops gives {name} back"
            );
        }
    }
}

#[tokio::test]
async fn a_url_that_means_nothing_is_refused_without_being_told() {
    for url in [
        "",
        "mysql://secret@host/db",
        "sqlite:",
        "sqlite::memory:",
        "sqlite://relative",
        "sqlite:///tmp/",
        "postgres://user:secret@[host/db",
        "postgres://user:secret@host/db?sslmode=allow",
        "postgres://user:secret@host/db?unknown=1",
    ] {
        let Err(error) = Db::open(settings(url.to_owned())).await else {
            panic!("{url}")
        };
        assert!(error.is(&codes::CONFIG_INVALID), "{url}: {error:?}");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
}
