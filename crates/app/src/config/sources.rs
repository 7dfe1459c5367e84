//! Everything that the configuration is made from, gathered at one door. This
//! is the only file of the project that reads the environment.

use std::{env, ffi::OsString, path::PathBuf};

/// Where files are looked for when none is named.
const USUAL_FILES: [&str; 2] = ["tollgate.toml", "/etc/tollgate/tollgate.toml"];

/// What was said, and where to look for more. No `Debug`: it holds secrets.
#[derive(Clone, Default)]
pub struct Sources {
    /// The file that the command line names; it has to exist.
    pub file: Option<PathBuf>,
    /// Files to look for when none is named; the first that exists is read.
    pub usual_files: Vec<PathBuf>,
    /// Names and values of the environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Names of settings, such as `listen`, and values from the command line.
    pub flags: Vec<(String, String)>,
    /// Where the paths of the files that are read begin, if they are relative.
    /// Empty for the process's own folder. Paths among the values are kept as
    /// they are written.
    pub working_dir: PathBuf,
}

impl Sources {
    /// What this process was given.
    pub fn from_process(file: Option<PathBuf>, flags: Vec<(String, String)>) -> Self {
        Self {
            file,
            usual_files: USUAL_FILES.map(PathBuf::from).to_vec(),
            environment: env::vars_os().collect(),
            flags,
            working_dir: PathBuf::new(),
        }
    }
}
