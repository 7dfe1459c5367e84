//! A machine whose disk and clock a test breaks under the real, unchanged
//! binary: a library that is loaded before libc (`world.c`). Linux alone.

use std::{
    fs::{self, File},
    os::unix::fs::FileExt,
    process::Command,
};

use tempfile::TempDir;

use super::Program;

/// What the program's disk does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    /// It works.
    Well = 0,
    /// Every write meets ENOSPC.
    Full = 1,
    /// Every write meets EROFS, as after a remount.
    ReadOnly = 2,
    /// Every fsync meets EIO.
    NoSync = 3,
}

/// The words that both sides share, in the order of `struct world`.
#[derive(Clone, Copy)]
enum Word {
    Disk = 0,
    ClockShift = 8,
    Syncs = 16,
}

/// The disk and the clock of one program, over all its lives.
#[derive(Debug)]
pub struct World {
    folder: TempDir,
    page: File,
}

impl World {
    /// One in which all is well. Compiles the library, which takes a moment.
    pub fn new() -> Self {
        let folder = TempDir::with_prefix("tollgate-world-").expect("a temporary folder");
        let source = folder.path().join("world.c");
        fs::write(&source, include_str!("world.c")).expect("our own folder");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
            .arg(folder.path().join("world.so"))
            .arg(&source)
            .arg("-ldl")
            .output()
            .expect("there is a C compiler, or SQLite would not have been built");
        let told = String::from_utf8_lossy(&compiled.stderr);
        assert!(compiled.status.success(), "{told}");
        let page = File::options()
            .read(true)
            .write(true)
            .create_new(true)
            .open(folder.path().join("page"))
            .expect("our own folder");
        page.set_len(24).expect("our own file");
        Self { folder, page }
    }

    /// `program`, living in this world.
    #[must_use]
    pub fn around(&self, program: Program) -> Program {
        let path = |name| self.folder.path().join(name).display().to_string();
        program
            .env("LD_PRELOAD", &path("world.so"))
            .env("TEST_WORLD", &path("page"))
    }

    /// From now on the disk does this.
    pub fn set_disk(&self, disk: Disk) {
        self.write(Word::Disk, disk as i64);
    }

    /// From now on the clock tells so many seconds more than the machine's.
    pub fn shift_clock(&self, seconds: i64) {
        self.write(Word::ClockShift, seconds);
    }

    /// How often the database's files were synced.
    pub fn syncs(&self) -> u64 {
        let mut bytes = [0; 8];
        self.page
            .read_exact_at(&mut bytes, Word::Syncs as u64)
            .expect("our own file");
        u64::from_ne_bytes(bytes)
    }

    fn write(&self, word: Word, value: i64) {
        self.page
            .write_all_at(&value.to_ne_bytes(), word as u64)
            .expect("our own file");
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
