//! `doctor`: what is wrong with this installation, each with what to do about
//! it. It changes nothing unless asked to mend, and then only what can be
//! mended without a decision.

mod breaches;
mod countries;
mod house;
mod machine;
mod mail;
mod reach;
mod sms;
mod tls;

use clap::Args;
use serde_json::{Value, json};

use crate::config::fault::Fault;

use super::{
    exit::{Exit, Failure},
    office::Office,
    terminal::Answer,
};

#[derive(Args)]
pub(crate) struct Doctor {
    /// Mend what needs no decision: modes of files, pending migrations
    #[arg(long)]
    fix: bool,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Good,
    /// It was wrong until just now.
    Mended,
    /// It works; somebody should know.
    Remark,
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug)]
struct Finding {
    about: &'static str,
    state: State,
    says: String,
    /// What to do about it.
    fix: Option<String>,
}

impl Finding {
    fn good(about: &'static str, says: impl Into<String>) -> Self {
        Self::new(about, State::Good, says, None)
    }

    fn mended(about: &'static str, says: impl Into<String>) -> Self {
        Self::new(about, State::Mended, says, None)
    }

    fn remark(about: &'static str, says: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(about, State::Remark, says, Some(fix.into()))
    }

    fn wrong(about: &'static str, says: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::new(about, State::Wrong, says, Some(fix.into()))
    }

    fn new(
        about: &'static str,
        state: State,
        says: impl Into<String>,
        fix: Option<String>,
    ) -> Self {
        Self {
            about,
            state,
            says: says.into(),
            fix,
        }
    }

    /// A setting that cannot be read.
    fn fault(fault: &Fault) -> Self {
        let hint = fault
            .hint
            .clone()
            .unwrap_or_else(|| "Correct it; tollgate config check reads it again.".to_owned());
        let key = fault
            .key
            .as_ref()
            .map(|key| format!("{key}: "))
            .unwrap_or_default();
        Self::wrong(
            "configuration",
            format!("{}: {key}{}.", fault.origin, fault.message),
            hint,
        )
    }

    /// What a part refused with.
    fn refused(about: &'static str, error: &tollgate_base::Error) -> Self {
        let says = format!("{} ({}).", error.code().title, error.code().name);
        Self::wrong(about, says, error.public())
    }

    fn text(&self) -> String {
        let word = match self.state {
            State::Good => "good",
            State::Mended => "mended",
            State::Remark => "remark",
            State::Wrong => "WRONG",
        };
        let fix = self
            .fix
            .as_ref()
            .map(|fix| format!("\n{:23}-> {fix}", ""))
            .unwrap_or_default();
        format!("{word:7} {:15}{}{fix}", self.about, self.says)
    }

    fn json(&self) -> Value {
        let state = match self.state {
            State::Good => "good",
            State::Mended => "mended",
            State::Remark => "remark",
            State::Wrong => "wrong",
        };
        json!({ "about": self.about, "state": state, "says": self.says, "fix": self.fix })
    }
}

impl Doctor {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        let findings = match office.configuration() {
            Err(faults) => faults.iter().map(Finding::fault).collect(),
            Ok(loaded) => {
                let mut findings = vec![Finding::good("configuration", "It is valid.")];
                let notes = loaded.notes.iter();
                findings.extend(notes.map(|note| {
                    Finding::remark("configuration", note, "See tollgate config show --origin.")
                }));
                findings.extend(machine::look(&loaded.config, self.fix));
                findings.push(mail::look(&loaded.config).await);
                findings.extend(sms::look(&loaded.config));
                findings.extend(breaches::look(&loaded.config));
                findings.extend(countries::look(&loaded.config.network));
                findings.extend(tls::look(&loaded.config.tls));
                findings.extend(reach::look(&loaded.config).await);
                findings.extend(house::look(&loaded.config, self.fix).await);
                findings
            }
        };
        let wrong = findings
            .iter()
            .filter(|finding| finding.state == State::Wrong)
            .count();
        let lines: Vec<String> = findings.iter().map(Finding::text).collect();
        let end = match wrong {
            0 => "Nothing is wrong.".to_owned(),
            1 => "One thing is wrong.".to_owned(),
            many => format!("{many} things are wrong."),
        };
        let json = json!({ "findings": findings.iter().map(Finding::json).collect::<Vec<_>>(), "wrong": wrong });
        let answer = Answer::new(json, format!("{}\n\n{end}", lines.join("\n")));
        Ok(answer.exiting(if wrong == 0 { Exit::Done } else { Exit::Failed }))
    }
}
