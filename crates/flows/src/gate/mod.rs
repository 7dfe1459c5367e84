//! The gate in front of apps: may this visitor pass, and what is the app told
//! of them. The way from our own host to an app's is `landing`.

mod landing;

use std::sync::Arc;

use bytes::Bytes;
use tollgate_base::{
    Error, Result,
    access::{Person, Principal},
    codes,
    time::Time,
};
use tollgate_records::{
    accounts::{self, StoredIdentifier},
    sites::{Path, Request, Site, Verdict},
};

use crate::{
    ctx::{Ctx, Face},
    steps::{mint, places},
};

pub use landing::{Crossing, Enter, Land, enter, land, nonce, state};

/// What a visitor asks of an app.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// Which app.
    pub site: &'a Site,
    /// Where.
    pub path: &'a Path<'a>,
    /// How.
    pub method: &'a str,
}

/// What the gate says.
#[derive(Clone)]
pub enum Decision {
    /// They may pass, and this is what the app is told.
    Pass {
        /// Who it is; none for a stranger.
        face: Option<Arc<Face>>,
        /// The same, signed, for an app that asks for it.
        statement: Option<Bytes>,
    },
    /// A stranger: somebody else may.
    SignIn,
    /// They may not before they have shown a second factor.
    Enrol,
    /// They may not.
    Refuse,
}

/// May they?
///
/// # Errors
/// `store.stale`, `person.missing`, or what the database says.
pub async fn check(ctx: &Ctx, by: &Principal, visit: Visit<'_>) -> Result<Decision> {
    ctx.freshness().trust()?;
    let limited = by.person().is_ok_and(|person| person.limited);
    let face = match by {
        Principal::Person(person) if !limited => Some(face(ctx, person).await?),
        _ => None,
    };
    let request = Request {
        path: visit.path,
        method: visit.method,
    };
    let visitor = face.as_ref().map(|face| &face.visitor);
    match visit.site.judge(request, visitor).verdict {
        Verdict::SignIn if limited => return Ok(Decision::Enrol),
        Verdict::SignIn => return Ok(Decision::SignIn),
        Verdict::Refused => return Ok(Decision::Refuse),
        Verdict::Allowed => {}
    }
    let statement = match &face {
        Some(face) if visit.site.identity_token => {
            Some(statement(ctx, face, visit.site.address.origin())?)
        }
        _ => None,
    };
    Ok(Decision::Pass { face, statement })
}

/// What apps are told of somebody, from memory or from their account.
async fn face(ctx: &Ctx, person: &Person) -> Result<Arc<Face>> {
    if let Some(face) = ctx.freshness().face(person.user) {
        return Ok(face);
    }
    let sight = ctx.freshness().sight();
    let account = accounts::find(ctx.db(), person.user).await?;
    let account = account.ok_or_else(|| Error::new(&codes::PERSON_MISSING))?;
    let known = accounts::identifiers(ctx.db(), person.user).await?;
    let first = |counts: fn(&&StoredIdentifier) -> bool| {
        known.iter().find(counts).map(|it| it.shown.as_str())
    };
    let email = first(|it| it.kind == "email" && it.verified_at.is_some());
    let username = first(|it| it.kind == "username");
    let id = account.id.to_string();
    let display_name = account.profile.display_name.as_deref();
    let face = Arc::new(Face {
        name: line(username.or(email).unwrap_or(&id)),
        email: line(email.unwrap_or_default()),
        display_name: line(display_name.unwrap_or_default()),
        groups: line(account.role.as_str()),
        id: line(&id),
        statement: None.into(),
        visitor: places::visitor(&account, &known),
    });
    ctx.freshness().remember_face(face.clone(), sight);
    Ok(face)
}

/// The statement that was signed last, while it is fresh enough.
fn statement(ctx: &Ctx, face: &Face, audience: &str) -> Result<Bytes> {
    let now: Time = ctx.now();
    if let Some(known) = &*face.statement.load()
        && known.audience == audience
        && now < known.until
    {
        return Ok(known.token.clone());
    }
    let new = mint::identity(ctx, face, audience, now)?;
    let token = new.token.clone();
    face.statement.store(Some(Arc::new(new)));
    Ok(token)
}

/// One line: what divides lines elsewhere divides nothing here.
fn line(text: &str) -> Bytes {
    let blank = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(blank).collect::<String>().into()
}
