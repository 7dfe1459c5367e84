//! The ground of the verbs: everything a use case may reach. Built once at
//! start and by the test house; cheap to clone.

mod found;
mod freshness;
mod keys;
mod policy;
mod sites;
mod tasks;

use std::{
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
};

use arc_swap::{ArcSwap, Guard};
use tokio::sync::{Mutex, MutexGuard};
use tollgate_base::{
    Error, Result, SecretString, codes,
    entropy::Entropy,
    id::NodeId,
    time::{Clock, Time},
};
use tollgate_crypto::{password::Hasher, seal::MasterKey};
use tollgate_imaging::Studio;
use tollgate_outbound::{letters::Letters, mail::Mailer};
use tollgate_records::{installation::Installation, sites::Site};
use tollgate_store::{bus::Bus, counters::Counters, sql::Db};

pub use found::found;
pub use freshness::{Cached, Freshness, Sight};
pub use keys::{Keyring, LoadedKey, PURPOSE_ACCESS, PURPOSE_CHATBOT, PURPOSE_IDENTITY};
pub use policy::{
    ChatbotPolicy, Class, EndSessions, PasswordPolicy, Policy, Registration, SessionPolicy,
    SimpleJwt, TokenPolicy,
};
pub use sites::{Face, Listed, Sites, Statement};
pub use tasks::Tasks;

/// Everything a verb may reach.
#[derive(Clone)]
pub struct Ctx(Arc<Inner>);

/// What a [`Ctx`] is built from.
pub struct Parts {
    /// The database, migrated.
    pub db: Db,
    /// Wake-ups between nodes.
    pub bus: Bus,
    /// Rate windows.
    pub counters: Counters,
    /// The pool that hashes passwords.
    pub hasher: Hasher,
    /// Where mail goes.
    pub mailer: Mailer,
    /// What mail says.
    pub letters: Letters,
    /// What time it is.
    pub clock: Clock,
    /// Where chance comes from.
    pub entropy: Entropy,
    /// Seals stored secrets; other keys derive from it.
    pub master: MasterKey,
    /// What the operator allows.
    pub policy: Policy,
    /// Facts about the installation as read at start.
    pub installation: Installation,
}

struct Inner {
    db: Db,
    bus: Bus,
    counters: Counters,
    hasher: Hasher,
    mailer: Mailer,
    letters: Letters,
    studio: Studio,
    clock: Clock,
    entropy: Entropy,
    master: MasterKey,
    node: NodeId,
    policy: RwLock<Arc<Policy>>,
    installation: ArcSwap<Installation>,
    keys: RwLock<Arc<Keyring>>,
    keys_turn: Mutex<()>,
    freshness: Freshness,
    sites: ArcSwap<Sites>,
    sites_turn: Mutex<()>,
    tasks: Tasks,
}

impl Ctx {
    /// Build it. The keyring is empty until `keyring::load`.
    ///
    /// # Errors
    /// `internal.entropy`.
    pub fn new(parts: Parts) -> Result<Self> {
        let node = NodeId::new(parts.clock.now(), &parts.entropy)?;
        let sites = Sites::default().configured(&parts.policy.sites);
        let tasks = Tasks::new(parts.db.fail_points().clone());
        Ok(Self(Arc::new(Inner {
            db: parts.db,
            bus: parts.bus,
            counters: parts.counters,
            hasher: parts.hasher,
            mailer: parts.mailer,
            letters: parts.letters,
            studio: Studio::default(),
            clock: parts.clock,
            entropy: parts.entropy,
            master: parts.master,
            node,
            policy: RwLock::new(Arc::new(parts.policy)),
            installation: ArcSwap::from_pointee(parts.installation),
            keys: RwLock::default(),
            keys_turn: Mutex::default(),
            freshness: Freshness::default(),
            sites: ArcSwap::from_pointee(sites),
            sites_turn: Mutex::default(),
            tasks,
        })))
    }

