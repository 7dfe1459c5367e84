//! The `.env` file of a system that Tollgate takes the place of. It is read
//! only if `env_file` names it, and only for that system's own names.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{Entry, Said, read_text};
use crate::config::fault::{Fault, Origin};

/// Names with their values and where they stand; of a name given twice the
/// last counts, as in the programs that read such files.
pub(super) type Dotenv = BTreeMap<String, (String, Origin)>;

/// Read the file that `env_file` names.
pub(super) fn read(working_dir: &Path, env_file: &Entry, faults: &mut Vec<Fault>) -> Dotenv {
    // What is not the name of a file is a fault of `env_file` itself.
    let Ok((Said::Loose(path) | Said::Text(path), _)) = env_file.fetch(working_dir) else {
        return Dotenv::new();
    };
    let path = PathBuf::from(path);
    let text = read_text(&working_dir.join(&path)).unwrap_or_else(|cause| {
        let message = format!("{} cannot be read: {cause}", path.display());
        faults.push(Fault {
            key: Some("env_file".to_owned()),
            origin: env_file.origin.clone(),
            message,
            hint: None,
        });
        String::new()
    });
    let place = |line| Origin::Line {
        path: path.clone(),
        line,
    };
    let lines = text.lines().zip(1..);
    lines
        .filter_map(|(line, number)| pair(line).map(|(name, value)| (name, (value, place(number)))))
        .collect()
}

/// One line: `NAME=value`, perhaps after `export`; quotes are taken off, and
/// a `#` after a space begins a comment. Anything else says nothing.
fn pair(line: &str) -> Option<(String, String)> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let value = value.trim();
    if name.is_empty() || name.starts_with('#') {
        return None;
    }
    let quoted = |mark: char| value.strip_prefix(mark)?.split(mark).next();
    let value = match quoted('"').or_else(|| quoted('\'')) {
        Some(inner) => inner,
        None => value.split(" #").next().unwrap_or(value).trim_end(),
    };
    Some((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::pair;

    #[test]
    fn lines_are_read_as_their_own_programs_read_them() {
        let check = |line, value: Option<&str>| {
            assert_eq!(
                pair(line),
                value.map(|value| ("NAME".to_owned(), value.to_owned())),
                "{line}"
            );
        };
        check("NAME=value", Some("value"));
        check("  export NAME = value # why", Some("value"));
        check("NAME=a#b", Some("a#b"));
        check("NAME=\"a # b\" # why", Some("a # b"));
        check("NAME='a=b'", Some("a=b"));
        check("NAME=", Some(""));
        check("# NAME=value", None);
        check("NAME", None);
        check("=value", None);
    }
}
