//! `config`: what is in force, what is wrong with it, and a file to begin with.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::{config, wire};

use super::{
    exit::Failure,
    office::Office,
    terminal::{Answer, write_new},
};

#[derive(Subcommand)]
pub(crate) enum Config {
    /// Say everything that is wrong, and change nothing
    Check,
    /// Show every setting
    Show(Show),
    /// Write a file that names every setting and sets none
    Init(Init),
    /// Print the JSON Schema of the file, for editors
    Schema,
}

#[derive(Args)]
pub(crate) struct Show {
    /// Say who said so
    #[arg(long)]
    origin: bool,
}

#[derive(Args)]
pub(crate) struct Init {
    /// The new file; standard output without it
    file: Option<PathBuf>,
}

impl Config {
    pub(crate) fn run(self, office: &Office) -> Result<Answer, Failure> {
        match self {
            Self::Check => check(office),
            Self::Show(show) => show.run(office),
            Self::Init(init) => init.run(),
            Self::Schema => {
                let schema = config::schema();
                let text = format!("{schema:#}");
                Ok(Answer::new(schema, text))
            }
        }
    }
}

fn check(office: &Office) -> Result<Answer, Failure> {
    let loaded = office.load()?;
    wire::check_files(&loaded.config)?;
    for note in &loaded.notes {
        office.terminal.words(&format!("note: {note}"));
    }
    let json = json!({ "valid": true, "notes": loaded.notes });
    Ok(Answer::new(json, "The configuration is valid."))
}

impl Show {
    fn run(self, office: &Office) -> Result<Answer, Failure> {
        let rows = config::show(&office.load()?);
        let width = rows
            .iter()
            .map(|row| row.key.len() + row.value.len() + 3)
            .max()
            .unwrap_or_default();
        let line = |row: &config::Row| {
            let said = format!("{} = {}", row.key, row.value);
            if self.origin {
                format!("{said:width$}  # {}", row.origin)
            } else {
                said
            }
        };
        let text: Vec<String> = rows.iter().map(line).collect();
        let setting = |row: &config::Row| json!({ "key": row.key, "value": row.value, "origin": row.origin.to_string() });
        let json = json!({ "data": rows.iter().map(setting).collect::<Vec<_>>() });
        Ok(Answer::new(json, text.join("\n")))
    }
}

impl Init {
    fn run(self) -> Result<Answer, Failure> {
        let text = config::init_text();
        let Some(path) = self.file else {
            return Ok(Answer::new(json!({ "text": text }), text));
        };
        write_new(&path, &text)?;
        let shown = path.display().to_string();
        Ok(Answer::new(
            json!({ "file": shown }),
            format!("Wrote {shown}."),
        ))
    }
}
