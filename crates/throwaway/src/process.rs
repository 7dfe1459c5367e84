//! What both servers need of the system: a free port, a program's place, a
//! signal, and waits that end.

use std::{
    fs::{File, OpenOptions},
    io, iter,
    net::{Ipv4Addr, TcpListener},
    ops::Range,
    path::{Path, PathBuf},
    process::{self, Child, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// How long a server may take to come up or to go down.
const PATIENCE: Duration = Duration::from_secs(30);

/// A signal of POSIX, by what it asks for.
#[derive(Clone, Copy, Debug)]
pub enum Signal {
    /// HUP: read the configuration again.
    Hangup,
    /// INT: stop, as from a keyboard.
    Interrupt,
    /// QUIT: stop at once; PostgreSQL's immediate shutdown.
    Quit,
    /// TERM: stop in an orderly way.
    Terminate,
    /// STOP: freeze, for tests of slow peers.
    Stop,
    /// CONT: go on after [`Signal::Stop`].
    Continue,
}

impl Signal {
    fn name(self) -> &'static str {
        match self {
            Self::Hangup => "HUP",
            Self::Interrupt => "INT",
            Self::Quit => "QUIT",
            Self::Terminate => "TERM",
            Self::Stop => "STOP",
            Self::Continue => "CONT",
        }
    }
}

/// Send `signal` to the process `process_id`; an error if there is no such process.
pub fn send_signal(process_id: u32, signal: Signal) -> io::Result<()> {
    // The shell's builtin: std has no kill, and this workspace no unsafe code.
    let status = Command::new("sh")
        .args([
            "-c",
            "kill -s \"$0\" \"$1\"",
            signal.name(),
            &process_id.to_string(),
        ])
        .stderr(Stdio::null())
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::ErrorKind::NotFound.into())
    }
}

/// A port of 127.0.0.1 that was free just now, and that this process is not
/// given again before it was given all others.
///
/// Below Linux's range for the near ends of connections (`ip_local_port_range`),
/// or the next connection of anybody might take it before the server is up.
pub fn free_port() -> io::Result<u16> {
    const PORTS: Range<u32> = 10_000..32_768;
    static NEXT: LazyLock<AtomicU32> = LazyLock::new(|| {
        // Processes side by side begin far from each other.
        AtomicU32::new(process::id().wrapping_mul(2_654_435_761) >> 8)
    });
    let count = PORTS.end - PORTS.start;
    (0..count)
        .map(|_| PORTS.start + NEXT.fetch_add(1, Ordering::Relaxed) % count)
        .filter_map(|port| u16::try_from(port).ok())
        .find(|&port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
        .ok_or_else(|| io::ErrorKind::AddrInUse.into())
}

/// The first program called `name` in the folders of `PATH`.
pub fn find_program(name: &str) -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "no configuration: where programs live"
    )]
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// The same for a server, which Debian keeps where only root's `PATH` leads.
pub fn find_daemon(name: &str) -> Option<PathBuf> {
    find_program(name).or_else(|| {
        let file = Path::new("/usr/sbin").join(name);
        file.is_file().then_some(file)
    })
}

/// Whether this process runs as root.
pub fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// A file that a server appends its output to.
pub(crate) fn open_log(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

/// Wait till `ready`, or fail with the end of `log` when `child` ends or time runs out.
pub(crate) fn wait_ready(
    child: &mut Child,
    log: &Path,
    mut ready: impl FnMut() -> bool,
) -> io::Result<()> {
    let mut reason = "was not ready in time";
    for () in ticks() {
        if ready() {
            return Ok(());
        }
        if child.try_wait()?.is_some() {
            reason = "ended while starting";
            break;
        }
    }
    let told = std::fs::read_to_string(log).unwrap_or_default();
    Err(io::Error::other(format!(
        "the server {reason}; its log {}:\n{told}",
        log.display()
    )))
}

/// Wait till `child` has ended after a signal; kill it when it takes too long.
pub(crate) fn wait_ended(child: &mut Child) -> io::Result<()> {
    for () in ticks() {
        if child.try_wait()?.is_some() {
            return Ok(());
        }
    }
    child.kill()?;
    child.wait().map(drop)
}

/// A beat every 20 ms until patience is over.
fn ticks() -> impl Iterator<Item = ()> {
    let start = Instant::now();
    iter::once(()).chain(iter::from_fn(move || {
        (start.elapsed() < PATIENCE).then(|| thread::sleep(Duration::from_millis(20)))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_port_is_given_twice() {
        let ports: HashSet<u16> = (0..100).map(|_| free_port().unwrap()).collect();
        assert_eq!(ports.len(), 100);
    }
}
