//! Passwords that many people use, embedded: one a line, lower case, sorted.

use std::cmp::Ordering;

/// Close to 20,000 passwords: the list that Django ships, compiled by Royce
/// Williams from public breaches.
static LIST: &[u8] = include_bytes!("common.txt");

/// Whether attackers try it first, in whatever case.
pub(crate) fn is_common(password: &str) -> bool {
    let wanted = password.trim().to_lowercase();
    let newline = |byte: &u8| *byte == b'\n';
    let (mut low, mut high) = (0, LIST.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let start = LIST[..middle]
            .iter()
            .rposition(newline)
            .map_or(0, |end| end + 1);
        let end = LIST[middle..]
            .iter()
            .position(newline)
            .map_or(LIST.len(), |place| middle + place);
        match LIST[start..end].cmp(wanted.as_bytes()) {
            Ordering::Equal => return true,
            Ordering::Less => low = end + 1,
            Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{LIST, is_common};

    #[test]
    fn every_line_is_found_and_nothing_else() {
        let text = std::str::from_utf8(LIST).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(
            lines.is_sorted() && lines.len() >= 19_000,
            "{}",
            lines.len()
        );
        assert!(lines.iter().all(|line| is_common(line)));
        for other in [
            "",
            "correct horse battery staple",
            "\u{10ffff}",
            "zzzzzzzzzzzzzzzzzzzz",
        ] {
            assert!(!is_common(other), "{other}");
        }
    }
}
