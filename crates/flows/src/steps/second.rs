//! The second factor: what somebody typed is held against the account's apps
//! and recovery codes, and used up in the transaction of what it allows.

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString, codes,
    id::{FactorId, UserId},
    time::Time,
};
use tollgate_crypto::{
    seal::{self, Context},
    totp::{TotpCode, TotpSecret},
};
use tollgate_records::{
    events::EventKind,
    factors::{self, Factor},
};
use tollgate_store::sql::Tx;

use crate::ctx::Ctx;

use super::note::{Details, Log};

/// What was typed is good, and is to be used up.
#[derive(Clone)]
pub(crate) enum Proof {
    /// The code of an app, and which of its steps.
    Totp(FactorId, i64),
    /// A recovery code, by its hash.
    Recovery(String),
}

/// Hold what was typed against what the account has. Nothing if it is no code
/// that works now.
///
/// # Errors
/// `seal.broken`, `busy.hashing`, or what the database says.
pub(crate) async fn prove(
    ctx: &Ctx,
    account: UserId,
    typed: &SecretString,
) -> Result<Option<Proof>> {
    let Some(code) = TotpCode::parse(typed.expose_secret()) else {
        let stored = factors::unused_codes(ctx.db(), account).await?;
        let found = ctx.hasher().find(&plain(typed), stored).await?;
        return Ok(found.map(Proof::Recovery));
    };
    for factor in factors::of(ctx.db(), account).await? {
        if factor.confirmed_at.is_none() {
            continue;
        }
        let secret = unseal(ctx, &factor)?;
        if let Some(step) = secret.step_of(&code, ctx.now(), factor.last_step) {
            return Ok(Some(Proof::Totp(factor.id, step)));
        }
    }
    Ok(None)
}

impl Proof {
    /// Use it up. False if somebody was faster.
    pub(crate) async fn consume(
        &self,
        tx: &mut Tx<'_>,
        log: &mut Log,
        account: UserId,
        now: Time,
    ) -> Result<bool> {
        match self {
            Self::Totp(id, step) => factors::use_step(tx, *id, *step, now).await,
            Self::Recovery(hash) => {
                let used = factors::use_code(tx, account, hash, now).await?;
                if used {
                    log.note(
                        EventKind::RecoveryCodeUsed,
                        Details {
                            actor: Some(account),
                            subject: Some(account),
                            ..Details::default()
                        },
                    );
                }
                Ok(used)
            }
        }
    }

    /// For the audit trail and metrics: what came after the password.
    pub(crate) const fn way(&self) -> &'static str {
        match self {
            Self::Totp(..) => "password+totp",
            Self::Recovery(_) => "password+recovery_code",
        }
    }
}

/// A recovery code as it was hashed: groups, blanks and case are for the eye.
pub(crate) fn plain(typed: &SecretString) -> SecretString {
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
