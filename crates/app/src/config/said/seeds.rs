//! Variables of the systems whose place Tollgate takes, so that an operator
//! keeps their environment. They rank above files and below all of ours.

use super::{Layer, Said, dotenv::Dotenv, environment::Environment, known::Known};
use crate::config::fault::{Fault, Origin};

/// Finds the variables beside one.
type Beside<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A variable of another system and the setting that it means.
struct Seed {
    variable: &'static str,
    key: &'static str,
    value: fn(&str, Beside<'_>) -> String,
}

const SEEDS: [Seed; 2] = [
    Seed {
        variable: "SECRET_KEY",
        key: "dialects.chatbot.secret",
        value: |secret, _| secret.to_owned(),
    },
    Seed {
        variable: "REDIS_HOST",
        key: "redis.url",
        value: redis_url,
    },
];

/// Variables of theirs that we leave alone, and what an operator should know.
const IGNORED: [(&str, &str); 2] = [
    (
        "DATABASE_URL",
        "it never moves Tollgate's own store: that is database.url (TOLLGATE_DATABASE__URL)",
    ),
    ("DEBUG", "there is no debug mode; see log.level"),
];

/// What the `.env` file says and then, above it, what the environment says.
pub(super) fn read(
    dotenv: &Dotenv,
    environment: &Environment,
    known: &Known,
    faults: &mut Vec<Fault>,
    notes: &mut Vec<String>,
) -> [Layer; 2] {
    let in_file = |name: &str| dotenv.get(name).cloned();
    let in_environment = |name: &str| {
        environment
            .get(name)
            .map(|value| (value.to_owned(), Origin::Variable(name.to_owned())))
    };
    // An empty variable is how these systems leave one unset.
    let filled = |found: Option<(String, Origin)>| found.filter(|(value, _)| !value.is_empty());

    for (name, why) in IGNORED {
        if let Some((_, origin)) = filled(in_environment(name)).or_else(|| filled(in_file(name))) {
            notes.push(format!("{name} ({origin}) is not read: {why}."));
        }
    }
    for (name, (_, origin)) in dotenv
        .iter()
        .filter(|(name, _)| name.starts_with("TOLLGATE_"))
    {
        if environment.get(name).is_none() {
            notes.push(format!(
                "{name} ({origin}) is not read: set it in the environment or in tollgate.toml."
            ));
        }
    }

    let mut layer = |find: &dyn Fn(&str) -> Option<(String, Origin)>| {
        let mut layer = Layer::default();
        for seed in SEEDS {
            if let Some((value, origin)) = filled(find(seed.variable)) {
                let beside = |name: &str| {
                    filled(in_environment(name).or_else(|| in_file(name))).map(|found| found.0)
                };
                layer.put(
                    known,
                    seed.key,
                    Said::Loose((seed.value)(&value, &beside)),
                    origin,
                    faults,
                );
            }
        }
        layer
    };
    [layer(&in_file), layer(&in_environment)]
}

/// Django's three variables as one address.
fn redis_url(host: &str, beside: Beside<'_>) -> String {
    let port = beside("REDIS_PORT").unwrap_or_else(|| "6379".to_owned());
    let number = beside("REDIS_DB").unwrap_or_else(|| "0".to_owned());
    format!("redis://{host}:{port}/{number}")
}
