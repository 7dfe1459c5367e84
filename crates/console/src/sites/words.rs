//! Rules in words.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_base::{
    Result,
    access::{Principal, Role},
    id::UserId,
};
use tollgate_flows::{Ctx, Rule, Site, Who, people};

use crate::page::Frame;

/// A rule as it is told.
pub(super) struct RuleRow {
    /// Its place, from 1.
    pub(super) number: usize,
    /// Such as `GET, POST`; nothing for all.
    pub(super) methods: String,
    pub(super) path: String,
    /// Who may pass, one by one; nobody if there are none.
    pub(super) allow: Vec<String>,
    /// Whether it decides about the visit that is asked about.
    pub(super) decides: bool,
}

/// What people in rules are called, by their ids.
pub(super) type Names = BTreeMap<UserId, String>;

/// The names of those whom the rules of these sites name by their ids.
pub(super) async fn names<'a>(
    ctx: &Ctx,
    who: &Principal,
    sites: impl Iterator<Item = &'a Site>,
) -> Result<Names> {
    let allowed = sites
        .flat_map(|site| &site.rules)
        .flat_map(|rule| &rule.allow);
    let ids: BTreeSet<UserId> = allowed
        .filter_map(|who| match who {
            Who::User(id) => Some(*id),
            _ => None,
        })
        .take(people::NAMES_MOST)
        .collect();
    people::names(ctx, who, ids).await
}

/// The rules of a site.
pub(super) fn rules(frame: &Frame, site: &Site, names: &Names) -> Vec<RuleRow> {
    let row = |(place, rule): (usize, &Rule)| RuleRow {
        number: place + 1,
        methods: rule.methods.join(", "),
        path: rule.path.shown().to_owned(),
        allow: rule
            .allow
            .iter()
            .map(|who| somebody(frame, who, names))
            .collect(),
        decides: false,
    };
    site.rules.iter().enumerate().map(row).collect()
}

fn somebody(frame: &Frame, who: &Who, names: &Names) -> String {
    match who {
        Who::Anyone => frame.t("who-anyone").to_string(),
        Who::SignedIn | Who::Role(Role::Default) => frame.t("who-signed-in").to_string(),
        Who::Role(Role::Manager) => frame.t("who-managers").to_string(),
        Who::Role(Role::Admin) => frame.t("who-admins").to_string(),
        Who::User(id) => names.get(id).cloned().unwrap_or_else(|| id.to_string()),
        Who::Known(name) => name.shown().to_owned(),
    }
}
