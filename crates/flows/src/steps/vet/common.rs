//! Passwords that many people use, and English words of eight letters and more.
//!
//! The list is `common.txt`: one a line, lower case, sorted. It unites the list
//! that Django ships, which Royce Williams compiled from public breaches (BSD
//! licence), with the 30,000 passwords and the frequent English words of
//! zxcvbn (MIT licence).
//!
//! What is embedded is a filter of it. It knows every entry, and takes one
//! other password in 65,000 for one.

use std::sync::LazyLock;

use xorf::{BinaryFuse16, Descriptor, Filter};

use super::key;

static BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/common.filter"));

static FILTER: LazyLock<Option<BinaryFuse16>> = LazyLock::new(|| read(BYTES));

/// Whether attackers try it first, in whatever case.
pub(crate) fn is_common(password: &str) -> bool {
    let wanted = key::of(&password.trim().to_lowercase());
    FILTER
        .as_ref()
        .is_some_and(|filter| filter.contains(&wanted))
}

/// As the build wrote it: what describes the filter, then its fingerprints.
fn read(bytes: &[u8]) -> Option<BinaryFuse16> {
    let (seed, rest) = bytes.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (mask, rest) = rest.split_first_chunk()?;
    let (count, rest) = rest.split_first_chunk()?;
    let (prints, _) = rest.as_chunks();
    Some(BinaryFuse16 {
        descriptor: Descriptor {
            seed: u64::from_le_bytes(*seed),
            segment_length: u32::from_le_bytes(*length),
            segment_length_mask: u32::from_le_bytes(*mask),
            segment_count_length: u32::from_le_bytes(*count),
        },
        fingerprints: prints
            .iter()
            .map(|pair| u16::from_le_bytes(*pair))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::{BYTES, is_common};

    const LIST: &str = include_str!("common.txt");

    /// asvs:V6.2.4
    #[test]
    fn every_line_is_found_and_nothing_else() {
        let lines: Vec<&str> = LIST.lines().collect();
        assert!(lines.is_sorted());
        let long = lines.iter().filter(|line| line.chars().count() >= 8);
        assert!(long.count() >= 30_000);
        assert!(lines.iter().all(|line| is_common(line)));
        for other in [
            "",
            "correct horse battery staple",
            "\u{10ffff}",
            "zzzzzzzzzzzzzzzzzzzz",
        ] {
            assert!(!is_common(other), "{other}");
        }
        let others = lines.iter().map(|line| format!("{line} {line} 1"));
        assert!(others.filter(|other| is_common(other)).count() < 10);
    }

    #[test]
    fn the_filter_is_small() {
        assert!(BYTES.len() < LIST.len() / 3, "{}", BYTES.len());
    }
}
