//! Which country an address is in, by a file of the operator's in the format of
//! MaxMind's databases. What its lines are made of is their maker's guess.

use std::{
    fmt, fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use maxminddb::{Reader, path};
use tollgate_base::country::Country;

/// Longest file that is read, in bytes: one of all the world's cities has 60 million.
const FILE_MOST: u64 = 256 * 1024 * 1024;
/// How long a file is believed to be the same.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// Where addresses are, as far as a file tells; nowhere without one. A new file
/// that takes its place counts within a minute. Cheap to clone.
#[derive(Clone, Default)]
pub struct Countries(Option<Arc<Source>>);

struct Source {
    path: PathBuf,
    table: Mutex<Table>,
}

struct Table {
    reader: Arc<Reader<Vec<u8>>>,
    mark: Option<Mark>,
    looked: Instant,
}

/// What a file that has changed does not share with the one before.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Mark(SystemTime, u64);

impl fmt::Debug for Countries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.0.as_ref().map(|source| &source.path);
        f.debug_tuple("Countries").field(&path).finish()
    }
}

impl Countries {
    /// Those of that file, which is read now.
    ///
    /// # Errors
    /// If it cannot be read, or tells no countries.
    pub fn open(path: &Path) -> io::Result<Self> {
        let (mark, reader) = (mark(path), read(path)?);
        Ok(Self(Some(Arc::new(Source {
            path: path.to_owned(),
            table: Mutex::new(Table {
                reader: Arc::new(reader),
                mark,
                looked: Instant::now(),
            }),
        }))))
    }

    /// In which country an address is, if that is known.
    pub fn of(&self, address: IpAddr) -> Option<Country> {
        let reader = self.0.as_ref()?.reader();
        let found = reader.lookup(address.to_canonical()).ok()?;
        // Where somebody is registered stands in for where they are.
        let letters = ["country", "registered_country"]
            .into_iter()
            .find_map(|of| {
                let letters = found.decode_path::<&str>(&path![of, "iso_code"]);
                letters.ok().flatten()
            });
        letters?.parse().ok()
    }
}

impl Source {
    fn reader(&self) -> Arc<Reader<Vec<u8>>> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if table.looked.elapsed() >= LOOK_EVERY {
            table.looked = Instant::now();
            let mark = mark(&self.path);
            if mark.is_some() && mark != table.mark {
                table.mark = mark;
                match read(&self.path) {
                    Ok(reader) => table.reader = Arc::new(reader),
                    Err(fault) => {
                        tracing::warn!(path = %self.path.display(), %fault, "The new file of countries cannot be used: the one before still counts");
                    }
                }
            }
        }
        table.reader.clone()
    }
}

fn read(path: &Path) -> io::Result<Reader<Vec<u8>>> {
    if fs::metadata(path)?.len() > FILE_MOST {
        return Err(io::Error::other("it is too large"));
    }
    let reader = Reader::from_source(fs::read(path)?).map_err(io::Error::other)?;
    let kind = &reader.metadata().database_type;
    if ["Country", "City", "Enterprise"]
        .iter()
        .any(|it| kind.contains(it))
    {
        Ok(reader)
    } else {
        Err(io::Error::other(format!(
            "it is of the type {kind}, which tells no countries"
        )))
    }
}

fn mark(path: &Path) -> Option<Mark> {
    let found = fs::metadata(path).ok()?;
    Some(Mark(found.modified().ok()?, found.len()))
}