    /// The time now.
    pub fn now(&self) -> Time {
        self.0.clock.now()
    }

    /// Where chance comes from.
    pub fn entropy(&self) -> &Entropy {
        &self.0.entropy
    }

    /// Background work that shutdown waits for.
    pub fn tasks(&self) -> &Tasks {
        &self.0.tasks
    }

    /// What the operator allows now.
    pub fn policy(&self) -> Arc<Policy> {
        self.0
            .policy
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Replace what the operator allows, all of it at once.
    pub fn set_policy(&self, policy: Policy) {
        self.0.sites.rcu(|sites| sites.configured(&policy.sites));
        *self
            .0
            .policy
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(policy);
    }

    /// Count one call from an address against the operator's rate.
    ///
    /// # Errors
    /// `throttled`, with the time to wait.
    pub async fn throttle(&self, what: &str, address: Option<IpAddr>) -> Result<()> {
        let Some(address) = address else {
            return Ok(());
        };
        let rate = self.policy().address_rate;
        let taken = self
            .0
            .counters
            .take(&format!("{what}:{address}"), rate, self.now())
            .await;
        if taken.allowed {
            Ok(())
        } else {
            Err(Error::new(&codes::THROTTLED).retry_after(taken.retry_after))
        }
    }

    /// Rate windows.
    pub(crate) fn counters(&self) -> &Counters {
        &self.0.counters
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// Wake-ups between nodes.
    pub fn bus(&self) -> &Bus {
        &self.0.bus
    }

    /// Which node this is.
    pub fn node(&self) -> NodeId {
        self.0.node
    }

    pub(crate) fn hasher(&self) -> &Hasher {
        &self.0.hasher
    }

    pub(crate) fn mailer(&self) -> &Mailer {
        &self.0.mailer
    }

    pub(crate) fn letters(&self) -> &Letters {
        &self.0.letters
    }

    pub(crate) fn studio(&self) -> &Studio {
        &self.0.studio
    }

    pub(crate) fn master(&self) -> &MasterKey {
        &self.0.master
    }

    pub(crate) fn freshness(&self) -> &Freshness {
        &self.0.freshness
    }

    /// Facts about the installation, at most a second old.
    pub fn installation(&self) -> Arc<Installation> {
        self.0.installation.load_full()
    }

    pub(crate) fn set_installation(&self, facts: Installation) {
        self.0.installation.store(Arc::new(facts));
    }

    /// The apps behind the gate, at most a second old. Reading takes no lock.
    pub fn sites(&self) -> Guard<Arc<Sites>> {
        self.0.sites.load()
    }

    /// Held by whoever reads the sites into memory.
    pub(crate) async fn sites_turn(&self) -> MutexGuard<'_, ()> {
        self.0.sites_turn.lock().await
    }

    pub(crate) fn set_sites(&self, stored: Vec<Site>) {
        let stored: Vec<Arc<Site>> = stored.into_iter().map(Arc::new).collect();
        self.0.sites.rcu(|sites| sites.stored(&stored));
    }

    pub(crate) fn keys(&self) -> Arc<Keyring> {
        self.0
            .keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Held by whoever reads the keys into memory.
    pub(crate) async fn keys_turn(&self) -> MutexGuard<'_, ()> {
        self.0.keys_turn.lock().await
    }

    pub(crate) fn set_keys(&self, keys: Keyring) {
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    /// How many principals this node remembers.
    pub fn remembered(&self) -> usize {
        self.0.freshness.remembered()
    }

    /// How many hashes wait.
    pub fn hash_queue(&self) -> usize {
        self.0.hasher.queue_depth()
    }

    /// Hash a password for storing.
    ///
    /// # Errors
    /// `busy.hashing`.
    pub(crate) async fn hash(&self, password: &SecretString) -> Result<String> {
        self.0.hasher.hash(password, self.0.entropy.bytes()?).await
    }
}
