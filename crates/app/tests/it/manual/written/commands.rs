//! The page of the commands, from the tree that the command line is read with.

use std::fmt::Write;

use clap::{Arg, Command};

const HEAD: &str = "\
# Commands

This page is written from the program itself. `tollgate help COMMAND` says the same.

Commands work on the database directly, as the operator, also while servers run; servers know of
their changes within a second. What scripts rely on, exit codes and JSON, is on
[its own page](scripts.md).
";

pub(super) fn page() -> String {
    let mut tollgate = tollgate::cli::command();
    tollgate.build();
    let mut text = HEAD.to_owned();
    text += "\n## Options of every command\n\n";
    for option in tollgate
        .get_arguments()
        .filter(|argument| argument.is_global_set())
    {
        describe(&mut text, option);
    }
    for command in tollgate.get_subcommands() {
        section(&mut text, command, "tollgate");
    }
    text
}

fn section(text: &mut String, command: &Command, before: &str) {
    if command.get_name() == "help" || command.is_hide_set() {
        return;
    }
    let name = format!("{before} {}", command.get_name());
    let about = command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default();
    let nested: Vec<&Command> = command
        .get_subcommands()
        .filter(|it| it.get_name() != "help")
        .collect();
    if nested.is_empty() {
        let usage = command.clone().render_usage().to_string();
        let usage = usage
            .trim_start_matches("Usage:")
            .trim()
            .replace(" [OPTIONS]", "");
        writeln!(text, "\n## `{name}`\n\n{about}.\n\n```text\n{usage}\n```").unwrap();
        let own = |argument: &&Arg| {
            !argument.is_global_set() && !["help", "version"].contains(&argument.get_id().as_str())
        };
        let mut own = command.get_arguments().filter(own).peekable();
        if own.peek().is_some() {
            text.push('\n');
        }
        for argument in own {
            describe(text, argument);
        }
    }
    for command in nested {
        section(text, command, &name);
    }
}

fn describe(text: &mut String, argument: &Arg) {
    let help = argument
        .get_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let names = argument.get_value_names().unwrap_or_default();
    let value = names.first().map(ToString::to_string).unwrap_or_default();
    let takes = argument.get_action().takes_values();
    let name = match (argument.get_long(), argument.get_short()) {
        (Some(long), Some(short)) => format!("--{long}, -{short}"),
        (Some(long), None) => format!("--{long}"),
        _ => String::new(),
    };
    let written = if argument.is_positional() {
        value
    } else if takes {
        format!("{name} {value}")
    } else {
        name
    };
    let fallback: Vec<String> = argument
        .get_default_values()
        .iter()
        .map(|it| it.to_string_lossy().into_owned())
        .collect();
    let fallback = if takes && !fallback.is_empty() {
        format!(" By default `{}`.", fallback.join(","))
    } else {
        String::new()
    };
    let help = help.trim_end_matches(['.', '!']).replace('<', "\\<");
    writeln!(text, "- `{written}`: {help}.{fallback}").unwrap();
}
