//! Stories of an operator who writes a configuration.

mod faults;
mod precedence;
mod sites;
mod table;

use std::{fs, path::Path};

use tempfile::TempDir;

use super::{Loaded, fault::Fault, load, show, sources::Sources};

/// A folder and an environment of their own.
pub(super) struct Desk {
    folder: TempDir,
    sources: Sources,
}

impl Desk {
    pub(super) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let working_dir = folder.path().to_owned();
        let usual_files = vec!["tollgate.toml".into(), "etc/tollgate.toml".into()];
        Self {
            folder,
            sources: Sources {
                usual_files,
                working_dir,
                ..Sources::default()
            },
        }
    }

    /// With this file in the folder.
    pub(super) fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// With this variable in the environment.
    pub(super) fn variable(mut self, name: &str, value: &str) -> Self {
        self.sources.environment.push((name.into(), value.into()));
        self
    }

    /// With this on the command line.
    pub(super) fn flag(mut self, name: &str, value: &str) -> Self {
        self.sources.flags.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With the file that the command line names.
    pub(super) fn config(mut self, path: &str) -> Self {
        self.sources.file = Some(path.into());
        self
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn load(&self) -> Result<Loaded, Vec<Fault>> {
        load(&self.sources)
    }

    /// The value and the origin of one setting; the folder's own path left out.
    #[track_caller]
    pub(super) fn said(&self, key: &str) -> (String, String) {
        let loaded = self
            .load()
            .unwrap_or_else(|faults| panic!("{}", self.words(&faults)));
        let row = show(&loaded)
            .into_iter()
            .find(|row| row.key == key)
            .unwrap();
        (row.value, self.relative(&row.origin.to_string()))
    }

    /// Every fault on a line of its own; the folder's own path left out.
    #[track_caller]
    pub(super) fn faults(&self) -> String {
        self.words(&self.load().expect_err("this should not load"))
    }

    fn words(&self, faults: &[Fault]) -> String {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        self.relative(&lines.join("\n"))
    }

    fn relative(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.path().display()), "")
    }
}
