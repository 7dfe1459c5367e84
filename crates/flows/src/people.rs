//! Looking after other people's accounts.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_base::{
    Error, Result,
    access::{Facts, Permission, Principal, Role, Target, decide},
    codes,
    id::UserId,
    identifier::Identifier,
    page::{Cursor, Page, PageRequest},
};
use tollgate_records::{
    accounts::{self, Filter},
    devices,
    events::EventKind,
    idempotency::Once,
    sessions::EndReason,
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::{
        end,
        enrol::{Applicant, Enrolment, close_setup},
        facts::{allow, allow_giving, allow_reading, keep_an_admin},
        note::{Details, Log, change},
        repeat,
        vet::ClientProfile,
        view::{AccountView, complete, view},
    },
};

/// An account that is to be made for somebody.
#[derive(Debug)]
pub struct CreatePerson {
    /// Who.
    pub applicant: Applicant,
    /// Their role.
    pub role: Role,
    /// The caller's idempotency key, if there is one.
    pub once: Option<Once>,
}

/// Most people whose names are asked for at once.
pub const NAMES_MOST: usize = 200;

/// Accounts, newest first.
///
/// # Errors
/// `auth.required`, `access.denied`.
pub async fn list(
    ctx: &Ctx,
    by: &Principal,
    (filter, page): (Filter, PageRequest),
) -> Result<Page<AccountView>> {
    decide(
        by,
        Permission::PeopleList,
        &Target::Installation,
        &Facts::NONE,
    )?;
    let rows = accounts::list(ctx.db(), &filter, &page).await?;
    let cut = page.cut(rows, |account| Cursor {
        at: account.created_at,
        id: account.id.to_string(),
    });
    let mut views = Vec::with_capacity(cut.rows.len());
    for account in cut.rows {
        views.push(complete(ctx, account).await?);
    }
    Ok(Page {
        rows: views,
        next: cut.next,
    })
}

/// One account.
///
/// # Errors
/// `auth.required`, `access.denied`, `access.rank`, `person.missing`.
pub async fn show(ctx: &Ctx, by: &Principal, id: UserId) -> Result<AccountView> {
    allow_reading(ctx.db(), by, Permission::AccountRead, id).await?;
    view(ctx, id).await
}

/// The account that signs in with this.
///
/// # Errors
/// As [`show`].
pub async fn find(ctx: &Ctx, by: &Principal, identifier: Identifier) -> Result<AccountView> {
    decide(
        by,
        Permission::PeopleList,
        &Target::Installation,
        &Facts::NONE,
    )?;
    let account = accounts::by_identifier(ctx.db(), &identifier).await?;
    show(
        ctx,
        by,
        account
            .ok_or_else(|| Error::new(&codes::PERSON_MISSING))?
            .id,
    )
    .await
}

/// What these people are called; whoever is gone is left out. Only the first
/// [`NAMES_MOST`] are looked up.
///
/// # Errors
/// `auth.required`, `access.denied`.
pub async fn names(
    ctx: &Ctx,
    by: &Principal,
    ids: BTreeSet<UserId>,
) -> Result<BTreeMap<UserId, String>> {
    decide(
        by,
        Permission::PeopleList,
        &Target::Installation,
        &Facts::NONE,
    )?;
    let mut names = BTreeMap::new();
    for id in ids.into_iter().take(NAMES_MOST) {
        if let Some(account) = accounts::find(ctx.db(), id).await? {
            names.insert(id, complete(ctx, account).await?.name().to_owned());
        }
    }
    Ok(names)
}

/// What whoever asks may do to an account: for surfaces that offer only what
/// will be granted.
///
/// # Errors
/// As [`show`].
pub async fn powers(ctx: &Ctx, by: &Principal, id: UserId) -> Result<Vec<Permission>> {
    let role = allow_reading(ctx.db(), by, Permission::AccountRead, id).await?;
    let facts = Facts {
        holds: Some(role),
        gives: None,
    };
    let may =
        |permission: &&Permission| decide(by, **permission, &Target::Account(id), &facts).is_ok();
    Ok(Permission::ALL.iter().filter(may).copied().collect())
}

