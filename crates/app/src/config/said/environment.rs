//! Our own variables: `TOLLGATE_SESSION__IDLE` for `session.idle`, and with
//! `_FILE` at its end the file that holds the value.

use std::collections::BTreeMap;

use super::{
    Layer, Said,
    known::{Known, unknown},
};
use crate::config::{
    fault::{Fault, Origin},
    key::of_variable,
    sources::Sources,
};

/// Variables of ours that are no settings: the command line's remote mode, the
/// configuration file itself, and the long fault tests.
const OTHERS: [&str; 4] = [
    "TOLLGATE_URL",
    "TOLLGATE_TOKEN",
    "TOLLGATE_CONFIG",
    "TOLLGATE_CAMPAIGN",
];
/// Kubernetes sets variables with these beginnings for a service of our name.
const FOREIGN: [&str; 2] = ["TOLLGATE_PORT", "TOLLGATE_SERVICE_"];

/// The environment as text; what is not UTF-8 cannot be ours.
pub(super) struct Environment(BTreeMap<String, String>);

/// Take the variables as text.
pub(super) fn read(sources: &Sources, faults: &mut Vec<Fault>) -> Environment {
    let mut texts = BTreeMap::new();
    for (name, value) in &sources.environment {
        let Some(name) = name.to_str() else { continue };
        let problem = match value.to_str() {
            Some(value) => texts
                .insert(name.to_owned(), value.to_owned())
                .map(|_| "is set twice in one environment"),
            None => Some("is not UTF-8"),
        };
        if let Some(problem) = problem.filter(|_| is_setting(name)) {
            let origin = Origin::Variable(name.to_owned());
            faults.push(Fault {
                key: None,
                origin,
                message: problem.to_owned(),
                hint: None,
            });
        }
    }
    Environment(texts)
}

impl Environment {
    /// The value of one variable.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// What our variables say.
    pub(super) fn layer(&self, known: &Known, faults: &mut Vec<Fault>) -> Layer {
        let mut layer = Layer::default();
        for (variable, value) in self.0.iter().filter(|(name, _)| is_setting(name)) {
            let origin = Origin::Variable(variable.clone());
            let name = of_variable(variable).unwrap_or_default();
            let plain = name.strip_suffix("_file").unwrap_or(&name);
            if known.key(&name).or_else(|| known.key(plain)).is_some() {
                layer.put(known, &name, Said::Loose(value.clone()), origin, faults);
            } else {
                let guess = variable.to_lowercase().replace("__", ".");
                let guess = guess.strip_prefix("tollgate_").unwrap_or(&guess);
                let meant = known.nearest_key(guess);
                let meant = meant.map(|(key, suffix)| key.variable() + &suffix.to_uppercase());
                faults.push(unknown("variable", variable, origin, meant));
            }
        }
        layer
    }
}

/// Whether the name has to be one of a setting.
fn is_setting(name: &str) -> bool {
    name.starts_with("TOLLGATE_")
        && !OTHERS.contains(&name)
        && !FOREIGN.iter().any(|beginning| name.starts_with(beginning))
}
