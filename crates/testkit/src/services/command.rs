//! Runs a command that ends by itself.

use std::{process::Stdio, time::Duration};

use tokio::{io::AsyncWriteExt, process::Command, time::timeout};

/// No command in a test may take longer.
const DEADLINE: Duration = Duration::from_mins(2);

/// What a command left behind.
#[derive(Debug)]
pub struct Finished {
    /// Its exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Finished {
    /// The standard output of a command that must have succeeded.
    #[track_caller]
    pub fn succeeded(self) -> String {
        assert_eq!(
            self.code,
            Some(0),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        self.stdout
    }
}

/// Run `command` with `input` on its standard input, and wait till it ends.
pub(super) async fn run_to_end(command: &mut Command, input: &str) -> Finished {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut pipe = child.stdin.take().expect("it was just piped");
    let input = input.to_owned();
    let work = async move {
        // At once with reading, and a command need not read its input.
        let write = async move {
            let _ = pipe.write_all(input.as_bytes()).await;
        };
        tokio::join!(write, child.wait_with_output()).1
    };
    let output = timeout(DEADLINE, work)
        .await
        .unwrap_or_else(|_| panic!("{command:?} took longer than {DEADLINE:?}"))
        .expect("a started command can be waited for");
    Finished {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
