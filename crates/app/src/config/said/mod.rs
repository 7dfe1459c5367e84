//! What was said: every source in its order, last wins, before any value is
//! understood. A lower source's value is forgotten once a higher one speaks.

mod dotenv;
mod environment;
mod files;
mod known;
mod seeds;
pub(super) mod sites;

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use known::{Known, unknown};
pub(super) use sites::SaidSite;

use super::{
    fault::{Fault, Origin},
    key::Table,
    sources::Sources,
};

/// Most bytes of any file that is read here.
const LARGEST_FILE: u64 = 1024 * 1024;

/// A value as it was written. No `Debug`: it may be a secret.
#[derive(Clone)]
pub enum Said {
    /// From where everything is text: environment, command line, a file's
    /// content, a default.
    Loose(String),
    /// A text in TOML.
    Text(String),
    /// A whole number in TOML.
    Whole(i64),
    /// `true` or `false` in TOML.
    Truth(bool),
    /// A list of texts in TOML.
    List(Vec<String>),
    /// Something in TOML that no setting takes; what it is, in words.
    Other(&'static str),
}

/// What was said about one setting, and where.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) said: Saying,
    pub(super) origin: Origin,
}

/// The value itself, or the file that holds it.
#[derive(Clone)]
pub(super) enum Saying {
    Here(Said),
    InFile(Said),
}

/// What one source says. Within it, no setting is said twice.
#[derive(Default)]
pub(super) struct Layer(BTreeMap<&'static str, Entry>);

/// What all sources say together.
pub(super) struct Gathered {
    pub(super) entries: BTreeMap<&'static str, Entry>,
    pub(super) sites: Vec<SaidSite>,
    pub(super) faults: Vec<Fault>,
    pub(super) notes: Vec<String>,
}

/// Read all sources. `tables` are all the settings that there are.
pub(super) fn gather(sources: &Sources, tables: &[Table]) -> Gathered {
    let known = &Known::new(tables);
    let mut faults = Vec::new();
    let mut notes = Vec::new();
    let environment = environment::read(sources, &mut faults);

    let mut sites = Vec::new();
    let mut layers = files::read(sources, &environment, known, &mut sites, &mut faults);
    let named = environment.layer(known, &mut faults);
    let mut flags = Layer::default();
    for (name, value) in &sources.flags {
        flags.put(
            known,
            name,
            Said::Loose(value.clone()),
            Origin::Flag,
            &mut faults,
        );
    }

    let env_file = layers
        .iter()
        .chain([&named, &flags])
        .filter_map(|layer| layer.0.get("env_file"))
        .next_back();
    let dotenv = env_file
        .map(|entry| dotenv::read(&sources.working_dir, entry, &mut faults))
        .unwrap_or_default();
    layers.extend(seeds::read(
        &dotenv,
        &environment,
        known,
        &mut faults,
        &mut notes,
    ));
    layers.extend([named, flags]);

    let entries = layers.into_iter().flat_map(|layer| layer.0).collect();
    Gathered {
        entries,
        sites,
        faults,
        notes,
    }
}

impl Layer {
    /// Add what was said about `name`, or the fault that it is.
    fn put(
        &mut self,
        known: &Known,
        name: &str,
        said: Said,
        origin: Origin,
        faults: &mut Vec<Fault>,
    ) {
        let whole = known
            .key(name)
            .map(|key| (key, Saying::Here as fn(Said) -> Saying));
        let of_file = || {
            Some((
                known.key(name.strip_suffix("_file")?)?,
                Saying::InFile as fn(Said) -> Saying,
            ))
        };
        let Some((key, saying)) = whole.or_else(of_file) else {
            let meant = known.nearest_key(name);
            let meant = meant.map(|(key, suffix)| format!("{}{suffix}", key.name));
            faults.push(unknown("setting", name, origin, meant));
            return;
        };
        if let Some(other) = self.0.get(key.name) {
            faults.push(Fault {
                key: Some(key.name.to_owned()),
                message: format!("is said twice, here and at {}", other.origin),
                origin,
                hint: Some(format!(
                    "Keep one of them; `{}_file` counts as `{}`.",
                    key.name, key.name
                )),
            });
            return;
        }
        self.0.insert(
            key.name,
            Entry {
                said: saying(said),
                origin,
            },
        );
    }
}

impl Entry {
    /// The value, fetched from its file if it is in one, and where it was.
    ///
    /// # Errors
    /// A sentence, if the file cannot be read; and where that was said.
    pub(super) fn fetch(&self, working_dir: &Path) -> Result<(Said, Origin), (String, Origin)> {
        let named = match &self.said {
            Saying::Here(said) => return Ok((said.clone(), self.origin.clone())),
            Saying::InFile(Said::Loose(path) | Said::Text(path)) => PathBuf::from(path),
            Saying::InFile(_) => {
                return Err(("does not name a file".to_owned(), self.origin.clone()));
            }
        };
        let origin = self.origin.clone().naming(named.clone());
        match read_text(&working_dir.join(named)) {
            Ok(mut text) => {
                if text.ends_with('\n') {
                    text.pop();
                    if text.ends_with('\r') {
                        text.pop();
                    }
                }
                Ok((Said::Loose(text), origin))
            }
            Err(cause) => Err((format!("the file cannot be read: {cause}"), origin)),
        }
    }
}

/// A file of UTF-8 text of bounded size.
fn read_text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LARGEST_FILE + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it is larger than 1 MiB",
        ));
    }
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}
