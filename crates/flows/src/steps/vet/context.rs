//! Words that whoever knows somebody tries first: their names, and those of
//! this place.

use crate::ctx::PasswordPolicy;

/// What we are called.
const PRODUCT: &str = "tollgate";

/// Words of three letters and fewer are in too many good passwords.
const SHORTEST: usize = 4;

/// Whether a password holds one of somebody's names, a part of one, or a word
/// of this place: forwards or backwards, in whatever case, and with digits and
/// signs in the place of letters.
pub(super) fn is_told_by(password: &str, names: &[&str], policy: &PasswordPolicy) -> bool {
    let password = plain(password);
    let names = names.iter().copied().flat_map(parts_of_name);
    names
        .chain(parts_of_host(&policy.host))
        .chain(policy.words.iter().map(String::as_str))
        .chain([PRODUCT])
        .map(plain)
        .filter(|word| word.chars().count() >= SHORTEST)
        .any(|word| {
            let backwards: String = word.chars().rev().collect();
            password.contains(&word) || password.contains(&backwards)
        })
}

/// `ann.smith@example.org` is also `ann.smith`, `ann`, `smith` and `example`.
fn parts_of_name(name: &str) -> Vec<&str> {
    let (local, host) = name.split_once('@').unwrap_or((name, ""));
    let mut parts = vec![name, local];
    parts.extend(local.split(|c: char| !c.is_alphanumeric()));
    parts.extend(parts_of_host(host));
    parts
}

/// `id.example.org` is also `id` and `example`; `org` says nothing.
fn parts_of_host(host: &str) -> Vec<&str> {
    let named = host.rsplit_once('.').map_or(host, |(named, _)| named);
    let mut parts = vec![host];
    parts.extend(named.split(['.', '-']));
    parts
}

/// Letters and digits alone, in lower case, each as the first of those that it
/// is mistaken for.
fn plain(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .filter_map(|c| match c {
            '1' | '!' | '|' | 'l' => Some('i'),
            '0' => Some('o'),
            '2' => Some('z'),
            '3' | '€' => Some('e'),
            '4' | '@' => Some('a'),
            '5' | '$' => Some('s'),
            '7' | '+' => Some('t'),
            '8' => Some('b'),
            '6' | '9' => Some('g'),
            other => other.is_alphanumeric().then_some(other),
        })
        .collect()
}
