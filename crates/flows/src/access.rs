//! Who has access: every account with its role, its state, what it proves itself
//! with, when it was last used, and the apps that its owner gets into. That it was
//! read is noted.

use tollgate_base::{
    Error, Result,
    access::{Facts, Permission, Principal, Role, Target, decide},
    codes,
    id::{SiteId, UserId},
    page::{Cursor, Page},
    time::Time,
};
use tollgate_records::{
    accounts::{self, StoredIdentifier},
    events::EventKind,
    sites::{Site, Visitor},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::{Ctx, Listed},
    steps::{
        note::{Details, Log, change},
        places,
        standing::{self, Standing},
    },
};

/// Most rows of one report.
pub const MOST: u32 = 10_000;
/// Accounts that are looked at for one report at most.
const LOOKED_AT: u32 = 20_000;
/// Accounts that are read at once.
const BATCH: u32 = 500;

/// Who is asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Only people of this role.
    pub role: Option<Role>,
    /// Only people whom this app lets in.
    pub site: Option<SiteId>,
    /// Where the last report ended.
    pub after: Option<Cursor>,
    /// Rows, at most [`MOST`].
    pub most: u32,
}

/// Somebody, and what they have access to.
#[derive(Clone, Debug)]
pub struct Access {
    /// How the account stands.
    pub standing: Standing,
    /// What people call it.
    pub name: String,
    /// What it signs in with, the primary one first.
    pub identifiers: Vec<StoredIdentifier>,
    /// The apps that they get into; none for whoever is suspended.
    pub sites: Vec<Entry>,
}

/// An app that lets somebody in, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub site: SiteId,
    /// What people call it.
    pub name: String,
    /// The rules that let them in, such as `rule 2: /admin for role:admin`.
    pub rules: Vec<String>,
}

/// Who has access, in the order of their ids. A report may have fewer rows than were
/// asked for while there is a next one.
///
/// # Errors
/// `auth.required`, `access.denied`, `site.missing`, `id.malformed`.
pub async fn report(ctx: &Ctx, by: &Principal, ask: Ask) -> Result<Page<Access>> {
    decide(
        by,
        Permission::AuditRead,
        &Target::Installation,
        &Facts::NONE,
    )?;
    places::reload(ctx).await?;
    let sites: Vec<Listed> = ctx.sites().all().collect();
    if let Some(wanted) = ask.site
        && !sites.iter().any(|listed| listed.site.id == wanted)
    {
        return Err(Error::new(&codes::SITE_MISSING));
    }
    let most = ask.most.min(MOST) as usize;
    let after = ask.after.as_ref().map(|after| after.id.parse::<UserId>());
    let mut from = after.transpose()?;
    let (mut rows, mut next) = (Vec::new(), None);
    'looking: for _ in 0..LOOKED_AT / BATCH {
        let batch = standing::some(ctx, from, ask.role, BATCH + 1).await?;
        next = None;
        for (place, standing) in batch.into_iter().enumerate() {
            next = Some(standing.id);
            if rows.len() == most {
                break 'looking;
            }
            if place == BATCH as usize {
                break;
            }
            let row = access(ctx, standing, &sites).await?;
            let enters = |wanted| row.sites.iter().any(|entry| entry.site == wanted);
            if ask.site.is_none_or(enters) {
                rows.push(row);
            }
            next = None;
        }
        from = next;
        if from.is_none() {
            break;
        }
    }
    noted(ctx, by, &ask, rows.len()).await?;
    let next = next.map(|id| Cursor {
        at: Time::default(),
        id: id.to_string(),
    });
    Ok(Page { rows, next })
}

async fn access(ctx: &Ctx, standing: Standing, sites: &[Listed]) -> Result<Access> {
    let identifiers = accounts::identifiers(ctx.db(), standing.id).await?;
    let visitor = Visitor {
        user: standing.id,
        role: standing.role,
        names: places::names(&identifiers),
    };
    let entry = |listed: &Listed| entry(&listed.site, &visitor);
    let first = identifiers.first().map(|known| known.shown.clone());
    Ok(Access {
        name: standing.display_name.clone().or(first).unwrap_or_default(),
        sites: if standing.is_active() {
            sites.iter().filter_map(entry).collect()
        } else {
            Vec::new()
        },
        identifiers,
        standing,
    })
}

fn entry(site: &Site, visitor: &Visitor) -> Option<Entry> {
    let told = |place: usize| {
        let rule = site.rules.get(place)?;
        Some(format!("rule {}: {rule}", place + 1))
    };
    let rules: Vec<String> = site.entries(visitor).into_iter().filter_map(told).collect();
    (!rules.is_empty()).then(|| Entry {
        site: site.id,
        name: site.name.clone(),
        rules,
    })
}

async fn noted(ctx: &Ctx, by: &Principal, ask: &Ask, rows: usize) -> Result<()> {
    let (role, site) = (ask.role, ask.site);
    change(ctx, by, async move |_: &mut Tx<'_>, log: &mut Log| {
        let mut details = Details::default();
        details.data.say("rows", rows);
        if let Some(role) = role {
            details.data.say("role", role.as_str());
        }
        if let Some(site) = site {
            details.data.say("site", site.to_string());
        }
        log.note(EventKind::AccessReported, details);
        Ok(())
    })
    .await
}
