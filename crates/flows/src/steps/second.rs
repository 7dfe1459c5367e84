//! The second factor: what somebody typed is held against the account's apps,
//! the code that was sent and recovery codes, and used up in the transaction of
//! what it allows.

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString,
    access::{Assurance, Principal},
    codes,
    id::{FactorId, SessionId, UserId},
    time::Time,
};
use tollgate_crypto::{
    code::SentCode,
    mac::digest,
    seal::{self, Context},
    totp::{TotpCode, TotpSecret},
};
use tollgate_records::{
    attempts,
    events::EventKind,
    factors::{
        self, Factor,
        ways::{self, Channel},
    },
    one_time::{self, Purpose},
};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::{
    note::{Details, Log, change},
    sent, strikes,
    ways::Way,
};

/// What was typed is good, and is to be used up.
#[derive(Clone)]
pub(crate) struct Proof {
    what: What,
    /// The row of the wrong ones before it.
    row: [u8; 32],
}

#[derive(Clone)]
enum What {
    /// The code of an app, and which of its steps.
    Totp(FactorId, i64),
    /// A recovery code, by its hash, and what it stands for.
    Recovery(String, Assurance),
    /// A code that was sent, and its hash.
    Sent(Channel, [u8; 32]),
}

/// Hold what was typed against what the account has, counted as a try; a code
/// that was sent has to be bound to the same. Nothing if it is no code that works
/// now, counted in that row; the audit trail is told of a wrong one after which no more
/// are taken for a while.
///
/// # Errors
/// `throttled`, `seal.broken`, `busy.hashing`, or what the database says.
pub(crate) async fn prove(
    ctx: &Ctx,
    by: &Principal,
    (account, row): (UserId, [u8; 32]),
    (binding, typed): ([u8; 32], &SecretString),
) -> Result<Option<Proof>> {
    let counted = strikes::count_in_row(ctx, row).await?;
    let looked = find(ctx, account, (binding, typed)).await;
    let what = counted.judged(ctx, looked).await?;
    if counted.last && what.is_none() {
        let blocked = async move |_: &mut Tx<'_>, log: &mut Log| {
            log.about(EventKind::FactorBlocked, account);
            Ok(())
        };
        change(ctx, by, blocked).await?;
    }
    Ok(what.map(|what| Proof { what, row }))
}

/// What somebody who is signed in is told of a code that is none.
pub(crate) fn wrong() -> Error {
    let detail = "That is not a code that works now.";
    Error::new(&codes::FACTOR_WRONG).field("/code", "wrong", detail)
}

/// What codes for a session are bound to, which its owner steps up with.
pub(crate) fn of_session(session: SessionId) -> [u8; 32] {
    digest(&[b"step up", session.to_string().as_bytes()])
}

async fn find(
    ctx: &Ctx,
    account: UserId,
    (binding, typed): ([u8; 32], &SecretString),
) -> Result<Option<What>> {
    if SentCode::parse(typed.expose_secret()).is_some() {
        let found = sent::find(ctx, Purpose::SentCode, account, (binding, typed)).await?;
        let found = found.filter(|(way, _)| ctx.sends(*way));
        return Ok(found.map(|(way, hash)| What::Sent(way, hash)));
    }
    let Some(code) = TotpCode::parse(typed.expose_secret()) else {
        let stored = factors::unused_codes(ctx.db(), account).await?;
        let found = ctx.hasher().find(&plain(typed), stored).await;
        return match found {
            // Codes of before they were made without one.
            Err(fault) if fault.is(&codes::PEPPER_MISSING) => Ok(None),
            found => {
                let worth = worth_of_recovery(ctx, account).await?;
                Ok(found?.map(|hash| What::Recovery(hash, worth)))
            }
        };
    };
    for factor in factors::of(ctx.db(), account).await? {
        if factor.confirmed_at.is_none() {
            continue;
        }
        let secret = unseal(ctx, &factor)?;
        if let Some(step) = secret.step_of(&code, ctx.now(), factor.last_step) {
            return Ok(Some(What::Totp(factor.id, step)));
        }
    }
    Ok(None)
}

