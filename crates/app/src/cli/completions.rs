//! `completions` and `man`: what shells and `man` know of the commands, written
//! from their tree.

use std::{fs, io, path::PathBuf};

use clap::{Args, Command, ValueEnum};
use clap_complete::{Generator, Shell};
use serde_json::json;
use tollgate_base::{Error, codes};

use super::{exit::Failure, terminal::Answer};

#[derive(Args)]
pub(crate) struct Completions {
    /// For which shell
    shell: Kind,
}

#[derive(Args)]
pub(crate) struct Man {
    /// The folder to write every page to; without it the first page goes to standard output
    folder: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Bash,
    Zsh,
    Fish,
    Powershell,
}

impl Completions {
    pub(crate) fn run(&self) -> Answer {
        let shell = match self.shell {
            Kind::Bash => Shell::Bash,
            Kind::Zsh => Shell::Zsh,
            Kind::Fish => Shell::Fish,
            Kind::Powershell => Shell::PowerShell,
        };
        let mut command = super::command();
        command.set_bin_name("tollgate");
        command.build();
        let mut script = Vec::new();
        shell.generate(&command, &mut script);
        let script = String::from_utf8_lossy(&script).into_owned();
        Answer::new(json!({ "script": script }), script)
    }
}

impl Man {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let mut command = super::command();
        command.build();
        let Some(folder) = &self.folder else {
            let page = page(&command).map_err(|fault| failed("The page", fault))?;
            return Ok(Answer::new(json!({ "page": page }), page));
        };
        let shown = folder.display().to_string();
        fs::create_dir_all(folder).map_err(|fault| failed(&shown, fault))?;
        let mut files = Vec::new();
        let mut open = vec![&command];
        while let Some(command) = open.pop() {
            let name = format!("{}.1", command.get_display_name().unwrap_or("tollgate"));
            let written = page(command).and_then(|page| fs::write(folder.join(&name), page));
            written.map_err(|fault| failed(&shown, fault))?;
            files.push(name);
            open.extend(
                command
                    .get_subcommands()
                    .filter(|it| it.get_name() != "help"),
            );
        }
        files.sort();
        let text = format!("Wrote {} pages to {shown}.", files.len());
        Ok(Answer::new(
            json!({ "folder": shown, "files": files }),
            text,
        ))
    }
}

fn page(command: &Command) -> io::Result<String> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn failed(what: &str, fault: io::Error) -> Error {
    Error::new(&codes::FILE_FAILED)
        .detail(format!("{what} cannot be written."))
        .because(fault)
}
