//! How commands speak: data to standard output, words to standard error, a
//! question only where somebody can answer it.

use std::{
    fs::{self, File},
    io::{self, BufRead, IsTerminal, Read, Write},
    path::Path,
};

use serde_json::Value;
use tollgate_base::{Error, Result, SecretString, codes};

use super::exit::{Exit, Failure};

/// Longer than any password that is taken.
const MOST_SECRET: u64 = 64 * 1024;

/// What is wanted of the output, and what may be asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    /// One JSON document instead of text.
    pub(crate) json: bool,
    /// No words but errors.
    pub(crate) quiet: bool,
    /// Escape sequences for colour.
    pub(crate) color: bool,
    /// What becomes of questions.
    pub(crate) asking: Asking,
}

/// What becomes of a question before something that cannot be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    /// The answer is yes.
    Confirmed,
    /// It is asked, if somebody sits at a terminal.
    Usual,
    /// The answer is no.
    Never,
}

/// What a command came to: the same as JSON and as text.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) json: Value,
    pub(crate) text: String,
    pub(crate) exit: Exit,
}

impl Answer {
    /// It is done, and this is what it says.
    pub(crate) fn new(json: Value, text: impl Into<String>) -> Self {
        Self {
            json,
            text: text.into(),
            exit: Exit::Done,
        }
    }

    /// Everything was written already.
    pub(crate) fn written() -> Self {
        Self::new(Value::Null, "")
    }

    /// With another exit code.
    pub(crate) fn exiting(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }
}

impl Terminal {
    /// A line for people, unless they want quiet. False if nobody reads.
    pub(crate) fn words(self, line: &str) -> bool {
        self.quiet || writeln!(io::stderr().lock(), "{line}").is_ok()
    }

    /// The answer of a command.
    pub(crate) fn answer(self, answer: &Answer) {
        if self.json && !answer.json.is_null() {
            data(&answer.json.to_string());
        } else if !self.json && !answer.text.is_empty() {
            data(answer.text.trim_end());
        }
    }

    /// Why a command did not succeed. As JSON it is data.
    pub(crate) fn failure(self, failure: &Failure) {
        if self.json {
            data(&failure.json().to_string());
            return;
        }
        let label = if self.color {
            "\u{1b}[1;31merror:\u{1b}[0m"
        } else {
            "error:"
        };
        let _ = writeln!(io::stderr().lock(), "{label} {}", failure.words());
    }

    /// Have something confirmed that cannot be undone.
    ///
    /// # Errors
    /// `confirmation.required` if nobody says yes.
    pub(crate) fn confirm(self, question: &str) -> Result<()> {
        let refused = || {
            Error::new(&codes::CONFIRMATION_REQUIRED)
                .detail(format!("{question} Repeat with --yes."))
        };
        if self.asking == Asking::Confirmed {
            return Ok(());
        }
        if self.asking == Asking::Never || !io::stdin().is_terminal() {
            return Err(refused());
        }
        let _ = write!(io::stderr().lock(), "{question} Type yes: ");
        let mut line = String::new();
        let read = io::stdin().lock().take(16).read_line(&mut line);
        if read.is_ok() && line.trim() == "yes" {
            Ok(())
        } else {
            Err(refused())
        }
    }
}

/// A line of data. False if nobody reads any more, who has then read enough.
pub(crate) fn data(line: &str) -> bool {
    writeln!(io::stdout().lock(), "{line}").is_ok()
}

/// A secret from a file, or from standard input for `-`, without the end of its
/// line. Secrets are never arguments: other users can see those.
///
/// # Errors
/// `file.failed`.
pub(crate) fn secret(path: &Path) -> Result<SecretString> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        io::stdin()
            .lock()
            .take(MOST_SECRET)
            .read_to_string(&mut text)
    } else {
        File::open(path).and_then(|file| file.take(MOST_SECRET).read_to_string(&mut text))
    };
    let secret = SecretString::from(text.trim_end_matches(['\r', '\n']));
    match read {
        Ok(_) => Ok(secret),
        Err(fault) => Err(Error::new(&codes::FILE_FAILED)
            .detail(format!("{} cannot be read.", path.display()))
            .because(fault)),
    }
}

/// Write a file that is not there yet, for its owner alone.
///
/// # Errors
/// `file.exists`, `file.failed`.
pub(crate) fn write_new(path: &Path, text: &str) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;

    let opened = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    opened
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|fault| match fault.kind() {
            io::ErrorKind::AlreadyExists => Error::new(&codes::FILE_EXISTS)
                .detail(format!("{} is there already.", path.display())),
            _ => Error::new(&codes::FILE_FAILED)
                .detail(format!("{} cannot be written.", path.display()))
                .because(fault),
        })
}

/// Rows under a heading, in columns as wide as their widest cell.
pub(crate) fn table<const N: usize>(heading: [&str; N], rows: &[[String; N]]) -> String {
    let mut widths = heading.map(|cell| cell.chars().count());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: [&str; N]| {
        let padded: Vec<String> = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(heading)];
    lines.extend(
        rows.iter()
            .map(|row| line(row.each_ref().map(String::as_str))),
    );
    lines.join("\n")
}

/// Names and values below each other.
pub(crate) fn fields(rows: &[(&str, String)]) -> String {
    let width = rows
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or_default();
    let lines: Vec<String> = rows
        .iter()
        .map(|(name, value)| format!("{name:width$}  {value}"))
        .collect();
    lines.join("\n")
}

/// Text from people, harmless on a terminal: no control characters.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter.is_control() {
                '\u{fffd}'
            } else {
                letter
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{plain, table};

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [
            ["a".to_owned(), "x".to_owned()],
            ["long one".to_owned(), String::new()],
        ];
        assert_eq!(
            table(["NAME", "B"], &rows),
            "NAME      B\na         x\nlong one"
        );
    }

    #[test]
    fn a_name_cannot_move_the_cursor() {
        assert_eq!(plain("a\u{1b}[2Jb\n"), "a\u{fffd}[2Jb\u{fffd}");
    }
}
