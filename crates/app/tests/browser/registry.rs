//! Every page in every state that looks different, and the way to it. What is
//! listed here is judged in each language, scheme and width.

use crate::stage::{ADMIN, PASSWORD, PERSON};

/// One page in one state.
pub(crate) struct Sight {
    /// What reports call it.
    pub(crate) name: &'static str,
    /// The route that shows it.
    route: &'static str,
    /// Who looks at it.
    pub(crate) who: Who,
    /// How they get there.
    pub(crate) way: &'static [Move],
}

/// Who looks at a page, and where.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Who {
    /// Whoever comes first, where nobody is yet.
    First,
    /// A stranger.
    Stranger,
}

/// One move. `{setup}` and `{reset}` stand for the tokens of new links.
pub(crate) enum Move {
    /// Go to a path.
    Open(&'static str),
    /// Set these fields of the form that has the first, and send it unchecked.
    Send(&'static [(&'static str, &'static str)]),
}

/// Where forms of strangers begin to fail.
const WRONG_EMAIL: (&str, &str) = ("email", "nobody");

const AS_ADMIN: Move = Move::Send(&[("login", ADMIN), ("password", PASSWORD)]);
const AS_PERSON: Move = Move::Send(&[("login", PERSON), ("password", PASSWORD)]);

pub(crate) static SIGHTS: &[Sight] = &[
    Sight {
        name: "first page before setup",
        route: "/",
        who: Who::First,
        way: &[Move::Open("/")],
    },
    Sight {
        name: "first page",
        route: "/",
        who: Who::Stranger,
        way: &[Move::Open("/")],
    },
    Sight {
        name: "setup",
        route: "/setup",
        who: Who::First,
        way: &[Move::Open("/setup#{setup}")],
    },
    Sight {
        name: "setup, refused fields",
        route: "/setup",
        who: Who::First,
        way: &[
            Move::Open("/setup#{setup}"),
            Move::Send(&[WRONG_EMAIL, ("username", "a@b"), ("password", "short")]),
        ],
    },
    Sight {
        name: "setup, wrong link",
        route: "/setup",
        who: Who::First,
        way: &[
            Move::Open("/setup#st_wrong"),
            Move::Send(&[
                ("email", "ada@example.org"),
                ("password", "correct horse battery"),
            ]),
        ],
    },
    Sight {
        name: "setup, closed",
        route: "/setup",
        who: Who::Stranger,
        way: &[Move::Open("/setup")],
    },
    Sight {
        name: "sign-in",
        route: "/signin",
        who: Who::Stranger,
        way: &[Move::Open("/signin")],
    },
    Sight {
        name: "sign-in towards a site",
        route: "/signin",
        who: Who::Stranger,
        way: &[Move::Open(
            "/signin?next=%2Fenter%3Fto%3Dhttps%253A%252F%252Fapp.example%252F",
        )],
    },
    Sight {
        name: "sign-in, wrong password",
        route: "/signin",
        who: Who::Stranger,
        way: &[
            Move::Open("/signin"),
            Move::Send(&[("login", "nobody@example.org"), ("password", "wrong")]),
        ],
    },
    Sight {
        name: "sign-up",
        route: "/signup",
        who: Who::Stranger,
        way: &[Move::Open("/signup")],
    },
    Sight {
        name: "sign-up, refused fields",
        route: "/signup",
        who: Who::Stranger,
        way: &[
            Move::Open("/signup"),
            Move::Send(&[WRONG_EMAIL, ("username", "a@b"), ("password", "short")]),
        ],
    },
    Sight {
        name: "sign-up, taken",
        route: "/signup",
        who: Who::Stranger,
        way: &[
            Move::Open("/signup"),
            Move::Send(&[("email", ADMIN), ("password", PASSWORD)]),
        ],
    },
    Sight {
        name: "forgot",
        route: "/forgot",
        who: Who::Stranger,
        way: &[Move::Open("/forgot")],
    },
    Sight {
        name: "forgot, refused",
        route: "/forgot",
        who: Who::Stranger,
        way: &[Move::Open("/forgot"), Move::Send(&[WRONG_EMAIL])],
    },
    Sight {
        name: "forgot, asked",
        route: "/forgot",
        who: Who::Stranger,
        way: &[
            Move::Open("/forgot"),
            Move::Send(&[("email", "nobody@example.org")]),
        ],
    },
    Sight {
        name: "nothing there",
        route: "/",
        who: Who::Stranger,
        way: &[Move::Open("/nowhere")],
    },
    Sight {
        name: "sign-out",
        route: "/signout",
        who: Who::Stranger,
        way: &[Move::Open("/signin"), AS_ADMIN, Move::Open("/signout")],
    },
    Sight {
        name: "own overview",
        route: "/me",
        who: Who::Stranger,
        way: &[Move::Open("/signin"), AS_ADMIN, Move::Open("/me")],
    },
    Sight {
        name: "address check",
        route: "/setup/address",
        who: Who::Stranger,
        way: &[
            Move::Open("/signin"),
            AS_ADMIN,
            Move::Open("/setup/address"),
        ],
    },
    Sight {
        name: "setup, last step",
        route: "/setup/done",
        who: Who::Stranger,
        way: &[Move::Open("/signin"), AS_ADMIN, Move::Open("/setup/done")],
    },
    Sight {
        name: "forbidden",
        route: "/setup/address",
        who: Who::Stranger,
        way: &[
            Move::Open("/signin"),
            AS_PERSON,
            Move::Open("/setup/address"),
        ],
    },
    Sight {
        name: "reset",
        route: "/reset",
        who: Who::Stranger,
        way: &[Move::Open("/reset#{reset}")],
    },
    Sight {
        name: "reset, weak password",
        route: "/reset",
        who: Who::Stranger,
        way: &[
            Move::Open("/reset#{reset}"),
            Move::Send(&[("password", "short")]),
        ],
    },
    Sight {
        name: "reset, wrong link",
        route: "/reset",
        who: Who::Stranger,
        way: &[
            Move::Open("/reset#rt_wrong"),
            Move::Send(&[("password", "another horse battery")]),
        ],
    },
    Sight {
        name: "reset, done",
        route: "/reset",
        who: Who::Stranger,
        way: &[
            Move::Open("/reset#{reset}"),
            Move::Send(&[("password", "another horse battery")]),
        ],
    },
    Sight {
        name: "form that is not ours",
        route: "/reset",
        who: Who::Stranger,
        way: &[
            Move::Open("/reset"),
            Move::Send(&[("form_token", "forged")]),
        ],
    },
    // Last of the fresh installation: it is not fresh afterwards.
    Sight {
        name: "setup, done",
        route: "/setup",
        who: Who::First,
        way: &[
            Move::Open("/setup#{setup}"),
            Move::Send(&[
                ("email", "ada@example.org"),
                ("password", "correct horse battery"),
            ]),
        ],
    },
];

/// What answers a GET with something else than a page.
const NO_PAGES: &[&str] = &["/static/{name}"];

#[test]
fn every_page_is_looked_at() {
    let routes = tollgate_console::routes::LISTING.iter();
    let unseen: Vec<_> = routes
        .filter(|(method, path)| *method == "GET" && !NO_PAGES.contains(path))
        .map(|(_, path)| path)
        .filter(|path| SIGHTS.iter().all(|sight| sight.route != **path))
        .collect();
    assert!(
        unseen.is_empty(),
        "list these pages in registry.rs, in each state that looks different: {unseen:?}"
    );
    for sight in SIGHTS {
        let Some(Move::Open(first)) = sight.way.first() else {
            panic!("{}: the way begins somewhere", sight.name)
        };
        assert!(first.starts_with('/'), "{}", sight.name);
    }
}
