//! Registering the apps behind the gate, and asking the rules what they would
//! say.

use std::sync::Arc;

use tollgate_base::{
    Error, Result,
    access::{Facts, Permission, Principal, Target, decide},
    codes,
    id::{SiteId, UserId},
};
use tollgate_records::{
    accounts,
    events::EventKind,
    idempotency::Once,
    sites::{self, Draft, Judgement, Path, Request, Site, Visitor, is_method},
};
use tollgate_store::sql::Tx;

use crate::{
    ctx::{Ctx, Listed},
    steps::{
        note::{Details, Log, change},
        places, repeat,
    },
};

/// Most sites that are stored.
pub const MOST: i64 = 1_000;

/// A site that is to be registered.
#[derive(Clone, Debug)]
pub struct CreateSite {
    /// The site as it is written.
    pub draft: Draft,
    /// The caller's idempotency key, if there is one.
    pub once: Option<Once>,
}

/// What a site is to be from now on.
#[derive(Clone, Debug)]
pub struct EditSite {
    /// Which.
    pub id: SiteId,
    /// The site as it is written.
    pub draft: Draft,
    /// The version that the caller read.
    pub if_version: Option<i64>,
}

/// A visit that nobody makes.
#[derive(Clone, Debug)]
pub struct TestVisit {
    /// The address in the app.
    pub url: String,
    /// How.
    pub method: String,
    /// Who; none for a stranger.
    pub user: Option<UserId>,
}

/// What the rules would say.
#[derive(Clone, Debug)]
pub struct Tested {
    /// The site at that address.
    pub site: Option<Listed>,
    /// The path as the rules read it.
    pub path: Path<'static>,
    /// What they say; none where there is no site.
    pub judgement: Option<Judgement>,
    /// Whether the person is suspended, whom the gate takes for a stranger.
    pub suspended: bool,
}

/// Read the sites into memory, before anybody asks for one.
///
/// # Errors
/// What the database says.
pub async fn load(ctx: &Ctx, _by: &Principal, (): ()) -> Result<()> {
    places::reload(ctx).await
}

/// All sites.
///
/// # Errors
/// `auth.required`, `access.denied`.
pub async fn list(ctx: &Ctx, by: &Principal, (): ()) -> Result<Vec<Listed>> {
    allow(by)?;
    places::reload(ctx).await?;
    Ok(ctx.sites().all().collect())
}

/// One site.
///
/// # Errors
/// `auth.required`, `access.denied`, `site.missing`.
pub async fn show(ctx: &Ctx, by: &Principal, id: SiteId) -> Result<Listed> {
    allow(by)?;
    places::reload(ctx).await?;
    known(ctx, id)
}

/// Register a site.
///
/// # Errors
/// `access.denied`, `request.invalid`, `site.taken`, `site.limit`,
/// `idempotency.mismatch`.
pub async fn create(ctx: &Ctx, by: &Principal, request: CreateSite) -> Result<Listed> {
    allow(by)?;
    let (once, now) = (request.once, ctx.now());
    if let Some(made) = repeat::made(ctx, once.as_ref(), now).await? {
        return show(ctx, by, made.parse()?).await;
    }
    let site = request
        .draft
        .understood(SiteId::new(now, ctx.entropy())?, now)?;
    fits(ctx, &site)?;
    let id = change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if let Some(made) = repeat::earlier(tx, once.as_ref(), now).await? {
            return made.parse();
        }
        if sites::count(tx).await? >= MOST {
            return Err(Error::new(&codes::SITES_FULL));
        }
        if !sites::add(tx, &site, now).await? {
            return Err(Error::new(&codes::SITE_TAKEN));
        }
        repeat::store(tx, once.as_ref(), &site.id.to_string(), now).await?;
        log.note(EventKind::SiteCreated, about(&site));
        Ok(site.id)
    })
    .await?;
    places::reload(ctx).await?;
    known(ctx, id)
}

/// Change a site.
///
/// # Errors
/// `access.denied`, `request.invalid`, `site.missing`, `site.locked`,
/// `site.taken`, `version.mismatch`.
pub async fn edit(ctx: &Ctx, by: &Principal, request: EditSite) -> Result<Listed> {
    allow(by)?;
    let EditSite {
        id,
        draft,
        if_version,
    } = request;
    unlocked(ctx, id)?;
    let now = ctx.now();
    let new = draft.understood(id, now)?;
    fits(ctx, &new)?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let stored = sites::all_in(tx).await?;
        let old = stored.iter().find(|site| site.id == id);
        let old = old.ok_or_else(|| Error::new(&codes::SITE_MISSING))?;
        if if_version.is_some_and(|version| version != old.version) {
            return Err(Error::new(&codes::VERSION_MISMATCH));
        }
        if !sites::save(tx, &new, now).await? {
            return Err(Error::new(&codes::SITE_TAKEN));
        }
        log.note(EventKind::SiteUpdated, about(&new));
        Ok(())
    })
    .await?;
    places::reload(ctx).await?;
    known(ctx, id)
}

