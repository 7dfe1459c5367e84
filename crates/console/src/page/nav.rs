//! What the signed-in part of the house has, as its navigation lists it.

use tollgate_base::access::Role;

use super::Frame;
use crate::words::Message;

/// An entry of the navigation.
pub(crate) struct Area {
    /// Where it is.
    pub(crate) path: &'static str,
    /// The key of its name.
    key: &'static str,
    /// Its picture, in `icons.html`.
    pub(crate) icon: &'static str,
    /// The lowest role that it is for.
    role: Role,
}

/// For everybody.
const ACCOUNT: &[Area] = &[
    Area::new("/me", "nav-overview", "home"),
    Area::new("/me/profile", "nav-profile", "person"),
    Area::new("/me/password", "nav-password", "key"),
    Area::new("/me/factors", "nav-factors", "shield"),
    Area::new("/me/sessions", "nav-sessions", "devices"),
    Area::new("/me/activity", "nav-activity", "chart"),
    Area::new("/me/data", "nav-data", "download"),
];

impl Area {
    const fn new(path: &'static str, key: &'static str, icon: &'static str) -> Self {
        Self {
            path,
            key,
            icon,
            role: Role::Default,
        }
    }

    const fn from(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// Its name.
    pub(crate) fn name(&self, frame: &Frame) -> Message<'static> {
        frame.t(self.key)
    }

    /// Whether a page is in it: the area itself, or what lies below it and is
    /// no area of its own.
    pub(crate) fn is_here(&self, frame: &Frame) -> bool {
        let path = frame.here.as_deref().unwrap_or_default();
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let below = |area: &Self| {
            path.strip_prefix(area.path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let closest = ACCOUNT.iter().chain(ADMIN).filter(|area| below(area));
        closest
            .max_by_key(|area| area.path.len())
            .is_some_and(|area| area.path == self.path)
    }
}

/// For managers and administrators.
const ADMIN: &[Area] = &[
    Area::new("/admin", "nav-installation", "chart").from(Role::Manager),
    Area::new("/admin/people", "nav-people", "people").from(Role::Manager),
    Area::new("/admin/sites", "nav-sites", "site").from(Role::Admin),
    Area::new("/admin/audit", "nav-audit", "book").from(Role::Admin),
    Area::new("/admin/alerts", "nav-alerts", "warning").from(Role::Admin),
    Area::new("/admin/webhooks", "nav-webhooks", "globe").from(Role::Admin),
    Area::new("/admin/security", "nav-security", "lock").from(Role::Admin),
    Area::new("/admin/access", "nav-access", "globe-lock").from(Role::Admin),
    Area::new("/admin/compliance", "nav-compliance", "shield").from(Role::Admin),
    Area::new("/admin/mail", "nav-mail", "activity").from(Role::Admin),
];

impl Frame {
    /// Areas of one's own account.
    pub(crate) fn account_areas(&self) -> &'static [Area] {
        if self.me.is_some() { ACCOUNT } else { &[] }
    }

    /// Roles by their names, to choose from.
    pub(crate) fn roles(&self, roles: &[Role]) -> Vec<(&'static str, String)> {
        let named = |role: &Role| {
            let key = match role {
                Role::Admin => "role-admin",
                Role::Manager => "role-manager",
                Role::Default => "role-default",
            };
            (role.as_str(), self.t(key).to_string())
        };
        roles.iter().map(named).collect()
    }

    /// Areas for those who look after others.
    pub(crate) fn admin_areas(&self) -> Vec<&'static Area> {
        let role = self.me.as_ref().map(|me| me.role);
        let shown = |area: &&Area| role.is_some_and(|role| role >= area.role);
        ADMIN.iter().filter(shown).collect()
    }
}
