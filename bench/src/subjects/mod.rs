//! What is measured, each subject with its peer and its aim. Peer and server
//! take turns within one run, so that a busy machine harms both alike.

mod alike;
mod audit;
mod check;
mod factors;
mod growth;
mod guard;
mod refresh;
mod rest;
mod signin;
mod tokens;

use std::{path::Path, time::Duration};

use tempfile::TempDir;
use tokio::{runtime, task::LocalSet};

use crate::{Result, figure::Figure, people::People, server::Home};

/// Something that can be measured alone.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) measure: fn(&Path) -> Result<Vec<Figure>>,
}

pub(crate) const ALL: &[Subject] = &[
    Subject {
        name: "signin",
        about: "password sign-ins beside bare Argon2id",
        measure: signin::measure,
    },
    Subject {
        name: "factors",
        about: "sign-ins with a code of an app and with a passkey",
        measure: factors::measure,
    },
    Subject {
        name: "hashing",
        about: "how long token checks wait while sign-ins take all they can",
        measure: signin::beside_checks,
    },
    Subject {
        name: "alike",
        about: "whether the time of an answer tells who has an account",
        measure: alike::measure,
    },
    Subject {
        name: "check",
        about: "a token that is known, beside an axum that says hello",
        measure: check::measure,
    },
    Subject {
        name: "guard",
        about: "limits and lists of networks beside a server without them",
        measure: guard::measure,
    },
    Subject {
        name: "audit",
        about: "events noted, written and sealed beside bare rows",
        measure: audit::measure,
    },
    Subject {
        name: "refresh",
        about: "rotations on SQLite beside bare commits",
        measure: refresh::on_sqlite,
    },
    Subject {
        name: "refresh-postgres",
        about: "rotations on PostgreSQL beside the bare statement",
        measure: refresh::on_postgres,
    },
    Subject {
        name: "tokens",
        about: "access tokens beside bare signatures",
        measure: tokens::measure,
    },
    Subject {
        name: "rest",
        about: "start, memory and size",
        measure: rest::measure,
    },
    Subject {
        name: "growth",
        about: "a million people beside a thousand; fills a database first",
        measure: growth::measure,
    },
];

/// How often peer and server take turns.
const ROUNDS: usize = 7;
/// How long one of them works.
const TURN: Duration = Duration::from_millis(1500);

/// A home with people, in a folder that goes with it.
struct Scene {
    folder: TempDir,
    home: Home,
    people: People,
}

impl Scene {
    /// On SQLite.
    async fn new(binary: &Path, people: usize, sample: usize) -> Result<Self> {
        Self::on(binary, None, people, sample).await
    }

    async fn on(
        binary: &Path,
        database: Option<String>,
        people: usize,
        sample: usize,
    ) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let home = Home::new(binary, &folder.path().join("home"), database);
        home.found()?;
        let people = People::fill(&home, people, sample).await?;
        Ok(Self {
            folder,
            home,
            people,
        })
    }
}

/// Run what a subject does on one thread.
fn alone<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new().block_on(&runtime, work)
}
