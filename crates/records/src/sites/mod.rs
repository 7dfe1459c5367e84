//! Apps behind the gate: where each is, and who may enter which part of it.
//! What a rule says is parsed once; deciding is pure. Owns table `sites`.

mod address;
mod draft;
mod path;
mod reach;
mod readings;
mod rules;
mod table;

use tollgate_base::{
    access::Role,
    id::{SiteId, UserId},
    identifier::Identifier,
    time::Time,
};

pub use address::Address;
pub use draft::{Draft, Fault, Part, RuleDraft, is_method};
pub use path::{Path, Reading, RulePath, is_local};
pub use rules::{Judgement, Request, Verdict};
pub use table::{QUERIES, add, all, all_in, count, forget, save};

/// An app behind the gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its id. That of a site in the configuration follows from its name.
    pub id: SiteId,
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub address: Address,
    /// Whether it is sent a signed statement of who the visitor is.
    pub identity_token: bool,
    /// Who may enter what; the first rule that fits decides, and what no rule
    /// fits is refused.
    pub rules: Vec<Rule>,
    /// When it was registered.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
    /// Raised by each change; the `ETag`.
    pub version: i64,
}

/// Who may enter a part of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Which part: this path and everything below it.
    pub path: RulePath,
    /// By which methods; any if there are none. `GET` covers `HEAD`.
    pub methods: Vec<String>,
    /// Who; nobody if there are none.
    pub allow: Vec<Who>,
}

/// Somebody, or several, whom a rule allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Strangers too.
    Anyone,
    /// Everybody with an account.
    SignedIn,
    /// Everybody of that role or a higher one.
    Role(Role),
    /// One account.
    User(UserId),
    /// Whoever signs in with this. An address counts only where it is known to
    /// be theirs.
    Known(Identifier),
}

/// What the rules look at in a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// Whose account.
    pub user: UserId,
    /// Their role.
    pub role: Role,
    /// Their usernames and verified addresses in canonical form.
    pub names: Vec<String>,
}
