//! Laws about rooms: who may know whom inside one crate, where wire shapes
//! live, and how verbs are called.

use super::{Source, none_broken, sources};

/// A crate that is divided into rooms: the modules right below its `lib.rs`.
struct Floor {
    folder: &'static str,
    /// Rooms that all others of the crate may know; they know only each other.
    ground: &'static [&'static str],
    /// Rooms that may know all others; nobody knows them.
    roof: &'static [&'static str],
}

/// To add a room to a ground or a roof is a decision: say why in docs/decisions.
const FLOORS: &[Floor] = &[
    Floor {
        folder: "records",
        ground: &[],
        roof: &["schema"],
    },
    Floor {
        folder: "flows",
        ground: &["ctx", "steps"],
        roof: &["chores"],
    },
    Floor {
        folder: "api",
        ground: &["shapes"],
        roof: &["routes"],
    },
    Floor {
        folder: "console",
        ground: &["assets", "page", "words"],
        roof: &["routes"],
    },
    Floor {
        folder: "dialects",
        ground: &["drf"],
        roof: &["routes"],
    },
];

impl Floor {
    /// The files of each room; none while the crate is only its `lib.rs`.
    fn files(&self) -> Vec<(String, Source)> {
        let prefix = format!("crates/{}/src/", self.folder);
        let files: Vec<_> = sources(&prefix, ".rs")
            .into_iter()
            .filter(|source| !source.path.ends_with("src/lib.rs"))
            .map(|source| {
                let room = source.path[prefix.len()..]
                    .split(['/', '.'])
                    .next()
                    .unwrap_or_default();
                (room.to_owned(), source)
            })
            .collect();
        for name in self.ground.iter().chain(self.roof) {
            let known = files.is_empty() || files.iter().any(|(room, _)| room == name);
            assert!(
                known,
                "{prefix} has no `{name}`, which tidy lists; mend the list or the crate"
            );
        }
        files
    }

    fn may_know(&self, room: &str, other: &str) -> bool {
        room == other || self.ground.contains(&other) || self.roof.contains(&room)
    }
}

#[test]
fn no_room_knows_its_neighbour() {
    let mut broken = Vec::new();
    for floor in FLOORS {
        let files = floor.files();
        for (room, source) in files.iter().filter(|(_, source)| !source.is_test()) {
            let code = source.code();
            let named: Vec<&str> = climbs(&source.path)
                .iter()
                .flat_map(|climb| {
                    code.match_indices(climb)
                        .map(|(at, _)| &code[at + climb.len()..])
                })
                .flat_map(first_segments)
                .collect();
            for (other, _) in &files {
                if named.contains(&other.as_str()) && !floor.may_know(room, other) {
                    broken.push(format!("{}: knows `{other}`", source.path));
                }
            }
        }
    }
    none_broken(
        &broken,
        "move what both need down: to the ground of the crate (`flows::steps`) or to a lower floor. \
         What joins rooms belongs to the crate's roof.",
    );
}

#[test]
fn wire_shapes_live_on_floor_six() {
    let mut broken = Vec::new();
    for source in ["crates/records/src", "crates/flows/src"]
        .map(|it| sources(it, ".rs"))
        .concat()
    {
        let lines: Vec<&str> = source.text.lines().map(str::trim_start).collect();
        for (number, line) in lines.iter().enumerate() {
            let excused = lines[..number]
                .iter()
                .rev()
                .take_while(|line| line.starts_with("///") || line.starts_with("#["))
                .any(|line| line.contains("JSON column") || line.contains("Token payload"));
            if line.starts_with("#[derive(") && line.contains("erialize") && !excused {
                broken.push(format!("{}:{}", source.path, number + 1));
            }
        }
    }
    none_broken(
        &broken,
        "define the shape in the surface that speaks it and convert there. A type that is stored as \
         JSON says `JSON column` in its doc, the claims of a token say `Token payload`.",
    );
}

#[test]
fn a_verb_says_who_asks() {
    let mut broken = Vec::new();
    let mut verbs = 0;
    for source in sources("crates/flows/src", ".rs") {
        let exempt = ["src/ctx", "src/steps", "src/chores", "src/lib.rs"];
        if source.is_test() || exempt.iter().any(|part| source.path.contains(part)) {
            continue;
        }
        let code = source.code();
        for verb in code.split("pub async fn ").skip(1) {
            let parameters = verb
                .split_once('(')
                .map_or("", |(_, rest)| rest)
                .trim_start();
            verbs += 1;
            let by = parameters.strip_prefix("ctx: &Ctx,").map(str::trim_start);
            let said = by.is_some_and(|rest| {
                rest.starts_with("by: &Principal") || rest.starts_with("_by: &Principal")
            });
            // A method belongs to what a verb has given out.
            let method = parameters
                .split(',')
                .next()
                .is_some_and(|it| it.ends_with("self"));
            if !said && !method {
                let name = verb.split('(').next().unwrap_or_default();
                broken.push(format!("{}: {name}", source.path));
            }
        }
    }
    let only_lib = sources("crates/flows/src", ".rs").len() == 1;
    assert!(
        verbs > 0 || only_lib,
        "tidy found no verb in flows; mend the search"
    );
    none_broken(
        &broken,
        "a public verb takes `ctx: &Ctx`, then `by: &Principal`, then its request, so that nobody can \
         call it without saying who asks.",
    );
}

/// What leads from the file at `path` to the root of its crate.
fn climbs(path: &str) -> Vec<String> {
    let inside = path.split("/src/").nth(1).unwrap_or_default();
    let depth = inside.trim_end_matches("/mod.rs").matches('/').count() + 1;
    vec!["crate::".to_owned(), "super::".repeat(depth)]
}

/// The names right after a path's beginning: `{a, b::c}` has `a` and `b`.
fn first_segments(rest: &str) -> Vec<&str> {
    let name = |text: &str| {
        text.find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(text.len())
    };
    let Some(group) = rest.strip_prefix('{') else {
        return vec![&rest[..name(rest)]];
    };
    let mut depth = 0;
    let mut start = 0;
    let mut names = Vec::new();
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                let item = group[start..at].trim();
                names.push(&item[..name(item)]);
                start = at + 1;
                if letter == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names
}

#[test]
fn names_are_found_in_groups() {
    assert_eq!(first_segments("ctx::Ctx;"), ["ctx"]);
    assert_eq!(
        first_segments("{\n    ctx::{Ctx, Parts},\n    signin,\n};"),
        ["ctx", "signin", ""]
    );
    assert_eq!(
        climbs("crates/flows/src/admit/read.rs")[1],
        "super::super::"
    );
    assert_eq!(climbs("crates/flows/src/admit/mod.rs")[1], "super::");
}
