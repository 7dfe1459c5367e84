//! What fail-points of a debug build do, told from outside: one line in a file.

use std::{fs, path::PathBuf};

use tempfile::TempDir;
use tollgate_testkit::services::Program;

/// The file, for one program and all its lives.
pub(super) struct Script(TempDir);

impl Script {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// `program`, which looks into the file at each moment.
    pub(super) fn around(&self, program: Program) -> Program {
        program.env("FAIL_POINTS", self.file().to_str().unwrap())
    }

    /// Say what is to happen, once.
    pub(super) fn arm(&self, line: &str) {
        // Whole or not at all: somebody may be reading.
        let new = self.0.path().join("new");
        fs::write(&new, line).unwrap();
        fs::rename(new, self.file()).unwrap();
    }

    /// Whether it has not happened; now it will not.
    pub(super) fn disarm(&self) -> bool {
        fs::remove_file(self.file()).is_ok()
    }

    /// At which moments something happened, each once.
    pub(super) fn moments(&self) -> Vec<String> {
        let told = fs::read_to_string(self.file().with_extension("done")).unwrap_or_default();
        let mut moments: Vec<String> = told.lines().map(str::to_owned).collect();
        moments.sort();
        moments.dedup();
        moments
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("line")
    }
}
