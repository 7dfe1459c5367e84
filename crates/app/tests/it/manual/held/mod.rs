//! Pages of the manual that people write, held to the program: what it has is named
//! there, and what is named there it has.

mod cryptography;
mod data;
mod limits;
mod typed;

use std::fs;

use super::written::root;

/// A page of the manual.
fn page(name: &str) -> String {
    let path = root().join("docs/src").join(name);
    fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

/// What stands below a heading, up to the next one of any rank.
#[track_caller]
fn section<'p>(page: &'p str, heading: &str) -> &'p str {
    let (_, below) = page
        .split_once(&format!("\n{heading}\n"))
        .unwrap_or_else(|| panic!("there is no {heading}"));
    below.split("\n#").next().unwrap_or_default()
}

/// The cells of each row of the tables there, without their heads.
fn rows(section: &str) -> Vec<Vec<&str>> {
    let mut rows = Vec::new();
    for table in section.split("\n\n") {
        let lines = table.lines().filter(|line| line.starts_with('|'));
        rows.extend(lines.skip(2).map(|line| {
            let inner = line.strip_prefix('|').unwrap_or(line);
            let inner = inner.strip_suffix('|').unwrap_or(inner);
            inner.split('|').map(str::trim).collect::<Vec<_>>()
        }));
    }
    assert!(!rows.is_empty(), "there is no table");
    rows
}

/// What stands in back ticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}
