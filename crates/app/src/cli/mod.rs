//! The command line: nouns, then verbs. Each noun has a file; this one knows
//! the tree and what holds for every command.
//!
//! With `--json` standard output is one JSON document (`audit tail` and `audit
//! export`: one for each line), errors too: `{"error": {"code", …, "exit"}}`.

mod access;
mod admin;
mod alert;
mod audit;
mod breach_list;
mod completions;
mod compliance;
mod config;
mod db;
mod demo;
mod device;
mod doctor;
mod exit;
mod explain;
mod healthcheck;
mod mail;
mod monitoring;
mod office;
mod person;
mod reload;
mod serve;
mod session;
mod setup_link;
mod several;
mod shapes;
mod signing_key;
mod site;
mod sms;
mod snippet;
mod terminal;
mod user;
mod version;
mod webhook;

use std::{env, io, io::IsTerminal, path::PathBuf, process::ExitCode};

use clap::{CommandFactory, Parser, Subcommand, error::ErrorKind};
use tollgate_base::{Error, codes};

use exit::{Exit, Failure};
use office::Office;
use terminal::{Answer, Asking, Terminal};

/// The identity and spending gate for self-hosted AI apps.
#[derive(Parser)]
#[command(
    name = "tollgate",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
struct Line {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(clap::Args)]
#[command(next_help_heading = "Options of every command")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
struct Global {
    /// Read this configuration file.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Set a setting, such as listen=127.0.0.1:8700; above all other sources. No secrets: give NAME_file=PATH.
    #[arg(long, global = true, value_name = "NAME=VALUE", value_parser = office::setting)]
    set: Vec<(String, String)>,
    /// Answer with JSON, errors too.
    #[arg(long, global = true)]
    json: bool,
    /// Say nothing but data and errors.
    #[arg(long, short, global = true)]
    quiet: bool,
    /// No colours; also when NO_COLOR is set.
    #[arg(long, global = true)]
    no_color: bool,
    /// Confirm what would be asked.
    #[arg(long, short, global = true)]
    yes: bool,
    /// Never ask; refuse what has to be confirmed.
    #[arg(long, global = true)]
    no_input: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Start the server
    Serve,
    /// Print a new link with which the first administrator is made
    SetupLink,
    /// Make an administrator, or bring one back
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Look after people
    #[command(subcommand)]
    User(user::User),
    /// See and end sign-ins
    #[command(subcommand)]
    Session(session::Session),
    /// See and forget the devices that people signed in from
    #[command(subcommand)]
    Device(device::Device),
    /// Look after the apps behind the gate
    #[command(subcommand)]
    Site(site::Site),
    /// See, rotate and remove the keys that sign tokens
    #[command(subcommand)]
    SigningKey(signing_key::SigningKey),
    /// Read and prove the audit trail
    #[command(subcommand)]
    Audit(audit::Audit),
    /// See who has access to what
    #[command(subcommand)]
    Access(access::Access),
    /// See what the compliance rules find, and accept findings for a while
    #[command(subcommand)]
    Compliance(compliance::Compliance),
    /// Look after the database
    #[command(subcommand)]
    Db(db::Database),
    /// See whether mail gets through, and what it says
    #[command(subcommand)]
    Mail(mail::Mail),
    /// See whether texts get through
    #[command(subcommand)]
    Sms(sms::Sms),
    /// See alerts, and whether their channels work
    #[command(subcommand)]
    Alert(alert::Alert),
    /// Say where events are sent to, and see what became of them
    #[command(subcommand)]
    Webhook(webhook::Webhook),
    /// Make a list of breached passwords that new ones are held against
    #[command(subcommand)]
    BreachList(breach_list::BreachList),
    /// Check, show and begin the configuration
    #[command(subcommand)]
    Config(config::Config),
    /// Print what to write into a proxy's configuration, so that an app is behind the gate
    Snippet(snippet::Snippet),
    /// Ask the server on this machine whether it is ready
    Healthcheck(healthcheck::Healthcheck),
    /// Have the running server read its configuration again
    Reload,
    /// Look for everything that is wrong, and say what to do about it
    Doctor(doctor::Doctor),
    /// Print what Prometheus and Grafana need to watch this server
    Monitoring(monitoring::Monitoring),
    /// Fill an empty installation with sample people to look at
    Demo(demo::Demo),
    /// Say what an error code means and what to do
    Explain(explain::Explain),
    /// Print what a shell needs to complete commands
    Completions(completions::Completions),
    /// Write manual pages
    Man(completions::Man),
    /// Say which version this is
    Version,
}

