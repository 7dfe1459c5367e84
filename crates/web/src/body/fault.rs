//! What is wrong with a body that is JSON, but not of the type: which field, by
//! its JSON pointer, and what it should be. Never what was sent: it may be a
//! password in the wrong place.

use serde_path_to_error::{Error as Fault, Path, Segment};
use tollgate_base::{Error, codes};

/// Longest name of a field that is told back, in bytes.
const NAME_MOST: usize = 100;

pub(super) fn mistyped(fault: &Fault<serde_json::Error>) -> Error {
    let text = fault.inner().to_string();
    let said = text.split(" at line ").next().unwrap_or_default();
    let place = pointer(fault.path());
    let error = Error::new(&codes::REQUEST_INVALID);
    if let Some(name) = quoted(said, "missing field `") {
        let detail = format!("The body has a fault: `{name}` is missing.");
        let place = format!("{place}/{}", escaped(name));
        error
            .detail(detail)
            .field(place, "required", "It is missing.")
    } else if said.starts_with("unknown field ") {
        error
            .detail("The body has a field that is unknown here.")
            .field(place, "unknown", "There is no such field.")
    } else if said.starts_with("unknown variant ") {
        let detail = format!("A value is none of those that are known: {}.", choice(said));
        let known = format!("Give {}.", choice(said));
        error.detail(detail).field(place, "choice", known)
    } else {
        let expected = expected(said);
        error
            .detail(format!("A value has the wrong type: expected {expected}."))
            .field(place, "type", format!("Give {expected}."))
    }
}

/// RFC 6901. It ends above a name that is too long to be told back.
fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        let name = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } if key.len() <= NAME_MOST => escaped(key),
            _ => break,
        };
        pointer.push('/');
        pointer.push_str(&name);
    }
    pointer
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn quoted<'t>(said: &'t str, before: &str) -> Option<&'t str> {
    said.strip_prefix(before)?.strip_suffix('`')
}

/// What is known, from behind what was sent.
fn choice(said: &str) -> &str {
    said.rsplit_once("`, expected ")
        .map_or("another", |(_, known)| known)
}

/// What was expected, in the words of JSON.
fn expected(said: &str) -> &str {
    let expected = said
        .rsplit_once("expected ")
        .map_or("another", |(_, expected)| expected);
    match expected {
        "a sequence" => "a list",
        "a map" => "an object",
        "a borrowed string" => "a string",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more",
        other if other.starts_with("struct ") => "an object",
        other => other,
    }
}
