//! A list of breached passwords on the disk: the first eight bytes of each
//! SHA-1, sorted. Of a billion entries it takes 8 GB, and takes one other
//! password in 18 billion for one of them.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use tokio::task::spawn_blocking;
use tollgate_base::time::Time;

use super::Hash;

/// What a file begins with: whose it is, and its version.
const MAGIC: [u8; 8] = *b"TGBREACH";
const VERSION: u32 = 1;
/// Bytes of the head, and of each entry after it.
pub(super) const HEAD: u64 = 32;
pub(super) const ENTRY: u64 = 8;
/// So few entries are read in one go.
const BLOCK: u64 = 512;

/// A list in a file, which is opened for each question: a new one that takes
/// its place counts at once.
#[derive(Clone, Debug)]
pub struct List(PathBuf);

/// What a list says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// When it was made.
    pub made_at: Time,
    /// How many passwords it knows.
    pub entries: u64,
}

impl List {
    /// The list in that file; nothing is read yet.
    pub const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// What it says of itself.
    ///
    /// # Errors
    /// If it cannot be read, is none, or is not whole.
    pub fn head(&self) -> io::Result<Head> {
        open(&self.0).map(|(_, head)| head)
    }

    /// Whether it holds a hash.
    ///
    /// # Errors
    /// Why that cannot be said.
    pub(super) async fn holds(&self, hash: Hash) -> Result<bool, String> {
        let path = self.0.clone();
        let looking = spawn_blocking(move || search(&path, entry(&hash)));
        let found = looking.await.map_err(|fault| fault.to_string())?;
        found.map_err(|fault| fault.to_string())
    }
}

impl Head {
    pub(super) fn to_bytes(self) -> [u8; HEAD as usize] {
        let mut bytes = [0; HEAD as usize];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&VERSION.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.made_at.secs().to_be_bytes());
        bytes[24..].copy_from_slice(&self.entries.to_be_bytes());
        bytes
    }

    fn read(bytes: &[u8; HEAD as usize]) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk::<8>()?;
        let (version, rest) = rest.split_first_chunk::<4>()?;
        let (made_at, rest) = rest.get(4..)?.split_first_chunk::<8>()?;
        let (entries, _) = rest.split_first_chunk::<8>()?;
        let ours = *magic == MAGIC && u32::from_be_bytes(*version) == VERSION;
        ours.then(|| Self {
            made_at: Time::from_secs(i64::from_be_bytes(*made_at)),
            entries: u64::from_be_bytes(*entries),
        })
    }
}

/// What stands for a hash in a list.
pub(super) fn entry(hash: &Hash) -> u64 {
    let start = hash.first_chunk::<8>().copied();
    u64::from_be_bytes(start.unwrap_or_default())
}

fn open(path: &Path) -> io::Result<(File, Head)> {
    let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut file = File::open(path)?;
    let mut bytes = [0; HEAD as usize];
    file.read_exact(&mut bytes)?;
    let head = Head::read(&bytes).ok_or_else(|| invalid("not a list of breached passwords"))?;
    let whole = head.entries.checked_mul(ENTRY).map(|size| size + HEAD);
    if whole != Some(file.metadata()?.len()) {
        return Err(invalid("the list is not whole"));
    }
    Ok((file, head))
}

fn search(path: &Path, wanted: u64) -> io::Result<bool> {
    let (mut file, head) = open(path)?;
    let (mut low, mut high) = (0, head.entries);
    while high - low > BLOCK {
        let middle = low + (high - low) / 2;
        if read(&mut file, middle, 1)?.first() <= Some(&wanted) {
            low = middle;
        } else {
            high = middle;
        }
    }
    let block = read(&mut file, low, high - low)?;
    Ok(block.binary_search(&wanted).is_ok())
}

/// So many entries from there on.
fn read(file: &mut File, from: u64, count: u64) -> io::Result<Vec<u64>> {
    file.seek(SeekFrom::Start(HEAD + from * ENTRY))?;
    let mut bytes = vec![0; (count * ENTRY) as usize];
    file.read_exact(&mut bytes)?;
    let (entries, _) = bytes.as_chunks();
    Ok(entries.iter().copied().map(u64::from_be_bytes).collect())
}
