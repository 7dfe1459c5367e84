//! One person, for those who look after them. What may be done is asked of the
//! verbs; what they refuse is told.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::{
    Error, ExposeSecret,
    access::{Permission, Role},
    codes,
    id::{DeviceId, SessionId, UserId},
};
use tollgate_flows::{
    AccountView, account, audit, devices, people, picture, recovery,
    signin::{self, IssueToken},
    signout::{self, Which},
    unlock,
};
use tollgate_web::{
    Problem, Web,
    input::{Id, Ids},
};

use crate::page::{
    Button, Confirm, DeviceRow, Done, EventRow, Frame, HasToken, Query, Refusal, SessionRow,
    Submitted, Visitor, When, go, initials, is_stale, people_in, reset_link,
};

/// Events of a person that are shown.
const EVENTS: u32 = 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleForm {
    form_token: String,
    role: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignInLinkForm {
    form_token: String,
    minutes: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteForm {
    form_token: String,
    confirmation: String,
}

#[derive(Template)]
#[template(path = "person.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    done: Done,
    person: AccountView,
    user_id: String,
    picture: String,
    at: String,
    powers: Vec<Permission>,
    /// When a recovery that waits may be finished.
    recovery: Option<When>,
    /// Until when strangers are refused, if they are.
    locked: Option<When>,
    sessions: Vec<SessionRow>,
    devices: Vec<DeviceRow>,
    events: Vec<EventRow>,
    since: When,
    changed: When,
}

/// A link with which they sign in. It is on this page and nowhere else.
#[derive(Template)]
#[template(path = "sign_in_link.html")]
struct SignInLink<'a> {
    frame: &'a Frame,
    name: String,
    at: String,
    link: String,
    minutes: u32,
}

impl HasToken for SignInLinkForm {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl HasToken for RoleForm {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl HasToken for DeleteForm {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl Page<'_> {
    fn letters(&self) -> String {
        initials(self.person.name())
    }

    fn roles(&self) -> Vec<(&'static str, String)> {
        self.frame.roles(Role::ALL)
    }

    /// What comes before a session in the address that ends it.
    fn sessions_at(&self) -> String {
        format!("{}/sessions/", self.at)
    }

    /// What comes before a device in the address that has it forgotten.
    fn devices_at(&self) -> String {
        format!("{}/devices/", self.at)
    }

    fn may_suspend(&self) -> bool {
        self.powers.contains(&Permission::PeopleSuspend)
    }

    fn may_reset(&self) -> bool {
        self.powers.contains(&Permission::PasswordReset)
    }

    fn may_recover(&self) -> bool {
        self.powers.contains(&Permission::RecoveryStart)
    }

    /// Whether a link may be made with which they sign in.
    fn may_let_in(&self) -> bool {
        let active = self.person.account.is_active();
        active && self.powers.contains(&Permission::SignInTokens)
    }

    fn may_end(&self) -> bool {
        self.powers.contains(&Permission::SessionsEnd)
    }

    fn may_edit(&self) -> bool {
        self.powers.contains(&Permission::AccountEdit)
    }

    fn may_give_roles(&self) -> bool {
        self.powers.contains(&Permission::RoleAssign)
    }

    fn may_export(&self) -> bool {
        self.powers.contains(&Permission::AccountExport)
    }

    /// Whether whoever looks may read what happened.
    fn may_review(&self) -> bool {
        self.powers.contains(&Permission::AuditRead)
    }

