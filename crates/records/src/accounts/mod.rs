//! What an account is: somebody with identifiers, a profile and a role, who may
//! be suspended. Owns tables `accounts`, `identifiers`, `external_ids` and
//! `waiting_addresses`.

mod table;
pub mod waiting;

use tollgate_base::{
    Error, Result, access::Role, codes, id::UserId, identifier::Identifier, time::Time,
};

pub use table::{
    QUERIES, add_external_id, add_identifier, admins, by_identifier, census, create, external_ids,
    external_ids_in, find, find_in, forget, identifiers, identifiers_in, list, remove_external_id,
    remove_identifier, role_in, save_profile, set_role, set_suspended, stop_earlier_tokens, taken,
    touch, used, verify_identifier,
};
pub use waiting::WaitingAddress;

/// Names that an account signs in with at most.
const NAMES_MOST: usize = 10;

/// An account as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: UserId,
    /// Its role.
    pub role: Role,
    /// Whether it was made with the setup link.
    pub founder: bool,
    /// What people see of it.
    pub profile: Profile,
    /// When it was made.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
    /// Since when it may not sign in.
    pub suspended_at: Option<Time>,
    /// Tokens issued before this are dead, whoever signed them.
    pub not_before: Time,
    /// Raised by each change of the profile; the `ETag` of the account.
    pub version: i64,
}

/// What an account shows of itself. All of it is personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Up to [`Profile::NAME_MOST`] characters.
    pub display_name: Option<String>,
    /// Up to [`Profile::BIO_MOST`] characters.
    pub bio: Option<String>,
    /// The address of a picture.
    pub picture: Option<String>,
    /// A BCP 47 tag, such as `de` or `pt-BR`.
    pub locale: Option<String>,
}

/// One of the names by which an account signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredIdentifier {
    /// `email` or `username`.
    pub kind: String,
    /// As its owner spells it.
    pub shown: String,
    /// As it is compared.
    pub canonical: String,
    /// Since when it is known to be theirs.
    pub verified_at: Option<Time>,
}

/// The name of an account in another system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalId {
    /// Which system.
    pub provider: String,
    /// Its name there: an opaque text.
    pub external_id: String,
}

/// An account that is to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Its id.
    pub id: UserId,
    /// Its role.
    pub role: Role,
    /// Whether it is made with the setup link.
    pub founder: bool,
    /// What it signs in with, the primary one first. At least one.
    pub identifiers: Vec<Identifier>,
    /// Since when these are known to be its owner's.
    pub verified_at: Option<Time>,
    /// What it shows.
    pub profile: Profile,
}

/// Which accounts are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only of this role.
    pub role: Option<Role>,
    /// Only suspended ones, or only others.
    pub suspended: Option<bool>,
    /// Only those with this in their name or an identifier, however it is spelled.
    pub part: Option<String>,
}

/// How many people hold a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Census {
    /// The role.
    pub role: Role,
    /// All of them.
    pub people: i64,
    /// Those who are suspended.
    pub suspended: i64,
}

/// Refuse one more name to an account that has ten.
///
/// # Errors
/// `request.invalid`.
pub fn check_room(known: &[StoredIdentifier]) -> Result<()> {
    if known.len() < NAMES_MOST {
        return Ok(());
    }
    Err(Error::new(&codes::REQUEST_INVALID).detail("An account has ten names at most."))
}

/// Where mail about an account goes: an address that is known to be its owner's, or
/// else the first that they gave.
pub fn addressed(known: &[StoredIdentifier]) -> Option<&StoredIdentifier> {
    let first = known.iter().find(|known| known.kind == "email");
    proved_address(known).or(first)
}

/// The first address that is known to be its owner's.
pub fn proved_address(known: &[StoredIdentifier]) -> Option<&StoredIdentifier> {
    known
        .iter()
        .find(|known| known.kind == "email" && known.verified_at.is_some())
}

/// Whether a link that sets a new password may be mailed there: to an address that is
/// known to be its owner's, or else, while there is none, to the first that they gave.
pub fn is_reset_by(known: &[StoredIdentifier], name: &StoredIdentifier) -> bool {
    let first = || addressed(known).is_some_and(|first| first == name);
    name.kind == "email" && (name.verified_at.is_some() || first())
}

impl Profile {
    /// Most characters of a display name.
    pub const NAME_MOST: usize = 100;
    /// Most characters of a bio.
    pub const BIO_MOST: usize = 1_000;
    /// Most characters of a picture's address.
    pub const PICTURE_MOST: usize = 500;
    /// Most characters of a locale.
    pub const LOCALE_MOST: usize = 35;
}

impl ExternalId {
    /// Most characters of a provider.
    pub const PROVIDER_MOST: usize = 64;
    /// Most characters of a name there.
    pub const ID_MOST: usize = 255;
}

impl Account {
    /// Whether it may sign in and be signed in.
    pub const fn is_active(&self) -> bool {
        self.suspended_at.is_none()
    }
}
