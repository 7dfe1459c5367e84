//! A PostgreSQL cluster of its own: initialised, started, stopped the hard way
//! and started again. Commits are durable (fsync stays on), so that a test may
//! ask what survives.

use std::{
    fs, io,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::process::{
    Signal, find_program, free_port, is_root, open_log, send_signal, wait_ended, wait_ready,
};

/// Where distributions put the programs that are not in `PATH`, newest version wins.
const INSTALLATIONS: &str = "/usr/lib/postgresql";

/// A running (or stopped) cluster; it ends when this value is dropped.
#[derive(Debug)]
pub struct Postgres {
    folder: PathBuf,
    port: u16,
    account: Option<Account>,
    child: Option<Child>,
}

/// How a cluster ends.
#[derive(Clone, Copy, Debug)]
pub enum Shutdown {
    /// Sessions are cut, everything is written out.
    Fast,
    /// As if the power went: the next start recovers from the log.
    Immediate,
}

impl Postgres {
    /// Initialise a cluster in `folder` (made if absent) and start it.
    ///
    /// PostgreSQL refuses to run as root; then it runs as the user `postgres`,
    /// who becomes the folder's owner and must be able to reach it.
    pub fn create(folder: &Path) -> io::Result<Self> {
        let account = if is_root() {
            Some(Account::of("postgres")?)
        } else {
            None
        };
        fs::create_dir_all(folder)?;
        if let Some(account) = &account {
            chown(folder, Some(account.user), Some(account.group))?;
        }
        let mut cluster = Self {
            folder: folder.to_owned(),
            port: free_port()?,
            account,
            child: None,
        };
        let output = cluster
            .command("initdb")?
            .args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale",
            ])
            .args(["--no-sync", "--pgdata"])
            .arg(cluster.data())
            .output()?;
        if !output.status.success() {
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(io::Error::other(format!("initdb failed:\n{told}")));
        }
        cluster.start()?;
        Ok(cluster)
    }

    /// Start it, again on the same port, and wait till it answers.
    pub fn start(&mut self) -> io::Result<()> {
        let log = self.folder.join("postgres.log");
        let output = open_log(&log)?;
        let child = self
            .command("postgres")?
            .arg("-D")
            .arg(self.data())
            .args([
                "-p",
                &self.port.to_string(),
                "-c",
                "listen_addresses=127.0.0.1",
            ])
            .args([
                "-c",
                "unix_socket_directories=",
                "-c",
                "max_connections=200",
            ])
            .args(["-c", "fsync=on"])
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()?;
        let child = self.child.insert(child);
        let program = postgres_program("pg_isready").ok_or_else(missing)?;
        let port = self.port.to_string();
        wait_ready(child, &log, || {
            Command::new(&program)
                .args([
                    "--quiet",
                    "--timeout=1",
                    "--host=127.0.0.1",
                    "--port",
                    &port,
                ])
                .status()
                .is_ok_and(|status| status.success())
        })
    }

    /// Stop it and wait till it is gone; nothing happens if it is stopped already.
    pub fn stop(&mut self, how: Shutdown) -> io::Result<()> {
        let Some(mut child) = self.child.take() else {
            return Ok(());
        };
        let signal = match how {
            Shutdown::Fast => Signal::Interrupt,
            Shutdown::Immediate => Signal::Quit,
        };
        // It may have ended by itself; then the wait returns at once.
        let _ = send_signal(child.id(), signal);
        wait_ended(&mut child)
    }

    /// Where to connect: the superuser and the database `postgres`, no password.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// The id of the postmaster while it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn command(&self, name: &str) -> io::Result<Command> {
        let mut command = Command::new(postgres_program(name).ok_or_else(missing)?);
        // Its user may not see the caller's working directory.
        command.current_dir(&self.folder).stdin(Stdio::null());
        if let Some(account) = &self.account {
            command.uid(account.user).gid(account.group);
        }
        Ok(command)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.stop(Shutdown::Immediate);
    }
}

/// A program of PostgreSQL, such as `psql`: from the newest installation in
/// Debian's place, otherwise from `PATH`.
pub fn postgres_program(name: &str) -> Option<PathBuf> {
    let version = |folder: &PathBuf| -> Option<u32> { folder.file_name()?.to_str()?.parse().ok() };
    let installations = fs::read_dir(INSTALLATIONS).into_iter().flatten().flatten();
    installations
        .map(|entry| entry.path())
        .filter(|folder| version(folder).is_some() && folder.join("bin").join(name).is_file())
        .max_by_key(version)
        .map(|folder| folder.join("bin").join(name))
        .or_else(|| find_program(name))
}

/// Somebody in `/etc/passwd`.
#[derive(Debug)]
struct Account {
    user: u32,
    group: u32,
}

impl Account {
    fn of(name: &str) -> io::Result<Self> {
        let accounts = fs::read_to_string("/etc/passwd")?;
        accounts
            .lines()
            .map(|line| line.split(':').collect::<Vec<_>>())
            .find(|fields| fields.first() == Some(&name))
            .and_then(|fields| {
                Some(Self {
                    user: fields.get(2)?.parse().ok()?,
                    group: fields.get(3)?.parse().ok()?,
                })
            })
            .ok_or_else(|| {
                io::Error::other(format!("there is no user {name} to run PostgreSQL as"))
            })
    }
}

fn missing() -> io::Error {
    io::Error::new(
        io::ErrorKind::NotFound,
        "PostgreSQL is not installed (Debian: postgresql)",
    )
}
