//! The browser as a process: started with a profile of its own, killed with
//! its handle. It finds no host but `localhost` and those below it.

use std::{
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, Weak},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tollgate_throwaway::find_program;

use crate::{
    visitor::{Eyes, Visitor},
    wire::{Wire, lock},
};

/// Fewer moving parts, nothing of the machine's owner, no network but ours.
const FLAGS: [&str; 15] = [
    "--remote-debugging-pipe",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--password-store=basic",
    "--hide-scrollbars",
    "--lang=en-US",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE *.localhost",
];

/// How long it may take to close in an orderly way.
const PATIENCE: Duration = Duration::from_secs(5);

/// The browser that tests share while one of them holds it.
static SHARED: Mutex<Weak<Browser>> = Mutex::new(Weak::new());

/// A running Chromium.
pub struct Browser {
    pub(crate) wire: Wire,
    child: Child,
    _profile: TempDir,
}

impl Browser {
    /// The browser of this process, started if nobody holds it now.
    pub fn shared() -> Arc<Self> {
        let mut shared = lock(&SHARED);
        shared.upgrade().unwrap_or_else(|| {
            let browser = Arc::new(Self::start());
            *shared = Arc::downgrade(&browser);
            browser
        })
    }

    /// Somebody new in front of it, who shares nothing with others: no cookie,
    /// no cache.
    pub async fn visitor(self: &Arc<Self>, eyes: Eyes) -> Visitor {
        Visitor::new(Arc::clone(self), eyes).await
    }

    /// A command to the browser as a whole, which must succeed.
    pub(crate) async fn ask(&self, method: &str, params: Value) -> Value {
        let answer = self.wire.ask(None, method, params).await;
        answer.unwrap_or_else(|fault| panic!("{method}: {fault}"))
    }

    fn start() -> Self {
        let program = find_program("chromium").expect(
            "Chromium is installed: `cargo xtask test --only browser` does so, or apt-get install chromium",
        );
        let profile = TempDir::with_prefix("tollgate-browser-").expect("a temporary folder");
        // The browser speaks on descriptors 3 and 4, which only a shell sets without unsafe code.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null", "sh"])
            .arg(program)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .env("HOME", profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("a shell starts");
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (out, incoming) = pipes.expect("both were asked for");
        Self {
            wire: Wire::new(out, incoming),
            child,
            _profile: profile,
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.wire.tell("Browser.close", json!({}));
        let start = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if start.elapsed() > PATIENCE {
                let _ended_just_now = self.child.kill();
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}
