//! The page behind the setup link: the first administrator. With a passkey: in
//! `passkey`.
//!
//! Looking at it uses nothing up; only the submitted form presents the token.

pub(crate) mod passkey;

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use tollgate_base::{Error, SecretString, access::Principal, codes};
use tollgate_flows::{
    passkeys::offered,
    setup::{self, SetUp},
};
use tollgate_web::{Peer, Problem, Web, device, problem};

use crate::page::{
    Frame, HasToken, Note, Refusal, Submitted, Visitor, admit, applicant, go, onward,
};

/// The form as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    form_token: String,
    token: String,
    #[serde(default)]
    name: String,
    email: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: SecretString,
}

#[derive(Template)]
#[template(path = "setup.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    step: u8,
    least: usize,
    /// Whether browsers make passkeys here.
    passkeys: bool,
    token: &'a str,
    name: &'a str,
    email: &'a str,
    username: &'a str,
}

#[derive(Template)]
#[template(path = "setup_done.html")]
struct Done<'a> {
    frame: &'a Frame,
    step: u8,
    tiles: &'static [Tile],
}

/// Something to do next.
struct Tile {
    href: &'static str,
    icon: &'static str,
    title: &'static str,
    help: &'static str,
}

const TILES: &[Tile] = &[
    Tile {
        href: "/admin/sites/new",
        icon: "globe-lock",
        title: "done-app",
        help: "done-app-help",
    },
    Tile {
        href: "/admin/people/new",
        icon: "people",
        title: "done-person",
        help: "done-person-help",
    },
    Tile {
        href: "/me",
        icon: "person",
        title: "done-account",
        help: "done-account-help",
    },
    Tile {
        href: "/docs/",
        icon: "book",
        title: "done-manual",
        help: "done-manual-help",
    },
];

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn show(State(web): State<Web>, frame: Frame) -> Result<Response, Problem> {
    if !setup::is_open(web.ctx(), &Principal::Anonymous, ()).await? {
        return closed(&frame);
    }
    let empty = Page::new(&web, &frame);
    frame.send(StatusCode::OK, &empty)
}

pub(crate) async fn submit(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    frame: Frame,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let made = match form.request(&web, Some(&form.password), (&headers, peer)) {
        Ok(request) => setup::set_up(web.ctx(), &Principal::Anonymous, request).await,
        Err(fault) => Err(fault),
    };
    match made {
        Ok(signed_in) => {
            let next = "/setup/address".to_owned();
            let factor = onward("/me/factors", &next);
            let next = if signed_in.limited { factor } else { next };
            Ok(admit(&web, &signed_in, go(&next)))
        }
        Err(fault) => again(&web, &frame, &form, &fault),
    }
}

/// The form again, with what was typed and what was wrong.
fn again(web: &Web, frame: &Frame, form: &Form, fault: &Error) -> Result<Response, Problem> {
    if fault.is(&codes::ADMIN_EXISTS) {
        return closed(frame);
    }
    let again = Page {
        refusal: Refusal::of(fault, frame.locale),
        token: &form.token,
        name: &form.name,
        email: &form.email,
        username: &form.username,
        ..Page::new(web, frame)
    };
    frame.send_refusal(fault, &again)
}

impl Form {
    fn request(
        &self,
        web: &Web,
        password: Option<&SecretString>,
        (headers, peer): (&HeaderMap, Peer),
    ) -> Result<SetUp, Error> {
        Ok(SetUp {
            token: SecretString::from(self.token.trim()),
            admin: applicant(&self.name, &self.email, &self.username, password)?,
            device: device(web, headers, peer).keeping(true),
        })
    }
}

impl<'a> Page<'a> {
    fn new(web: &Web, frame: &'a Frame) -> Self {
        Self {
            frame,
            refusal: Refusal::default(),
            step: 1,
            least: web.ctx().policy().password.least,
            passkeys: offered(web.ctx()),
            token: "",
            name: "",
            email: "",
            username: "",
        }
    }
}

/// The last step: what comes next.
pub(crate) async fn done(visitor: Visitor) -> Result<Response, Problem> {
    let frame = &visitor.frame;
    let page = Done {
        frame,
        step: 3,
        tiles: TILES,
    };
    frame.send(StatusCode::OK, &page)
}

fn closed(frame: &Frame) -> Result<Response, Problem> {
    let note = Note::info(frame, "setup-closed-title")
        .say(&frame.t("setup-closed"))
        .onward("/signin", "signin-submit");
    frame.send(problem::status(&Error::new(&codes::ADMIN_EXISTS)), &note)
}
