//! `serve`: start the server, and say where everything is.

use serde_json::{Value, json};
use tollgate_base::{Error, ExposeSecret, SecretString, codes};

use crate::{
    config::{self, Loaded, meant::backend::DatabaseUrl},
    secrets_file::Made,
    serve::{Ended, Server, Started, Telling},
    telemetry::{self, traces::Traces},
};

use super::{
    exit::{Exit, Failure},
    office::Office,
    terminal::{Answer, data, fields},
};

pub(crate) async fn run(office: &Office) -> Result<Answer, Failure> {
    let loaded = office.load()?;
    let broken = |fault: Box<dyn std::error::Error + Send + Sync>| {
        Error::new(&codes::INTERNAL).because(fault)
    };
    let (config, color) = (&loaded.config, office.terminal.color);
    let traces = Traces::open(&config.traces)?;
    let level = telemetry::log(&config.log, color, traces.as_ref())
        .map_err(|fault| broken(fault.into()))?;
    let metrics = telemetry::metrics().map_err(|fault| broken(fault.into()))?;
    telemetry::tell_of_panics();
    let (server, started) = Server::start(&loaded, &metrics).await?;
    let banner = Banner {
        loaded: &loaded,
        started: &started,
    };
    match (office.terminal.json, office.terminal.quiet, &started.setup) {
        (true, _, _) => data(&banner.json().to_string()),
        (false, true, Some(token)) => data(&banner.link(token)),
        (false, _, _) => office.terminal.words(&banner.text()),
    };
    let telling = Telling {
        level,
        metrics,
        traces,
    };
    let ended = server.run(telling, || office.configuration()).await;
    Ok(Answer::written().exiting(match ended {
        Ended::Gracefully => Exit::Done,
        Ended::Cut => Exit::Failed,
    }))
}

/// What a start says, for people and for programs.
struct Banner<'a> {
    loaded: &'a Loaded,
    started: &'a Started,
}

impl Banner<'_> {
    fn text(&self) -> String {
        let (config, opening) = (&self.loaded.config, &self.started.opening);
        let made = |made, mode: &str, advice: &str| match made {
            Made::Now => format!("created, mode {mode}{advice}"),
            Made::Before => String::new(),
        };
        let row =
            |value: String, remark: String| format!("{value:<38}  {remark}").trim_end().to_owned();
        let (data, secrets) = (&config.server.data_dir, &config.secrets.file);
        let metrics = config.server.metrics_listen.0;
        let rows = [
            (
                "  data",
                row(data.display().to_string(), made(opening.data, "0700", "")),
            ),
            (
                "  database",
                row(
                    self.database(),
                    format!("schema {}, {} ms", opening.schema, opening.took.as_millis()),
                ),
            ),
            (
                "  secrets",
                row(
                    secrets.display().to_string(),
                    made(opening.secrets, "0600", " - back this up"),
                ),
            ),
            ("  address", row(config.server.address(), self.reach())),
            (
                "  metrics",
                metrics.map_or_else(
                    || "off".to_owned(),
                    |address| format!("http://{address}/metrics"),
                ),
            ),
        ];
        let version = env!("CARGO_PKG_VERSION");
        let head = format!("tollgate {version}  one binary, {}", self.engine());
        let warnings = self
            .warnings()
            .into_iter()
            .map(|warning| format!("warning: {warning}"));
        let setup = self.started.setup.as_ref().map(|token| {
            format!(
                "\n  There is no administrator yet. Open this link within 30 minutes; it works once:\n\n      {}\n\n  \
                 Another link:      tollgate setup-link\n  Without a browser: tollgate admin create you@example.com\n",
                self.link(token)
            )
        });
        let lines: Vec<String> = [head, fields(&rows)]
            .into_iter()
            .chain(warnings)
            .chain(setup)
            .collect();
        lines.join("\n")
    }

    /// `{"version", "data_dir", "database", "schema", "secrets", "address",
    /// "metrics", "setup_url", "warnings"}`
    fn json(&self) -> Value {
        let config = &self.loaded.config;
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "data_dir": config.server.data_dir.display().to_string(),
            "database": self.database(),
            "schema": self.started.opening.schema,
            "secrets": config.secrets.file.display().to_string(),
            "address": config.server.address(),
            "metrics": config.server.metrics_listen.0.map(|address| format!("http://{address}/metrics")),
            "setup_url": self.started.setup.as_ref().map(|token| self.link(token)),
            "warnings": self.warnings(),
        })
    }

    /// The token stands after `#`, so that it is in no log and no `Referer`.
    fn link(&self, token: &SecretString) -> String {
        format!(
            "{}/setup#{}",
            self.loaded.config.server.address(),
            token.expose_secret()
        )
    }

    fn warnings(&self) -> Vec<String> {
        let server = &self.loaded.config.server;
        let plain = server.public_url.is_none() && !server.listen.ip().is_loopback();
        let plain = plain.then(|| {
            "over plain http, passwords and cookies can be read on the way. Put a proxy with https before it and set public_url.".to_owned()
        });
        self.loaded
            .notes
            .iter()
            .chain(&self.started.warnings)
            .cloned()
            .chain(plain)
            .collect()
    }

    fn database(&self) -> String {
        let rows = config::show(self.loaded);
        let url = rows.into_iter().find(|row| row.key == "database.url");
        url.map(|row| row.value).unwrap_or_default()
    }

    fn engine(&self) -> &'static str {
        match self.loaded.config.database.url {
            DatabaseUrl::Sqlite(_) => "one SQLite file",
            DatabaseUrl::Postgres(_) => "one PostgreSQL database",
        }
    }

    fn reach(&self) -> String {
        let server = &self.loaded.config.server;
        let whence = if server.listen.ip().is_loopback() {
            "loopback only"
        } else {
            "open to the network"
        };
        let named = if server.public_url.is_some() {
            ""
        } else {
            ", no public_url yet"
        };
        format!("{whence}{named}")
    }
}