/// Delete a site: whoever asks for it is refused from now on.
///
/// # Errors
/// `access.denied`, `site.missing`, `site.locked`.
pub async fn delete(ctx: &Ctx, by: &Principal, id: SiteId) -> Result<()> {
    allow(by)?;
    unlocked(ctx, id)?;
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let stored = sites::all_in(tx).await?;
        let site = stored.iter().find(|site| site.id == id);
        let site = site.ok_or_else(|| Error::new(&codes::SITE_MISSING))?;
        sites::forget(tx, id).await?;
        log.note(EventKind::SiteDeleted, about(site));
        Ok(())
    })
    .await?;
    places::reload(ctx).await
}

/// Which rule decides about a visit, and how?
///
/// # Errors
/// `access.denied`, `request.invalid`, `person.missing`.
pub async fn test(ctx: &Ctx, by: &Principal, request: TestVisit) -> Result<Tested> {
    allow(by)?;
    places::reload(ctx).await?;
    let (host, target) = apart(&request.url).ok_or_else(|| {
        Error::new(&codes::REQUEST_INVALID).field(
            "/url",
            "format",
            "Such as https://notes.example.org/admin.",
        )
    })?;
    let path = Path::read(target);
    if !is_method(&request.method.to_ascii_uppercase()) {
        let detail = "Not a method such as GET.";
        return Err(Error::new(&codes::REQUEST_INVALID).field("/method", "format", detail));
    }
    let visitor = match request.user {
        Some(user) => visitor(ctx, user).await?,
        None => None,
    };
    let site = ctx.sites().at(host).cloned();
    let method = request.method.as_str();
    let judgement = site.as_ref().map(|site| {
        site.judge(
            Request {
                path: &path,
                method,
            },
            visitor.as_ref(),
        )
    });
    Ok(Tested {
        site: site.map(|site| listed(ctx, site)),
        path: path.into_owned(),
        judgement,
        suspended: request.user.is_some() && visitor.is_none(),
    })
}

/// Host and target of an address, as a proxy would tell them.
pub fn apart(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    if !matches!(scheme, "http" | "https") {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, target) = rest.split_at(end);
    Some((host, if target.is_empty() { "/" } else { target }))
}

fn allow(by: &Principal) -> Result<()> {
    decide(
        by,
        Permission::SitesManage,
        &Target::Installation,
        &Facts::NONE,
    )
}

fn known(ctx: &Ctx, id: SiteId) -> Result<Listed> {
    let found = ctx.sites().all().find(|listed| listed.site.id == id);
    found.ok_or_else(|| Error::new(&codes::SITE_MISSING))
}

fn listed(ctx: &Ctx, site: Arc<Site>) -> Listed {
    let locked = is_locked(ctx, site.id);
    Listed { site, locked }
}

fn is_locked(ctx: &Ctx, id: SiteId) -> bool {
    ctx.policy().sites.iter().any(|site| site.id == id)
}

fn unlocked(ctx: &Ctx, id: SiteId) -> Result<()> {
    if is_locked(ctx, id) {
        Err(Error::new(&codes::SITE_LOCKED))
    } else {
        Ok(())
    }
}

/// Whether a site may stand beside what is set in the configuration.
fn fits(ctx: &Ctx, site: &Site) -> Result<()> {
    let policy = ctx.policy();
    if policy.is_our_own_host(&site.address) {
        let detail = "That is this server's own host: its sign-in cookie would reach the app. Give the app a host name of its own.";
        return Err(Error::new(&codes::REQUEST_INVALID).field("/url", "own_host", detail));
    }
    let alike =
        |other: &Site| other.name == site.name || other.address.host() == site.address.host();
    if policy.sites.iter().any(alike) {
        return Err(Error::new(&codes::SITE_TAKEN));
    }
    Ok(())
}

/// What the rules look at in an account; nothing if it is suspended.
async fn visitor(ctx: &Ctx, user: UserId) -> Result<Option<Visitor>> {
    let account = accounts::find(ctx.db(), user).await?;
    let account = account.ok_or_else(|| Error::new(&codes::PERSON_MISSING))?;
    let known = accounts::identifiers(ctx.db(), user).await?;
    Ok(account
        .is_active()
        .then(|| places::visitor(&account, &known)))
}

fn about(site: &Site) -> Details {
    let mut details = Details::default();
    details.data.say("site", site.id.to_string());
    details.data.say("name", &site.name);
    details.data.say("url", site.address.origin());
    details
}