    fn may_delete(&self) -> bool {
        self.powers.contains(&Permission::AccountDelete)
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let page = Page {
        done,
        ..page(&web, &visitor, id, Refusal::default()).await?
    };
    visitor.frame.send(StatusCode::OK, &page)
}

async fn page<'a>(
    web: &Web,
    visitor: &'a Visitor,
    id: UserId,
    refusal: Refusal,
) -> Result<Page<'a>, Problem> {
    let (ctx, who, frame, now) = (web.ctx(), &visitor.who, &visitor.frame, web.ctx().now());
    let person = people::show(ctx, who, id).await?;
    let powers = people::powers(ctx, who, id).await?;
    let live = signout::list(ctx, who, id).await?;
    let recovery = recovery::pending(ctx, who, id).await?;
    let locked = unlock::locked_until(ctx, who, id).await?;
    let events = if powers.contains(&Permission::AuditRead) {
        audit::recent(ctx, who, ("person", Some(id.to_string()), EVENTS)).await?
    } else {
        Vec::new()
    };
    let names = people::names(ctx, who, people_in(&events)).await?;
    Ok(Page {
        frame,
        refusal,
        done: Done::default(),
        user_id: id.to_string(),
        picture: format!("/api/v1/people/{id}/picture"),
        at: at(id),
        powers,
        devices: frame.devices(devices::list(ctx, who, id).await?, now),
        recovery: recovery.map(|waits| frame.until(waits.ready_at, now)),
        locked: locked.map(|until| frame.until(until, now)),
        sessions: frame.sessions(live, Some(who.person()?.session), now),
        events: frame.events(events, &names, now),
        since: frame.when(person.account.created_at, now),
        changed: frame.when(person.account.updated_at, now),
        person,
    })
}

/// Ask once more before somebody is suspended.
pub(crate) async fn ask_suspend(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
) -> Result<Response, Problem> {
    let person = allowed(&web, &visitor, id, Permission::PeopleSuspend).await?;
    let page = confirm_suspend(&visitor.frame, &person);
    visitor.frame.send(StatusCode::OK, &page)
}

pub(crate) async fn suspend(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    let person = people::show(web.ctx(), &visitor.who, id).await?;
    match people::suspend(web.ctx(), &visitor.who, id).await {
        Ok(()) => Ok(go(&Done::at(&at(id), "suspended"))),
        Err(fault) => {
            let refusal = Refusal::of(&fault, visitor.frame.locale);
            let again = confirm_suspend(&visitor.frame, &person).refused(refusal);
            visitor.frame.send_refusal(&fault, &again)
        }
    }
}

fn confirm_suspend<'a>(frame: &'a Frame, person: &AccountView) -> Confirm<'a> {
    let (id, words) = (person.account.id, frame.t("person-suspend"));
    let title = frame.t("person-suspend-title").with("name", person.name());
    Confirm::new(frame, &title, step(id, "suspend"), &words)
        .say(&frame.t("person-suspend-follows"))
        .back(&at(id), person.name())
}

pub(crate) async fn resume(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    people::resume(web.ctx(), &visitor.who, id).await?;
    Ok(go(&Done::at(&at(id), "resumed")))
}

pub(crate) async fn assign_role(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(form): Submitted<RoleForm>,
) -> Result<Response, Problem> {
    let role = form.role.parse::<Role>()?;
    match people::assign_role(web.ctx(), &visitor.who, (id, role)).await {
        Ok(()) => Ok(go(&Done::at(&at(id), "role-changed"))),
        Err(fault) => {
            let refusal = Refusal::of(&fault, visitor.frame.locale);
            let again = page(&web, &visitor, id, refusal).await?;
            visitor.frame.send_refusal(&fault, &again)
        }
    }
}

pub(crate) async fn end_session(
    State(web): State<Web>,
    visitor: Visitor,
    Ids(id, session): Ids<UserId, SessionId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    signout::end(web.ctx(), &visitor.who, (id, session)).await?;
    Ok(go(&Done::at(&at(id), "session-ended")))
}

pub(crate) async fn forget_device(
    State(web): State<Web>,
    visitor: Visitor,
    Ids(id, device): Ids<UserId, DeviceId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    devices::forget(web.ctx(), &visitor.who, (id, device)).await?;
    Ok(go(&Done::at(&at(id), "device-forgotten")))
}

pub(crate) async fn forget_devices(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    let request = (id, devices::Which::All);
    devices::forget_several(web.ctx(), &visitor.who, request).await?;
    Ok(go(&Done::at(&at(id), "devices-forgotten")))
}

/// Ask once more before all sessions end.
pub(crate) async fn ask_end_sessions(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
) -> Result<Response, Problem> {
    let (person, frame) = (
        allowed(&web, &visitor, id, Permission::SessionsEnd).await?,
        &visitor.frame,
    );
    let title = frame.t("person-end-all-title").with("name", person.name());
    let page = Confirm::new(
        frame,
        &title,
        step(id, "end-sessions"),
        &frame.t("person-end-all"),
    )
    .say(&frame.t("person-end-all-follows"))
    .back(&at(id), person.name());
    frame.send(StatusCode::OK, &page)
}

