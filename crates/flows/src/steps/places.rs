//! The sites between the database and memory, and people as their rules see
//! them.

use tollgate_base::Result;
use tollgate_records::{
    accounts::{Account, StoredIdentifier},
    sites::{self, Visitor},
};

use crate::ctx::Ctx;

/// Read the sites as the database has them now. One at a time: a slow reader
/// must not bring back what a later one saw changed.
pub(crate) async fn reload(ctx: &Ctx) -> Result<()> {
    let _turn = ctx.sites_turn().await;
    ctx.set_sites(sites::all(ctx.db()).await?);
    Ok(())
}

/// What the rules look at in an account: an address only where it is known to be
/// its owner's.
pub(crate) fn visitor(account: &Account, known: &[StoredIdentifier]) -> Visitor {
    Visitor {
        user: account.id,
        role: account.role,
        names: names(known),
    }
}

/// The names that rules may name somebody by.
pub(crate) fn names(known: &[StoredIdentifier]) -> Vec<String> {
    let counts = |it: &&StoredIdentifier| it.kind == "username" || it.verified_at.is_some();
    let counting = known.iter().filter(counts);
    counting.map(|it| it.canonical.clone()).collect()
}
