//! Signing keys between the database, where they are sealed, and memory.

use tollgate_base::{Error, Result, codes, id::KeyId, time::Time};
use tollgate_crypto::{
    jwt::{Algorithm, SigningKey},
    mac::mac,
    seal,
};
use tollgate_records::signing_keys::{self, SigningKeyRow};

use crate::ctx::{Ctx, Keyring, LoadedKey};

/// Read the keys as the database has them now. One at a time: a slow reader
/// must not bring back what a later one saw removed.
///
/// # Errors
/// `internal` if a key cannot be unsealed.
pub(crate) async fn reload(ctx: &Ctx) -> Result<()> {
    let _turn = ctx.keys_turn().await;
    let mut keys = Vec::new();
    for row in signing_keys::all(ctx.db()).await? {
        keys.push(unsealed(ctx, row)?);
    }
    ctx.set_keys(Keyring::new(keys));
    Ok(())
}

/// A key as it is to be stored.
pub(crate) fn sealed(
    ctx: &Ctx,
    id: KeyId,
    purpose: &str,
    key: &SigningKey,
    active_from: Time,
) -> Result<SigningKeyRow> {
    let private = key.to_private_der()?;
    let row = id.to_string();
    Ok(SigningKeyRow {
        id,
        purpose: purpose.to_owned(),
        algorithm: key.algorithm().as_str().to_owned(),
        sealed: seal::seal(ctx.master(), ctx.entropy(), &place(&row), &private)?,
        fingerprint: mac(&ctx.master().derive("signing key fingerprint"), &[&private]),
        created_at: ctx.now(),
        active_from,
    })
}

fn unsealed(ctx: &Ctx, row: SigningKeyRow) -> Result<LoadedKey> {
    let id = row.id.to_string();
    let private = seal::open(ctx.master(), &place(&id), &row.sealed)?;
    let algorithm = Algorithm::parse(&row.algorithm).ok_or_else(|| {
        Error::new(&codes::INTERNAL).because(format!("unknown algorithm {}", row.algorithm))
    })?;
    let key = SigningKey::from_private(id, algorithm, &private)?;
    Ok(LoadedKey {
        id: row.id,
        purpose: row.purpose,
        created_at: row.created_at,
        active_from: row.active_from,
        key,
    })
}

/// Where a private half belongs: sealed to its row.
fn place(row: &str) -> seal::Context<'_> {
    seal::Context {
        table: "signing_keys",
        column: "sealed",
        row,
    }
}
