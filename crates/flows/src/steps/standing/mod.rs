//! How an account stands: what it proves itself with, when it was last used, and
//! what the compliance rules make of that. What the installation as a whole is
//! held to is not here.

pub(crate) mod read;
pub mod rules;

use tollgate_base::{Result, access::Role, id::UserId, time::Time};
use tollgate_store::sql::Row;

use crate::ctx::Ctx;

/// What is known of an account, as rules and reports look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whose account.
    pub id: UserId,
    /// Their role.
    pub role: Role,
    /// Whether it was made with the setup link.
    pub founder: bool,
    /// What people call it, if it says so.
    pub display_name: Option<String>,
    /// When it was made.
    pub created_at: Time,
    /// Since when it may not sign in.
    pub suspended_at: Option<Time>,
    /// When it was last used; none if never.
    pub last_used_at: Option<Time>,
    /// The same as it is stored, which is older while sessions know better.
    pub(crate) stored_use: Option<Time>,
    /// Authenticator apps.
    pub apps: i64,
    /// Passkeys.
    pub passkeys: i64,
    /// Ways in which codes are sent.
    pub sent_codes: i64,
    /// Recovery codes that still work.
    pub recovery_codes: i64,
    /// Sessions that live.
    pub sessions: i64,
    /// When the oldest of them was opened.
    pub oldest_session: Option<Time>,
    /// Devices that it was used from.
    pub devices: i64,
    /// When the oldest address was given that is not known to be theirs.
    pub unverified_since: Option<Time>,
    /// Whether the password is stored as today's passwords are not.
    pub outdated_password: bool,
}

impl Standing {
    /// Whether it may sign in.
    pub const fn is_active(&self) -> bool {
        self.suspended_at.is_none()
    }

    /// Second factors that count.
    pub const fn factors(&self) -> i64 {
        self.apps + self.passkeys + self.sent_codes
    }
}

/// How one account stands; none if there is no such account.
pub(crate) async fn of(ctx: &Ctx, id: UserId) -> Result<Option<Standing>> {
    let found = some(ctx, Some(id), None, 1).await?;
    Ok(found.into_iter().find(|standing| standing.id == id))
}

/// How accounts stand in the order of their ids, from one on, of one role or all.
pub(crate) async fn some(
    ctx: &Ctx,
    from: Option<UserId>,
    role: Option<Role>,
    most: u32,
) -> Result<Vec<Standing>> {
    let epoch = ctx.installation().epoch;
    let rows = read::some(ctx.db(), (epoch, ctx.now()), (from, role), most).await?;
    rows.iter().map(|row| standing(ctx, row)).collect()
}

fn standing(ctx: &Ctx, row: &Row) -> Result<Standing> {
    let stored_use: Option<Time> = row.get("last_used_at")?;
    let uses = [stored_use, row.get("seen_at")?, row.get("device_used_at")?];
    let hash: Option<String> = row.get("hash")?;
    Ok(Standing {
        id: row.get("id")?,
        role: row.get("role")?,
        founder: row.get("founder")?,
        display_name: row.get("display_name")?,
        created_at: row.get("created_at")?,
        suspended_at: row.get("suspended_at")?,
        last_used_at: uses.into_iter().flatten().max(),
        stored_use,
        apps: row.get("apps")?,
        passkeys: row.get("passkeys")?,
        sent_codes: row.get("sent_codes")?,
        recovery_codes: row.get("recovery_codes")?,
        sessions: row.get("sessions")?,
        oldest_session: row.get("oldest_session")?,
        devices: row.get("devices")?,
        unverified_since: row.get("unverified_since")?,
        outdated_password: hash.is_some_and(|hash| ctx.hasher().is_outdated(&hash)),
    })
}
