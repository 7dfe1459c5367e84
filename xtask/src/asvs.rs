//! Which rows of the OWASP Application Security Verification Standard 5.0 have
//! tests: `docs/asvs.txt` lists the rows, tests carry `asvs:` and a row's id.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::{Failure, Result, root};

const LIST: &str = "docs/asvs.txt";
/// Where tests are.
const FOLDERS: [&str; 5] = ["crates", "bench", "fuzz", "xtask", "docs"];
const TAG: &str = "asvs:";
/// Rows may wait for their feature. This number only ever falls.
const LATER_MOST: usize = 2;

/// One line of the list.
#[derive(Debug, PartialEq)]
struct Row<'t> {
    id: &'t str,
    level: u8,
    /// Why nothing tests it.
    excuse: Option<Excuse<'t>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Excuse<'t> {
    /// Its feature does not exist yet.
    Later(&'t str),
    /// It is about something that this server does not do.
    Apart(&'t str),
}

/// Print what is covered.
///
/// # Errors
/// A row of level 1 or 2 that nothing tests, or an excuse that holds no more.
pub(crate) fn run() -> Result<()> {
    let list = fs::read_to_string(root().join(LIST)).map_err(Failure::broken(LIST))?;
    let rows = rows(&list)?;
    let mut tags = BTreeMap::new();
    for folder in FOLDERS {
        collect(&root().join(folder), &mut tags).map_err(Failure::broken(folder))?;
    }
    let mut chapters: BTreeMap<&str, [(usize, usize); 3]> = BTreeMap::new();
    for row in &rows {
        let chapter = row.id.split('.').next().unwrap_or_default();
        let (tested, all) = &mut chapters.entry(chapter).or_default()[usize::from(row.level) - 1];
        *all += 1;
        *tested += usize::from(tags.contains_key(row.id));
    }
    for (chapter, levels) in &chapters {
        let told: Vec<String> = levels
            .iter()
            .zip(1..)
            .map(|((tested, all), level)| format!("level {level}: {tested} of {all}"))
            .collect();
        println!("{chapter:<4} {}", told.join(", "));
    }
    for row in &rows {
        match row.excuse {
            Some(Excuse::Later(why)) => println!("{:<8} later: {why}", row.id),
            Some(Excuse::Apart(why)) => println!("{:<8} apart: {why}", row.id),
            None if !tags.contains_key(row.id) => println!("{:<8} no test", row.id),
            None => {}
        }
    }
    let faults = faults(&rows, &tags);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Failure::Red(faults.join("\n")))
    }
}

fn faults(rows: &[Row<'_>], tags: &BTreeMap<String, usize>) -> Vec<String> {
    let mut faults = Vec::new();
    for Row { id, level, excuse } in rows {
        match (tags.contains_key(*id), excuse) {
            (false, None) if *level < 3 => faults.push(format!("{id}: nothing tests it")),
            (true, Some(_)) => faults.push(format!("{id} has a test: take away its excuse")),
            _ => {}
        }
    }
    let later = |row: &&Row<'_>| matches!(row.excuse, Some(Excuse::Later(_)));
    let count = rows.iter().filter(later).count();
    if count != LATER_MOST {
        faults.push(format!(
            "{count} rows wait for their feature, and LATER_MOST says {LATER_MOST}: it may only fall"
        ));
    }
    faults
}

fn rows(list: &str) -> Result<Vec<Row<'_>>> {
    let mut known = BTreeSet::new();
    let lines = list
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let row = row(line).filter(|row| known.insert(row.id));
            row.ok_or_else(|| Failure::Broken(format!("{LIST}: cannot read '{line}'")))
        })
        .collect()
}

/// Such as `V6.2.1 1` and `V6.1.3 2 later: the list of ways in`.
fn row(line: &str) -> Option<Row<'_>> {
    let (id, rest) = line.split_once(' ')?;
    let (level, why) = rest.split_once(' ').unwrap_or((rest, ""));
    let excuse = match why.split_once(": ") {
        None if why.is_empty() => None,
        Some(("later", why)) => Some(Excuse::Later(why)),
        Some(("apart", why)) => Some(Excuse::Apart(why)),
        _ => return None,
    };
    let level = level.parse().ok().filter(|level| (1..=3).contains(level))?;
    id.starts_with('V').then_some(Row { id, level, excuse })
}

/// Count the tags in all sources below.
fn collect(folder: &Path, tags: &mut BTreeMap<String, usize>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() && name != "target" {
            collect(&path, tags)?;
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            for tag in fs::read_to_string(&path)?.split(TAG).skip(1) {
                let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && c != '.');
                let id = tag[..end.unwrap_or(tag.len())].trim_end_matches('.');
                *tags.entry(id.to_owned()).or_default() += 1;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_tested_or_excused() {
        if let Err(failure) = run() {
            panic!("{failure}");
        }
    }

    #[test]
    fn what_is_missing_is_told() {
        let list = "# words\n\nV1.1.1 1\nV1.1.2 2 later: it does not exist\nV1.1.3 3\nV1.1.4 2\n";
        let rows = rows(list).expect("a list");
        assert_eq!(rows.len(), 4);
        let tags = BTreeMap::from([("V1.1.1".to_owned(), 2), ("V1.1.2".to_owned(), 1)]);
        let told = faults(&rows, &tags).join("\n");
        assert!(told.contains("V1.1.4: nothing"), "{told}");
        assert!(told.contains("V1.1.2 has a test"), "{told}");
        assert!(
            !told.contains("V1.1.1") && !told.contains("V1.1.3"),
            "{told}"
        );
        for bad in [
            "V1.1.1",
            "V1.1.1 4",
            "1.1 1",
            "V1.1.1 1 perhaps",
            "V1.1.1 1\nV1.1.1 1",
        ] {
            assert!(super::rows(bad).is_err(), "{bad}");
        }
    }
}
