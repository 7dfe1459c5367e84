//! The file of a backup: written aside and moved into place when it is durable;
//! read with every rule of its form checked on the way.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, BufWriter, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use aws_lc_rs::digest::{Context, SHA256};
use base64::{Engine, engine::general_purpose::STANDARD};
use tollgate_base::{Error, Result, codes};

use super::{
    Header,
    line::{Cell, Line},
};
use crate::sql::Value;

/// The longest line that is read: a row of ours is far shorter.
const LINE: u64 = 64 * 1024 * 1024;

/// A backup that is being written, beside its place. Dropped unsealed, it
/// leaves nothing behind.
pub(super) struct Draft {
    file: BufWriter<File>,
    digest: Context,
    aside: PathBuf,
    place: PathBuf,
}

impl Draft {
    pub(super) fn create(place: &Path) -> Result<Self> {
        let mut name = OsString::from(".");
        name.push(
            place
                .file_name()
                .ok_or_else(|| failed("the path names no file"))?,
        );
        name.push(".partial");
        let aside = place.with_file_name(name);
        // One that a crash left behind. A link in its place is removed, not followed.
        let _ = std::fs::remove_file(&aside);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&aside)
            .map_err(failed)?;
        let (file, digest) = (BufWriter::new(file), Context::new(&SHA256));
        Ok(Self {
            file,
            digest,
            aside,
            place: place.to_path_buf(),
        })
    }

    pub(super) fn line(&mut self, line: &Line) -> Result<()> {
        let mut text = serde_json::to_vec(line).map_err(failed)?;
        text.push(b'\n');
        self.digest.update(&text);
        self.file.write_all(&text).map_err(failed)
    }

    /// Write the seal, make all of it durable and move it into place.
    pub(super) fn seal(mut self) -> Result<()> {
        let sha256 = sum(&self.digest);
        self.line(&Line::Seal { sha256 })?;
        self.file.flush().map_err(failed)?;
        self.file.get_ref().sync_all().map_err(failed)?;
        std::fs::rename(&self.aside, &self.place).map_err(failed)?;
        let folder = self
            .place
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))
            .and_then(|folder| folder.sync_all())
            .map_err(failed)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already if it was sealed.
        let _ = std::fs::remove_file(&self.aside);
    }
}

/// A backup that is being read. Ends well only if the whole file is in order.
pub(super) struct Reader {
    lines: BufReader<File>,
    digest: Context,
    header: Header,
    within: Within,
}

/// Where in the file the next line stands.
enum Within {
    Tables,
    Table { columns: usize, rows: u64 },
    End,
}

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file =
            File::open(path).map_err(|fault| invalid("it cannot be opened").because(fault))?;
        let (mut lines, mut digest) = (BufReader::new(file), Context::new(&SHA256));
        let Line::Header(head) = parse(&text(&mut lines)?, &mut digest)? else {
            return Err(invalid("it does not begin with a header"));
        };
        Ok(Self {
            lines,
            digest,
            header: head.try_into()?,
            within: Within::Tables,
        })
    }

    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    /// The next line of a table, or `None` after a seal that fits.
    pub(super) fn next(&mut self) -> Result<Option<Line>> {
        let before = self.digest.clone();
        let text = text(&mut self.lines)?;
        if text.is_empty() {
            return if matches!(self.within, Within::End) {
                Ok(None)
            } else {
                Err(invalid("its end is missing"))
            };
        }
        let line = parse(&text, &mut self.digest)?;
        match (&mut self.within, &line) {
            (Within::Tables, Line::Table { name, columns }) => {
                if !std::iter::once(name)
                    .chain(columns)
                    .all(|name| is_name(name))
                {
                    return Err(invalid("a name in it is not one of ours"));
                }
                self.within = Within::Table {
                    columns: columns.len(),
                    rows: 0,
                };
            }
            (Within::Table { columns, rows }, Line::Row(cells))
                if cells.len() == *columns && readable(cells) =>
            {
                *rows += 1;
            }
            (Within::Table { rows, .. }, Line::End { rows: counted }) if rows == counted => {
                self.within = Within::Tables;
            }
            (Within::Tables, Line::Seal { sha256 }) if *sha256 == sum(&before) => {
                self.within = Within::End;
            }
            _ => return Err(invalid("a line is missing or was altered")),
        }
        Ok(Some(line))
    }
}

/// Names end in the text of a statement, so that they are plain: a file can be
/// written by anybody.
fn is_name(name: &str) -> bool {
    let plain =
        |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_';
    name.bytes().all(plain)
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.len() <= 63
}

fn readable(cells: &[Cell]) -> bool {
    cells.iter().all(|cell| Value::try_from(cell).is_ok())
}

/// One line with its end, or nothing at the end of the file.
fn text(lines: &mut BufReader<File>) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    lines
        .by_ref()
        .take(LINE)
        .read_until(b'\n', &mut text)
        .map_err(|fault| invalid("it cannot be read").because(fault))?;
    Ok(text)
}

fn parse(text: &[u8], digest: &mut Context) -> Result<Line> {
    digest.update(text);
    let whole = text
        .strip_suffix(b"\n")
        .ok_or_else(|| invalid("a line has no end"))?;
    serde_json::from_slice(whole).map_err(|_| invalid("a line cannot be read"))
}

fn sum(digest: &Context) -> String {
    STANDARD.encode(digest.clone().finish())
}

/// `backup.invalid`, with a reason that may be shown.
pub(super) fn invalid(reason: &'static str) -> Error {
    Error::new(&codes::BACKUP_INVALID).detail(format!("That is not a complete backup: {reason}."))
}

fn failed(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(&codes::BACKUP_FAILED).because(cause)
}