/// The roles that whoever asks may give to a new account, lowest first.
///
/// # Errors
/// `auth.required`, `access.denied` if there is none.
pub fn roles_to_give(_: &Ctx, by: &Principal, (): ()) -> Result<Vec<Role>> {
    let may = |role: Role| {
        let facts = Facts {
            holds: None,
            gives: Some(role),
        };
        decide(by, Permission::PeopleCreate, &Target::Installation, &facts)
    };
    may(Role::Default)?;
    let roles = Role::ALL.iter().copied();
    Ok(roles.filter(|role| may(*role).is_ok()).collect())
}

/// Make an account. Its identifiers are vouched for by whoever makes it, if
/// they may vouch.
///
/// # Errors
/// `access.denied`, `access.rank`, `identifier.taken`, `password.weak`,
/// `idempotency.mismatch`, `busy.hashing`.
pub async fn create(ctx: &Ctx, by: &Principal, request: CreatePerson) -> Result<AccountView> {
    let facts = Facts {
        holds: None,
        gives: Some(request.role),
    };
    decide(by, Permission::PeopleCreate, &Target::Installation, &facts)?;
    let (once, now) = (request.once, ctx.now());
    if let Some(made) = repeat::made(ctx, once.as_ref(), now).await? {
        return view(ctx, made.parse()?).await;
    }
    let enrolment = Enrolment::prepare(
        ctx,
        by,
        request.applicant,
        request.role,
        ClientProfile::NATIVE,
    )
    .await;
    let enrolment = match enrolment {
        Ok(enrolment) => {
            match decide(by, Permission::AccountVouch, &Target::Installation, &facts) {
                Ok(()) => enrolment.vouched(),
                Err(_) => enrolment,
            }
        }
        // The name may be taken by this very request, sent twice at once.
        Err(refusal) => match repeat::made(ctx, once.as_ref(), now).await? {
            Some(made) => return view(ctx, made.parse()?).await,
            None => return Err(refusal),
        },
    };
    let made = change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if let Some(id) = repeat::earlier(tx, once.as_ref(), now).await? {
            return id.parse();
        }
        enrolment.make(tx, log).await?;
        repeat::store(tx, once.as_ref(), &enrolment.id.to_string(), now).await?;
        Ok(enrolment.id)
    })
    .await?;
    view(ctx, made).await
}

/// Let an account sign in no longer. Its sessions end.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`, `admin.last`.
pub async fn suspend(ctx: &Ctx, by: &Principal, id: UserId) -> Result<()> {
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::PeopleSuspend, id).await?;
        keep_an_admin(tx, id).await?;
        if accounts::set_suspended(tx, id, true, now).await? {
            end::end_all(tx, id, None, EndReason::Suspended, now).await?;
            devices::distrust(tx, id).await?;
            log.about(EventKind::AccountSuspended, id);
        } else {
            log.unchanged(id);
        }
        Ok(())
    })
    .await
}

/// Let an account sign in again.
///
/// # Errors
/// `access.denied`, `access.rank`, `person.missing`.
pub async fn resume(ctx: &Ctx, by: &Principal, id: UserId) -> Result<()> {
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        allow(tx, &asks, Permission::PeopleSuspend, id).await?;
        if accounts::set_suspended(tx, id, false, now).await? {
            log.about(EventKind::AccountResumed, id);
        }
        Ok(())
    })
    .await
}

/// Give an account another role.
///
/// # Errors
/// `access.denied`, `person.missing`, `admin.last`.
pub async fn assign_role(ctx: &Ctx, by: &Principal, (id, role): (UserId, Role)) -> Result<()> {
    let (asks, now) = (by.clone(), ctx.now());
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let held = allow_giving(tx, &asks, Permission::RoleAssign, id, Some(role)).await?;
        if role != Role::Admin {
            keep_an_admin(tx, id).await?;
        }
        if accounts::set_role(tx, id, role, now).await? {
            let mut details = Details {
                subject: Some(id),
                ..Details::default()
            };
            details.data.say("from", held.as_str());
            details.data.say("to", role.as_str());
            log.note(EventKind::RoleAssigned, details);
        } else {
            log.unchanged(id);
        }
        if role == Role::Admin {
            close_setup(tx, log, id, now).await?;
        }
        Ok(())
    })
    .await
}
