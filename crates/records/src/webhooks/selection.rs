//! Which events somebody wants: all, those of a class such as `factor`, or single
//! kinds. Pure.

use std::fmt;

/// Most entries.
const MOST: usize = 100;

/// Which events are wanted: names of kinds, `class.*`, or `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection(Vec<String>);

impl Selection {
    /// Read what somebody wrote, where these kinds can happen.
    ///
    /// # Errors
    /// The place of the entry that names none.
    pub fn read(entries: &[String], kinds: &[&str]) -> Result<Self, usize> {
        if entries.is_empty() || entries.len() > MOST {
            return Err(0);
        }
        let names_one =
            |entry: &String| kinds.iter().any(|kind| fits(entry, kind)) && !entry.is_empty();
        match entries.iter().position(|entry| !names_one(entry)) {
            Some(wrong) => Err(wrong),
            None => Ok(Self(entries.to_vec())),
        }
    }

    /// As it was stored. Kinds that only a newer version knows stay in it.
    pub fn stored(text: &str) -> Self {
        Self(text.split_whitespace().map(ToOwned::to_owned).collect())
    }

    /// Whether a kind is in it.
    pub fn has(&self, kind: &str) -> bool {
        self.0.iter().any(|entry| fits(entry, kind))
    }

    /// Its entries.
    pub fn entries(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

fn fits(entry: &str, kind: &str) -> bool {
    match entry.strip_suffix('*') {
        Some("") => true,
        Some(class) => class.ends_with('.') && kind.starts_with(class),
        None => entry == kind,
    }
}

#[cfg(test)]
mod tests {
    use super::Selection;

    const KINDS: [&str; 3] = ["factor.added", "factor.removed", "factory.closed"];

    fn read(entries: &[&str]) -> Result<Selection, usize> {
        let entries: Vec<String> = entries.iter().map(|&entry| entry.into()).collect();
        Selection::read(&entries, &KINDS)
    }

    #[test]
    fn kinds_and_classes_are_chosen() {
        let class = read(&["factor.*"]).unwrap();
        assert!(class.has("factor.added") && !class.has("factory.closed"));
        let one = read(&["factor.added", "factory.closed"]).unwrap();
        assert!(!one.has("factor.removed"));
        assert!(read(&["*"]).unwrap().has("anything"));
        assert_eq!(Selection::stored(&one.to_string()), one);
        for (wrong, place) in [
            (&["factor.added", "factor"][..], 1),
            (&["fact*"], 0),
            (&["session.*"], 0),
            (&["factor.added factor.removed"], 0),
            (&[], 0),
        ] {
            assert_eq!(read(wrong), Err(place), "{wrong:?}");
        }
    }
}
