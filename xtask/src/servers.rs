//! Private servers for the tests, and the variables by which tests find them.

use std::path::PathBuf;

use tollgate_throwaway::{Postgres, Redis, find_program};

use crate::{
    Failure, Result,
    janitor::{Janitor, Target},
    needs, python,
};

/// Everything foreign that a test may talk to; the servers end with this value.
#[derive(Debug)]
pub(crate) struct Servers {
    postgres: Postgres,
    redis: Redis,
    python: PathBuf,
    node: PathBuf,
    envoy: PathBuf,
    traefik: PathBuf,
}

impl Servers {
    /// Start them in the janitor's folder and wait till they answer.
    pub(crate) fn start(janitor: &mut Janitor) -> Result<Self> {
        let python = python::interpreter()?;
        let envoy = python::envoy(&python)?;
        let traefik = python::traefik(&python)?;
        let node = find_program("node").ok_or_else(|| Failure::Missing("Node".to_owned()))?;
        let postgres = Postgres::create(&janitor.folder().join("postgres"))
            .map_err(Failure::broken("starting PostgreSQL"))?;
        let redis = Redis::create(&janitor.folder().join("redis"))
            .map_err(Failure::broken("starting Redis"))?;
        for process in [postgres.process_id(), redis.process_id()]
            .into_iter()
            .flatten()
        {
            janitor.watch(Target::Process(process))?;
        }
        Ok(Self {
            postgres,
            redis,
            python,
            node,
            envoy,
            traefik,
        })
    }

    /// What to set for `cargo test`, so that tests find these servers.
    pub(crate) fn variables(&self) -> [(&'static str, String); 6] {
        [
            ("TEST_DATABASE_URL", self.postgres.url()),
            ("TEST_REDIS_URL", self.redis.url()),
            ("TEST_PYTHON", self.python.display().to_string()),
            ("TEST_NODE", self.node.display().to_string()),
            ("TEST_ENVOY", self.envoy.display().to_string()),
            ("TEST_TRAEFIK", self.traefik.display().to_string()),
        ]
    }
}

/// `cargo xtask servers`: start them, print the variables, wait till Ctrl-C.
pub(crate) fn show() -> Result<()> {
    needs::ensure(&needs::PEERS)?;
    let mut janitor = Janitor::start()?;
    let servers = Servers::start(&mut janitor)?;
    for (name, value) in servers.variables() {
        println!("export {name}={value}");
    }
    eprintln!("\nIn another terminal, paste these lines, then: cargo test -- --include-ignored");
    eprintln!("Ctrl-C stops the servers.");
    loop {
        std::thread::park();
    }
}
