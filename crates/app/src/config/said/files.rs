//! `tollgate.toml` and the `conf.d/*.toml` beside it, each a layer of its own.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Layer, Said,
    environment::Environment,
    known::{Known, unknown},
    read_text,
    sites::SaidSite,
};
use crate::config::{
    fault::{Fault, Origin},
    sources::Sources,
};

/// What is read from one file.
pub(super) struct Document<'a> {
    path: &'a Path,
    text: &'a str,
    known: &'a Known,
    layer: Layer,
    pub(super) sites: &'a mut Vec<SaidSite>,
    pub(super) faults: &'a mut Vec<Fault>,
}

/// The layers of all files, lowest first: the file that is named, or the first
/// usual one that is there, then the `conf.d/*.toml` beside it by name.
pub(super) fn read(
    sources: &Sources,
    environment: &Environment,
    known: &Known,
    sites: &mut Vec<SaidSite>,
    faults: &mut Vec<Fault>,
) -> Vec<Layer> {
    let named = sources
        .file
        .clone()
        .or_else(|| environment.get("TOLLGATE_CONFIG").map(PathBuf::from));
    let at = |file: &PathBuf| sources.working_dir.join(file);
    let main = match &named {
        Some(file) => Some(at(file)),
        None => sources
            .usual_files
            .iter()
            .map(at)
            .find(|file| file.exists()),
    };
    let Some(main) = main else { return Vec::new() };

    let folder = main.parent().unwrap_or(Path::new("")).join("conf.d");
    let pieces = pieces(&folder).unwrap_or_else(|cause| {
        faults.push(unreadable(&folder, &cause));
        Vec::new()
    });
    let mut layers = Vec::new();
    for path in [main].into_iter().chain(pieces) {
        match read_text(&path) {
            Ok(text) => layers.push(parse(&path, &text, known, sites, faults)),
            Err(cause) => faults.push(unreadable(&path, &cause)),
        }
    }
    layers
}

/// The files of `conf.d` by name; none if there is no such folder.
fn pieces(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(cause),
    };
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    });
    paths.sort();
    Ok(paths)
}

/// What one file says. Of a parser's fault only its words are kept: its picture
/// of the line might hold a secret.
fn parse(
    path: &Path,
    text: &str,
    known: &Known,
    sites: &mut Vec<SaidSite>,
    faults: &mut Vec<Fault>,
) -> Layer {
    let (table, broken) = DeTable::parse_recoverable(text);
    let mut document = Document {
        path,
        text,
        known,
        layer: Layer::default(),
        sites,
        faults,
    };
    for fault in broken {
        let origin = document.origin(fault.span().map_or(0, |span| span.start));
        let message = format!("is not TOML: {}", fault.message());
        document.faults.push(Fault {
            key: None,
            origin,
            message,
            hint: None,
        });
    }
    document.walk("", table.get_ref());
    document.layer
}

impl Document<'_> {
    /// Take one table, and the tables within.
    fn walk(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = format!("{prefix}{}", key.get_ref());
            let origin = self.origin(key.span().start);
            match value.get_ref() {
                value if name == "sites" => self.sites(key.span().start, value),
                DeValue::Table(inner) if self.known.has_table(&name) => {
                    self.walk(&format!("{name}."), inner);
                }
                DeValue::Table(_) if self.known.key(&name).is_none() => {
                    let meant = self
                        .known
                        .nearest_table(&name)
                        .map(|table| format!("[{table}]"));
                    self.faults.push(unknown("table", &name, origin, meant));
                }
                value => self
                    .layer
                    .put(self.known, &name, said(value), origin, self.faults),
            }
        }
    }

    pub(super) fn origin(&self, offset: usize) -> Origin {
        let before = self.text.as_bytes().iter().take(offset);
        Origin::Line {
            path: self.path.to_owned(),
            line: 1 + before.filter(|byte| **byte == b'\n').count(),
        }
    }
}

pub(super) fn said(value: &DeValue<'_>) -> Said {
    match value {
        DeValue::String(text) => Said::Text(text.clone().into_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Said::Other("a number out of range"), Said::Whole),
        DeValue::Boolean(truth) => Said::Truth(*truth),
        DeValue::Array(items) => {
            let text = |item: &Spanned<DeValue<'_>>| item.get_ref().as_str().map(str::to_owned);
            items
                .iter()
                .map(text)
                .collect::<Option<_>>()
                .map_or(Said::Other("a list of other things than texts"), Said::List)
        }
        DeValue::Float(_) => Said::Other("a decimal number"),
        DeValue::Datetime(_) => Said::Other("a date or a time"),
        DeValue::Table(_) => Said::Other("a table"),
    }
}

fn unreadable(path: &Path, cause: &io::Error) -> Fault {
    let message = format!("cannot be read: {cause}");
    Fault {
        key: None,
        origin: Origin::File(path.to_owned()),
        message,
        hint: None,
    }
}
