//! What was meant: what was said becomes typed values, and these are held
//! against each other. Every fault is collected; nothing stops at the first.

pub mod backend;
pub mod network;
pub mod pace;
pub mod plain;
pub mod quantity;
pub mod value;
pub mod web;

use std::{collections::BTreeMap, path::Path, thread::available_parallelism};

use super::{
    fault::{Fault, Origin},
    key::{BY_PROFILE, Key},
    said::{Entry, Gathered, Said, SaidSite},
    server::{Profile, Server},
};
use value::Value;

/// More cores than this do not make more room for hashes at a time.
const MOST_CORES: usize = 1024;

/// Turns entries into values, one setting at a time.
pub struct Reader<'a> {
    entries: BTreeMap<&'static str, Entry>,
    sites: Vec<SaidSite>,
    working_dir: &'a Path,
    stand_ins: Vec<(&'static str, String)>,
    verdict: Verdict,
}

/// What has been found so far.
#[derive(Default)]
pub struct Verdict {
    /// Where each setting was said.
    pub origins: BTreeMap<&'static str, Origin>,
    /// Everything that is wrong.
    pub faults: Vec<Fault>,
    /// What an operator should hear at start.
    pub notes: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(gathered: Gathered, working_dir: &'a Path) -> Self {
        let Gathered {
            entries,
            sites,
            faults,
            notes,
        } = gathered;
        let verdict = Verdict {
            faults,
            notes,
            ..Verdict::default()
        };
        Self {
            entries,
            sites,
            working_dir,
            stand_ins: Vec::new(),
            verdict,
        }
    }

    /// Learn what the stand-ins in later defaults are for.
    pub(super) fn learn(&mut self, server: &Server) {
        let cores = available_parallelism()
            .map_or(1, usize::from)
            .min(MOST_CORES);
        // Where there are several, one is kept for who does not wait for a hash.
        let cores = if cores > 2 { cores - 1 } else { cores };
        let by_profile = BY_PROFILE.map(|(name, standard, strict)| {
            let value = match server.profile {
                Profile::Standard => standard,
                Profile::Strict => strict,
            };
            (name, value.to_owned())
        });
        self.stand_ins = vec![
            ("{data_dir}", server.data_dir.display().to_string()),
            ("{address}", server.address()),
            ("{cores}", cores.to_string()),
        ];
        self.stand_ins.extend(by_profile);
    }

    /// One setting as it was meant, or its default. If what was said makes no
    /// sense, that is a fault and the default stands in. None only if there is
    /// no valid default either.
    pub fn read<T: Value>(&mut self, key: &'static Key) -> Option<T> {
        let Some(entry) = self.entries.get(key.name) else {
            self.verdict.origins.insert(key.name, Origin::BuiltIn);
            return self.fall_back(key);
        };
        let meant = match entry.fetch(self.working_dir) {
            Ok((said, origin)) => {
                let value = T::read(&said);
                self.verdict.origins.insert(key.name, origin);
                value.map_err(|message| (message, Some(format!("Write {}.", key.form))))
            }
            Err((message, origin)) => {
                self.verdict.origins.insert(key.name, origin);
                Err((message, None))
            }
        };
        match meant {
            Ok(value) => Some(value),
            Err((message, hint)) => {
                self.verdict.push(key.name, message, hint);
                self.fall_back(key)
            }
        }
    }

    /// Hold a value against its range.
    pub fn within<T: Value + PartialOrd>(
        &mut self,
        key: &'static Key,
        value: Option<&T>,
        range: (&str, &str),
    ) {
        let bound = |text: &str| T::read(&Said::Loose(text.to_owned())).ok();
        let (low, high) = (bound(range.0), bound(range.1));
        if value < low.as_ref() || value > high.as_ref() {
            let shown = value.map(T::shown).unwrap_or_default();
            let message = format!("{shown} is out of range: from {} to {}", range.0, range.1);
            self.verdict.fault(&[key.name], message, None);
        }
    }

    /// The sites as they were written.
    pub(super) fn take_sites(&mut self) -> Vec<SaidSite> {
        std::mem::take(&mut self.sites)
    }

    /// The address of this server.
    pub(super) fn address(&self) -> String {
        let known = self.stand_ins.iter().find(|(name, _)| *name == "{address}");
        known.map_or_else(String::new, |(_, address)| address.clone())
    }

    /// Something that is wrong at a place.
    pub(super) fn blame(&mut self, key: &str, origin: Origin, message: String) {
        self.verdict.faults.push(Fault {
            key: Some(key.to_owned()),
            origin,
            message,
            hint: None,
        });
    }

    pub(super) fn finish(self) -> Verdict {
        self.verdict
    }

    fn fall_back<T: Value>(&mut self, key: &'static Key) -> Option<T> {
        let Some(default) = key.default else {
            return T::absent();
        };
        let filled = |text: String, (name, value): &(&str, String)| text.replace(name, value);
        let text = self.stand_ins.iter().fold(default.to_owned(), filled);
        match T::read(&Said::Loose(text)) {
            Ok(value) => Some(value),
            Err(message) => {
                self.verdict
                    .push(key.name, format!("has no usable default: {message}"), None);
                None
            }
        }
    }
}

impl Verdict {
    /// Settings that contradict each other or the world; the first of them
    /// that somebody set is to blame. Silent if one of them is faulty already,
    /// as its value is then not what was said.
    pub(super) fn fault(
        &mut self,
        keys: &[&'static str],
        message: impl Into<String>,
        hint: Option<&str>,
    ) {
        let faulty = |key: &str| {
            self.faults
                .iter()
                .any(|fault| fault.key.as_deref() == Some(key))
        };
        if keys.iter().any(|key| faulty(key)) {
            return;
        }
        let blamed = keys
            .iter()
            .copied()
            .find(|key| self.is_set(key))
            .or(keys.first().copied());
        if let Some(key) = blamed {
            self.push(key, message.into(), hint.map(str::to_owned));
        }
    }

    /// Something to tell at start.
    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// Whether somebody said something about it.
    pub(super) fn is_set(&self, key: &str) -> bool {
        self.origin(key) != Origin::BuiltIn
    }

    /// Where a setting was said.
    pub(super) fn origin(&self, key: &str) -> Origin {
        self.origins.get(key).cloned().unwrap_or(Origin::BuiltIn)
    }

    fn push(&mut self, key: &str, message: String, hint: Option<String>) {
        self.faults.push(Fault {
            key: Some(key.to_owned()),
            origin: self.origin(key),
            message,
            hint,
        });
    }
}
