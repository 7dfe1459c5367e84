//! How often mail may be asked for by whoever names an address. A device that the
//! account knows has an allowance of its own, and so has a network that it was used
//! from: what strangers ask for, who share one for each address, takes nothing from
//! these. None has a window at whose end all begins anew, so that a day brings a
//! bounded number. What is asked for lives beside what was: nobody voids what another
//! waits for.

use std::time::Duration;

use tollgate_base::{
    Result,
    id::UserId,
    identifier::{Email, Identifier},
    time::Time,
};
use tollgate_crypto::mac::digest;
use tollgate_records::{
    accounts,
    attempts::{
        self,
        pace::{self, Pace},
    },
    one_time::Purpose,
};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::{
    device::UserAgent,
    lanes::{Lane, Whose},
    strikes::throttled,
};

/// How long strangers wait for one more: as long as a link lives that sets a password,
/// so that whoever is refused because of them finds one that works in the mailbox.
const STRANGERS: Duration = Purpose::PasswordReset.lives();
/// How long a device or a network waits that the account knows.
const KNOWN: Duration = Duration::from_mins(15);

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A link that sets a new password.
    Reset,
    /// What signs in.
    SignIn,
}

impl Sort {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Reset => b"reset asked",
            Self::SignIn => b"sign-in mail asked",
        }
    }

    fn by_strangers(self, canonical: &str) -> [u8; 32] {
        digest(&[self.label(), b"strangers", canonical.as_bytes()])
    }

    fn in_lane(self, lane: [u8; 32]) -> [u8; 32] {
        digest(&[self.label(), b"known", &lane])
    }

    fn for_account(self, account: UserId) -> [u8; 32] {
        digest(&[self.label(), b"account", account.to_string().as_bytes()])
    }
}

/// Count it. Says whether the account knows who asks. The same reads for an address that
/// is nobody's, and the same refusal of strangers.
///
/// # Errors
/// `throttled`.
pub(crate) async fn count(
    ctx: &Ctx,
    sort: Sort,
    (email, agent): (&Email, &UserAgent),
) -> Result<bool> {
    let name = Identifier::Email(email.clone());
    let account = accounts::by_identifier(ctx.db(), &name).await?;
    let nobody = Whose::Nobody(digest(&[b"asked", email.canonical().as_bytes()]));
    let whose = account.map_or(nobody, |account| Whose::Account(account.id));
    match Lane::of(ctx, whose, agent).await?.known() {
        Some(lane) => {
            take(ctx, sort.in_lane(lane), pace(ctx, KNOWN)).await?;
            Ok(true)
        }
        None => {
            take(ctx, sort.by_strangers(email.canonical()), strangers(ctx)).await?;
            Ok(false)
        }
    }
}

/// Whether one more that strangers asked for goes out to an account, by whichever of its
/// addresses.
pub(crate) async fn goes_out(
    tx: &mut Tx<'_>,
    sort: Sort,
    (account, pace): (UserId, Pace),
    now: Time,
) -> Result<bool> {
    let wait = pace::ask(tx, sort.for_account(account), pace, now).await?;
    Ok(wait.is_none())
}

/// What is forgotten once its owner has used one: they read the mail, so that it was no
/// flood. `agent` is what they used it with, as far as that is known.
pub(crate) async fn counted(
    ctx: &Ctx,
    sort: Sort,
    (account, agent): (UserId, &UserAgent),
) -> Result<Vec<[u8; 32]>> {
    let mut rows = vec![sort.for_account(account)];
    let lane = Lane::of(ctx, Whose::Account(account), agent).await?;
    rows.extend(lane.known().map(|lane| sort.in_lane(lane)));
    let names = accounts::identifiers(ctx.db(), account).await?;
    rows.extend(names.iter().map(|name| sort.by_strangers(&name.canonical)));
    Ok(rows)
}

/// The same of strangers alone.
pub(crate) async fn forgive(tx: &mut Tx<'_>, sort: Sort, canonical: &str) -> Result<()> {
    attempts::forgive(tx, sort.by_strangers(canonical)).await?;
    Ok(())
}

/// How often something may be asked for by anybody.
pub(crate) fn strangers(ctx: &Ctx) -> Pace {
    pace(ctx, STRANGERS)
}

fn pace(ctx: &Ctx, every: Duration) -> Pace {
    let at_once = ctx.policy().attempts.failures;
    Pace { at_once, every }
}

/// Count something that is asked for. A flood of it is read and not written.
///
/// # Errors
/// `throttled`.
pub(crate) async fn take(ctx: &Ctx, subject: [u8; 32], pace: Pace) -> Result<()> {
    let now = ctx.now();
    if let Some(wait) = pace::wait(ctx.db(), subject, pace, now).await? {
        return Err(throttled(wait));
    }
    let ask = async move |tx: &mut Tx<'_>| pace::ask(tx, subject, pace, now).await;
    let wait = ctx.db().write(ask).await?;
    wait.map_or(Ok(()), |wait| Err(throttled(wait)))
}
