//! The steps of `test`, in their order, and the campaign. Each step is a line of
//! `cargo` that a person could type.

use std::{
    fs,
    os::unix::process::CommandExt,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    Failure, Result,
    janitor::{Janitor, Target},
    needs::{self, Need},
    root,
    servers::Servers,
    variable,
};

/// One line of `cargo` with what it needs.
#[derive(Debug)]
pub(crate) struct Step {
    /// What `--only` calls it.
    pub(crate) name: &'static str,
    /// What it does, for the heading.
    pub(crate) title: &'static str,
    /// What follows `cargo`.
    pub(crate) line: &'static str,
    needs: &'static [Need],
    peers: Peers,
}

/// Whom the tests of a step may meet.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Peers {
    /// Nobody: no variable of theirs is set.
    None,
    /// The private servers.
    Servers,
}

/// What tells tests whom they may meet: set for a step on purpose, or not at all.
const VARIABLES: [&str; 8] = [
    "TEST_DATABASE_URL",
    "TEST_REDIS_URL",
    "TEST_PYTHON",
    "TEST_NODE",
    "TEST_ENVOY",
    "TEST_TRAEFIK",
    "TOLLGATE_CAMPAIGN",
    "TOLLGATE_SCREENSHOTS",
];

/// Cheap ones first. No step changes RUSTFLAGS or the choice of packages: either
/// would make cargo build the dependencies once more. What a server would not change,
/// and takes long, is not run beside the servers again.
pub(crate) static ALL: &[Step] = &[
    Step {
        name: "fmt",
        title: "the layout of the source",
        line: "fmt --all --check",
        needs: &needs::FORMATTER,
        peers: Peers::None,
    },
    Step {
        name: "lint",
        title: "lints, none forgiven",
        line: "clippy --workspace --all-targets -- -D warnings",
        needs: &needs::LINTER,
        peers: Peers::None,
    },
    Step {
        name: "sqlite",
        title: "all tests on SQLite",
        line: "test --workspace",
        needs: &[],
        peers: Peers::None,
    },
    Step {
        name: "servers",
        title: "all tests on PostgreSQL and Redis, with foreign clients and real proxies",
        line: "test --workspace -- --include-ignored --skip chromium:: \
               --skip on_sqlite --skip to_sqlite --skip tidy:: --skip guest:: --skip thousand \
               --skip pages:: --skip ways:: --skip canary:: --skip edge::tls --skip faults::abuse \
               --skip faults::clock --skip faults::descriptors --skip faults::guessing \
               --skip faults::disk --skip faults::heads --skip faults::keys --skip faults::liars \
               --skip faults::locked --skip faults::memory --skip faults::panics \
               --skip faults::signals --skip faults::slow --skip faults::soak",
        needs: &needs::PEERS,
        peers: Peers::Servers,
    },
    Step {
        name: "browser",
        title: "the pages in a real Chromium",
        line: "test --workspace --test browser -- --ignored",
        needs: &needs::BROWSER,
        peers: Peers::None,
    },
];

/// Selected by the names of modules.
static CAMPAIGN: Step = Step {
    name: "campaign",
    title: "the long fault tests",
    line: "test --profile campaign --package tollgate --test it -- --include-ignored --nocapture --test-threads 1 faults:: described::",
    needs: &needs::PEERS,
    peers: Peers::Servers,
};

/// Where the pictures of pages lie: beside the book, or they would be in the binary.
const SCREENSHOTS: &str = "docs/images";

static SCREENSHOOTER: Step = Step {
    name: "screenshots",
    title: "the manual's pictures",
    line: "test --workspace --test browser -- --ignored --nocapture chromium::screenshots::",
    needs: &needs::BROWSER,
    peers: Peers::None,
};

/// The step called `name`, as a list of one.
pub(crate) fn named(name: &str) -> Option<&'static [Step]> {
    ALL.chunks(1).find(|step| step[0].name == name)
}

impl Step {
    fn run(&self, janitor: &mut Janitor, environment: &[(&str, String)]) -> Result<()> {
        let temporary = janitor.folder().join("tmp");
        fs::create_dir_all(&temporary).map_err(Failure::broken("making a temporary folder"))?;
        let mut command = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
        for name in VARIABLES {
            command.env_remove(name);
        }
        let mut child = command
            .args(self.line.split(' '))
            .current_dir(root())
            .env("TMPDIR", temporary)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            // A group of its own, so that the janitor can end the tests' children too.
            .process_group(0)
            .spawn()
            .map_err(Failure::broken("starting cargo"))?;
        let group = Target::Group(child.id());
        janitor.watch(group)?;
        let status = child.wait().map_err(Failure::broken("waiting for cargo"))?;
        janitor.forget(group)?;
        if status.success() {
            return Ok(());
        }
        let variables = match self.peers {
            Peers::None => "",
            Peers::Servers => " with the variables of `cargo xtask servers`",
        };
        let Self { name, line, .. } = self;
        Err(Failure::Red(format!(
            "{name} is red; alone: `cargo {line}`{variables}"
        )))
    }
}

/// `cargo xtask test`: run `steps` up to the first that is red.
pub(crate) fn test(steps: &[Step]) -> Result<()> {
    // All of them first: who must install something hears so at once.
    needs::ensure(steps.iter().flat_map(|step| step.needs))?;
    run_all(steps, &[])
}

/// `cargo xtask campaign`: the long fault tests, which see that they may take their time.
pub(crate) fn campaign() -> Result<()> {
    needs::ensure(CAMPAIGN.needs)?;
    run_all(
        std::slice::from_ref(&CAMPAIGN),
        &[("TOLLGATE_CAMPAIGN", "1".to_owned())],
    )
}

/// `cargo xtask screenshots`: take the manual's pictures again.
pub(crate) fn screenshots() -> Result<()> {
    needs::ensure(SCREENSHOOTER.needs)?;
    let folder = root().join(SCREENSHOTS);
    fs::create_dir_all(&folder).map_err(Failure::broken("making a folder for pictures"))?;
    run_all(
        std::slice::from_ref(&SCREENSHOOTER),
        &[("TOLLGATE_SCREENSHOTS", folder.display().to_string())],
    )
}

fn run_all(steps: &[Step], extra: &[(&str, String)]) -> Result<()> {
    let start = Instant::now();
    let mut janitor = Janitor::start()?;
    for (index, step) in steps.iter().enumerate() {
        println!(
            "\n══ {}/{} {}: {}",
            index + 1,
            steps.len(),
            step.name,
            step.title
        );
        let begun = Instant::now();
        let (servers, mut environment) = match step.peers {
            Peers::None => (None, Vec::new()),
            Peers::Servers => {
                let servers = Servers::start(&mut janitor)?;
                let variables = servers.variables().to_vec();
                (Some(servers), variables)
            }
        };
        environment.extend_from_slice(extra);
        println!("$ cargo {}", step.line);
        step.run(&mut janitor, &environment)?;
        drop(servers);
        println!("── {} took {}", step.name, minutes(begun.elapsed()));
    }
    println!("\nAll green in {}.", minutes(start.elapsed()));
    Ok(())
}

fn minutes(time: Duration) -> String {
    format!("{}:{:02} min", time.as_secs() / 60, time.as_secs() % 60)
}
