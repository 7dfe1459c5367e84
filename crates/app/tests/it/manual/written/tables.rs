//! The pages of settings, of error codes and of events, from their tables.

use std::fmt::Write;

use tollgate::{
    config::{
        Config,
        key::{BY_PROFILE, Effect, Key, Shape, Table},
    },
    telemetry::numbers::{Kind, NUMBERS},
};
use tollgate_base::{Error, codes};
use tollgate_records::events::EventKind;
use tollgate_web::problem;

const SETTINGS: &str = "\
# Configuration

This page is written from the program's table of settings. `tollgate config init FILE` writes the
same as a file to begin with.

Every setting is optional. The last to speak wins: built-in default, `tollgate.toml` (or
`/etc/tollgate/tollgate.toml`, or `--config FILE`), `conf.d/*.toml` beside it in order, variables of
the system that Tollgate takes the place of, `TOLLGATE_…` variables, the command line.

Every setting may be read from a file instead, which keeps secrets out of the configuration:
`name_file = \"/path\"`, or the variable with `_FILE` at its end.

An unknown name is a fault, with the name that was probably meant. `tollgate config check` names
every fault at once, `tollgate config show --origin` says what is in force and who said so.
Editors that know JSON Schema take `tollgate config schema`.
";

pub(super) fn configuration() -> String {
    let mut text = SETTINGS.to_owned();
    for table in Config::TABLES {
        let name = if table.name.is_empty() {
            "At the top".to_owned()
        } else {
            format!("`[{}]`", table.name)
        };
        if table.keys.is_empty() {
            list_of_tables(&mut text, &table);
            continue;
        }
        writeln!(text, "\n## {name}\n\n{}", joined(table.doc)).unwrap();
        for key in table.keys {
            setting(&mut text, key);
        }
    }
    text
}

/// What holds no settings but a list of tables: its words and its example.
fn list_of_tables(text: &mut String, table: &Table) {
    let (name, end) = (
        table.name,
        table.doc.iter().position(|line| line.is_empty()),
    );
    let (words, example) = table.doc.split_at(end.unwrap_or(table.doc.len()));
    let example: Vec<&str> = example.iter().map(|line| line.trim()).collect();
    writeln!(text, "\n## `[[{name}]]`\n\n{}", joined(words)).unwrap();
    writeln!(text, "\n```toml{}\n```", example.join("\n")).unwrap();
}

fn setting(text: &mut String, key: &Key) {
    writeln!(text, "\n### `{}`\n\n{}\n", key.name, joined(key.doc)).unwrap();
    let range = key
        .range
        .map(|(low, high)| format!(", from `{low}` to `{high}`"))
        .unwrap_or_default();
    let shape = if key.shape == Shape::List {
        " In TOML a list."
    } else {
        ""
    };
    writeln!(
        text,
        "- takes {}{range}.{shape}",
        key.form.replace('<', "\\<")
    )
    .unwrap();
    let by_profile = |default| BY_PROFILE.iter().find(|(name, ..)| *name == default);
    match (key.default, key.example) {
        (Some(default), _) if let Some((_, standard, strict)) = by_profile(default) => {
            writeln!(
                text,
                "- by default `{standard}`, `{strict}` in the strict profile"
            )
            .unwrap();
        }
        (Some(""), _) => writeln!(text, "- by default empty").unwrap(),
        (Some(default), _) => writeln!(text, "- by default `{default}`").unwrap(),
        (None, Some(example)) => {
            writeln!(text, "- not set by default; such as `{example}`").unwrap();
        }
        (None, None) => writeln!(text, "- not set by default").unwrap(),
    }
    writeln!(text, "- variable `{}`", key.variable()).unwrap();
    let when = match key.effect {
        Effect::AtOnce => "`tollgate reload` is enough",
        Effect::AtRestart => "counts after a restart",
    };
    writeln!(text, "- a change: {when}").unwrap();
}

const ERRORS: &str = "\
# Error codes

This page is written from the program's table of codes; `tollgate explain CODE` shows the same
without a network. A code is never renamed and never given another meaning, so compare codes, not
words.

Over HTTP a refusal is `application/problem+json` (RFC 9457). Its `type` is the page of its code, and
its `request_id` finds the line in the log. On the command line `--json` gives the code as
`error.code`.
";

pub(super) fn errors() -> String {
    let mut text = ERRORS.to_owned();
    let mut place = "";
    for code in codes::ALL {
        if code.place != place {
            place = code.place;
            writeln!(text, "\n## In {place}").unwrap();
        }
        let status = problem::status(&Error::new(code)).as_u16();
        writeln!(
            text,
            "\n### `{}`\n\n{} (HTTP {status}).",
            code.name, code.title
        )
        .unwrap();
        writeln!(text, "{}\n\n{}", code.story(), code.help).unwrap();
    }
    text
}

const EVENTS: &str = "\
# Events

This page is written from the program's table of events.

Each change writes what happened in the same transaction as the change itself; one cannot be there
without the other. `tollgate audit tail` shows the events, `tollgate audit export` writes them as
JSON lines, and `tollgate audit verify` walks the chain of their hashes.

An event has its number in the chain (`seq`), its `id`, when (`at`), what (`kind`), by whom (`actor`:
an account, `operator` for commands, or the name of a chore), about whom (`subject`), in which
`session`, and `data`. What is personal, such as an address, stands apart in `personal`: it can be
erased later, and the chain still holds. How long it is kept goes by the class of the event
(`[audit] keep_…`); [Keep and prove the audit trail](../how-to/audit-trail.md) says how to find, prove
and pass on what is here.

| kind | what happened | class | in the log |
|---|---|---|---|
";

pub(super) fn events() -> String {
    let mut text = EVENTS.to_owned();
    for kind in EventKind::ALL {
        let (class, level) = (kind.class().as_str(), kind.level().as_str());
        let (name, about) = (kind.as_str(), kind.about());
        writeln!(text, "| `{name}` | {about} | {class} | {level} |").unwrap();
    }
    text
}

const METRICS: &str = "\
# Metrics

This page is written from the program's table of numbers.

At `http://127.0.0.1:8701/metrics` (`metrics_listen`), for Prometheus. They have no names of people,
no addresses and no ids. `tollgate monitoring rules` and `tollgate monitoring dashboard` print
[rules and a dashboard](../how-to/monitor.md) for them. The kinds of events have [a page of their
own](events.md).

| metric | kind | counts |
|---|---|---|
";

pub(super) fn metrics() -> String {
    let mut text = METRICS.to_owned();
    for number in NUMBERS {
        let kind = match number.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        writeln!(text, "| `{}` | {kind} | {} |", number.name, number.about).unwrap();
    }
    text
}

fn joined(lines: &[&str]) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    lines.join(" ")
}
