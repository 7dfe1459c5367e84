//! `bench`: builds what ships, then the programs that it is measured beside,
//! and lets them run. What is measured and how stands in the package itself.

use std::process::Command;

use crate::{Failure, Result, needs, root, variable};

/// First the binary alone: built together with others it could get features
/// that it does not ship with.
pub(crate) fn run(only: Option<&str>) -> Result<()> {
    needs::ensure(&needs::POSTGRES)?;
    cargo(&["build", "--release", "--package", "tollgate"])?;
    let target = variable("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |folder| root().join(folder));
    let binary = target.join("release/tollgate").display().to_string();
    let mut line = vec!["run", "--release", "--package", "tollgate-bench", "--"];
    line.extend(["--server", &binary]);
    line.extend(only.into_iter().flat_map(|name| ["--only", name]));
    cargo(&line)
}

fn cargo(line: &[&str]) -> Result<()> {
    let program = variable("CARGO").unwrap_or_else(|| "cargo".to_owned());
    let status = Command::new(program)
        .args(line)
        .current_dir(root())
        .status()
        .map_err(Failure::broken("starting cargo"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Red(format!("`cargo {}` failed", line.join(" "))))
    }
}
