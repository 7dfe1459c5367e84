//! `monitoring`: rules for Prometheus and a dashboard for Grafana, as files to be
//! kept beside theirs. What the numbers are is in `telemetry::numbers`.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::terminal::Answer;

/// Alerting rules, in the format of Prometheus.
const RULES: &str = include_str!("../../monitoring/tollgate.rules.yml");
/// A dashboard, in the format of Grafana.
const DASHBOARD: &str = include_str!("../../monitoring/tollgate.dashboard.json");

#[derive(Args)]
pub(crate) struct Monitoring {
    /// What to print
    what: File,
}

#[derive(Clone, Copy, ValueEnum)]
enum File {
    /// Alerting rules for Prometheus
    Rules,
    /// A dashboard for Grafana
    Dashboard,
}

impl Monitoring {
    pub(crate) fn run(&self) -> Answer {
        let text = match self.what {
            File::Rules => RULES,
            File::Dashboard => DASHBOARD,
        };
        Answer::new(json!({ "file": text }), text.to_owned())
    }
}
