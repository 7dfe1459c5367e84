//! A sign-in that was begun: what its challenge is bound to, so that it ends with
//! what it was begun by.

use tollgate_crypto::mac::{digest, equal};
use tollgate_records::accounts::Account;

use super::ways::Way;

/// The ways that a second step may follow.
const FIRST: [Way; 4] = [
    Way::Password,
    Way::MailLink,
    Way::MailCode,
    Way::SignInToken,
];

/// Which way the first step was, if its challenge still holds: not after a new
/// password, nor once everything of the account was ended.
pub(crate) fn way_of(
    bound: Option<[u8; 32]>,
    account: &Account,
    password: Option<&str>,
) -> Option<Way> {
    let bound = bound?;
    let fits = |way: &Way| equal(&binding(*way, account, password), &bound);
    FIRST.into_iter().find(fits)
}

/// What a challenge is bound to: the way of the first step, the hash of the password
/// of that time, and when everything of the account was last ended.
pub(crate) fn binding(way: Way, account: &Account, password: Option<&str>) -> [u8; 32] {
    digest(&[
        b"first step",
        way.name().as_bytes(),
        password.unwrap_or_default().as_bytes(),
        &account.not_before.micros().to_be_bytes(),
    ])
}
