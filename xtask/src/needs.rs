//! What the chores need of the machine beyond `cargo`, what for, and how it is
//! installed. Python's packages live in `python.rs`.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use tollgate_throwaway::{find_daemon, find_program, is_root, postgres_program};

use crate::{Failure, Result};

/// One thing that must be there.
#[derive(Debug)]
pub(crate) struct Need {
    name: &'static str,
    purpose: &'static str,
    remedy: Remedy,
    present: fn() -> bool,
}

/// How it gets there.
#[derive(Clone, Copy, Debug)]
enum Remedy {
    /// Packages of Debian.
    Packages(&'static [&'static str]),
    /// A tool that cargo builds.
    Tool(&'static str),
    /// A component of the Rust toolchain.
    Component(&'static str),
}

pub(crate) static FORMATTER: [Need; 1] = [Need {
    name: "rustfmt",
    purpose: "checks the layout of the source",
    remedy: Remedy::Component("rustfmt"),
    present: || succeeds("cargo", &["fmt", "--version"]),
}];

pub(crate) static FUZZER: [Need; 1] = [Need {
    name: "cargo-fuzz",
    purpose: "drives the fuzz targets",
    remedy: Remedy::Tool("cargo-fuzz"),
    present: || succeeds("cargo", &["fuzz", "--version"]),
}];

pub(crate) static LINTER: [Need; 1] = [Need {
    name: "clippy",
    purpose: "lints the source",
    remedy: Remedy::Component("clippy"),
    present: || succeeds("cargo", &["clippy", "--version"]),
}];

const POSTGRESQL: Need = Need {
    name: "PostgreSQL",
    purpose: "the second database that every test runs on",
    remedy: Remedy::Packages(&["postgresql"]),
    present: || {
        ["initdb", "postgres", "psql"]
            .iter()
            .all(|it| postgres_program(it).is_some())
    },
};

/// The second database alone.
pub(crate) static POSTGRES: [Need; 1] = [POSTGRESQL];

/// What the private servers and the foreign clients in the tests need.
pub(crate) static PEERS: [Need; 9] = [
    POSTGRESQL,
    Need {
        name: "Redis",
        purpose: "tests of counters and wake-ups between nodes",
        remedy: Remedy::Packages(&["redis-server"]),
        present: || find_program("redis-server").is_some(),
    },
    Need {
        name: "ip",
        purpose: "hosts of their own on this machine, whose cables tests pull out",
        remedy: Remedy::Packages(&["iproute2"]),
        present: || find_daemon("ip").is_some(),
    },
    Need {
        name: "curl",
        purpose: "the commands of the manual",
        remedy: Remedy::Packages(&["curl"]),
        present: || find_program("curl").is_some(),
    },
    Need {
        name: "nginx",
        purpose: "asks this server who may pass, with the snippet that we publish",
        remedy: Remedy::Packages(&["nginx"]),
        present: || find_daemon("nginx").is_some(),
    },
    Need {
        name: "Caddy",
        purpose: "asks this server who may pass, with the snippet that we publish",
        remedy: Remedy::Packages(&["caddy"]),
        present: || find_daemon("caddy").is_some(),
    },
    Need {
        name: "promtool",
        purpose: "reads the rules and the dashboard that we publish",
        remedy: Remedy::Packages(&["prometheus"]),
        present: || find_program("promtool").is_some(),
    },
    Need {
        name: "Python 3 with venv",
        purpose: "runs Python clients of foreign systems and brings Envoy and Traefik",
        remedy: Remedy::Packages(&["python3", "python3-venv"]),
        present: || succeeds("python3", &["-c", "import venv, ensurepip"]),
    },
    Need {
        name: "Node 18 or newer",
        purpose: "runs JavaScript clients of foreign systems against this server",
        remedy: Remedy::Packages(&["nodejs"]),
        present: || {
            succeeds(
                "node",
                &["-e", "process.exit(typeof fetch === 'function' ? 0 : 1)"],
            )
        },
    },
];

/// What looks at pages.
pub(crate) static BROWSER: [Need; 2] = [
    Need {
        name: "Chromium",
        purpose: "looks at the pages as people do",
        remedy: Remedy::Packages(&["chromium"]),
        present: || find_program("chromium").is_some(),
    },
    Need {
        name: "the DejaVu fonts",
        purpose: "have letters for every language of the pages",
        remedy: Remedy::Packages(&["fonts-dejavu-core"]),
        present: || Path::new("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf").is_file(),
    },
];

/// Install what is missing of `needs`, or say how.
pub(crate) fn ensure<'n>(needs: impl IntoIterator<Item = &'n Need>) -> Result<()> {
    let missing: Vec<&Need> = needs.into_iter().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing:");
    for need in &missing {
        println!("  {} ({})", need.name, need.purpose);
    }
    let mut packages = Vec::new();
    let mut components = Vec::new();
    let mut tools = Vec::new();
    for need in &missing {
        match need.remedy {
            Remedy::Packages(names) => packages.extend(names),
            Remedy::Component(name) => components.push(name),
            Remedy::Tool(name) => tools.push(name),
        }
    }
    for tool in tools {
        run(Command::new("cargo").args(["install", "--locked", tool]))?;
    }
    install_components(&components)?;
    install_packages(&packages)?;
    match missing.iter().find(|need| !(need.present)()) {
        None => Ok(()),
        Some(need) => Err(Failure::Missing(format!("{} is still missing", need.name))),
    }
}

fn install_components(names: &[&str]) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    if find_program("rustup").is_none() {
        return Err(Failure::Missing(format!(
            "install these parts of your Rust toolchain: {}",
            names.join(" ")
        )));
    }
    run(Command::new("rustup")
        .args(["component", "add"])
        .args(names))
}

fn install_packages(names: &[&str]) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    if !is_root() || find_program("apt-get").is_none() {
        return Err(Failure::Missing(format!(
            "install them and call this again; on Debian:\n    sudo apt-get install --yes {}",
            names.join(" ")
        )));
    }
    let apt = |arguments: &[&str]| {
        run(Command::new("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(arguments))
    };
    apt(&["--quiet", "update"])?;
    let install = ["--quiet", "install", "--yes", "--no-install-recommends"];
    apt(&[&install[..], names].concat())
}

/// Run `command` with its output shown; it must succeed.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line = words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ");
    // Not to stdout, which belongs to the exports of `servers`.
    eprintln!("$ {line}");
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(Failure::broken(&line))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Broken(format!("`{line}` failed ({status})")))
    }
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