pub(crate) async fn end_sessions(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    signout::end_all(web.ctx(), &visitor.who, (id, Which::All)).await?;
    Ok(go(&Done::at(&at(id), "sessions-ended")))
}

pub(crate) async fn remove_picture(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    picture::remove(web.ctx(), &visitor.who, id).await?;
    Ok(go(&Done::at(&at(id), "picture-removed")))
}

pub(crate) async fn make_reset_link(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(_): Submitted<Button>,
) -> Result<Response, Problem> {
    reset_link(&web, &visitor.at(&at(id)), id, Done::default()).await
}

pub(crate) async fn make_sign_in_link(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(form): Submitted<SignInLinkForm>,
) -> Result<Response, Problem> {
    let visitor = visitor.at(&at(id));
    let request = IssueToken {
        account: id,
        minutes: form.minutes,
    };
    match signin::issue_token(web.ctx(), &visitor.who, request).await {
        Ok(issued) => {
            let person = people::show(web.ctx(), &visitor.who, id).await?;
            let (home, token) = (&web.http().public_url, issued.token.expose_secret());
            let page = SignInLink {
                frame: &visitor.frame,
                name: person.name().to_owned(),
                at: at(id),
                link: format!("{home}/signin/token#{token}"),
                minutes: form.minutes,
            };
            visitor.frame.send(StatusCode::OK, &page)
        }
        Err(fault) => {
            let refusal = Refusal::of(&fault, visitor.frame.locale);
            let again = page(&web, &visitor, id, refusal).await?;
            visitor.frame.send_refusal(&fault, &again)
        }
    }
}

/// Ask once more before an account is deleted.
pub(crate) async fn ask_delete(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
) -> Result<Response, Problem> {
    let person = allowed(&web, &visitor, id, Permission::AccountDelete).await?;
    let page = confirm_delete(&visitor.frame, &person);
    visitor.frame.send(StatusCode::OK, &page)
}

/// They are gone when what they sign in with has been typed.
pub(crate) async fn delete(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<UserId>,
    Submitted(form): Submitted<DeleteForm>,
) -> Result<Response, Problem> {
    let visitor = visitor.at(&at(id));
    let person = people::show(web.ctx(), &visitor.who, id).await?;
    let outcome = if form.confirmation.trim() == person.login() {
        account::delete(web.ctx(), &visitor.who, id).await
    } else {
        let unconfirmed = Error::new(&codes::CONFIRMATION_REQUIRED);
        Err(unconfirmed.field("/confirmation", "confirmation", "Type it exactly as shown."))
    };
    match outcome {
        Ok(()) => Ok(go(&Done::at("/admin/people", "deleted"))),
        Err(fault) if is_stale(&fault) => Err(fault.into()),
        Err(fault) => {
            let refusal = Refusal::of(&fault, visitor.frame.locale);
            let again = confirm_delete(&visitor.frame, &person).refused(refusal);
            visitor.frame.send_refusal(&fault, &again)
        }
    }
}

fn confirm_delete<'a>(frame: &'a Frame, person: &AccountView) -> Confirm<'a> {
    let (id, words) = (person.account.id, frame.t("person-delete-submit"));
    let title = frame.t("person-delete-ask").with("name", person.name());
    Confirm::new(frame, &title, step(id, "delete"), &words)
        .say(&frame.t("person-delete"))
        .typed(person.login())
        .back(&at(id), person.name())
}

/// Somebody to whom that may be done.
async fn allowed(
    web: &Web,
    visitor: &Visitor,
    id: UserId,
    to: Permission,
) -> Result<AccountView, Problem> {
    let powers = people::powers(web.ctx(), &visitor.who, id).await?;
    if !powers.contains(&to) {
        return Err(Error::new(&codes::ACCESS_DENIED).into());
    }
    Ok(people::show(web.ctx(), &visitor.who, id).await?)
}

fn step(id: UserId, step: &str) -> String {
    format!("{}/{step}", at(id))
}

fn at(id: UserId) -> String {
    format!("/admin/people/{id}")
}
