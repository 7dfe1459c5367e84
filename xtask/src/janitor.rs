//! Cleans up whatever happens to us: a small shell that outlives this process,
//! stops what we started and removes our temporary folder.
//!
//! It waits for the end of a pipe that only we hold. So Ctrl-C, a kill -9 and
//! an orderly end take the same road, and no signal handler is needed.

use std::{
    fs::DirBuilder,
    io::Write,
    os::unix::{fs::DirBuilderExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::{Failure, Result, variable};

/// Reads `watch TARGET` and `forget TARGET` (in kill(1)'s terms) till the end
/// of the pipe; then interrupts all that is watched, kills what is left after
/// ten seconds, and removes the folder `$1`.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
watched=
while read -r word target; do
  others=
  for one in $watched; do [ "$one" = "$target" ] || others="$others $one"; done
  watched=$others
  [ "$word" = watch ] && watched="$watched $target"
done
for one in $watched; do kill -s INT -- "$one"; done
beats=100
while [ "$beats" -gt 0 ]; do
  alive=
  for one in $watched; do kill -s 0 -- "$one" && alive="$alive $one"; done
  [ -n "$alive" ] || break
  beats=$((beats - 1))
  sleep 0.1
done
for one in $alive; do kill -s KILL -- "$one"; done
rm -rf -- "$1"
"#;

/// Where Linux keeps a file system in memory.
const MEMORY: &str = "/dev/shm";
/// What must be free there, in KiB.
const ROOM: u64 = 4 * 1024 * 1024;

/// The shell, and the folder that ends with us.
#[derive(Debug)]
pub(crate) struct Janitor {
    shell: Child,
    folder: PathBuf,
}

/// What the janitor stops.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// One process.
    Process(u32),
    /// A process and all its children: the group that it leads.
    Group(u32),
}

impl Janitor {
    /// Make a temporary folder, and the janitor that will remove it.
    pub(crate) fn start() -> Result<Self> {
        let folder = temporary_folder()?;
        let shell = Command::new("sh")
            .args(["-c", SCRIPT, "xtask-janitor"])
            .arg(&folder)
            .current_dir("/")
            // A group of its own, which a terminal's Ctrl-C does not reach.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(Failure::broken("starting sh"))?;
        Ok(Self { shell, folder })
    }

    /// Ours until the end; PostgreSQL's user can pass through it.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Stop `target` when we end.
    pub(crate) fn watch(&mut self, target: Target) -> Result<()> {
        self.tell("watch", target)
    }

    /// `target` has ended, and its number may belong to somebody else soon.
    pub(crate) fn forget(&mut self, target: Target) -> Result<()> {
        self.tell("forget", target)
    }

    fn tell(&mut self, word: &str, target: Target) -> Result<()> {
        let line = match target {
            Target::Process(id) => format!("{word} {id}\n"),
            Target::Group(id) => format!("{word} -{id}\n"),
        };
        let pipe = self
            .shell
            .stdin
            .as_mut()
            .expect("the pipe is closed by drop alone");
        pipe.write_all(line.as_bytes())
            .map_err(Failure::broken("talking to the janitor"))
    }
}

impl Drop for Janitor {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// In memory where there is room: hundreds of databases are made and dropped, and
/// no test takes the power away.
fn temporary_folder() -> Result<PathBuf> {
    let base = memory().unwrap_or_else(std::env::temp_dir);
    let mut number = std::process::id();
    loop {
        let folder = base.join(format!("tollgate-xtask-{number}"));
        match DirBuilder::new().mode(0o711).create(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => {
                return Err(Failure::Broken(format!(
                    "making {}: {error}",
                    folder.display()
                )));
            }
        }
    }
}

/// A file system in memory with room for all that a run leaves behind.
fn memory() -> Option<PathBuf> {
    if variable("TMPDIR").is_some() {
        return None;
    }
    let folder = PathBuf::from(MEMORY);
    let output = Command::new("df").arg("-Pk").arg(&folder).output().ok()?;
    let told = String::from_utf8(output.stdout).ok()?;
    let free: u64 = told
        .lines()
        .nth(1)?
        .split_whitespace()
        .nth(3)?
        .parse()
        .ok()?;
    (free >= ROOM).then_some(folder)
}
