//! SQL texts: how rooms register theirs, and the one difference in spelling
//! between the engines.

use super::Engine;

/// A text that has to differ between the engines. Each use is counted by the
/// house's tidiness test; the number may only be raised in review.
#[derive(Clone, Copy, Debug)]
pub struct Either {
    /// For SQLite.
    pub sqlite: &'static str,
    /// For PostgreSQL.
    pub postgres: &'static str,
}

impl Either {
    /// The text for that engine.
    pub const fn text(self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }
}

/// A change of several tables as one statement, which PostgreSQL alone can say:
/// SQLite has a transaction for it. Counted as [`Either`] is.
#[derive(Clone, Copy, Debug)]
pub struct AtOnce(pub &'static str);

/// Constants for SQL texts, and `QUERIES`, the list of them by name, from
/// which a test PREPAREs each on both engines.
#[macro_export]
macro_rules! queries {
    ($($(#[$meta:meta])* $vis:vis $name:ident = $text:expr;)*) => {
        $($(#[$meta])* $vis const $name: &str = $text;)*

        /// Every text of this module, by name.
        pub const QUERIES: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

/// A counted fork: `const CLAIM: Either = either!(sqlite = "…", postgres = "…");`
#[macro_export]
macro_rules! either {
    (sqlite = $sqlite:expr, postgres = $postgres:expr $(,)?) => {
        $crate::sql::Either {
            sqlite: $sqlite,
            postgres: $postgres,
        }
    };
}

/// SQLite takes `$2` for a *name* and numbers names as they come, so that
/// `$2 … $1` would swap the arguments. `?2` is a number there: spell it so,
/// except within quotes and comments.
pub(super) fn numbered(sql: &str) -> String {
    let mut spelled = String::with_capacity(sql.len());
    let mut within = None;
    let mut letters = sql.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        match (within, letter) {
            (None, '\'' | '"') => within = Some(letter),
            (None, '-') if next == Some('-') => within = Some('\n'),
            (Some(end), _) if letter == end => within = None,
            _ => {}
        }
        let number =
            within.is_none() && letter == '$' && next.is_some_and(|digit| digit.is_ascii_digit());
        spelled.push(if number { '?' } else { letter });
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn only_arguments_are_spelled_anew() {
        for (text, spelled) in [
            ("SELECT $2, $1", "SELECT ?2, ?1"),
            ("SELECT '$1', \"$2\", $3", "SELECT '$1', \"$2\", ?3"),
            ("SELECT 'it''s $1' || $1", "SELECT 'it''s $1' || ?1"),
            ("SELECT 1 -- costs $1\n, $1", "SELECT 1 -- costs $1\n, ?1"),
            ("SELECT 5 - $1 - -$2", "SELECT 5 - ?1 - -?2"),
            ("SELECT '$'", "SELECT '$'"),
        ] {
            assert_eq!(numbered(text), spelled);
        }
    }
}
