//! `[[sites]]`: the one list of tables there is. Every file adds to it.

use tollgate_records::sites::{Draft, RuleDraft};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Said,
    files::{Document, said},
    known::unknown,
};
use crate::config::fault::{Fault, Origin};

/// What a site may say.
pub(in crate::config) const SITE: [&str; 4] = ["name", "url", "identity_token", "rules"];
/// What a rule may say.
pub(in crate::config) const RULE: [&str; 3] = ["path", "methods", "allow"];

/// A site as it was written, and where its parts stand.
#[derive(Clone)]
pub(crate) struct SaidSite {
    /// What was written.
    pub(crate) draft: Draft,
    /// Where it begins.
    pub(crate) origin: Origin,
    /// Where its address stands.
    pub(crate) url: Origin,
    /// Where each rule begins.
    pub(crate) rules: Vec<Origin>,
}

impl Document<'_> {
    /// Take the list, or the fault that it is none.
    pub(super) fn sites(&mut self, at: usize, value: &DeValue<'_>) {
        for (offset, table) in self.tables("sites", at, value) {
            if let Some(site) = self.site(offset, table) {
                self.sites.push(site);
            }
        }
    }

    fn site(&mut self, at: usize, table: &DeTable<'_>) -> Option<SaidSite> {
        let origin = self.origin(at);
        let (mut name, mut url, mut identity_token) = (None, None, false);
        let (mut url_at, mut rules, mut rules_at) = (origin.clone(), None, Vec::new());
        for (key, value) in table {
            let (offset, value) = (key.span().start, value.get_ref());
            match key.get_ref().as_ref() {
                "name" => name = self.text("sites.name", offset, value),
                "url" => {
                    url_at = self.origin(offset);
                    url = self.text("sites.url", offset, value);
                }
                "identity_token" => match value {
                    DeValue::Boolean(truth) => identity_token = *truth,
                    _ => self.wrong("sites.identity_token", offset, "is neither true nor false"),
                },
                "rules" => {
                    let mut all = Vec::new();
                    for (offset, table) in self.tables("sites.rules", offset, value) {
                        rules_at.push(self.origin(offset));
                        all.extend(self.rule(offset, table));
                    }
                    rules = Some(all);
                }
                other => self.strange("sites", other, offset, &SITE),
            }
        }
        if name.is_none() && !table.contains_key("name") {
            self.wrong("sites", at, "has no name");
        }
        if url.is_none() && !table.contains_key("url") {
            self.wrong("sites", at, "has no url");
        }
        Some(SaidSite {
            draft: Draft {
                name: name?,
                url: url?,
                identity_token,
                rules,
            },
            origin,
            url: url_at,
            rules: rules_at,
        })
    }

    fn rule(&mut self, at: usize, table: &DeTable<'_>) -> Option<RuleDraft> {
        let (mut path, mut methods, mut allow) = (Some("/".to_owned()), Some(Vec::new()), None);
        for (key, value) in table {
            let (offset, value) = (key.span().start, value.get_ref());
            match key.get_ref().as_ref() {
                "path" => path = self.text("sites.rules.path", offset, value),
                "methods" => methods = self.list("sites.rules.methods", offset, value),
                "allow" => allow = self.list("sites.rules.allow", offset, value),
                other => self.strange("sites.rules", other, offset, &RULE),
            }
        }
        if allow.is_none() && !table.contains_key("allow") {
            self.wrong("sites.rules", at, "does not say whom to allow");
        }
        Some(RuleDraft {
            path: path?,
            methods: methods?,
            allow: allow?,
        })
    }

    /// The tables of a list, and where each begins.
    fn tables<'v, 'i>(
        &mut self,
        key: &str,
        at: usize,
        value: &'v DeValue<'i>,
    ) -> Vec<(usize, &'v DeTable<'i>)> {
        let table = |item: &'v Spanned<DeValue<'i>>| match item.get_ref() {
            DeValue::Table(table) => Some((item.span().start, table)),
            _ => None,
        };
        let tables = match value {
            DeValue::Array(items) => items.iter().map(table).collect(),
            _ => None,
        };
        tables.unwrap_or_else(|| {
            self.wrong(
                key,
                at,
                &format!("is not a list of tables: write [[{key}]]"),
            );
            Vec::new()
        })
    }

    fn text(&mut self, key: &str, at: usize, value: &DeValue<'_>) -> Option<String> {
        if let DeValue::String(text) = value {
            return Some(text.clone().into_owned());
        }
        self.wrong(key, at, "is not a text in quotes");
        None
    }

    fn list(&mut self, key: &str, at: usize, value: &DeValue<'_>) -> Option<Vec<String>> {
        if let Said::List(texts) = said(value) {
            return Some(texts);
        }
        self.wrong(key, at, "is not a list of texts");
        None
    }

    fn wrong(&mut self, key: &str, at: usize, message: &str) {
        let origin = self.origin(at);
        self.faults.push(Fault {
            key: Some(key.to_owned()),
            origin,
            message: message.to_owned(),
            hint: None,
        });
    }

    fn strange(&mut self, table: &str, name: &str, at: usize, known: &[&'static str]) {
        let meant =
            crate::config::key::nearest(name, known).map(|meant| format!("{table}.{meant}"));
        let origin = self.origin(at);
        self.faults.push(unknown(
            "setting",
            &format!("{table}.{name}"),
            origin,
            meant,
        ));
    }
}
