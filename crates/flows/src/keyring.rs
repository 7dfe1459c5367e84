//! Signing keys: made, published before they sign, accepted after they did,
//! removed. The private halves leave the database only sealed.

use std::time::Duration;

use serde_json::Value;
use tollgate_base::{
    Error, ExposeSecret, Result, SecretString,
    access::{Facts, Permission, Principal, Target, decide},
    codes,
    id::KeyId,
    time::Time,
};
use tollgate_crypto::jwt::{Algorithm, SigningKey};
use tollgate_records::{
    events::EventKind,
    signing_keys::{self, SigningKeyRow},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::{Ctx, LoadedKey, PURPOSE_ACCESS, PURPOSE_AUDIT, PURPOSE_CHATBOT, PURPOSE_IDENTITY},
    steps::{
        keys,
        note::{Log, change},
    },
};

/// How long verifiers may keep our key set; a new key is published for so long
/// before it signs.
pub const JWKS_LIVES: Duration = Duration::from_mins(5);

/// When a new key begins to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// After every verifier could hear of it.
    Published,
    /// At once: the old one is not to be used any more.
    Now,
}

/// A key as administrators see it.
#[derive(Clone, Debug)]
pub struct KeyView {
    /// Its id and `kid`.
    pub id: KeyId,
    /// Which token family it signs.
    pub purpose: String,
    /// The `alg` of its tokens.
    pub algorithm: &'static str,
    /// When it was made.
    pub created_at: Time,
    /// From when on it signs.
    pub active_from: Time,
    /// Whether it signs now.
    pub signs: bool,
}

/// Read the keys into memory; make those that are missing. `chatbot` is the
/// shared secret that the operator set: a new one takes over at once, and the
/// one before is accepted until it is removed.
///
/// # Errors
/// `internal` if a key cannot be unsealed: then the master key is not the one
/// that sealed it.
pub async fn load(ctx: &Ctx, by: &Principal, chatbot: Option<SecretString>) -> Result<()> {
    keys::reload(ctx).await?;
    let now = ctx.now();
    let has = |purpose| ctx.keys().signer(purpose, now).is_ok();
    if !has(PURPOSE_ACCESS) {
        let key = keys::draw(ctx, ctx.policy().tokens.algorithm)?;
        keys::add_first(ctx, by, PURPOSE_ACCESS, key).await?;
    }
    if !has(PURPOSE_IDENTITY) {
        let key = keys::draw(ctx, Algorithm::EdDsa)?;
        keys::add_first(ctx, by, PURPOSE_IDENTITY, key).await?;
    }
    match chatbot {
        Some(secret) => adopt(ctx, by, &secret).await?,
        None if !has(PURPOSE_CHATBOT) => {
            let key = keys::draw(ctx, Algorithm::Hs256)?;
            keys::add_first(ctx, by, PURPOSE_CHATBOT, key).await?;
        }
        None => {}
    }
    keys::reload(ctx).await
}

/// All keys that are accepted.
///
/// # Errors
/// `access.denied`.
pub async fn list(ctx: &Ctx, by: &Principal, (): ()) -> Result<Vec<KeyView>> {
    decide(
        by,
        Permission::SigningKeys,
        &Target::Installation,
        &Facts::NONE,
    )?;
    keys::reload(ctx).await?;
    let (ring, now) = (ctx.keys(), ctx.now());
    let view = |loaded: &LoadedKey| KeyView {
        id: loaded.id,
        purpose: loaded.purpose.clone(),
        algorithm: loaded.key.algorithm().as_str(),
        created_at: loaded.created_at,
        active_from: loaded.active_from,
        signs: ring
            .signer(&loaded.purpose, now)
            .is_ok_and(|signer| signer.id == loaded.id),
    };
    Ok(ring.all().iter().map(view).collect())
}

