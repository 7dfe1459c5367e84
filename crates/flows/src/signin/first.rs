//! What follows a first step, by whichever way somebody took it: a session, or a
//! challenge for what it lacks, of which `next` judges.

use tollgate_base::{Result, access::Principal, id::UserId, time::Time};
use tollgate_records::{
    accounts::{self, Account},
    attempts,
    events::EventKind,
    one_time::{self, Purpose},
    passwords,
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        device::UserAgent,
        land::{Landing, Opening},
        lanes::{Lane, Try},
        note::{Log, change},
        view::complete,
        ways::Way,
    },
};

use super::{
    Step,
    next::{Drawn, Lacks, Next},
};

/// Somebody who took a first step.
pub(super) struct Entry {
    pub(super) account: Account,
    /// The hash of their password, where they have one.
    pub(super) password: Option<String>,
    pub(super) proof: Proof,
    pub(super) device: UserAgent,
    pub(super) opening: Opening,
    /// Whether the client can ask for a second step.
    pub(super) asks: bool,
}

/// What was shown, to be held against what is stored when the session is opened.
#[derive(Clone)]
pub(super) enum Proof {
    Password(Known),
    Secret(Shown),
}

/// A password that was right, and a better hash of it if the stored one is
/// outdated.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) hash: String,
    pub(super) better: Option<String>,
    /// In which lane this would have been a failure.
    pub(super) lane: Lane,
    pub(super) tried: Try,
}

/// A link or a code that was issued.
#[derive(Clone)]
pub(super) struct Shown {
    pub(super) way: Way,
    pub(super) purpose: Purpose,
    pub(super) hash: [u8; 32],
    pub(super) binding: Option<[u8; 32]>,
    /// Where it was counted that it was asked for.
    pub(super) asked: Vec<[u8; 32]>,
}

impl Entry {
    /// Open a session, or issue what goes on with the sign-in where more is to be
    /// shown, if what was proved still stands. Which of them is decided where the
    /// session is opened, so that no factor that is added meanwhile is overlooked.
    ///
    /// # Errors
    /// `factor.needed` and `confirmation.needed` if the client cannot ask for more;
    /// `confirmation.unreachable`.
    pub(super) async fn go_on(self, ctx: &Ctx, by: &Principal) -> Result<Option<Step>> {
        let (account, now) = (self.account.clone(), ctx.now());
        let landing = Landing::prepare(ctx, account.id, self.opening, self.device.clone())?;
        let drawn = Drawn::new(ctx, landing, (&account, self.proof.way(), self.stands_on()))?;
        let given = drawn.clone();
        let next = change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
            let id = self.account.id;
            let active = accounts::find_in(tx, id).await?;
            let active = active.is_some_and(|account| account.is_active());
            if !active || !self.proof.settle(tx, log, id, now).await? {
                return Ok(None);
            }
            let lacks = drawn.judge(tx).await?;
            drawn.can_be_asked(&lacks, self.asks)?;
            let done = matches!(lacks, Lacks::Nothing);
            self.proof.forgive(tx, done).await?;
            drawn.follow(tx, log, lacks).await.map(Some)
        })
        .await?;
        Ok(match next {
            None => None,
            Some(Next::Second) => Some(Step::Second(given.second.text)),
            Some(Next::Confirm(to)) => Some(Step::Confirm(given.confirmation.told(to))),
            Some(Next::Opened(opened)) => {
                let account = complete(ctx, account).await?;
                let signed_in = given.landing.finish(ctx, account, opened)?;
                Some(Step::Done(Box::new(signed_in)))
            }
        })
    }

    /// The password that what follows is bound to, as it is stored afterwards.
    fn stands_on(&self) -> Option<&str> {
        let better = match &self.proof {
            Proof::Password(known) => known.better.as_deref(),
            Proof::Secret(_) => None,
        };
        better.or(self.password.as_deref())
    }
}

impl Shown {
    /// Others of its sort are void once one was used. Whoever used it reads the mail, so
    /// that asking for it was no flood.
    async fn ends_others(&self, tx: &mut Tx<'_>, id: UserId, now: Time) -> Result<()> {
        for subject in &self.asked {
            attempts::forgive(tx, *subject).await?;
        }
        let mailed = [Purpose::SignInLink, Purpose::SignInCode];
        if mailed.contains(&self.purpose) {
            for purpose in mailed {
                one_time::withdraw(tx, purpose, Some(id), now).await?;
            }
        }
        Ok(())
    }
}

impl Proof {
    const fn way(&self) -> Way {
        match self {
            Self::Password(_) => Way::Password,
            Self::Secret(shown) => shown.way,
        }
    }

    /// Hold it against what is stored now and use it up, or store the better
    /// hash. False if it does not stand any more.
    async fn settle(&self, tx: &mut Tx<'_>, log: &mut Log, id: UserId, now: Time) -> Result<bool> {
        let known = match self {
            Self::Password(known) => known,
            Self::Secret(shown) => {
                let redeemed =
                    one_time::redeem(tx, shown.purpose, shown.hash, shown.binding, now).await?;
                if redeemed.is_none_or(|redeemed| redeemed.account != Some(id)) {
                    return Ok(false);
                }
                shown.ends_others(tx, id, now).await?;
                return Ok(true);
            }
        };
        if !passwords::is_still(tx, id, Some(&known.hash)).await? {
            return Ok(false);
        }
        if let Some(better) = &known.better {
            passwords::upgrade(tx, id, &known.hash, better).await?;
            log.about(EventKind::PasswordRehashed, id);
        }
        Ok(true)
    }

    /// It did not fail; with a second step it counts as a try until that is
    /// done.
    async fn forgive(&self, tx: &mut Tx<'_>, done: bool) -> Result<()> {
        match self {
            Self::Password(known) => known.lane.went_well(tx, known.tried, done).await,
            Self::Secret(_) => Ok(()),
        }
    }
}
