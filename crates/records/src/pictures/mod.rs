//! The picture that an account has uploaded, one at most. Its pixels are made
//! elsewhere; here it is a file with a tag. Owns table `pictures`.

use tollgate_base::{Result, hex::hex, id::UserId, time::Time};
use tollgate_crypto::mac::digest;
use tollgate_store::{
    args, queries,
    sql::{Db, Tx},
};

/// A picture as it is stored. Personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Such as `image/png`.
    pub media_type: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// Another picture has another tag.
    pub tag: String,
}

queries! {
    FIND = "SELECT media_type, bytes, tag FROM pictures WHERE account_id = $1";
    TAG = "SELECT tag FROM pictures WHERE account_id = $1";
    SET = "INSERT INTO pictures (account_id, media_type, bytes, tag, changed_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account_id) DO UPDATE SET
            media_type = excluded.media_type, bytes = excluded.bytes, tag = excluded.tag, changed_at = excluded.changed_at";
    FORGET = "DELETE FROM pictures WHERE account_id = $1";
}

impl Picture {
    /// With the tag of its bytes.
    pub fn new(media_type: &str, bytes: Vec<u8>) -> Self {
        Self {
            media_type: media_type.to_owned(),
            tag: hex(&digest(&[b"picture", &bytes])[..16]),
            bytes,
        }
    }
}

/// The picture of an account.
pub async fn find(db: &Db, account: UserId) -> Result<Option<Picture>> {
    let Some(row) = db.maybe(FIND, args![account]).await? else {
        return Ok(None);
    };
    Ok(Some(Picture {
        media_type: row.get("media_type")?,
        bytes: row.get("bytes")?,
        tag: row.get("tag")?,
    }))
}

/// The tag of an account's picture.
pub async fn tag(db: &Db, account: UserId) -> Result<Option<String>> {
    db.maybe(TAG, args![account])
        .await?
        .map(|row| row.get("tag"))
        .transpose()
}

/// Set or replace the picture of an account.
pub async fn set(tx: &mut Tx<'_>, account: UserId, picture: &Picture, now: Time) -> Result<()> {
    let row = args![
        account,
        &picture.media_type,
        picture.bytes.clone(),
        &picture.tag,
        now
    ];
    tx.run(SET, row).await?;
    Ok(())
}

/// Delete the picture of an account. False if it had none.
pub async fn forget(tx: &mut Tx<'_>, account: UserId) -> Result<bool> {
    Ok(tx.run(FORGET, args![account]).await? == 1)
}
