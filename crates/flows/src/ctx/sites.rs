//! The apps behind the gate as this node holds them in memory, and what apps
//! are told of their visitors.

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use tollgate_base::time::Time;
use tollgate_records::sites::{Address, Site, Visitor};

/// All sites at one moment.
#[derive(Clone, Default)]
pub struct Sites {
    configured: Vec<Arc<Site>>,
    stored: Vec<Arc<Site>>,
    by_host: HashMap<String, Arc<Site>>,
}

/// A site and where it comes from.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The site.
    pub site: Arc<Site>,
    /// Whether it stands in the configuration, where no verb changes it.
    pub locked: bool,
}

/// What an app is told of a visitor: texts of one line each.
pub struct Face {
    /// What the rules look at.
    pub visitor: Visitor,
    /// The username, else a verified address, else the id.
    pub name: Bytes,
    /// A verified address; empty if there is none.
    pub email: Bytes,
    /// What people call them; empty if they do not say.
    pub display_name: Bytes,
    /// The role.
    pub groups: Bytes,
    /// The id.
    pub id: Bytes,
    /// The last statement that was signed.
    pub(crate) statement: ArcSwapOption<Statement>,
}

/// A signed statement to one app of who its visitor is.
pub struct Statement {
    /// The origin of the app.
    pub(crate) audience: String,
    /// Until when it may be handed out.
    pub(crate) until: Time,
    /// The JWT.
    pub(crate) token: Bytes,
}

impl Sites {
    /// The site at the host of a request, in whatever spelling.
    pub fn at(&self, host: &str) -> Option<&Arc<Site>> {
        self.by_host
            .get(host)
            .or_else(|| self.by_host.get(&Address::canonical(host)?))
    }

    /// Where the address `to` leads: the site and the path there. It has to
    /// begin with the site's origin letter by letter, as no two readers agree on
    /// every other spelling.
    pub fn destination<'a>(&self, to: &'a str) -> Option<(&Arc<Site>, &'a str)> {
        let authority = to.split_once("://")?.1.split('/').next()?;
        let site = self.at(authority)?;
        let path = to.strip_prefix(site.address.origin())?;
        path.starts_with('/').then_some((site, path))
    }

    /// All of them, those of the configuration first. What is stored at an
    /// address that the configuration took over is left out.
    pub fn all(&self) -> impl Iterator<Item = Listed> {
        let locked = self.configured.iter().map(|site| (site, true));
        let stored = self.stored.iter().filter(|site| self.is_in_force(site));
        locked
            .chain(stored.map(|site| (site, false)))
            .map(|(site, locked)| Listed {
                site: site.clone(),
                locked,
            })
    }

    /// With these in the configuration.
    pub(super) fn configured(&self, configured: &[Site]) -> Self {
        let configured = configured.iter().cloned().map(Arc::new).collect();
        Self::of(configured, self.stored.clone())
    }

    /// With these in the database.
    pub(super) fn stored(&self, stored: &[Arc<Site>]) -> Self {
        Self::of(self.configured.clone(), stored.to_vec())
    }

    fn of(configured: Vec<Arc<Site>>, stored: Vec<Arc<Site>>) -> Self {
        let host = |site: &Arc<Site>| (site.address.host().to_owned(), site.clone());
        // The last one of a host counts: the operator's.
        let by_host = stored.iter().chain(&configured).map(host).collect();
        Self {
            configured,
            stored,
            by_host,
        }
    }

    fn is_in_force(&self, site: &Arc<Site>) -> bool {
        let found = self.by_host.get(site.address.host());
        found.is_some_and(|found| Arc::ptr_eq(found, site))
    }
}
