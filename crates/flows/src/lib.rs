//! Floor 4, verbs: each room is one use case across several nouns: decide,
//! read, write in one transaction, note the event.
//!
//! Ground: `ctx`. What several verbs share lies below them in `steps`. The
//! roof is `chores`, the only list of background work. No verb knows another.

pub mod account;
pub mod admit;
pub mod audit;
pub mod backup;
pub mod chores;
pub mod ctx;
pub mod deliver;
pub mod factors;
pub mod gate;
pub mod health;
pub mod keyring;
pub mod outbox;
pub mod overview;
pub mod pace;
pub mod password;
pub mod people;
pub mod picture;
pub mod refresh;
pub mod setup;
pub mod signin;
pub mod signout;
pub mod signup;
pub mod sites;
mod steps;
pub mod tend;
pub mod verify;
pub mod vouch;
pub mod watch;

pub use ctx::{Ctx, Parts};
pub use steps::{
    enrol::Applicant,
    land::{Credentials, Opening, SignedIn},
    vet::{ClientProfile, PasswordRules},
    view::AccountView,
};
pub use tollgate_records::{
    accounts::{Account, Census, ExternalId, Filter, Profile, StoredIdentifier},
    aliases::Aliases,
    events::{Event, EventKind},
    idempotency::Once,
    pictures::Picture,
    sessions::{Device, Session, SessionKind},
    sites::{Address, Draft, Fault, Part, Path, Rule, RuleDraft, Site, Verdict, Who, is_local},
};

use tollgate_store::sql::AtOnce;

/// Every SQL text of this floor by room, for the test that prepares them all.
pub const QUERIES: &[&[(&str, &str)]] = &[admit::read::QUERIES, refresh::read::QUERIES];

/// Those that PostgreSQL alone understands.
pub const AT_ONCE: &[AtOnce] = &[refresh::rotate::ROTATE];
