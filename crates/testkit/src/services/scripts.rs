//! Clients in other languages, run unmodified.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::{
    command::{Finished, run_to_end},
    environment::variable,
};

/// Something that runs scripts. Tests that want one are `#[ignore]`d, because
/// plain `cargo test` needs nothing but Rust.
#[derive(Clone, Debug)]
pub struct Interpreter(PathBuf);

impl Interpreter {
    /// Python 3 with the packages of `xtask/python-requirements.txt`.
    pub fn python() -> Self {
        Self::named_by("TEST_PYTHON")
    }

    /// Node with `fetch`.
    pub fn node() -> Self {
        Self::named_by("TEST_NODE")
    }

    /// Run `script` with `arguments`, and `input` on its standard input.
    pub async fn run(&self, script: &Path, arguments: &[&str], input: &str) -> Finished {
        let mut command = Command::new(&self.0);
        // No bytecode beside the scripts of the checkout.
        command
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .arg(script)
            .args(arguments);
        run_to_end(&mut command, input).await
    }

    fn named_by(name: &str) -> Self {
        let path = variable(name)
            .unwrap_or_else(|| panic!("{name} is not set; `cargo xtask servers` shows how"));
        Self(path.into())
    }
}
