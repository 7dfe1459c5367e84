//! One's own account at a glance: who am I, since when, and what there is to
//! keep an eye on.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use tollgate_flows::{AccountView, factors, outbox, passkeys, password, recovery, signout};
use tollgate_web::{Problem, Web};

use crate::page::{Done, FEW_CODES, Frame, Query, UndeliveredRow, Visitor, When};

#[derive(Template)]
#[template(path = "me.html")]
struct Page<'a> {
    frame: &'a Frame,
    account: &'a AccountView,
    since: When,
    /// This sign-in, and the one before it that still lives.
    opened: Option<When>,
    before: Option<Before>,
    sessions: usize,
    /// What could not be delivered to them.
    undelivered: Vec<UndeliveredRow>,
    /// Whether they sign in with a password, and with what else.
    has_password: bool,
    factors: usize,
    /// How many recovery codes are left, if that is to be told.
    few_codes: Option<i64>,
    /// When a recovery that waits may be finished.
    recovery: Option<When>,
    done: Done,
}

/// An earlier sign-in.
struct Before {
    when: When,
    device: String,
    address: Option<String>,
}

pub(crate) async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let (frame, now) = (&visitor.frame, web.ctx().now());
    let me = visitor.who.person()?;
    let live = signout::list(web.ctx(), &visitor.who, me.user).await?;
    let current = live.iter().find(|session| session.id == me.session);
    let earlier = live.iter().find(|session| session.id != me.session);
    let undelivered = outbox::mine(web.ctx(), &visitor.who, ()).await?;
    let recovery = recovery::pending(web.ctx(), &visitor.who, me.user).await?;
    let apps = factors::list(web.ctx(), &visitor.who, me.user).await?;
    let keys = passkeys::list(web.ctx(), &visitor.who, me.user).await?;
    let factors = apps.apps.len() + keys.len();
    let page = Page {
        frame,
        account: &visitor.account,
        since: frame.when(visitor.account.account.created_at, now),
        opened: current.map(|session| frame.when(session.created_at, now)),
        before: earlier.map(|session| Before {
            when: frame.when(session.created_at, now),
            device: frame.device(&session.device),
            address: session.device.address.clone(),
        }),
        sessions: live.len(),
        undelivered: undelivered
            .into_iter()
            .map(|one| UndeliveredRow::new(frame, one, now))
            .collect(),
        has_password: password::is_set(web.ctx(), &visitor.who, me.user).await?,
        factors,
        few_codes: (factors > 0 && apps.codes_left <= FEW_CODES).then_some(apps.codes_left),
        recovery: recovery.map(|waits| frame.until(waits.ready_at, now)),
        done,
    };
    frame.send(StatusCode::OK, &page)
}
