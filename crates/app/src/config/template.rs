//! The file that `config init` writes: every setting, commented out.

use std::fmt::Write;

use super::key::{BY_PROFILE, Effect, Key, Shape, Table};

const HEAD: &str = "\
# Tollgate's configuration. Every setting is optional and shown with its
# default; take the # away to change one. `tollgate config check` reads it,
# `tollgate config show --origin` tells what is in force and who said so.
#
# Last wins: built-in, this file, conf.d/*.toml beside it in order, variables
# of the system that Tollgate takes the place of, TOLLGATE_… variables, the
# command line. Every setting may also be read from a file, which keeps
# secrets out of here: `name_file = \"/path\"`, or the variable with _FILE.
";

/// What stand-ins in defaults are shown as.
const STAND_INS: [(&str, &str); 3] = [
    ("{data_dir}", "./tollgate-data"),
    ("{address}", "http://localhost:8700"),
    ("{cores}", "2"),
];

/// The whole text.
pub(super) fn write(tables: &[Table]) -> String {
    let mut text = HEAD.to_owned();
    for table in tables {
        if !table.name.is_empty() {
            text += "\n";
            comment(&mut text, table.doc);
            // A list of tables is shown by its example.
            if !table.keys.is_empty() {
                line(&mut text, format_args!("[{}]", table.name));
            }
        }
        for key in table.keys {
            text += "\n";
            comment(&mut text, key.doc);
            line(&mut text, format_args!("# {}", particulars(key)));
            line(&mut text, format_args!("#{}", assignment(key)));
        }
    }
    text
}

/// Its variable, what may be written, its bounds, and when a change counts.
fn particulars(key: &Key) -> String {
    let range = key
        .range
        .map(|(low, high)| format!(", from {low} to {high}"))
        .unwrap_or_default();
    let unset = if key.default.is_none() {
        " Not set by default."
    } else {
        ""
    };
    let reload = if key.effect == Effect::AtOnce {
        " A reload is enough."
    } else {
        ""
    };
    format!("{}: {}{range}.{unset}{reload}", key.variable(), key.form)
}

/// Name and value, as they would stand in the file. A secret is only shown by
/// the file that might hold it.
fn assignment(key: &Key) -> String {
    let field = key.field();
    if key.secret {
        return format!("{field}_file = \"/run/secrets/{field}\"");
    }
    let text = key.default.or(key.example).unwrap_or_default();
    let standard = BY_PROFILE.map(|(name, standard, _)| (name, standard));
    let filled = STAND_INS
        .iter()
        .chain(&standard)
        .fold(text.to_owned(), |text, (name, value)| {
            text.replace(name, value)
        });
    let value = match key.shape {
        Shape::Bare => filled,
        Shape::Text => quoted(&filled),
        Shape::List => {
            let items: Vec<_> = filled
                .split(',')
                .filter(|item| !item.is_empty())
                .map(quoted)
                .collect();
            format!("[{}]", items.join(", "))
        }
    };
    format!("{field} = {value}")
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn comment(text: &mut String, lines: &[&str]) {
    for words in lines {
        line(text, format_args!("# {}", words.trim()));
    }
}

fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    writeln!(text, "{words}").expect("writing to a String cannot fail");
}
