//! Laws about SQL: one writer per table, one text for both databases, one place
//! that names the drivers.

use std::collections::BTreeMap;

use super::{none_broken, shipped, sources};

/// Tables without a noun, which belong to the storage seam.
const SEAM: (&str, &[&str]) = ("crates/store/src/", &["schema_migrations", "leases"]);

/// How many texts may differ between the databases. Raise it in review only:
/// twin texts drift apart.
const FORKS: usize = 1;

/// The one fork: it says at once what rooms say one after another in a
/// transaction, and so it writes their tables.
const AT_ONCE: &str = "crates/flows/src/refresh/rotate.rs";

/// Words that one of the databases lacks or reads in another way, and what to
/// write.
const DENIED: &[(&str, &str)] = &[
    ("NOW()", "bind the time of ctx.now()"),
    ("DATETIME(", "bind the time of ctx.now()"),
    ("CURRENT_TIMESTAMP", "bind the time of ctx.now()"),
    (
        "LOWER(",
        "compare the canonical column; SQLite folds ASCII only",
    ),
    ("ILIKE", "compare the canonical column"),
    ("SELECT *", "name the columns: a migration may add one"),
    ("AUTOINCREMENT", "ids are made in Rust"),
    ("SERIAL", "ids are made in Rust"),
    ("FOR UPDATE", "repeat the guard in the outer WHERE"),
    ("->>", "read the JSON in Rust"),
];

#[test]
fn a_table_has_one_writer() {
    let owners = owners();
    let mut broken = Vec::new();
    for (source, code) in shipped() {
        if source.path == AT_ONCE {
            continue;
        }
        for table in written(&code) {
            if !owners
                .get(table)
                .is_some_and(|room| source.path.starts_with(room))
            {
                let owner = owners.get(table).map_or("nobody", String::as_str);
                broken.push(format!(
                    "{}: writes `{table}`, which {owner} owns",
                    source.path
                ));
            }
        }
    }
    none_broken(
        &broken,
        "call the room that owns the table. A room says so in its mod.rs: //! Owns table `name`.",
    );
}

#[test]
fn a_table_has_an_owner() {
    let owners = owners();
    let mut broken = Vec::new();
    for source in sources("crates", ".sql") {
        for rest in source.text.split("CREATE TABLE ").skip(1) {
            let table = word(rest.trim_start_matches("IF NOT EXISTS "));
            if !owners.contains_key(table) {
                broken.push(format!("{}: `{table}`", source.path));
            }
        }
    }
    none_broken(&broken, "say in the owner's mod.rs: //! Owns table `name`.");
}

#[test]
fn sql_means_the_same_on_both_databases() {
    let mut broken = Vec::new();
    let mut texts = Vec::new();
    for (source, code) in shipped() {
        // The macro's own examples and rules are no texts.
        if !source.path.starts_with(SEAM.0) {
            let blocks = code.split("queries! {").skip(1);
            let blocks = blocks.map(|rest| rest.split("\n}").next().unwrap_or_default());
            texts.extend(
                blocks
                    .flat_map(literals)
                    .map(|text| (source.path.clone(), text)),
            );
        }
    }
    let any_block = shipped()
        .iter()
        .any(|(source, _)| source.path.ends_with("/table.rs"));
    assert!(
        !texts.is_empty() || !any_block,
        "tidy found no text in `queries!`; mend the search"
    );
    texts.extend(
        sources("crates", ".sql")
            .into_iter()
            .map(|file| (file.path, file.text)),
    );
    for (path, text) in texts {
        let upper = text.to_uppercase();
        let shown = text
            .split_whitespace()
            .take(12)
            .collect::<Vec<_>>()
            .join(" ");
        for (word, instead) in DENIED.iter().filter(|(word, _)| upper.contains(word)) {
            broken.push(format!("{path}: {word} in \"{shown} …\": {instead}"));
        }
        if upper.contains(" LIMIT ") && !upper.contains("ORDER BY") {
            broken.push(format!("{path}: LIMIT without ORDER BY in \"{shown} …\""));
        }
        if upper.matches("SUM(").count() > upper.matches("CAST(SUM(").count() {
            broken.push(format!(
                "{path}: sum() is not BIGINT in \"{shown} …\": CAST(sum(x) AS BIGINT)"
            ));
        }
    }
    none_broken(
        &broken,
        "write the portable words; the seam has one text for both databases.",
    );
}

#[test]
fn forks_of_sql_are_counted() {
    let uses: Vec<String> = shipped()
        .into_iter()
        .filter(|(source, _)| !source.path.starts_with(SEAM.0))
        .flat_map(|(source, code)| {
            let forks = ["either!(", "AtOnce("].map(|word| code.matches(word).count());
            vec![source.path; forks.iter().sum()]
        })
        .collect();
    let advice = format!("at most {FORKS} texts may fork; find words that both databases know.");
    none_broken(if uses.len() > FORKS { &uses } else { &[] }, &advice);
}

#[test]
fn only_the_seam_names_a_driver() {
    let mut broken = Vec::new();
    for (source, code) in shipped() {
        for driver in ["rusqlite", "tokio_postgres", "deadpool"] {
            if code.contains(driver) && !source.path.starts_with("crates/store/src/sql/") {
                broken.push(format!("{}: {driver}", source.path));
            }
        }
    }
    none_broken(
        &broken,
        "use `tollgate_store::sql`; drivers are named below crates/store/src/sql/ only.",
    );
}

/// Each table with the folder that may write it.
fn owners() -> BTreeMap<String, String> {
    let mut owners: BTreeMap<_, _> = SEAM
        .1
        .iter()
        .map(|table| ((*table).to_owned(), SEAM.0.to_owned()))
        .collect();
    for source in sources("crates/records/src", "/mod.rs") {
        let head = source.head();
        let Some((_, list)) = head.split_once("Owns table") else {
            continue;
        };
        let list = list.split('.').next().unwrap_or_default();
        for table in list.split('`').skip(1).step_by(2) {
            let room = source.path.trim_end_matches("mod.rs").to_owned();
            if let Some(other) = owners.insert(table.to_owned(), room) {
                panic!(
                    "{} and {other} both own `{table}`; one must go through the other",
                    source.path
                );
            }
        }
    }
    owners
}

/// The tables that SQL in `code` changes.
fn written(code: &str) -> Vec<&str> {
    ["INSERT INTO ", "UPDATE ", "DELETE FROM "]
        .iter()
        .flat_map(|verb| code.split(verb).skip(1).map(word))
        // `DO UPDATE SET`, and words of other than SQL.
        .filter(|table| {
            !table.is_empty() && table.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        })
        .collect()
}

/// The word that `text` begins with.
fn word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
        .unwrap_or_default()
}

/// The string literals in `code`.
fn literals(code: &str) -> Vec<String> {
    code.replace("\\\"", "'")
        .split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}
