//! The page behind the setup link: the first administrator.
//!
//! Looking at it uses nothing up; only the submitted form presents the token.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use tollgate_base::{Error, SecretString, access::Principal, codes};
use tollgate_flows::setup::{self, SetUp};
use tollgate_web::{Peer, Problem, Web, device, problem};

use crate::page::{Frame, HasToken, Note, Refusal, Submitted, Visitor, admit, applicant, go};

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
    password: SecretString,
}

#[derive(Template)]
#[template(path = "setup.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    step: u8,
    least: usize,
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
    let empty = Page {
        frame: &frame,
        refusal: Refusal::default(),
        step: 1,
        least: web.ctx().policy().password.least,
        token: "",
        name: "",
        email: "",
        username: "",
    };
    frame.send(StatusCode::OK, &empty)
}

pub(crate) async fn submit(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    frame: Frame,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let made = match applicant(&form.name, &form.email, &form.username, &form.password) {
        Ok(admin) => {
            let request = SetUp {
                token: SecretString::from(form.token.trim()),
                admin,
                device: device(&headers, peer),
            };
            setup::set_up(web.ctx(), &Principal::Anonymous, request).await
        }
        Err(fault) => Err(fault),
    };
    match made {
        Ok(signed_in) => Ok(admit(&web, &signed_in, go("/setup/address"))),
        Err(fault) if fault.is(&codes::ADMIN_EXISTS) => closed(&frame),
        Err(fault) => {
            let again = Page {
                frame: &frame,
                refusal: Refusal::of(&fault, frame.locale),
                step: 1,
                least: web.ctx().policy().password.least,
                token: &form.token,
                name: &form.name,
                email: &form.email,
                username: &form.username,
            };
            frame.send_refusal(&fault, &again)
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