/// The tree of commands, for what is written from it.
pub fn command() -> clap::Command {
    Line::command()
}

/// Do what the command line says.
pub fn run() -> ExitCode {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(fault) => return not_understood(&fault),
    };
    let terminal = Terminal::of(&line.global);
    // Whoever opens a connection with TLS finds it; a second one changes nothing.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let outcome = runtime().and_then(|runtime| {
        // Boxed, or each of the runtime's kinds would get a copy of all commands.
        let outcome = runtime.block_on(Box::pin(dispatch(line, terminal)));
        // What still runs by now was given up.
        runtime.shutdown_background();
        outcome
    });
    let exit = match outcome {
        Ok(answer) => {
            terminal.answer(&answer);
            answer.exit
        }
        Err(failure) => {
            terminal.failure(&failure);
            failure.exit()
        }
    };
    ExitCode::from(exit as u8)
}

async fn dispatch(line: Line, terminal: Terminal) -> Result<Answer, Failure> {
    let office = Office::new(terminal, line.global.config, line.global.set);
    match line.command {
        Command::Serve => serve::run(&office).await,
        Command::SetupLink => setup_link::run(&office).await,
        Command::Admin(command) => command.run(&office).await,
        Command::User(command) => command.run(&office).await,
        Command::Session(command) => command.run(&office).await,
        Command::Device(command) => command.run(&office).await,
        Command::Site(command) => command.run(&office).await,
        Command::SigningKey(command) => command.run(&office).await,
        Command::Audit(command) => command.run(&office).await,
        Command::Access(command) => command.run(&office).await,
        Command::Compliance(command) => command.run(&office).await,
        Command::Db(command) => command.run(&office).await,
        Command::Mail(command) => command.run(&office).await,
        Command::Sms(command) => command.run(&office).await,
        Command::Alert(command) => command.run(&office).await,
        Command::Webhook(command) => command.run(&office).await,
        Command::BreachList(command) => command.run(&office).await,
        Command::Config(command) => command.run(&office),
        Command::Snippet(command) => command.run(&office).await,
        Command::Healthcheck(command) => command.run(&office).await,
        Command::Reload => reload::run(&office),
        Command::Doctor(command) => command.run(&office).await,
        Command::Monitoring(command) => Ok(command.run()),
        Command::Demo(command) => command.run(&office).await,
        Command::Explain(command) => command.run(),
        Command::Completions(command) => Ok(command.run()),
        Command::Man(command) => command.run(),
        Command::Version => Ok(version::run()),
    }
}

impl Terminal {
    fn of(global: &Global) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "NO_COLOR is everybody's, not a setting of ours"
        )]
        let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            json: global.json,
            quiet: global.quiet,
            color: !global.no_color && !refused && io::stderr().is_terminal(),
            asking: match (global.yes, global.no_input) {
                (true, _) => Asking::Confirmed,
                (false, false) => Asking::Usual,
                (false, true) => Asking::Never,
            },
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime.map_err(|fault| Error::new(&codes::INTERNAL).because(fault).into())
}

/// Help and version are answers; everything else is a wrong use.
fn not_understood(fault: &clap::Error) -> ExitCode {
    let help = [ErrorKind::DisplayHelp, ErrorKind::DisplayVersion];
    let json = env::args_os().any(|argument| argument == "--json");
    if json && !help.contains(&fault.kind()) {
        let words = fault.to_string();
        let detail = words
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ")
            .to_owned();
        let terminal = Terminal {
            json,
            quiet: true,
            color: false,
            asking: Asking::Never,
        };
        terminal.failure(&Error::new(&codes::USAGE_INVALID).detail(detail).into());
    } else {
        // Whoever closed the pipe has read enough.
        let _ = fault.print();
    }
    ExitCode::from(if help.contains(&fault.kind()) {
        Exit::Done
    } else {
        Exit::Usage
    } as u8)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_of_commands_is_sound() {
        super::command().debug_assert();
    }
}
