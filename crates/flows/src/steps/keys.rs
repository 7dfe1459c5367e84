//! Signing keys between the database, where they are sealed, and memory.

use tollgate_base::{Error, Result, access::Principal, codes, id::KeyId, time::Time};
use tollgate_crypto::{
    jwt::{Algorithm, SigningKey},
    mac::mac,
    seal,
};
use tollgate_records::{
    events::EventKind,
    signing_keys::{self, SigningKeyRow},
};
use tollgate_store::sql::Tx;

use crate::ctx::{Ctx, Keyring, LoadedKey};

use super::note::{Details, Log, change};

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

/// The first key of a purpose; another node may have made it meanwhile.
pub(crate) async fn add_first(
    ctx: &Ctx,
    by: &Principal,
    purpose: &'static str,
    (id, key): (KeyId, SigningKey),
) -> Result<()> {
    let row = sealed(ctx, id, purpose, &key, ctx.now())?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if signing_keys::all_in(tx)
            .await?
            .iter()
            .any(|known| known.purpose == purpose)
        {
            return Ok(());
        }
        insert(tx, log, &row).await
    })
    .await
}

/// Add a key and note it.
pub(crate) async fn insert(tx: &mut Tx<'_>, log: &mut Log, row: &SigningKeyRow) -> Result<()> {
    signing_keys::add(tx, row).await?;
    log.note(EventKind::KeyCreated, about(row.id, &row.purpose));
    Ok(())
}

/// What its events say.
pub(crate) fn about(id: KeyId, purpose: &str) -> Details {
    let mut details = Details::default();
    details.data.say("key", id.to_string());
    details.data.say("purpose", purpose);
    details
}

/// A new key with its id.
pub(crate) fn draw(ctx: &Ctx, algorithm: Algorithm) -> Result<(KeyId, SigningKey)> {
    let id = KeyId::new(ctx.now(), ctx.entropy())?;
    Ok((id, SigningKey::generate(algorithm, id.to_string())?))
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
