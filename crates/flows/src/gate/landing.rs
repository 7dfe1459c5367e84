//! How a sign-in crosses from our host to an app's. Our own cookie never goes
//! there: a ticket that works once, for thirty seconds, in the browser that
//! asked for it, is exchanged there for a cookie of that host.

use std::{sync::Arc, time::Duration};

use tollgate_base::{
    Error, ExposeSecret, Result, SecretString, access::Principal, codes, hex::hex, id::SessionId,
};
use tollgate_crypto::{
    mac::digest,
    token::{self, Prefix},
};
use tollgate_records::{
    accounts,
    events::EventKind,
    one_time::{self, Purpose},
    sessions,
    sites::{Site, is_local},
};
use tollgate_store::{counters::Rate, sql::Tx};

use crate::{
    ctx::Ctx,
    steps::{
        note::{Details, Log, change},
        once, visit,
    },
};

/// How often one person may cross.
const CROSSINGS: Rate = Rate {
    burst: 100,
    per: Duration::from_mins(1),
};

/// Where somebody wants to go.
#[derive(Clone, Debug)]
pub struct Enter {
    /// The address in the app.
    pub to: String,
    /// What [`state`] made of the nonce in the browser.
    pub state: String,
}

/// A ticket, and where it is to be shown.
#[derive(Clone, Debug)]
pub struct Crossing {
    /// The app.
    pub site: Arc<Site>,
    /// The path there.
    pub path: String,
    /// The ticket.
    pub ticket: SecretString,
}

/// A ticket that is shown.
#[derive(Clone, Debug)]
pub struct Land<'a> {
    /// At which app.
    pub site: &'a Site,
    /// The ticket.
    pub ticket: &'a str,
    /// The nonce of the browser that shows it.
    pub nonce: &'a SecretString,
}

/// A new nonce for a browser, kept in a cookie of the app's host.
///
/// # Errors
/// `internal.entropy`.
pub fn nonce(ctx: &Ctx) -> Result<SecretString> {
    token::mint(ctx.entropy(), Prefix::OneTime)
}

/// What a nonce is called on the way: it does not lead back. Nothing for what
/// is no nonce of ours.
pub fn state(nonce: &SecretString) -> Option<String> {
    let text = nonce.expose_secret();
    token::shaped(text, Prefix::OneTime).then(|| hex(&digest(&[b"state", text.as_bytes()])))
}

/// Issue a ticket to a registered app for whoever asks.
///
/// # Errors
/// `auth.required`, `factor.required`, `site.unknown`, `request.invalid`, `throttled`.
pub async fn enter(ctx: &Ctx, by: &Principal, request: Enter) -> Result<Crossing> {
    let person = by.person()?;
    if person.limited {
        return Err(Error::new(&codes::FACTOR_REQUIRED));
    }
    let (site, path) = {
        let sites = ctx.sites();
        let found = sites.destination(&request.to);
        let (site, path) = found.ok_or_else(|| Error::new(&codes::SITE_UNKNOWN))?;
        (site.clone(), path)
    };
    let invalid = |pointer| {
        Error::new(&codes::REQUEST_INVALID).field(pointer, "format", "Open the app again.")
    };
    if !is_local(path) {
        return Err(invalid("/to"));
    }
    if request.state.len() != 64 || !request.state.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(invalid("/state"));
    }
    let turn = format!("enter:{}", person.user);
    let taken = ctx.counters().take(&turn, CROSSINGS, ctx.now()).await;
    if !taken.allowed {
        return Err(Error::new(&codes::THROTTLED).retry_after(taken.retry_after));
    }
    let mut minted = once::mint(ctx, Purpose::Visit, Prefix::OneTime, Some(person.user))?;
    minted.row.binding = Some(binding(&site, &request.state, person.session));
    let (row, now) = (minted.row, ctx.now());
    ctx.db()
        .write(async move |tx: &mut Tx<'_>| one_time::add(tx, &row, now).await)
        .await?;
    let ticket = format!("{}.{}", minted.text.expose_secret(), person.session);
    Ok(Crossing {
        path: path.to_owned(),
        site,
        ticket: ticket.into(),
    })
}

/// Use a ticket up. The cookie for this app's host.
///
/// # Errors
/// `one_time.invalid` whatever is wrong with the ticket or the browser,
/// `session.revoked`, `session.expired`, `account.suspended`.
pub async fn land(ctx: &Ctx, by: &Principal, request: Land<'_>) -> Result<SecretString> {
    let invalid = || Error::new(&codes::ONE_TIME_INVALID);
    let (text, session) = request.ticket.split_once('.').ok_or_else(invalid)?;
    let session: SessionId = session.parse().map_err(|_| invalid())?;
    let state = state(request.nonce).ok_or_else(invalid)?;
    if !token::shaped(text, Prefix::OneTime) {
        return Err(invalid());
    }
    let hash = token::fingerprint(text);
    let binding = binding(request.site, &state, session);
    let (now, epoch) = (ctx.now(), ctx.installation().epoch);
    let site = request.site.id.to_string();
    let last_seen = ctx.freshness().last_seen(session).unwrap_or_default();
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        let redeemed = one_time::redeem(tx, Purpose::Visit, hash, Some(binding), now).await?;
        let account = redeemed
            .and_then(|ticket| ticket.account)
            .ok_or_else(invalid)?;
        let gone = || Error::new(&codes::SESSION_REVOKED);
        let found = sessions::find(tx, session).await?.ok_or_else(gone)?;
        found.check(epoch, last_seen, now)?;
        let owner = accounts::find_in(tx, account).await?.ok_or_else(gone)?;
        if !owner.is_active() {
            return Err(Error::new(&codes::ACCOUNT_SUSPENDED));
        }
        let mut details = Details {
            actor: Some(account),
            subject: Some(account),
            session: Some(session),
            ..Details::default()
        };
        details.data.say("site", &site);
        log.note(EventKind::SiteEntered, details);
        Ok(())
    })
    .await?;
    Ok(visit::cookie(ctx, session, request.site.address.host()))
}

/// What a ticket is good for: one session, on one host, in one browser.
fn binding(site: &Site, state: &str, session: SessionId) -> [u8; 32] {
    let host = site.address.host().as_bytes();
    digest(&[
        b"visit",
        host,
        state.as_bytes(),
        session.to_string().as_bytes(),
    ])
}
