//! Throw-away databases, one for each engine that is at hand.

use std::time::Duration;

use tempfile::TempDir;
use tollgate_base::{ExposeSecret, SecretString, entropy::Entropy, id::NodeId, time::Clock};
use tollgate_store::sql::{Db, Engine, Settings};

/// A fresh database that goes when it is dropped.
pub(crate) struct House {
    pub(crate) db: Db,
    pub(crate) folder: TempDir,
    settings: Settings,
    on_server: Option<(Settings, String)>,
}

/// One on each engine, with these tables.
pub(crate) async fn houses(tables: &'static [&'static str]) -> Vec<House> {
    let mut houses = vec![sqlite().await];
    houses.extend(postgres().await);
    for house in &houses {
        for table in tables {
            house.db.write_one(table, vec![]).await.unwrap();
        }
    }
    houses
}

pub(crate) async fn sqlite() -> House {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(format!("sqlite://{}/test.db", folder.path().display()));
    House {
        db: Db::open(settings.clone()).await.unwrap(),
        folder,
        settings,
        on_server: None,
    }
}

pub(crate) async fn postgres() -> Option<House> {
    let server = environment("TEST_DATABASE_URL")?;
    let name = fresh("store");
    let (address, query) = server
        .split_once('?')
        .map_or((&*server, ""), |(address, query)| (address, query));
    let (host, _) = address.rsplit_once('/').unwrap();
    let settings_of = |name: &str| settings(format!("{host}/{name}?{query}"));
    let mut on_server = settings(server.clone());
    // Copying a template waits for the disk, and for its other copies.
    on_server.write_deadline = Duration::from_mins(1);
    let maker = Db::open(on_server.clone()).await.unwrap();
    maker
        .write_one(leak(format!("CREATE DATABASE {name}")), vec![])
        .await
        .unwrap();
    let settings = settings_of(&name);
    let db = Db::open(settings.clone()).await.unwrap();
    Some(House {
        db,
        folder: tempfile::tempdir().unwrap(),
        settings,
        on_server: Some((on_server, name)),
    })
}

impl House {
    /// Another node, or another process, on the same database.
    pub(crate) async fn neighbour(&self) -> Db {
        self.neighbour_with(|_| {}).await
    }

    pub(crate) async fn neighbour_with(&self, change: impl FnOnce(&mut Settings)) -> Db {
        let mut settings = self.settings.clone();
        change(&mut settings);
        Db::open(settings).await.unwrap()
    }

    pub(crate) fn engine(&self) -> Engine {
        self.db.engine()
    }

    /// The same database by another way.
    pub(crate) fn url_with(&self, query: &str) -> String {
        let url = self.settings.url.expose_secret();
        format!("{}?{query}", url.split('?').next().unwrap())
    }

    /// Who asks which server for which database.
    pub(crate) fn address(&self) -> (String, String, String) {
        let url = self.settings.url.expose_secret();
        let (user, rest) = url.split_once("//").unwrap().1.split_once('@').unwrap();
        let (server, name) = rest.split_once('/').unwrap();
        (
            user.to_owned(),
            server.to_owned(),
            name.split('?').next().unwrap().to_owned(),
        )
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        let sql = leak(format!("SELECT count(*) AS rows_there FROM {table}"));
        self.db
            .one(sql, vec![])
            .await
            .unwrap()
            .get("rows_there")
            .unwrap()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let Some((settings, name)) = self.on_server.take() else {
            return;
        };
        let drop_it = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let db = Db::open(settings).await.unwrap();
                db.write_one(leak(format!("DROP DATABASE {name} WITH (FORCE)")), vec![])
                    .await
                    .unwrap();
            });
        };
        std::thread::spawn(drop_it).join().unwrap();
    }
}

pub(crate) fn settings(url: String) -> Settings {
    Settings::new(SecretString::from(url))
}

/// Texts are static in the program; tests make some up.
pub(crate) fn leak(sql: String) -> &'static str {
    Box::leak(sql.into_boxed_str())
}

/// A name that nobody else has.
pub(crate) fn fresh(prefix: &str) -> String {
    format!(
        "{prefix}_{}",
        NodeId::new(Clock::machine().now(), &Entropy).unwrap()
    )
}

pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Wait until it is so.
pub(crate) async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let patience = Duration::from_secs(10);
    let waiting = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(patience, waiting)
        .await
        .unwrap_or_else(|_| panic!("in vain: {what}"));
}
