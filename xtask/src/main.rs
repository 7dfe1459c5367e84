//! Chores of the checkout, called as `cargo xtask`. This file reads the command
//! line; what each chore does lives in the files it names.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "telling people is its job"
)]

mod asvs;
mod bench;
mod book;
mod fuzz;
mod janitor;
mod needs;
mod python;
mod servers;
mod steps;

use std::{
    fmt::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use steps::Step;

/// A chore that somebody asked for.
#[derive(Debug)]
enum Chore {
    Test(&'static [Step]),
    LongTest,
    Fuzz(Option<String>),
    Servers,
    Asvs,
    Campaign,
    Bench(Option<String>),
    Book,
    Screenshots,
    Help,
}

/// Why a chore came to nothing; each kind has its exit code.
#[derive(Debug)]
enum Failure {
    /// A step was red. 1
    Red(String),
    /// The command line makes no sense. 2
    Usage(String),
    /// The machine lacks something, and we may not install it. 3
    Missing(String),
    /// Something outside our checks went wrong. 4
    Broken(String),
}

type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    fn code(&self) -> u8 {
        match self {
            Self::Red(_) => 1,
            Self::Usage(_) => 2,
            Self::Missing(_) => 3,
            Self::Broken(_) => 4,
        }
    }

    /// For `map_err`: say what was tried.
    fn broken<E: fmt::Display>(tried: &str) -> impl FnOnce(E) -> Self + '_ {
        move |error| Self::Broken(format!("{tried}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Red(text) | Self::Usage(text) | Self::Missing(text) | Self::Broken(text)) = self;
        f.write_str(text)
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = parse(&arguments).and_then(|chore| match chore {
        Chore::Test(steps) => steps::test(steps),
        Chore::LongTest => steps::test(steps::ALL).and_then(|()| fuzz::run(None)),
        Chore::Fuzz(only) => fuzz::run(only.as_deref()),
        Chore::Servers => servers::show(),
        Chore::Asvs => asvs::run(),
        Chore::Campaign => steps::campaign(),
        Chore::Bench(only) => bench::run(only.as_deref()),
        Chore::Book => book::render(),
        Chore::Screenshots => steps::screenshots(),
        Chore::Help => {
            println!("{}", help());
            Ok(())
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::from(failure.code())
        }
    }
}

fn parse(arguments: &[&str]) -> Result<Chore> {
    match arguments {
        ["test"] => Ok(Chore::Test(steps::ALL)),
        ["test", "--long"] => Ok(Chore::LongTest),
        ["fuzz"] => Ok(Chore::Fuzz(None)),
        ["fuzz", name] => Ok(Chore::Fuzz(Some((*name).to_owned()))),
        ["test", "--only", name] => steps::named(name).map(Chore::Test).ok_or_else(|| {
            let names: Vec<_> = steps::ALL.iter().map(|step| step.name).collect();
            Failure::Usage(format!(
                "no step is called '{name}'; there are {}",
                names.join(", ")
            ))
        }),
        ["servers"] => Ok(Chore::Servers),
        ["asvs"] => Ok(Chore::Asvs),
        ["campaign"] => Ok(Chore::Campaign),
        ["bench"] => Ok(Chore::Bench(None)),
        ["bench", "--only", name] => Ok(Chore::Bench(Some((*name).to_owned()))),
        ["book"] => Ok(Chore::Book),
        ["screenshots"] => Ok(Chore::Screenshots),
        [] | ["help" | "--help" | "-h", ..] | [_, "--help" | "-h"] => Ok(Chore::Help),
        _ => Err(Failure::Usage(format!(
            "cannot read '{}'; `cargo xtask help` shows what there is",
            arguments.join(" ")
        ))),
    }
}

fn help() -> String {
    let mut steps = String::new();
    for step in steps::ALL {
        let Step {
            name, title, line, ..
        } = step;
        writeln!(steps, "    {name:<8} {title}: cargo {line}").expect("a String takes everything");
    }
    format!(
        "Chores of the checkout.

cargo xtask test [--only STEP | --long]
    Everything that must pass, in these steps; stops at the first that is red:
{steps}    With --long each fuzz target runs for a minute after them.

cargo xtask fuzz [TARGET]
    The targets of fuzz/ alone, or one of them.

cargo xtask servers
    Starts a private PostgreSQL and Redis, prints the variables with which
    `cargo test` uses them, and waits till Ctrl-C.

cargo xtask asvs
    Which rows of the OWASP ASVS have tests, by docs/asvs.txt; a test of ours asks the same.

cargo xtask campaign
    The long fault tests, in release mode, with the same servers: for hours, not for each change.

cargo xtask bench [--only SUBJECT]
    What the release build costs beside bare programs that do the same: docs/performance.md.

cargo xtask book
    Renders the manual from docs/ into crates/manual/book; a test says when that is due.

cargo xtask screenshots
    Takes the pictures of the manual again, in docs/images, from a sample installation.

What is missing is installed (apt-get as root, rustup for tools of Rust); without root you are
told what to install. Servers are private: free ports of 127.0.0.1, a temporary folder, gone at
the end, after Ctrl-C and after a crash too.

Exit codes: 0 green, 1 a step is red, 2 usage, 3 something must be installed first, 4 broken."
    )
}

/// The folder of the checkout.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the checkout")
}

/// A folder of our own among the build's.
fn target() -> PathBuf {
    variable("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |folder| root().join(folder))
        .join("xtask")
}

fn variable(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the environment of a build, not of the server"
    )]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_can_be_asked_for_alone() {
        for step in steps::ALL {
            let Ok(Chore::Test([only])) = parse(&["test", "--only", step.name]) else {
                panic!("--only {} is not one step", step.name)
            };
            assert_eq!(only.name, step.name);
            assert!(help().contains(step.name));
        }
    }

    #[test]
    fn nonsense_is_refused_with_the_usage_code() {
        for line in [
            &["tset"][..],
            &["test", "--only"],
            &["test", "--only", "x"],
            &["servers", "x"],
        ] {
            let failure = parse(line).expect_err("nonsense was understood");
            assert_eq!(failure.code(), 2, "{line:?}");
        }
    }
}
