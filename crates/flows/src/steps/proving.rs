//! Having an address proved: a mail with a link that goes there, however it came
//! to be asked for.

use std::time::Duration;

use tollgate_base::{
    Result,
    id::{JobId, UserId},
    identifier::Email,
    time::Time,
};
use tollgate_crypto::mac::digest;
use tollgate_records::jobs;
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::{
    asks,
    queue::{Payload, VerifyJob},
    strikes,
};

/// How long an address waits: a day for the mail, and one for its link. When the mail
/// went out makes no difference, as one that is somebody's gets none.
pub(crate) const WAITS: Duration = Duration::from_hours(48);

/// Such a mail, about to be queued.
pub(crate) struct Proving {
    id: JobId,
    payload: String,
}

impl Proving {
    /// Draw what is random. Neither one account nor one mailbox is a way to
    /// flood somebody: both are counted.
    ///
    /// # Errors
    /// `throttled`.
    pub(crate) async fn prepare(ctx: &Ctx, account: UserId, email: &Email) -> Result<Self> {
        Self::counted(ctx, (account, email), b"verification asked of").await
    }

    /// The same for an address that is not theirs yet. What others ask for who say the
    /// same is counted apart from what its owner asks for: so they take nothing from
    /// them, and learn nothing of them.
    ///
    /// # Errors
    /// `throttled`.
    pub(crate) async fn prepare_new(ctx: &Ctx, account: UserId, email: &Email) -> Result<Self> {
        Self::counted(ctx, (account, email), b"verification asked of new").await
    }

    async fn counted(
        ctx: &Ctx,
        (account, email): (UserId, &Email),
        counted_as: &[u8],
    ) -> Result<Self> {
        let asks = digest(&[b"verification by", account.to_string().as_bytes()]);
        strikes::count(ctx, asks).await?;
        let gets = digest(&[counted_as, email.canonical().as_bytes()]);
        asks::take(ctx, gets, asks::strangers(ctx)).await?;
        let job = VerifyJob {
            account: account.to_string(),
            email: email.shown().to_owned(),
        };
        Ok(Self {
            id: JobId::new(ctx.now(), ctx.entropy())?,
            payload: job.to_payload()?,
        })
    }

    /// Queue it, in the transaction of what it follows from.
    pub(crate) async fn queue(&self, tx: &mut Tx<'_>, now: Time) -> Result<()> {
        jobs::add(tx, self.id, VerifyJob::QUEUE, &self.payload, now).await
    }
}
