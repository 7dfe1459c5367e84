//! Floor 4, verbs: each room is one use case across several nouns: decide,
//! read, write in one transaction, note the event.
//!
//! Ground: `ctx`. What several verbs share lies below them in `steps`. The
//! roof is `chores`, the only list of background work. No verb knows another.

pub mod access;
pub mod account;
pub mod admit;
pub mod alerts;
pub mod audit;
pub mod backup;
pub mod chores;
pub mod compliance;
pub mod ctx;
pub mod deliver;
pub mod devices;
pub mod factors;
pub mod gate;
pub mod health;
pub mod keyring;
pub mod lockdown;
pub mod muster;
pub mod outbox;
pub mod overview;
pub mod pace;
pub mod passkeys;
pub mod password;
pub mod people;
pub mod phone;
pub mod picture;
pub mod recovery;
pub mod refresh;
pub mod review;
pub mod sent_codes;
pub mod setup;
pub mod signin;
pub mod signout;
pub mod signup;
pub mod sites;
pub mod step_up;
mod steps;
pub mod tend;
pub mod unlock;
pub mod verify;
pub mod vouch;
pub mod watch;
pub mod webhooks;

pub use ctx::{Ctx, Parts};
pub use steps::{
    device::UserAgent,
    enrol::Applicant,
    land::{Credentials, Opening, SignedIn},
    newcomer::NewPasskey,
    renew::Renewed,
    standing::{Standing, rules},
    vet::{ClientProfile, PasswordRules},
    view::AccountView,
    ways::{Controls, Gives, Hurdle, Outcome, Second, Tries, Way},
};
pub use tollgate_crypto::device::DeviceSecrets;
pub use tollgate_outbound::countries::Countries;
pub use tollgate_records::{
    accounts::{Account, Census, ExternalId, Filter, Profile, StoredIdentifier, WaitingAddress},
    alerts::{Alert, Severity},
    aliases::Aliases,
    devices::StoredDevice,
    events::{Class, Event, EventKind, Level},
    factors::ways::Channel,
    idempotency::Once,
    phones::StoredPhone,
    pictures::Picture,
    recoveries::Recovery,
    sessions::{Device, Session, SessionKind},
    sites::{Address, Draft, Fault, Part, Path, Rule, RuleDraft, Site, Verdict, Who, is_local},
    webhooks::Webhook,
};

use tollgate_store::sql::AtOnce;

/// Every SQL text of this floor by room, for the test that prepares them all.
pub const QUERIES: &[&[(&str, &str)]] = &[
    admit::read::QUERIES,
    refresh::read::QUERIES,
    steps::read::QUERIES,
    steps::standing::read::QUERIES,
];

/// Those that PostgreSQL alone understands.
pub const AT_ONCE: &[AtOnce] = &[refresh::rotate::ROTATE];
