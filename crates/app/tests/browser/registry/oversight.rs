//! The pages on which administrators see who has access and what the compliance
//! rules find: the second half of the registry.

use super::{
    Move::{Open, Send, SendTo},
    Sight,
    Who::{Admin, Stranger},
    sight,
};

pub(super) const SIGHTS: &[Sight] = &[
    sight(
        "no site at this address",
        "/.tollgate/leave",
        Stranger,
        &[Open("/.tollgate/leave")],
    ),
    sight(
        "request that cannot be read",
        "/enter",
        Stranger,
        &[Open("/enter")],
    ),
    sight(
        "security settings",
        "/admin/security",
        Admin,
        &[Open("/admin/security")],
    ),
    sight(
        "who has access",
        "/admin/access",
        Admin,
        &[Open("/admin/access")],
    ),
    sight(
        "who has access, nobody",
        "/admin/access",
        Admin,
        &[Open("/admin/access?role=manager")],
    ),
    sight(
        "compliance, not checked",
        "/admin/compliance",
        Admin,
        &[Open("/admin/compliance")],
    ),
    sight(
        "compliance",
        "/admin/compliance",
        Admin,
        &[Open("/admin/compliance"), SendTo("/admin/compliance/check")],
    ),
    sight(
        "what a rule finds",
        "/admin/compliance/{rule}",
        Admin,
        &[Open("/admin/compliance/admin-without-factor")],
    ),
    sight(
        "a rule that finds nothing",
        "/admin/compliance/{rule}",
        Admin,
        &[Open("/admin/compliance/dormant")],
    ),
    sight(
        "a finding that is accepted",
        "/admin/compliance/{rule}",
        Admin,
        &[
            Open("/admin/compliance/admins-few"),
            Send(&[("reason", "nobody else is here yet")]),
        ],
    ),
    sight(
        "review of an account",
        "/admin/people/{id}/review",
        Admin,
        &[Open("/admin/people/{person}/review")],
    ),
    sight(
        "review of an account, links voided",
        "/admin/people/{id}/review",
        Admin,
        &[
            Open("/admin/people/{person}/review"),
            SendTo("/admin/people/{person}/review/void-links"),
        ],
    ),
];
