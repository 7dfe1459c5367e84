//! The shipped binary as a process of its own, with the limits lifted that a
//! load from one address would meet, and every way in open.

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tollgate_throwaway::{Signal, free_port, send_signal};

use crate::{Result, process};

/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a server lives: its folder and, if it is not in there, its database.
pub(crate) struct Home {
    binary: PathBuf,
    folder: PathBuf,
    database: String,
    settings: &'static [(&'static str, &'static str)],
}

/// A server that runs; it is killed when this value is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the moment it was asked for to its first answer.
    pub(crate) start: Duration,
}

impl Home {
    /// With an SQLite file in `folder`, or the database of that URL.
    pub(crate) fn new(binary: &Path, folder: &Path, database: Option<String>) -> Self {
        let file = folder.join("tollgate.db");
        Self {
            binary: binary.to_owned(),
            folder: folder.to_owned(),
            database: database.unwrap_or_else(|| format!("sqlite://{}", file.display())),
            settings: &[],
        }
    }

    /// The same with these variables in place of the usual ones.
    pub(crate) fn with(&self, settings: &'static [(&'static str, &'static str)]) -> Self {
        Self {
            binary: self.binary.clone(),
            folder: self.folder.clone(),
            database: self.database.clone(),
            settings,
        }
    }

    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    /// Make the installation, so that the next start finds one.
    pub(crate) fn found(&self) -> Result<()> {
        fs::create_dir_all(&self.folder)?;
        let made = self
            .command(0)
            .args(["admin", "create", "admin@example.org"])
            .output()?;
        if made.status.success() {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&made.stderr).into_owned().into())
    }

    pub(crate) fn start(&self) -> Result<Server> {
        let port = free_port()?;
        let begun = Instant::now();
        let child = self.command(port).arg("serve").spawn()?;
        let mut server = Server {
            child,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            start: Duration::ZERO,
        };
        while !server.answers() {
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("the server ended with {status}").into());
            }
            if begun.elapsed() > PATIENCE {
                return Err("the server does not answer".into());
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        server.start = begun.elapsed();
        Ok(server)
    }

    fn command(&self, port: u16) -> Command {
        let mut command = Command::new(&self.binary);
        let log = File::create(self.folder.join("log")).map_or_else(|_| Stdio::null(), Into::into);
        command
            .current_dir(&self.folder)
            .env_clear()
            .env("TOLLGATE_DATA_DIR", &self.folder)
            .env("TOLLGATE_DATABASE__URL", &self.database)
            .env("TOLLGATE_LISTEN", format!("127.0.0.1:{port}"))
            .env("TOLLGATE_PUBLIC_URL", format!("http://localhost:{port}"))
            .env("TOLLGATE_METRICS_LISTEN", "off")
            .env("TOLLGATE_SIGNIN__BY_MAIL", "code")
            .env("TOLLGATE_SIGNIN__ATTEMPTS__ADDRESS_BURST", "10000")
            .env("TOLLGATE_SIGNIN__ATTEMPTS__ADDRESS_PER_MINUTE", "10000")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        // Counted as ever, and never refused.
        for who in ["ADDRESS", "ACCOUNT"] {
            for what in ["READING", "CHANGING", "EXPENSIVE"] {
                command.env(format!("TOLLGATE_LIMITS__{who}_{what}"), "1000000000/1m");
            }
        }
        command.env("TOLLGATE_HTTP__MAX_CONNECTIONS_PER_ADDRESS", "100000");
        command.envs(self.settings.iter().copied());
        command
    }
}

impl Server {
    /// Seconds of user and system time so far.
    pub(crate) fn cpu(&self) -> Result<f64> {
        process::cpu(self.child.id())
    }

    pub(crate) fn resident(&self) -> Result<f64> {
        process::resident(self.child.id())
    }

    /// Stop it and wait till it has.
    pub(crate) fn stop(mut self) -> Result<()> {
        send_signal(self.child.id(), Signal::Terminate)?;
        self.child.wait()?;
        Ok(())
    }

    fn answers(&self) -> bool {
        let ask = || -> std::io::Result<bool> {
            let mut stream = TcpStream::connect(self.address)?;
            stream.write_all(
                b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            )?;
            let mut answer = [0; 12];
            stream.read_exact(&mut answer)?;
            Ok(answer.ends_with(b"200"))
        };
        ask().unwrap_or(false)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