/// What a recovery code stands for: the factor that it was made with, which may be
/// no more than codes that are sent.
async fn worth_of_recovery(ctx: &Ctx, account: UserId) -> Result<Assurance> {
    let strong = async move |tx: &mut Tx<'_>| factors::strong_in(tx, account).await;
    Ok(match ctx.db().write(strong).await? {
        0 => Assurance::One,
        _ => Assurance::Two,
    })
}

impl Proof {
    /// Use it up. False if somebody was faster, and of what is worth no second factor
    /// if the account has a stronger one: it stands in for none.
    pub(crate) async fn consume(
        &self,
        tx: &mut Tx<'_>,
        log: &mut Log,
        account: UserId,
        now: Time,
    ) -> Result<bool> {
        let weak = self.assurance() == Assurance::One;
        if weak && factors::strong_in(tx, account).await? > 0 {
            return Ok(false);
        }
        let used = self.use_up(tx, log, account, now).await?;
        if used {
            attempts::forgive(tx, self.row).await?;
        }
        Ok(used)
    }

    async fn use_up(
        &self,
        tx: &mut Tx<'_>,
        log: &mut Log,
        account: UserId,
        now: Time,
    ) -> Result<bool> {
        match &self.what {
            What::Totp(id, step) => factors::use_step(tx, *id, *step, now).await,
            What::Sent(way, hash) => {
                let redeemed = one_time::redeem(tx, Purpose::SentCode, *hash, None, now).await?;
                sent::forgive(tx, Purpose::SentCode, account).await?;
                Ok(redeemed.is_some() && ways::used(tx, account, *way, now).await?)
            }
            What::Recovery(hash, _) => {
                let used = factors::use_code(tx, account, hash, now).await?;
                if used {
                    let mut details = Details {
                        actor: Some(account),
                        subject: Some(account),
                        ..Details::default()
                    };
                    let left = factors::codes_left_in(tx, account).await?;
                    details.data.say("left", left);
                    log.note(EventKind::RecoveryCodeUsed, details);
                }
                Ok(used)
            }
        }
    }

    /// What it makes of a session. A code that was sent makes no second factor of
    /// it: whoever reads the mail, or has the number, could have set the password.
    pub(crate) const fn assurance(&self) -> Assurance {
        match self.what {
            What::Totp(..) => Assurance::Two,
            What::Recovery(_, worth) => worth,
            What::Sent(..) => Assurance::One,
        }
    }

    /// For the audit trail: what came after the first step.
    pub(crate) const fn way(&self) -> Way {
        match self.what {
            What::Totp(..) => Way::Totp,
            What::Recovery(..) => Way::RecoveryCode,
            What::Sent(Channel::Email, _) => Way::EmailCode,
            What::Sent(Channel::Sms, _) => Way::SmsCode,
        }
    }
}

/// A recovery code as it was hashed: groups, blanks and case are for the eye.
fn plain(typed: &SecretString) -> SecretString {
    let letters = typed.expose_secret().chars();
    let kept = letters.filter(|letter| !letter.is_whitespace() && *letter != '-');
    kept.flat_map(char::to_lowercase).collect::<String>().into()
}

/// Seal an app's secret for its row, and for no other account.
///
/// # Errors
/// `internal.entropy`.
pub(crate) fn seal(
    ctx: &Ctx,
    (id, account): (FactorId, UserId),
    secret: &TotpSecret,
) -> Result<Vec<u8>> {
    let row = row(id, account);
    seal::seal(ctx.master(), ctx.entropy(), &place(&row), secret.as_bytes())
}

/// The secret of an app.
///
/// # Errors
/// `seal.broken` if it was sealed elsewhere.
pub(crate) fn unseal(ctx: &Ctx, factor: &Factor) -> Result<TotpSecret> {
    let row = row(factor.id, factor.account);
    let bytes = seal::open(ctx.master(), &place(&row), &factor.secret)?;
    TotpSecret::from_bytes(&bytes).ok_or_else(|| Error::new(&codes::SEAL_BROKEN))
}

fn row(id: FactorId, account: UserId) -> String {
    format!("{id} of {account}")
}

fn place(row: &str) -> Context<'_> {
    Context {
        table: "factors",
        column: "secret",
        row,
    }
}
