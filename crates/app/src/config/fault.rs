//! What is wrong with the configuration, and where a value was said.

use std::{fmt, path::PathBuf};

/// One thing that is wrong. Never holds the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The setting, if it is about one.
    pub key: Option<String>,
    /// Where it was said.
    pub origin: Origin,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Where a value comes from. Ordered so that a list of faults can be worked
/// through file by file and line by line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Nobody said anything: the default.
    BuiltIn,
    /// A line, counted from 1, of a file.
    Line {
        /// The file, as it was found.
        path: PathBuf,
        /// The line.
        line: usize,
    },
    /// A file as a whole.
    File(PathBuf),
    /// A variable of the environment.
    Variable(String),
    /// The command line.
    Flag,
    /// The content of a file that another place named.
    Content {
        /// The file that holds the value.
        path: PathBuf,
        /// Where it was named.
        named: Box<Self>,
    },
}

impl Origin {
    /// The file that holds the value, named here.
    pub(super) fn naming(self, path: PathBuf) -> Self {
        Self::Content {
            path,
            named: Box::new(self),
        }
    }
}

/// Such as `tollgate.toml:12`, `environment TOLLGATE_LISTEN` or `built-in`.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built-in"),
            Self::Line { path, line } => write!(f, "{}:{line}", path.display()),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => write!(f, "environment {name}"),
            Self::Flag => f.write_str("command line"),
            Self::Content { path, named } => write!(f, "{}, named by {named}", path.display()),
        }
    }
}

/// Such as `tollgate.toml:12: session.idle: "14" has no unit. Write a duration
/// such as 90s, 15m, 1h30m or 14d.`
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.origin)?;
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        write!(f, "{}.", self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, " {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}
