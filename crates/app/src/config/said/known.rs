//! Which names there are, and which one somebody probably meant.

use crate::config::{
    fault::{Fault, Origin},
    key::{Key, Table, nearest},
};

/// The names of all settings and tables.
pub(super) struct Known {
    keys: Vec<&'static Key>,
    names: Vec<&'static str>,
    tables: Vec<&'static str>,
}

impl Known {
    pub(super) fn new(tables: &[Table]) -> Self {
        let keys: Vec<&Key> = tables.iter().flat_map(|table| table.keys).collect();
        let names = keys.iter().map(|key| key.name).collect();
        Self {
            keys,
            names,
            tables: tables
                .iter()
                .map(|table| table.name)
                .filter(|name| !name.is_empty())
                .collect(),
        }
    }

    pub(super) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().copied().find(|key| key.name == name)
    }

    /// Whether tables of this name, or below it, exist.
    pub(super) fn has_table(&self, name: &str) -> bool {
        self.tables.iter().any(|table| {
            table
                .strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// The setting that was probably meant, and `_file` if its file was.
    pub(super) fn nearest_key(&self, name: &str) -> Option<(&'static Key, &'static str)> {
        let found = |name: &str| nearest(name, &self.names).and_then(|name| self.key(name));
        let of_file = || Some((found(name.strip_suffix("_file")?)?, "_file"));
        found(name).map(|key| (key, "")).or_else(of_file)
    }

    pub(super) fn nearest_table(&self, name: &str) -> Option<&'static str> {
        nearest(name, &self.tables)
    }
}

/// A name that nobody knows.
pub(super) fn unknown(what: &str, name: &str, origin: Origin, meant: Option<String>) -> Fault {
    let hint = match meant {
        Some(meant) => format!("Did you mean `{meant}`?"),
        None => "`tollgate config init` lists all of them.".to_owned(),
    };
    let short: String = name.chars().take(80).collect();
    Fault {
        key: None,
        origin,
        message: format!("`{}` is not a {what}", short.escape_debug()),
        hint: Some(hint),
    }
}
