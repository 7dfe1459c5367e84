//! Making a list of breached passwords from what others publish: files of
//! ranges, and dumps with a hash and a count on each line. Of any size: what
//! does not fit into memory is sorted in runs beside the list and merged.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fmt,
    fs::{self, File},
    io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    mem,
    path::{Path, PathBuf},
};

use tollgate_base::time::Time;

use super::list::{ENTRY, HEAD, Head};

/// Entries that are sorted at a time: 64 MB.
const MOST: usize = 8 * 1024 * 1024;
/// Bytes of each run that are read at a time while they are merged.
const READ: usize = 64 * 1024;
/// Longer lines are none.
const LINE_MOST: u64 = 256;
/// Hexadecimal digits of a SHA-1, of the part that names a file of a range, and
/// of an NTLM hash.
const DIGITS: usize = 40;
const PREFIX: usize = 5;
const NTLM: usize = 32;

/// Takes files, one after another, and makes a list of them.
pub struct Builder {
    path: PathBuf,
    most: usize,
    least: u64,
    buffer: Vec<u64>,
    runs: Vec<Run>,
    lines: u64,
}

/// A list that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Built {
    /// How many lines were read.
    pub lines: u64,
    /// How many passwords the list knows.
    pub entries: u64,
}

/// Why none was made.
#[derive(Debug)]
pub enum Fault {
    /// A file cannot be read or written.
    File(PathBuf, io::Error),
    /// A line of a file is not of the form that was expected.
    Line(PathBuf, u64, &'static str),
}

/// Sorted entries beside the list, gone when this is dropped.
struct Run {
    file: File,
    path: PathBuf,
}

impl Builder {
    /// A list at `path` of the passwords that were seen at least so often.
    pub const fn new(path: PathBuf, least: u64) -> Self {
        Self {
            path,
            most: MOST,
            least,
            buffer: Vec::new(),
            runs: Vec::new(),
            lines: 0,
        }
    }

    /// The same with so many entries in memory.
    #[must_use]
    pub const fn with_memory(mut self, entries: usize) -> Self {
        self.most = entries;
        self
    }

    /// Take a file, or all files of a folder. One that is called by five
    /// hexadecimal digits is a range and holds the other thirty-five.
    ///
    /// # Errors
    /// If one cannot be read, or is of another form.
    pub fn add(&mut self, source: &Path) -> Result<(), Fault> {
        let unread = |fault| Fault::File(source.to_owned(), fault);
        if !source.is_dir() {
            return self.add_file(source);
        }
        let mut files = Vec::new();
        for file in fs::read_dir(source).map_err(unread)? {
            files.push(file.map_err(unread)?.path());
        }
        files.sort();
        files.iter().try_for_each(|file| self.add_file(file))
    }

    fn add_file(&mut self, path: &Path) -> Result<(), Fault> {
        let unread = |fault| Fault::File(path.to_owned(), fault);
        let start = range_of(path);
        let mut reader = BufReader::new(File::open(path).map_err(unread)?);
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let mut bounded = reader.by_ref().take(LINE_MOST);
            if bounded.read_until(b'\n', &mut line).map_err(unread)? == 0 {
                break;
            }
            let odd = |what| Fault::Line(path.to_owned(), number, what);
            let read = read(&line, start.as_deref()).map_err(odd)?;
            self.lines += u64::from(read.is_some());
            if let Some((entry, count)) = read
                && count >= self.least.max(1)
            {
                self.keep(entry)?;
            }
        }
        Ok(())
    }

    fn keep(&mut self, entry: u64) -> Result<(), Fault> {
        self.buffer.push(entry);
        if self.buffer.len() >= self.most {
            let sorted = self.sorted();
            let path = self.beside(&format!("run{}", self.runs.len()));
            let run = write_run(&path, &sorted).map_err(|fault| Fault::File(path, fault))?;
            self.runs.push(run);
        }
        Ok(())
    }

