//! An installation to look at: the real binary with people in it, and what a
//! visitor brings along: links, credentials.

use serde_json::Value;
use tempfile::TempDir;
use tollgate_browser::{Browser, Eyes, Visitor};
use tollgate_testkit::services::{Program, Server};

/// A password that nothing objects to.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The administrator of a stage that is set up.
pub(crate) const ADMIN: &str = "ada@example.org";

/// Somebody without any right.
pub(crate) const PERSON: &str = "ben@example.org";

/// A running installation.
pub(crate) struct Stage {
    pub(crate) server: Server,
    program: Program,
    _folder: TempDir,
}

impl Stage {
    /// Nobody is there yet.
    pub(crate) async fn fresh() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Hashes cost as little as is allowed.
        let program = Program::new(env!("CARGO_BIN_EXE_tollgate"), folder.path())
            .env("TOLLGATE_SIGNIN__REGISTRATION", "open")
            .env("TOLLGATE_PASSWORD__MEMORY_KIB", "7168")
            .env("TOLLGATE_PASSWORD__PASSES", "5");
        Self {
            server: program.start(&["serve"]).await,
            program,
            _folder: folder,
        }
    }

    /// With an administrator and a person.
    pub(crate) async fn set_up() -> Self {
        let stage = Self::fresh().await;
        for line in [
            format!("admin create {ADMIN}"),
            format!("user create {PERSON}"),
        ] {
            stage
                .run(&format!("{line} --password-file -"), PASSWORD)
                .await;
        }
        stage
    }

    /// The address of `path`, as the server calls itself.
    pub(crate) fn url(&self, path: &str) -> String {
        let url = self.server.url();
        let (_, port) = url.rsplit_once(':').unwrap();
        format!("http://localhost:{port}{path}")
    }

    /// Somebody new in front of the shared browser.
    pub(crate) async fn visitor(&self, eyes: Eyes) -> Visitor {
        Browser::shared().visitor(eyes).await
    }

    /// `text` with what only this installation knows in place of `{setup}` and
    /// `{reset}`: the tokens of new links.
    pub(crate) async fn filled(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, command, field) in [
            ("{setup}", "setup-link".to_owned(), "url"),
            ("{reset}", format!("user reset-link {PERSON}"), "reset_url"),
        ] {
            if text.contains(name) {
                let said = self.run(&format!("{command} --json"), "").await;
                let said: Value = serde_json::from_str(&said).unwrap();
                let (_, token) = said[field].as_str().unwrap().split_once('#').unwrap();
                text = text.replace(name, token);
            }
        }
        text
    }

    /// A command of the command line; what it prints.
    async fn run(&self, line: &str, input: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        self.program.run(&words, input).await.succeeded()
    }
}
