//! What readers make of a path that can be read in several ways: proxies and
//! apps decode once or twice, cut parameters and fragments off, take `\` for
//! `/`, merge slashes, resolve dots, or do none of it, in whatever order.

use std::collections::BTreeSet;

/// Longer paths are not taken apart.
const LONGEST: usize = 1_000;
/// Nor are those with more readings, or with more bytes in all of them: what a
/// stranger asks is to cost little.
const MOST: usize = 100;
const BYTES_MOST: usize = 16 * 1024;

/// One thing that a reader may do to a path.
type Habit = fn(&str) -> String;

const HABITS: [Habit; 9] = [
    unescaped,
    |path| cut(path, '#'),
    |path| cut(path, '?'),
    |path| cut(path, ';'),
    |path| each(path, |segment| cut(segment, ';')),
    |path| path.replace('\\', "/"),
    |path| each(path, |segment| bare(segment).to_owned()),
    merged,
    resolved,
];

/// All that any of them makes of it, whatever comes first, the path itself
/// among them. Nothing if there is no end to it, or no telling: a control
/// character, an escape that is none, or one of a kind that only some know.
pub(super) fn of(path: &str) -> Option<Vec<String>> {
    if !path.starts_with('/') || path.len() > LONGEST || !is_well_escaped(path) {
        return None;
    }
    let mut known = BTreeSet::from([path.to_owned()]);
    let mut new = vec![path.to_owned()];
    let mut bytes = path.len();
    while let Some(reading) = new.pop() {
        let odd = |letter: char| letter.is_control() || letter == char::REPLACEMENT_CHARACTER;
        if reading.contains(odd) || reading.contains("%u") || reading.contains("%U") {
            return None;
        }
        for habit in HABITS {
            let other = habit(&reading);
            if known.insert(other.clone()) {
                bytes += other.len();
                new.push(other);
            }
        }
        if known.len() > MOST || bytes > BYTES_MOST {
            return None;
        }
    }
    Some(known.into_iter().collect())
}

fn is_well_escaped(path: &str) -> bool {
    let mut escapes = path.split('%').skip(1);
    escapes.all(|rest| {
        let digits = rest.bytes().take(2).filter(u8::is_ascii_hexdigit);
        digits.count() == 2
    })
}

/// Decoded once. What is no UTF-8 becomes the replacement character, and what
/// is no escape stays.
fn unescaped(path: &str) -> String {
    percent_encoding::percent_decode_str(path)
        .decode_utf8_lossy()
        .into_owned()
}

fn cut(text: &str, at: char) -> String {
    text.split(at).next().unwrap_or_default().to_owned()
}

fn each(path: &str, change: fn(&str) -> String) -> String {
    let changed: Vec<String> = path.split('/').map(change).collect();
    changed.join("/")
}

/// Some systems drop dots and spaces at the end of a name.
fn bare(segment: &str) -> &str {
    match segment.trim_end_matches(' ') {
        dots @ ("." | "..") => dots,
        segment => segment.trim_end_matches(['.', ' ']),
    }
}

fn merged(path: &str) -> String {
    let mut merged = String::with_capacity(path.len());
    for letter in path.chars() {
        if letter != '/' || !merged.ends_with('/') {
            merged.push(letter);
        }
    }
    merged
}

/// Without dot segments (RFC 3986, section 5.2.4).
fn resolved(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            segment => {
                kept.push(segment);
                continue;
            }
        }
        if is_last {
            kept.push("");
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::of;

    /// vuln:98, vuln:103
    #[test]
    fn whatever_comes_first_is_thought_of() {
        for disguise in [
            "//admin",
            "/x/../admin",
            "/x/..;/admin",
            "/x/..;a=b/admin",
            "/%61dmin",
            "/%2561dmin",
            "/x%2f..%2fadmin",
            "/x%252f..%252fadmin",
            "/x\\..\\admin",
            "/x%5c..%5cadmin",
            "/x/.. /admin",
            "/admin.",
            "/admin%20",
            "/admin%23x",
            "/admin%3fx",
            "/admin;x",
            "/./admin",
            "/x//..//../admin",
            "/%2e%2e/admin",
        ] {
            let readings = of(disguise).unwrap_or_default();
            let found = readings.iter().any(|reading| reading == "/admin");
            assert!(found, "{disguise}: {readings:?}");
        }
    }

    #[test]
    fn what_nobody_can_foretell_has_no_readings() {
        for bad in [
            "",
            "a",
            "*",
            "http://a/b",
            "/a%00",
            "/a%2500",
            "/a%ff",
            "/a\n",
            "/a%2",
            "/a%zz",
            "/%u002e%u002e/a",
            "/%25u002e/a",
        ] {
            assert_eq!(of(bad), None, "{bad:?}");
        }
        assert_eq!(of(&format!("/{}", "a".repeat(1_000))), None);
        assert_eq!(of(&format!("/%{}41", "25".repeat(200))), None);
        let much = format!("/{}//x;%41;%2542./../y\\z", "a".repeat(900));
        assert!(of(&much).is_none(), "too much to compare with every rule");
        assert!(of(&much.replace('a', "")).is_some());
    }
}