    /// Write the list. It appears whole, in the place of an older one.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self, now: Time) -> Result<Built, Fault> {
        let last = self.sorted();
        let half = self.beside("part");
        let written = self.write(&half, &last, now).inspect_err(|_| {
            // It is of no use, and its name is free for the next try.
            let _ = fs::remove_file(&half);
        });
        let entries = written.map_err(|fault| Fault::File(self.path.clone(), fault))?;
        Ok(Built {
            lines: self.lines,
            entries,
        })
    }

    fn write(&mut self, half: &Path, last: &[u64], now: Time) -> io::Result<u64> {
        let mut file = BufWriter::new(create(half)?);
        file.write_all(&[0; HEAD as usize])?;
        let entries = merge(&mut self.runs, last, |entry| {
            file.write_all(&entry.to_be_bytes())
        })?;
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        let head = Head {
            made_at: now,
            entries,
        };
        file.write_all(&head.to_bytes())?;
        file.sync_all()?;
        fs::rename(half, &self.path)?;
        let folder = self.path.parent().filter(|it| !it.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(entries)
    }

    fn sorted(&mut self) -> Vec<u64> {
        let mut entries = mem::take(&mut self.buffer);
        entries.sort_unstable();
        entries.dedup();
        entries
    }

    /// A hidden name in the same folder.
    fn beside(&self, what: &str) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default();
        let name = format!(".{}.{what}", name.to_string_lossy());
        self.path.with_file_name(name)
    }
}

/// The range whose file this is, by its name.
fn range_of(path: &Path) -> Option<String> {
    let name = path.file_stem()?.to_str()?;
    let fits = name.len() == PREFIX && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| name.to_owned())
}

/// The entry of a line, and how often its password was seen. Nothing for an
/// empty line, and for one that only fills a range up.
fn read(line: &[u8], start: Option<&str>) -> Result<Option<(u64, u64)>, &'static str> {
    let line = str::from_utf8(line).map_err(|_| "it is not text")?;
    let line = line.trim_start_matches('\u{feff}').trim();
    if line.is_empty() {
        return Ok(None);
    }
    let (digits, count) = line.split_once(':').unwrap_or((line, "1"));
    let count: u64 = count.trim().parse().map_err(|_| "its count is no number")?;
    let hash = format!("{}{digits}", start.unwrap_or_default());
    if digits.len() == NTLM {
        return Err("it is an NTLM hash; take the lists of SHA-1");
    }
    if hash.len() != DIGITS || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("it is not a SHA-1 in hexadecimal digits, or the rest of one");
    }
    let entry = u64::from_str_radix(&hash[..2 * ENTRY as usize], 16).map_err(|_| "it is none")?;
    Ok((count > 0).then_some((entry, count)))
}

/// All entries in their order, each once, and how many they were.
fn merge(
    runs: &mut [Run],
    last: &[u64],
    mut take: impl FnMut(u64) -> io::Result<()>,
) -> io::Result<u64> {
    let mut heads = BinaryHeap::new();
    let mut sources: Vec<Box<dyn Iterator<Item = io::Result<u64>>>> =
        vec![Box::new(last.iter().copied().map(Ok))];
    for run in runs {
        sources.push(Box::new(run.entries()?));
    }
    for (place, source) in sources.iter_mut().enumerate() {
        if let Some(first) = source.next().transpose()? {
            heads.push(Reverse((first, place)));
        }
    }
    let (mut count, mut before) = (0, None);
    while let Some(Reverse((entry, place))) = heads.pop() {
        if before != Some(entry) {
            take(entry)?;
            count += 1;
            before = Some(entry);
        }
        if let Some(next) = sources[place].next().transpose()? {
            heads.push(Reverse((next, place)));
        }
    }
    Ok(count)
}

fn write_run(path: &Path, sorted: &[u64]) -> io::Result<Run> {
    let run = Run {
        file: create(path)?,
        path: path.to_owned(),
    };
    let mut writer = BufWriter::new(&run.file);
    for entry in sorted {
        writer.write_all(&entry.to_be_bytes())?;
    }
    writer.flush()?;
    drop(writer);
    Ok(run)
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(true);
    options.open(path)
}

impl Run {
    fn entries(&mut self) -> io::Result<impl Iterator<Item = io::Result<u64>>> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::with_capacity(READ, &self.file);
        Ok(std::iter::from_fn(move || {
            let mut bytes = [0; ENTRY as usize];
            match reader.read_exact(&mut bytes) {
                Ok(()) => Some(Ok(u64::from_be_bytes(bytes))),
                Err(fault) if fault.kind() == io::ErrorKind::UnexpectedEof => None,
                Err(fault) => Some(Err(fault)),
            }
        }))
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, fault) => write!(f, "{}: {fault}", path.display()),
            Self::Line(path, line, what) => write!(f, "{} line {line}: {what}", path.display()),
        }
    }
}

impl std::error::Error for Fault {}
