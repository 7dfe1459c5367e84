//! How hard a password is to guess, for who is choosing one: an estimate by
//! what it is put together from, in the manner of zxcvbn. It refuses nothing.

use super::common::is_common;

/// From how many tries on each score above 0 is given, as powers of ten.
const STEPS: [f64; 4] = [3.0, 6.0, 8.0, 10.0];

/// What pieces cost a guesser, as powers of ten: one more character, a common
/// word, that it is disguised, a year, and what was there before.
const CHARACTER: f64 = 1.0;
const WORD: f64 = 3.8;
const DISGUISE: f64 = 0.5;
const YEAR: f64 = 2.0;
const AGAIN: f64 = 0.3;

/// Longest and shortest pieces that are looked up, in characters.
const LONGEST: usize = 24;
const SHORTEST: usize = 3;

/// From 0, which falls at once, to 4.
pub(crate) fn score(password: &str) -> u8 {
    let tries = tries(&password.chars().collect::<Vec<_>>());
    STEPS.iter().map(|step| u8::from(tries >= *step)).sum()
}

/// How many tries it takes, as a power of ten.
fn tries(password: &[char]) -> f64 {
    let length = password.len();
    let period = (1..=length / 2).find(|size| {
        length.is_multiple_of(*size)
            && password
                .chunks(*size)
                .all(|chunk| password.starts_with(chunk))
    });
    if let Some(period) = period {
        return tries(&password[..period]) + number(length / period).log10();
    }
    let (mut rest, mut seen, mut sum) = (password, Vec::new(), 0.0);
    while !rest.is_empty() {
        let (size, cost) = piece(rest);
        let (head, tail) = rest.split_at(size);
        let again = size >= SHORTEST && seen.contains(&head);
        sum += if again { AGAIN } else { cost };
        seen.push(head);
        rest = tail;
    }
    sum
}

/// The longest piece at the start that a guesser has a name for, and its cost.
fn piece(text: &[char]) -> (usize, f64) {
    let run = run(text);
    if let Some((size, disguise)) = word(text).filter(|(size, _)| *size > run) {
        return (size, number(size).min(WORD + disguise));
    }
    match text {
        _ if run >= SHORTEST => (run, CHARACTER + number(run).log10()),
        ['1', '9', a, b, ..] | ['2', '0', a, b, ..] if a.is_ascii_digit() && b.is_ascii_digit() => {
            (4, YEAR)
        }
        _ => (1, CHARACTER),
    }
}

/// How long `aaaa`, `abcd` or `9876` goes on.
fn run(text: &[char]) -> usize {
    let step = |pair: &[char]| pair[1] as i64 - pair[0] as i64;
    let first = text.windows(2).next().map_or(0, step);
    if !(-1..=1).contains(&first) {
        return 1;
    }
    let same = text.windows(2).take_while(|pair| step(pair) == first);
    1 + same.count()
}

/// The longest common word at the start, and what its disguise costs.
fn word(text: &[char]) -> Option<(usize, f64)> {
    let sizes = (SHORTEST..=LONGEST.min(text.len())).rev();
    sizes.into_iter().find_map(|size| {
        let typed: String = text[..size].iter().collect();
        let plain: String = typed.chars().map(letter).collect();
        let case = if typed == typed.to_lowercase() {
            0.0
        } else {
            DISGUISE
        };
        if is_common(&typed) {
            return Some((size, case));
        }
        is_common(&plain).then_some((size, case + DISGUISE))
    })
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// What a digit or a sign often stands for.
const fn letter(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::score;

    #[test]
    fn what_guessers_know_counts_little_and_words_add_up() {
        for (password, expected) in [
            ("", 0),
            ("aaaaaaaaaaaa", 0),
            ("abcdefghijkl", 0),
            ("9876543210987", 1),
            ("password", 1),
            ("P4ssw0rd", 1),
            ("monkey2019", 1),
            ("monkey monkey monkey", 2),
            ("monkeydragon", 2),
            ("xkqv", 1),
            ("xkqvzjwp", 3),
            ("xkqvxkqv", 1),
            ("monkey dragon sunshine", 4),
            ("correct horse battery staple", 4),
            ("xk9$qv#zJ2wp", 4),
        ] {
            assert_eq!(score(password), expected, "{password}");
        }
    }

    #[test]
    fn any_text_has_a_score() {
        for text in ["\u{10ffff}\u{0}\u{10ffff}", "٣٤٥٦ كلمة", "ß", "🐎🐎🐎"] {
            assert!(score(text) <= 4, "{text}");
        }
        assert_eq!(score(&"horse battery ".repeat(1_000)), 4);
    }
}
