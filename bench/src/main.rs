//! What the shipped binary costs, beside bare programs that do the same work on
//! the same machine in the same minutes. This file reads the command line; each
//! subject says for itself what it compares.

#![expect(clippy::print_stdout, reason = "a table is its product")]
#![expect(
    clippy::cast_precision_loss,
    reason = "no figure has more than a few digits"
)]

mod client;
mod equipped;
mod figure;
mod peers;
mod people;
mod process;
mod server;
mod subjects;

use std::{path::Path, process::ExitCode};

use figure::Figure;

/// Anything that goes wrong ends the run: a figure half measured is none.
type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["hello", address] => peers::hello::serve(address),
        ["hash"] => peers::argon::forever(),
        ["--server", binary] => measure(binary.as_ref(), None),
        ["--server", binary, "--only", name] => measure(binary.as_ref(), Some(name)),
        _ => Err(format!("call it as `cargo xtask bench [--only NAME]`; {}", names()).into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            println!("bench: {fault}");
            ExitCode::FAILURE
        }
    }
}

/// Measure one subject or all of them, and print the table.
fn measure(binary: &Path, only: Option<&str>) -> Result<()> {
    let wanted: Vec<_> = subjects::ALL
        .iter()
        .filter(|subject| only.is_none_or(|name| name == subject.name))
        .collect();
    if wanted.is_empty() {
        return Err(names().into());
    }
    let binary = binary.canonicalize()?;
    let mut figures = Vec::new();
    for subject in wanted {
        println!("{}: {}", subject.name, subject.about);
        let found = (subject.measure)(&binary)?;
        for figure in &found {
            println!("  {figure}");
        }
        figures.extend(found);
    }
    println!("\n{}", Figure::table(&figures));
    Ok(())
}

fn names() -> String {
    let names: Vec<_> = subjects::ALL.iter().map(|subject| subject.name).collect();
    format!("subjects are {}", names.join(", "))
}
