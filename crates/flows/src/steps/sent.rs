//! Codes that are sent: having one sent, within limits, and holding what was
//! typed against it. A code follows from its job, so that it is stored nowhere;
//! what is stored is bound to what it was asked for.

use std::time::Duration;

use tollgate_base::{
    ExposeSecret, Result, SecretString,
    hex::hex,
    id::{JobId, UserId},
    time::Time,
};
use tollgate_crypto::{code::SentCode, mac, mac::digest};
use tollgate_records::{
    attempts::{self, Allowance, pace::Pace},
    factors::ways::Channel,
    jobs,
    one_time::{self, Purpose},
};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::{
    asks,
    queue::{CodeJob, Payload},
    strikes,
};

/// How many codes one account may have sent, and one address or number get.
/// Right ones do not count for the account.
const MOST: Allowance = Allowance {
    failures: 10,
    window: Duration::from_hours(1),
};

/// A code that is wanted.
pub(crate) struct Wanted {
    /// What for.
    pub(crate) purpose: Purpose,
    /// Whose.
    pub(crate) account: UserId,
    /// How it is sent.
    pub(crate) way: Channel,
    /// The address in canonical form, or the number.
    pub(crate) to: String,
    /// What it is bound to: it serves nothing else.
    pub(crate) binding: [u8; 32],
}

/// A code that is about to be asked for.
pub(crate) struct Order {
    id: JobId,
    queue: &'static str,
    payload: String,
}

/// Count it against the limits, and get it ready for [`Order::place`].
///
/// # Errors
/// `throttled`.
pub(crate) async fn order(ctx: &Ctx, wanted: &Wanted) -> Result<Order> {
    strikes::count_within(ctx, asks(wanted.purpose, wanted.account), MOST).await?;
    match wanted.purpose {
        // Anybody says that a number is theirs: that takes no code from whom it is proved
        // to be, and does not begin anew each hour.
        Purpose::PhoneVerification => {
            let gets = digest(&[b"codes to claimed", wanted.to.as_bytes()]);
            let pace = Pace {
                at_once: MOST.failures,
                every: MOST.window,
            };
            asks::take(ctx, gets, pace).await?;
        }
        _ => {
            let gets = digest(&[b"codes to", wanted.to.as_bytes()]);
            strikes::count_within(ctx, gets, MOST).await?;
        }
    }
    let now = ctx.now();
    let job = CodeJob {
        account: wanted.account.to_string(),
        purpose: wanted.purpose.as_str().to_owned(),
        way: wanted.way.as_str().to_owned(),
        to: wanted.to.clone(),
        binding: hex(&wanted.binding),
        at: now.micros(),
    };
    Ok(Order {
        id: JobId::new(now, ctx.entropy())?,
        queue: CodeJob::queue(wanted.way),
        payload: job.to_payload()?,
    })
}

impl Order {
    /// In the transaction of what it is asked for in.
    pub(crate) async fn place(&self, tx: &mut Tx<'_>, now: Time) -> Result<()> {
        jobs::add(tx, self.id, self.queue, &self.payload, now).await
    }
}

/// The code of a job.
pub(crate) fn code(ctx: &Ctx, job: JobId) -> SentCode {
    let key = ctx.master().derive("sent code");
    SentCode::derive(&key, &[job.to_string().as_bytes()])
}

/// What is stored of a code.
pub(crate) fn fingerprint(ctx: &Ctx, code: &SentCode, way: Channel, binding: &str) -> [u8; 32] {
    let key = ctx.master().derive("sent code at rest");
    let bound = digest(&[way.as_str().as_bytes(), binding.as_bytes()]);
    code.fingerprint(&key, &bound)
}

/// Hold what was typed against the code that the account has for this now,
/// counted as a try of it. Its way and hash if it is right.
///
/// # Errors
/// What the database says.
pub(crate) async fn find(
    ctx: &Ctx,
    purpose: Purpose,
    account: UserId,
    (binding, typed): ([u8; 32], &SecretString),
) -> Result<Option<(Channel, [u8; 32])>> {
    let Some(code) = SentCode::parse(typed.expose_secret()) else {
        return Ok(None);
    };
    let now = ctx.now();
    let attempt =
        async move |tx: &mut Tx<'_>| one_time::attempt_of(tx, purpose, account, now).await;
    let Some(stored) = ctx.db().write(attempt).await? else {
        return Ok(None);
    };
    let binding = hex(&binding);
    let mut ways = Channel::ALL.into_iter();
    Ok(ways.find_map(|way| {
        let hash = fingerprint(ctx, &code, way, &binding);
        mac::equal(&hash, &stored).then_some((way, hash))
    }))
}

/// Forget how many codes were asked for: one of them was right.
pub(crate) async fn forgive(tx: &mut Tx<'_>, purpose: Purpose, account: UserId) -> Result<()> {
    attempts::forgive(tx, asks(purpose, account))
        .await
        .map(drop)
}

fn asks(purpose: Purpose, account: UserId) -> [u8; 32] {
    let account = account.to_string();
    digest(&[
        b"codes for",
        purpose.as_str().as_bytes(),
        account.as_bytes(),
    ])
}
