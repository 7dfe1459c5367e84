//! Founding an installation: the facts that exist before any context does.

use tollgate_base::{Error, Result, codes, entropy::Entropy, hex::hex};
use tollgate_crypto::seal::MasterKey;
use tollgate_records::installation::{self, Installation};
use tollgate_store::sql::{Db, Tx};

/// The facts about the installation in a migrated database; written down at
/// the first start.
///
/// # Errors
/// `secrets.mismatch` if it was founded with another master key.
pub async fn found(db: &Db, entropy: &Entropy, master: &MasterKey) -> Result<Installation> {
    let (id, key) = (hex(&entropy.bytes::<16>()?), master.id());
    let facts = db
        .write(async move |tx: &mut Tx<'_>| {
            installation::create(tx, &id, &key).await?;
            installation::read_in(tx).await
        })
        .await?;
    match facts {
        Some(facts) if facts.master_key_id == master.id() => Ok(facts),
        Some(_) => Err(Error::new(&codes::SECRETS_MISMATCH)),
        None => Err(Error::new(&codes::INTERNAL_STORE).because("the installation row is missing")),
    }
}
