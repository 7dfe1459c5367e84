//! Confirming a sign-in from a device, or a network, that the account does not
//! know: a code goes to an address that is known to be its owner's.
//!
//! Each try counts against the challenge, of which five are allowed, and in a row
//! like a second factor.

use std::net::IpAddr;

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString,
    access::Principal,
    codes,
    id::{JobId, UserId},
    time::Time,
};
use tollgate_crypto::token::Prefix;
use tollgate_records::{
    accounts::{self, Account, StoredIdentifier},
    attempts,
    events::EventKind,
    factors, jobs,
    one_time::{self, NewOneTime, Purpose},
    passwords,
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        begun,
        device::UserAgent,
        land::{Landing, Opening, SignedIn},
        lanes::{Lane, Row, Whose},
        note::{Log, change},
        once,
        queue::{ConfirmJob, Payload},
        strikes,
        view::view,
        ways::Way,
    },
};

use super::{count, note_blocked};

/// A code that somebody got by mail.
#[derive(Debug)]
pub struct Confirm {
    /// What the first step gave.
    pub challenge: SecretString,
    /// The code.
    pub code: SecretString,
    /// With which device.
    pub device: UserAgent,
    /// From which address.
    pub address: Option<IpAddr>,
    /// Which credentials are wanted.
    pub opening: Opening,
}

/// A sign-in that waits for the code of a mail.
#[derive(Debug)]
pub struct Unconfirmed {
    /// For [`confirm`], within ten minutes.
    pub challenge: SecretString,
    /// Where the code went, as far as somebody who knows it recognises it.
    pub sent_to: String,
}

/// A challenge and the mail with its code: everything random is drawn, nothing is
/// written.
#[derive(Clone)]
pub(super) struct Draft {
    text: SecretString,
    row: NewOneTime,
    job: JobId,
}

/// Finish signing in.
///
/// # Errors
/// `one_time.invalid` if the first step is to be repeated, `confirmation.code`,
/// `throttled`.
pub async fn confirm(ctx: &Ctx, by: &Principal, request: Confirm) -> Result<SignedIn> {
    let outcome = evaluate(ctx, by, request).await;
    let result = match &outcome {
        Ok(_) => "ok",
        Err(error) => error.code().name,
    };
    count("confirmation", result);
    outcome
}

async fn evaluate(ctx: &Ctx, by: &Principal, request: Confirm) -> Result<SignedIn> {
    ctx.throttle("signin", request.address).await?;
    let challenge = once::fingerprint(&request.challenge)?;
    let presented = once::present(ctx, Purpose::Confirmation, challenge).await?;
    let user = presented.account.ok_or_else(once::invalid)?;
    let lane = Lane::of(ctx, Whose::Account(user), &request.device).await?;
    let in_row = lane.row(Row::Confirmation, user);
    lane.check(ctx).await?;
    let last = strikes::count_in_row(ctx, in_row).await?.last;
    let password = passwords::find(ctx.db(), user).await?;
    let typed = once::typed_code(request.code.expose_secret());
    let bound = {
        let (ctx, password) = (ctx.clone(), password.clone());
        move |account: &Account| {
            CONFIRMED.map(|way| {
                let begun = begun::binding(way, account, password.as_deref());
                (way, once::code_for(&ctx, begun, &typed))
            })
        }
    };
    let landing = Landing::prepare(ctx, user, request.opening, request.device)?.confirmed();
    let (opening, now) = (landing.clone(), ctx.now());
    let own = lane.clone();
    let opened = change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let account = accounts::find_in(tx, user).await?;
        let account = account.filter(Account::is_active);
        let account = account.ok_or_else(once::invalid)?;
        if !passwords::is_still(tx, user, password.as_deref()).await? {
            return Err(once::invalid());
        }
        // One that was added meanwhile is asked for.
        if factors::confirmed_in(tx, user).await? > 0 {
            return Err(once::invalid());
        }
        let mut taken = None;
        for (way, bound) in bound(&account) {
            let purpose = Purpose::Confirmation;
            let redeemed = one_time::redeem(tx, purpose, challenge, Some(bound), now).await?;
            taken = taken.or(redeemed.map(|_| way));
        }
        let Some(way) = taken else {
            return Ok(None);
        };
        own.forgive(tx).await?;
        attempts::forgive(tx, in_row).await?;
        opening
            .open(tx, log, &[way, Way::Confirmation])
            .await
            .map(Some)
    })
    .await?;
    let Some(opened) = opened else {
        lane.missed(ctx).await?;
        if last {
            note_blocked(ctx, by, (user, "confirmation")).await?;
        }
        return Err(Error::new(&codes::CONFIRMATION_CODE));
    };
    landing.finish(ctx, view(ctx, user).await?, opened)
}

impl Draft {
    /// Bound to the first step, and to the code.
    pub(super) fn new(
        ctx: &Ctx,
        account: &Account,
        (way, password): (Way, Option<&str>),
    ) -> Result<Self> {
        let (purpose, id) = (Purpose::Confirmation, Some(account.id));
        let mut minted = once::mint(ctx, purpose, Prefix::OneTime, id)?;
        let job = JobId::new(ctx.now(), ctx.entropy())?;
        let code = once::mailed_code(ctx, job);
        let begun = begun::binding(way, account, password);
        minted.row.binding = Some(once::code_for(ctx, begun, code.expose_secret()));
        Ok(Self {
            text: minted.text,
            row: minted.row,
            job,
        })
    }

    /// Issue the challenge and queue its mail.
    pub(super) async fn issue(
        &self,
        tx: &mut Tx<'_>,
        log: &mut Log,
        (account, to): (UserId, &StoredIdentifier),
        now: Time,
    ) -> Result<()> {
        one_time::add(tx, &self.row, now).await?;
        let job = ConfirmJob {
            account: account.to_string(),
            email: to.canonical.clone(),
            at: now.micros(),
        };
        jobs::add(tx, self.job, ConfirmJob::QUEUE, &job.to_payload()?, now).await?;
        log.about(EventKind::ConfirmationAsked, account);
        Ok(())
    }

    /// What the client goes on with.
    pub(super) fn told(self, sent_to: String) -> Unconfirmed {
        Unconfirmed {
            challenge: self.text,
            sent_to,
        }
    }
}

/// The address that codes go to: the first that is known to be its owner's.
pub(super) async fn address(tx: &mut Tx<'_>, account: UserId) -> Result<Option<StoredIdentifier>> {
    let known = accounts::identifiers_in(tx, account).await?;
    Ok(accounts::proved_address(&known).cloned())
}

/// First steps after which a sign-in may have to be confirmed: those that were no
/// mail.
const CONFIRMED: [Way; 2] = [Way::Password, Way::SignInToken];
