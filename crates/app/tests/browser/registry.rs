//! Every page in every state that looks different, and the way to it. What is
//! listed here is judged in each language, scheme and width.

mod operation;
mod oversight;
mod signin;

use Move::{Open, Send, SendTo};
use Who::{Admin, First, Person, Stranger};

/// One page in one state.
pub(crate) struct Sight {
    /// What reports call it.
    pub(crate) name: &'static str,
    /// The route that shows it, or leads to it.
    route: &'static str,
    /// Who looks at it.
    pub(crate) who: Who,
    /// How they get there.
    pub(crate) way: &'static [Move],
}

/// Who looks at a page, and where.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Who {
    /// Whoever comes first, where nobody is yet and nobody may sign up.
    First,
    /// A stranger.
    Stranger,
    /// Somebody who is signed in.
    Person,
    /// Somebody who is signed in and may do everything.
    Admin,
}

/// One move. `{setup}` and `{reset}` stand for the tokens of new links,
/// `{person}` for somebody's id, `{admin}` for that of who looks, `{site}` for
/// that of a site which is there from then on, `{configured}` for that of one in
/// the configuration.
pub(crate) enum Move {
    /// Go to a path.
    Open(&'static str),
    /// Set these fields of the form that has the first, and send it unchecked.
    Send(&'static [(&'static str, &'static str)]),
    /// Send the form that goes there as it is.
    SendTo(&'static str),
}

impl Sight {
    /// Whether nothing is sent on the way.
    pub(crate) fn only_looks(&self) -> bool {
        self.way.iter().all(|step| matches!(step, Open(_)))
    }
}

type Field = (&'static str, &'static str);
const NO_ADDRESS: Field = ("email", "nobody");
const WEAK: Field = ("password", "short");
const GOOD: Field = ("password", "correct horse battery");

/// All of them.
pub(crate) fn sights() -> impl Iterator<Item = &'static Sight> {
    SIGHTS
        .iter()
        .chain(operation::SIGHTS)
        .chain(signin::SIGHTS)
        .chain(oversight::SIGHTS)
}

static SIGHTS: &[Sight] = &[
    sight("before setup", "/", First, &[Open("/")]),
    sight("setup", "/setup", First, &[Open("/setup#{setup}")]),
    sight(
        "setup, refused fields",
        "/setup",
        First,
        &[
            Open("/setup#{setup}"),
            Send(&[NO_ADDRESS, ("username", "a@b"), WEAK]),
        ],
    ),
    sight(
        "setup, wrong link",
        "/setup",
        First,
        &[
            Open("/setup#st_wrong"),
            Send(&[("email", "ada@example.org"), GOOD]),
        ],
    ),
    sight("setup, closed", "/setup", Stranger, &[Open("/setup")]),
    sight(
        "setup, address",
        "/setup/address",
        Admin,
        &[Open("/setup/address")],
    ),
    sight(
        "setup, address, not for everybody",
        "/setup/address",
        Person,
        &[Open("/setup/address")],
    ),
    sight("setup, done", "/setup/done", Admin, &[Open("/setup/done")]),
    sight("sign-in", "/signin", Stranger, &[Open("/signin")]),
    sight(
        "sign-in to a site behind",
        "/signin",
        Stranger,
        &[Open(
            "/signin?next=/enter?to=https%253A%252F%252Fwiki.example.org%252F%26state=x",
        )],
    ),
    sight(
        "sign-in, wrong password",
        "/signin",
        Stranger,
        &[
            Open("/signin"),
            Send(&[("login", "ben@example.org"), ("password", "wrong")]),
        ],
    ),
    sight(
        "sign-in, nothing typed",
        "/signin",
        Stranger,
        &[Open("/signin"), Send(&[("login", "")])],
    ),
    sight("sign-up, closed", "/signup", First, &[Open("/signup")]),
    sight("sign-up", "/signup", Stranger, &[Open("/signup")]),
    sight(
        "sign-up, refused fields",
        "/signup",
        Stranger,
        &[
            Open("/signup"),
            Send(&[NO_ADDRESS, ("username", "a@b"), WEAK]),
        ],
    ),
    sight(
        "sign-up, taken",
        "/signup",
        Stranger,
        &[Open("/signup"), Send(&[("email", "ben@example.org"), GOOD])],
    ),
    sight("sign-out", "/signout", Person, &[Open("/signout")]),
    sight(
        "sign-out, done",
        "/signout",
        Person,
        &[Open("/signout"), SendTo("/signout")],
    ),
    sight("forgot", "/forgot", Stranger, &[Open("/forgot")]),
    sight(
        "forgot, no address",
        "/forgot",
        Stranger,
        &[Open("/forgot"), Send(&[NO_ADDRESS])],
    ),
    sight(
        "forgot, done",
        "/forgot",
        Stranger,
        &[Open("/forgot"), Send(&[("email", "nobody@example.org")])],
    ),
    sight("verify", "/verify", Stranger, &[Open("/verify#ot_wrong")]),
    sight(
        "verify, wrong link",
        "/verify",
        Person,
        &[Open("/verify#ot_wrong"), SendTo("/verify")],
    ),
    sight("reset", "/reset", Stranger, &[Open("/reset#{reset}")]),
    sight(
        "reset, weak password",
        "/reset",
        Stranger,
        &[Open("/reset#{reset}"), Send(&[WEAK])],
    ),
    sight(
        "reset, wrong link",
        "/reset",
        Stranger,
        &[Open("/reset#rt_wrong"), Send(&[GOOD])],
    ),
    sight(
        "reset, done",
        "/reset",
        Stranger,
        &[Open("/reset#{reset}"), Send(&[GOOD])],
    ),
    sight("overview of one's account", "/me", Person, &[Open("/me")]),
    sight(
        "overview of an administrator's account",
        "/me",
        Admin,
        &[Open("/me")],
    ),
    sight("profile", "/me/profile", Person, &[Open("/me/profile")]),
    sight(
        "profile, refused",
        "/me/profile",
        Person,
        &[Open("/me/profile"), Send(&[("identifier", "a@b@c")])],
    ),
    sight("password", "/me/password", Person, &[Open("/me/password")]),
    sight(
        "password, refused",
        "/me/password",
        Person,
        &[
            Open("/me/password"),
            Send(&[("current_password", "wrong"), ("new_password", "x")]),
        ],
    ),
    sight("step-up", "/me/step-up", Person, &[Open("/me/step-up")]),
    sight("factors", "/me/factors", Person, &[Open("/me/factors")]),
    sight(
        "factors, refused",
        "/me/factors",
        Person,
        &[
            Open("/me/factors"),
            Send(&[("name", " "), ("current_password", "wrong")]),
        ],
    ),
    sight(
        "passkey, refused",
        "/me/factors",
        Person,
        &[
            Open("/me/factors"),
            Send(&[("passkey_name", " "), ("passkey_password", "wrong")]),
        ],
    ),
    sight(
        "passkey, to be made",
        "/me/factors",
        Person,
        &[
            Open("/me/factors"),
            Send(&[
                ("passkey_name", "Laptop"),
                ("passkey_password", "correct horse battery"),
            ]),
        ],
    ),
    sight(
        "passkey that is not there",
        "/me/factors/passkeys/{id}",
        Person,
        &[Open("/me/factors/passkeys/psk_00000000000000000000000000")],
    ),
    sight(
        "factor that is not there",
        "/me/factors/{id}/remove",
        Person,
        &[Open("/me/factors/fac_00000000000000000000000000/remove")],
    ),
    sight(
        "codes by mail, not offered",
        "/me/factors/codes",
        Person,
        &[Open("/me/factors/codes?by=email")],
    ),
    sight("phone", "/me/phone", Person, &[Open("/me/phone")]),
    sight(
        "phone, refused",
        "/me/phone",
        Person,
        &[
            Open("/me/phone"),
            Send(&[("phone", "1"), ("current_password", "wrong")]),
        ],
    ),
    sight("sessions", "/me/sessions", Person, &[Open("/me/sessions")]),
    sight("activity", "/me/activity", Person, &[Open("/me/activity")]),
    sight(
        "shut everybody else out?",
        "/me/lockdown",
        Person,
        &[Open("/me/lockdown")],
    ),
    sight("recovery", "/recover", Stranger, &[Open("/recover")]),
    sight("unlock", "/unlock", Stranger, &[Open("/unlock")]),
    sight(
        "a way in",
        "/unlock/mail",
        Stranger,
        &[Open("/unlock/mail")],
    ),
    sight(
        "recovery, wrong link",
        "/recover",
        Stranger,
        &[Open("/recover#rt_wrong"), Send(&[GOOD])],
    ),
    sight("data", "/me/data", Person, &[Open("/me/data")]),
    sight(
        "people, nobody found",
        "/admin/people",
        Admin,
        &[Open("/admin/people?q=nobody")],
    ),
    sight(
        "new person",
        "/admin/people/new",
        Admin,
        &[Open("/admin/people/new")],
    ),
    sight(
        "new person, refused",
        "/admin/people/new",
        Admin,
        &[
            Open("/admin/people/new"),
            Send(&[("email", "nobody"), ("username", "a@b")]),
        ],
    ),
    sight(
        "new person, made",
        "/admin/people/new",
        Admin,
        &[
            Open("/admin/people/new"),
            Send(&[("email", "new@example.org"), ("name", "Somebody New")]),
        ],
    ),
    sight(
        "link to set a password",
        "/admin/people/{id}",
        Admin,
        &[
            Open("/admin/people/{person}"),
            SendTo("/admin/people/{person}/reset-link"),
        ],
    ),
    sight(
        "link to sign in with",
        "/admin/people/{id}",
        Admin,
        &[
            Open("/admin/people/{person}"),
            SendTo("/admin/people/{person}/sign-in-link"),
        ],
    ),
    sight(
        "person",
        "/admin/people/{id}",
        Admin,
        &[Open("/admin/people/{person}")],
    ),
    sight(
        "role that cannot be taken",
        "/admin/people/{id}",
        Admin,
        &[Open("/admin/people/{admin}"), Send(&[("role", "default")])],
    ),
    sight(
        "suspend?",
        "/admin/people/{id}/suspend",
        Admin,
        &[Open("/admin/people/{person}/suspend")],
    ),
    sight(
        "sign out everywhere?",
        "/admin/people/{id}/end-sessions",
        Admin,
        &[Open("/admin/people/{person}/end-sessions")],
    ),
    sight(
        "delete?",
        "/admin/people/{id}/delete",
        Admin,
        &[Open("/admin/people/{person}/delete")],
    ),
    sight(
        "delete?, not confirmed",
        "/admin/people/{id}/delete",
        Admin,
        &[
            Open("/admin/people/{person}/delete"),
            Send(&[("confirmation", "nobody")]),
        ],
    ),
    sight("no sites", "/admin/sites", Admin, &[Open("/admin/sites")]),
    sight(
        "new site",
        "/admin/sites/new",
        Admin,
        &[Open("/admin/sites/new")],
    ),
    sight(
        "new site, refused",
        "/admin/sites/new",
        Admin,
        &[
            Open("/admin/sites/new"),
            Send(&[
                ("url", "notes"),
                ("path-0", "x"),
                ("methods-0", "?"),
                ("people-0", "a@b@c"),
            ]),
        ],
    ),
    sight(
        "sites",
        "/admin/sites",
        Admin,
        &[Open("/admin/sites?{site}")],
    ),
    sight(
        "sites, none found",
        "/admin/sites",
        Admin,
        &[Open("/admin/sites?q=nothing&{site}")],
    ),
    sight(
        "site",
        "/admin/sites/{id}",
        Admin,
        &[Open("/admin/sites/{site}")],
    ),
    sight(
        "site, a visit",
        "/admin/sites/{id}",
        Admin,
        &[Open("/admin/sites/{site}?visit=/admin&method=&as=")],
    ),
    sight(
        "site, a visit of nobody",
        "/admin/sites/{id}",
        Admin,
        &[Open("/admin/sites/{site}?visit=/&as=nobody")],
    ),
    sight(
        "site, configured",
        "/admin/sites/{id}",
        Admin,
        &[Open("/admin/sites/{configured}")],
    ),
    sight(
        "editing a site",
        "/admin/sites/{id}/edit",
        Admin,
        &[Open("/admin/sites/{site}/edit")],
    ),
    sight(
        "editing a site, overtaken",
        "/admin/sites/{id}/edit",
        Admin,
        &[Open("/admin/sites/{site}/edit"), Send(&[("version", "0")])],
    ),
    sight(
        "remove a site?",
        "/admin/sites/{id}/remove",
        Admin,
        &[Open("/admin/sites/{site}/remove")],
    ),
    sight(
        "snippet",
        "/admin/sites/{id}/snippet",
        Admin,
        &[Open("/admin/sites/{site}/snippet?for=caddy")],
    ),
    sight(
        "snippet, refused",
        "/admin/sites/{id}/snippet",
        Admin,
        &[Open("/admin/sites/{site}/snippet?upstream=x")],
    ),
    sight(
        "form that is not ours",
        "/signin",
        Stranger,
        &[Open("/signin"), Send(&[("form_token", "forged")])],
    ),
    sight(
        "no site to be refused at",
        "/.tollgate/refused",
        Stranger,
        &[Open("/.tollgate/refused")],
    ),
    sight("nothing there", "/", Stranger, &[Open("/nowhere")]),
];

pub(crate) const fn sight(
    name: &'static str,
    route: &'static str,
    who: Who,
    way: &'static [Move],
) -> Sight {
    Sight {
        name,
        route,
        who,
        way,
    }
}

/// What answers a GET with something else than a page, or with no other page
/// than its neighbours.
const NO_PAGES: &[&str] = &[
    "/static/{name}",
    "/.tollgate/static/{name}",
    "/.tollgate/enter",
    "/.tollgate/land",
    "/admin/people.csv",
    "/admin/sites.csv",
    "/admin/audit.csv",
];

#[test]
fn every_page_is_looked_at() {
    let routes = tollgate_console::routes::LISTING.iter();
    let unseen: Vec<_> = routes
        .filter(|(method, path)| *method == "GET" && !NO_PAGES.contains(path))
        .map(|(_, path)| path)
        .filter(|path| sights().all(|sight| sight.route != **path))
        .collect();
    assert!(
        unseen.is_empty(),
        "list these pages in registry.rs, in each state that looks different: {unseen:?}"
    );
}
