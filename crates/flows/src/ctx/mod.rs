//! The ground of the verbs: everything a use case may reach. Built once at
//! start and by the test house; cheap to clone.

mod asker;
mod bond;
mod forms;
mod found;
mod freshness;
mod keys;
mod lookout;
mod policy;
mod sites;
mod spend;
mod tasks;

use std::{
    net::IpAddr,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
};

use arc_swap::{ArcSwap, Guard};
use tokio::sync::{Mutex, MutexGuard};
use tollgate_base::{
    Error, Result, SecretString, codes,
    entropy::{Entropy, Seeds},
    id::NodeId,
    network::host,
    time::{Clock, Time},
};
use tollgate_crypto::{password::Hasher, seal::MasterKey};
use tollgate_imaging::Studio;
use tollgate_outbound::{
    breaches::Breaches, channels::Channels, countries::Countries, courier::Courier,
    letters::Letters, mail::Mailer, sms::Texter,
};
use tollgate_records::{factors::ways::Channel, installation::Installation, sites::Site};
use tollgate_store::{bus::Bus, counters::Counters, sql::Db};

pub use bond::{Bond, Place};
pub use found::found;
pub use freshness::{Cached, Freshness, Sight};
pub use keys::{
    Keyring, LoadedKey, PURPOSE_ACCESS, PURPOSE_AUDIT, PURPOSE_CHATBOT, PURPOSE_IDENTITY,
};
pub use lookout::Lookout;
pub use policy::{
    AlertPolicy, AuditPolicy, Binding, ByMail, CharacterClass, ChatbotPolicy, CompliancePolicy,
    Confirmation, DevicePolicy, EndSessions, Keep, PasswordPolicy, Policy, Proof, Registration,
    SecondFactor, SentCodes, SessionPolicy, Setting, SimpleJwt, SpreadPolicy, TokenPolicy,
};
pub use sites::{Face, Listed, Sites, Statement};
pub use tasks::Tasks;
pub use tollgate_store::counters::{Rate, Taken};

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
    /// Where texts go.
    pub texter: Texter,
    /// What knows passwords that became known.
    pub breaches: Breaches,
    /// In which country an address is.
    pub countries: Countries,
    /// What mail says.
    pub letters: Letters,
    /// Who hands events to webhooks.
    pub courier: Courier,
    /// Where alerts are told beside mail.
    pub channels: Channels,
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
    texter: Texter,
    breaches: Breaches,
    countries: Countries,
    letters: Letters,
    courier: Courier,
    channels: Channels,
    /// Calls refused for their rate since somebody looked.
    throttled: AtomicU64,
    studio: Studio,
    clock: Clock,
    entropy: Entropy,
    seeds: Seeds,
    master: MasterKey,
    node: NodeId,
    policy: RwLock<Arc<Policy>>,
    settings: ArcSwap<Vec<Setting>>,
    /// Of the policy: the hottest path takes no lock.
    binding: AtomicU8,
    installation: ArcSwap<Installation>,
    keys: RwLock<Arc<Keyring>>,
    keys_turn: Mutex<()>,
    freshness: Freshness,
    sites: ArcSwap<Sites>,
    sites_turn: Mutex<()>,
    lookout: Lookout,
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
            texter: parts.texter,
            breaches: parts.breaches,
            countries: parts.countries,
            letters: parts.letters,
            courier: parts.courier,
            channels: parts.channels,
            throttled: AtomicU64::default(),
            studio: Studio::default(),
            clock: parts.clock,
            entropy: parts.entropy,
            seeds: Seeds::default(),
            master: parts.master,
            node,
            binding: AtomicU8::new(parts.policy.session.binding as u8),
            policy: RwLock::new(Arc::new(parts.policy)),
            settings: ArcSwap::default(),
            installation: ArcSwap::from_pointee(parts.installation),
            keys: RwLock::default(),
            keys_turn: Mutex::default(),
            freshness: Freshness::default(),
            sites: ArcSwap::from_pointee(sites),
            sites_turn: Mutex::default(),
            lookout: Lookout::default(),
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

    /// What events are made of.
    pub(crate) fn seeds(&self) -> &Seeds {
        &self.0.seeds
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
        let binding = policy.session.binding as u8;
        self.0.binding.store(binding, Ordering::Relaxed);
        *self
            .0
            .policy
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(policy);
        // What is remembered of people was judged by the old one.
        self.freshness().bump_all();
    }

    /// The settings that a policy was made from, for whoever wants to see them.
    pub fn set_settings(&self, settings: Vec<Setting>) {
        self.0.settings.store(Arc::new(settings));
    }

    pub(crate) fn settings(&self) -> Arc<Vec<Setting>> {
        self.0.settings.load_full()
    }

    /// What sessions are bound to now.
    pub fn binding(&self) -> Binding {
        let binding = self.0.binding.load(Ordering::Relaxed);
        let all = [Binding::Off, Binding::Device, Binding::Network];
        all.get(usize::from(binding)).copied().unwrap_or_default()
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
            .take(&format!("{what}:{}", host(address)), rate, self.now())
            .await;
        if taken.allowed {
            Ok(())
        } else {
            self.note_throttled();
            Err(Error::new(&codes::THROTTLED).retry_after(taken.retry_after))
        }
    }

    /// Rate windows.
    pub(crate) fn counters(&self) -> &Counters {
        &self.0.counters
    }

    /// What this node has seen of failures all over the house.
    pub(crate) fn lookout(&self) -> &Lookout {
        &self.0.lookout
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

    pub(crate) fn texter(&self) -> &Texter {
        &self.0.texter
    }

    pub(crate) fn breaches(&self) -> &Breaches {
        &self.0.breaches
    }

    /// Whether codes are sent that way, as second factors.
    pub(crate) fn sends(&self, way: Channel) -> bool {
        let sent = self.policy().sent_codes;
        match way {
            Channel::Email => sent.email,
            Channel::Sms => sent.sms && self.texter().is_on(),
        }
    }

    /// In which country an address is.
    pub fn countries(&self) -> &Countries {
        &self.0.countries
    }

    pub(crate) fn letters(&self) -> &Letters {
        &self.0.letters
    }

    pub(crate) fn courier(&self) -> &Courier {
        &self.0.courier
    }

    pub(crate) fn channels(&self) -> &Channels {
        &self.0.channels
    }

    /// A call was refused for its rate: many of them are told to whoever looks after
    /// the server.
    pub fn note_throttled(&self) {
        self.0.throttled.fetch_add(1, Ordering::Relaxed);
    }

    /// How many calls this node refused for their rate since this was last asked.
    pub(crate) fn take_throttled(&self) -> u64 {
        self.0.throttled.swap(0, Ordering::Relaxed)
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
