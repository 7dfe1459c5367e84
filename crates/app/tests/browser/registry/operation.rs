//! Pages for those who look after the server itself: what could not be sent, alerts and
//! webhooks.

use super::{
    Move::{Open, Send, SendTo},
    Sight,
    Who::Admin,
    sight,
};

pub(super) const SIGHTS: &[Sight] = &[
    sight("installation", "/admin", Admin, &[Open("/admin")]),
    sight("undelivered", "/admin/mail", Admin, &[Open("/admin/mail")]),
    sight("audit", "/admin/audit", Admin, &[Open("/admin/audit")]),
    sight("people", "/admin/people", Admin, &[Open("/admin/people")]),
    sight("alerts", "/admin/alerts", Admin, &[Open("/admin/alerts")]),
    sight(
        "webhooks, none",
        "/admin/webhooks",
        Admin,
        &[Open("/admin/webhooks")],
    ),
    sight(
        "webhooks, refused fields",
        "/admin/webhooks",
        Admin,
        &[
            Open("/admin/webhooks"),
            Send(&[
                ("name", "Receiver"),
                ("url", "https://127.0.0.1/"),
                ("events", "nothing"),
            ]),
        ],
    ),
    sight(
        "a webhook's secret",
        "/admin/webhooks",
        Admin,
        &[
            Open("/admin/webhooks"),
            Send(&[
                ("name", "Receiver"),
                ("url", "https://hooks.invalid/tollgate"),
                ("events", "webhook.*"),
            ]),
        ],
    ),
    sight(
        "a webhook",
        "/admin/webhooks/{id}",
        Admin,
        &[Open("/admin/webhooks/{webhook}")],
    ),
    sight(
        "a webhook, tested",
        "/admin/webhooks/{id}",
        Admin,
        &[
            Open("/admin/webhooks/{webhook}"),
            SendTo("/admin/webhooks/{webhook}/test"),
        ],
    ),
    sight(
        "a webhook, to be deleted",
        "/admin/webhooks/{id}/remove",
        Admin,
        &[Open("/admin/webhooks/{webhook}/remove")],
    ),
];
