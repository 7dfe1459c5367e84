//! Passwords that many people use, embedded: one a line, lower case, sorted.

/// 20,000 passwords, the list that Django ships, compiled by Royce Williams
/// from public breaches.
static LIST: &str = include_str!("common.txt");

/// Whether attackers try it first, in whatever case.
pub(crate) fn is_common(password: &str) -> bool {
    let wanted = password.trim().to_lowercase();
    let (mut low, mut high) = (0, LIST.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let start = LIST[..middle].rfind('\n').map_or(0, |end| end + 1);
        let end = LIST[middle..]
            .find('\n')
            .map_or(LIST.len(), |place| middle + place);
        match LIST[start..end].cmp(wanted.as_str()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_and_nothing_else() {
        let lines: Vec<&str> = LIST.lines().collect();
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
