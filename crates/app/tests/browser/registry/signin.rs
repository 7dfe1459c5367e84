//! Pages of the steps between a name and a session.

use super::{
    Move::{Open, Send, SendTo},
    NO_ADDRESS, Sight,
    Who::{First, Stranger},
    sight,
};

pub(super) const SIGHTS: &[Sight] = &[
    sight(
        "confirmation, begun anew",
        "/signin/confirm",
        Stranger,
        &[Open("/signin/confirm")],
    ),
    sight(
        "sign-in by mail",
        "/signin/mail",
        Stranger,
        &[Open("/signin/mail")],
    ),
    sight(
        "sign-in by mail, off",
        "/signin/mail",
        First,
        &[Open("/signin/mail")],
    ),
    sight(
        "sign-in by mail, no address",
        "/signin/mail",
        Stranger,
        &[Open("/signin/mail"), Send(&[NO_ADDRESS])],
    ),
    sight(
        "sign-in by mail, asked for",
        "/signin/mail",
        Stranger,
        &[
            Open("/signin/mail"),
            Send(&[("email", "nobody@example.org")]),
        ],
    ),
    sight(
        "sign-in by mail, wrong code",
        "/signin/mail/code",
        Stranger,
        &[
            Open("/signin/mail"),
            Send(&[("email", "somebody@example.org")]),
            Send(&[("code", "12345678")]),
        ],
    ),
    sight(
        "sign-in by mail, link",
        "/signin/link",
        Stranger,
        &[
            Open("/signin/mail"),
            Send(&[("email", "anybody@example.org")]),
            Open("/signin/link#ot_wrong"),
        ],
    ),
    sight(
        "sign-in by mail, wrong link",
        "/signin/link",
        Stranger,
        &[
            Open("/signin/mail"),
            Send(&[("email", "whoever@example.org")]),
            Open("/signin/link#ot_wrong"),
            SendTo("/signin/link"),
        ],
    ),
    sight(
        "sign-in by mail, link in another browser",
        "/signin/link",
        First,
        &[Open("/signin/link#ot_wrong")],
    ),
    sight(
        "sign-in by a link of an administrator",
        "/signin/token",
        Stranger,
        &[Open("/signin/token#ot_wrong")],
    ),
    sight(
        "sign-in by a link of an administrator, wrong",
        "/signin/token",
        Stranger,
        &[Open("/signin/token#ot_wrong"), SendTo("/signin/token")],
    ),
    sight(
        "second step, begun anew",
        "/signin/code",
        Stranger,
        &[Open("/signin/code")],
    ),
];