/// Make the next key of a purpose.
///
/// # Errors
/// `access.denied`, `key.missing` for an unknown purpose.
pub async fn rotate(ctx: &Ctx, by: &Principal, (purpose, begin): (String, Begin)) -> Result<KeyId> {
    decide(
        by,
        Permission::SigningKeys,
        &Target::Installation,
        &Facts::NONE,
    )?;
    let algorithm = match purpose.as_str() {
        PURPOSE_ACCESS => ctx.policy().tokens.algorithm,
        PURPOSE_IDENTITY | PURPOSE_AUDIT => Algorithm::EdDsa,
        PURPOSE_CHATBOT => Algorithm::Hs256,
        _ => {
            return Err(Error::new(&codes::KEY_MISSING)
                .detail("The purposes are access, identity, audit and chatbot."));
        }
    };
    let now = ctx.now();
    // A shared secret is not published: it signs when its holders know it.
    let published = algorithm != Algorithm::Hs256 && begin == Begin::Published;
    let active_from = if published { now.plus(JWKS_LIVES) } else { now };
    let (id, key) = keys::draw(ctx, algorithm)?;
    let row = keys::sealed(ctx, id, &purpose, &key, active_from)?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        keys::insert(tx, log, &row).await
    })
    .await?;
    keys::reload(ctx).await?;
    Ok(id)
}

/// Accept a key no longer: its tokens die at once, on every node.
///
/// # Errors
/// `access.denied`, `key.missing`, `key.in_use` for the one that signs.
pub async fn remove(ctx: &Ctx, by: &Principal, id: KeyId) -> Result<()> {
    decide(
        by,
        Permission::SigningKeys,
        &Target::Installation,
        &Facts::NONE,
    )?;
    let now = ctx.now();
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let rows = signing_keys::all_in(tx).await?;
        let purpose = rows
            .iter()
            .find(|row| row.id == id)
            .map(|row| row.purpose.clone());
        let purpose = purpose.ok_or_else(|| Error::new(&codes::KEY_MISSING))?;
        let signer = rows
            .iter()
            .rfind(|row| row.purpose == purpose && row.active_from <= now);
        if signer.is_none_or(|row| row.id == id) {
            return Err(Error::new(&codes::KEY_IN_USE));
        }
        if signing_keys::remove(tx, id, now).await? {
            log.note(EventKind::KeyRemoved, keys::about(id, &purpose));
        }
        Ok(())
    })
    .await?;
    keys::reload(ctx).await?;
    // Until now its tokens could still be loaded, and remembered.
    ctx.freshness().bump_all();
    Ok(())
}

/// The public halves (RFC 7517), those that do not sign yet among them. Those of the
/// audit trail's checkpoints are `audit::key_set`: they sign no tokens.
pub fn jwks(ctx: &Ctx) -> Value {
    let ring = ctx.keys();
    let public: Vec<Value> = ring
        .all()
        .iter()
        .filter(|loaded| loaded.purpose != PURPOSE_AUDIT)
        .filter_map(|loaded| loaded.key.public_jwk())
        .collect();
    serde_json::json!({ "keys": public })
}

/// Take the operator's secret over, if it is a new one.
async fn adopt(ctx: &Ctx, by: &Principal, secret: &SecretString) -> Result<()> {
    let now = ctx.now();
    let id = KeyId::new(now, ctx.entropy())?;
    let key = SigningKey::from_shared_secret(id.to_string(), secret.expose_secret().as_bytes())?;
    let row = keys::sealed(ctx, id, PURPOSE_CHATBOT, &key, now)?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let known = signing_keys::all_in(tx).await?;
        let signer = known
            .iter()
            .rfind(|known| known.purpose == row.purpose && known.active_from <= now);
        if signer.is_some_and(|signer| signer.fingerprint == row.fingerprint) {
            return Ok(());
        }
        let is_same = |known: &&SigningKeyRow| {
            known.purpose == row.purpose && known.fingerprint == row.fingerprint
        };
        // What was removed may be known to others; it comes back by no restart.
        if !known.iter().any(|known| is_same(&known))
            && signing_keys::was_removed(tx, &row.purpose, row.fingerprint).await?
        {
            return Err(Error::new(&codes::SECRET_REMOVED));
        }
        // A secret that returns is one key: removing that must end it.
        for same in known.iter().filter(is_same) {
            signing_keys::remove(tx, same.id, now).await?;
            log.note(EventKind::KeyRemoved, keys::about(same.id, &same.purpose));
        }
        keys::insert(tx, log, &row).await
    })
    .await
}
