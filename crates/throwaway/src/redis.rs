//! A Redis of its own that keeps nothing: stopped, it has forgotten everything.

use std::{
    fs,
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use crate::process::{find_program, free_port, open_log, wait_ready};

/// A running (or stopped) Redis; it ends when this value is dropped.
#[derive(Debug)]
pub struct Redis {
    folder: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl Redis {
    /// Start one that keeps its log in `folder` (made if absent).
    pub fn create(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut redis = Self {
            folder: folder.to_owned(),
            port: free_port()?,
            child: None,
        };
        redis.start()?;
        Ok(redis)
    }

    /// Start it, again on the same port, and wait till it answers.
    pub fn start(&mut self) -> io::Result<()> {
        let program = find_program("redis-server").ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::NotFound,
                "Redis is not installed (Debian: redis-server)",
            )
        })?;
        let log = self.folder.join("redis.log");
        let output = open_log(&log)?;
        let child = Command::new(program)
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string()])
            .args(["--save", "", "--appendonly", "no", "--daemonize", "no"])
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        wait_ready(self.child.insert(child), &log, || {
            answers(address).is_ok_and(|yes| yes)
        })
    }

    /// Kill it and wait till it is gone; nothing happens if it is stopped already.
    pub fn stop(&mut self) -> io::Result<()> {
        let Some(mut child) = self.child.take() else {
            return Ok(());
        };
        child.kill()?;
        child.wait().map(drop)
    }

    /// Where to connect, no password.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// The id of the process while it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

/// Whether a Redis at `address` says PONG.
fn answers(address: SocketAddr) -> io::Result<bool> {
    let patience = Duration::from_secs(1);
    let mut stream = TcpStream::connect_timeout(&address, patience)?;
    stream.set_read_timeout(Some(patience))?;
    stream.write_all(b"PING\r\n")?;
    let mut answer = [0; 5];
    stream.read_exact(&mut answer)?;
    Ok(&answer == b"+PONG")
}
