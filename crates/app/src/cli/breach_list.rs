//! `breach-list`: makes a list of breached passwords that new ones are held
//! against on this machine alone.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;
use tokio::task::spawn_blocking;
use tollgate_base::{Error, codes, time::Clock};
use tollgate_outbound::breaches::{BuildFault, Builder, Built};

use super::{exit::Failure, office::Office, terminal::Answer};

#[derive(Subcommand)]
pub(crate) enum BreachList {
    /// Make the list from files of SHA-1 hashes
    Build(Build),
}

#[derive(Args)]
pub(crate) struct Build {
    /// Files with HASH:COUNT on each line, files of ranges such as 21BD1.txt, or folders of these
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Where the list is written; if not said, where password.breach_list says
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Leave out what was seen less often
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    min_count: u64,
}

impl BreachList {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        match self {
            Self::Build(build) => build.run(office).await,
        }
    }
}

impl Build {
    async fn run(self, office: &Office) -> Result<Answer, Failure> {
        let out = match self.output.clone() {
            Some(out) => out,
            None => set_path(office)?,
        };
        let (path, now) = (out.clone(), Clock::machine().now());
        let building = spawn_blocking(move || -> Result<Built, BuildFault> {
            let mut builder = Builder::new(path, self.min_count);
            self.files.iter().try_for_each(|file| builder.add(file))?;
            builder.finish(now)
        });
        let broken = |fault| Error::new(&codes::INTERNAL).because(fault);
        let built = building.await.map_err(broken)?;
        let built = built.map_err(|fault| {
            let detail = fault.to_string();
            Error::new(&codes::FILE_FAILED).detail(detail)
        })?;
        let shown = out.display().to_string();
        let Built { lines, entries } = built;
        let json = json!({ "list": shown, "lines": lines, "passwords": entries });
        let says = format!("{shown} knows {entries} passwords, from {lines} lines.");
        Ok(Answer::new(json, says))
    }
}

fn set_path(office: &Office) -> Result<PathBuf, Failure> {
    let set = office.load()?.config.password.breach_list;
    set.ok_or_else(|| {
        let detail = "Say --output FILE, or set password.breach_list.";
        Error::new(&codes::USAGE_INVALID).detail(detail).into()
    })
}
