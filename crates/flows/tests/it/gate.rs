//! The gate below HTTP: sites are known on every node, a ticket works once, for
//! one browser and one host, and what it was exchanged for dies with the session.

use std::time::Duration;

use tollgate_base::{ExposeSecret, Result, SecretString, access::Principal, id::SiteId};
use tollgate_flows::{
    Ctx, Draft, Path, RuleDraft, Site,
    admit::Credential,
    gate::{self, Crossing, Decision, Enter, Land, Visit},
    people,
    signout::{self, Which},
    sites::{self, CreateSite, EditSite},
};
use tollgate_testkit::node::Node;

use crate::support::{
    COOKIE, accepted, boss, code, cookie, count, enter, events, join, sign_in, together, who,
};

const NOBODY: &Principal = &Principal::Anonymous;
const NOTES: &str = "https://notes.example.org";
const WIKI: &str = "https://wiki.example.org";

fn draft(url: &str, allow: &str) -> Draft {
    Draft {
        name: url.to_owned(),
        url: url.to_owned(),
        identity_token: false,
        rules: Some(vec![RuleDraft {
            path: "/".into(),
            methods: vec![],
            allow: vec![allow.into()],
        }]),
    }
}

async fn register(ctx: &Ctx, url: &str) -> SiteId {
    let request = CreateSite {
        draft: draft(url, "signed-in"),
        once: None,
    };
    let made = sites::create(ctx, &Principal::Operator, request).await;
    made.unwrap().site.id
}

fn site(ctx: &Ctx, url: &str) -> Site {
    let host = url.split_once("://").unwrap().1;
    (**ctx.sites().at(host).unwrap()).clone()
}

/// A ticket to `url` for a browser with this nonce.
async fn ticket(ctx: &Ctx, by: &Principal, url: &str, nonce: &SecretString) -> Result<Crossing> {
    let request = Enter {
        to: format!("{url}/"),
        state: gate::state(nonce).unwrap(),
    };
    gate::enter(ctx, by, request).await
}

async fn land(ctx: &Ctx, url: &str, ticket: &str, nonce: &SecretString) -> Result<SecretString> {
    let site = site(ctx, url);
    let request = Land {
        site: &site,
        ticket,
        nonce,
    };
    gate::land(ctx, NOBODY, request).await
}

fn shown(url: &str, token: &SecretString) -> Credential {
    Credential::Site {
        host: url.split_once("://").unwrap().1.to_owned(),
        token: token.clone(),
    }
}

async fn passes(ctx: &Ctx, by: &Principal, url: &str) -> bool {
    let (site, path) = (site(ctx, url), Path::read("/"));
    let visit = Visit {
        site: &site,
        path: &path,
        method: "GET",
    };
    let decision = gate::check(ctx, by, visit).await.unwrap();
    matches!(decision, Decision::Pass { .. })
}

#[tokio::test]
async fn every_node_hears_of_sites_and_every_change_tells() {
    let node = Node::new().await;
    let second = node.second().await;
    let (ctx, by) = (&node.ctx, &Principal::Operator);
    let id = register(ctx, NOTES).await;
    assert!(second.ctx.sites().at("notes.example.org").is_none());
    second.follow().await;
    join(ctx, "ann").await;
    let (_, ann) = enter(&second.ctx, "ann").await;
    assert!(passes(&second.ctx, &ann, NOTES).await);

    let edit = EditSite {
        id,
        draft: draft(NOTES, "role:admin"),
        if_version: Some(1),
    };
    sites::edit(ctx, by, edit.clone()).await.unwrap();
    assert_eq!(code(&sites::edit(ctx, by, edit).await), "version.mismatch");
    assert!(!passes(ctx, &ann, NOTES).await);
    second.follow().await;
    assert!(!passes(&second.ctx, &ann, NOTES).await);

    let same = CreateSite {
        draft: draft("https://NOTES.example.org:443/", "anyone"),
        once: None,
    };
    assert_eq!(code(&sites::create(ctx, by, same).await), "site.taken");
    sites::delete(ctx, by, id).await.unwrap();
    second.follow().await;
    assert!(second.ctx.sites().at("notes.example.org").is_none());
    assert_eq!(code(&sites::delete(ctx, by, id).await), "site.missing");
    for kind in ["site.created", "site.updated", "site.deleted"] {
        assert_eq!(events(ctx, kind).await, 1, "{kind}");
    }
    assert_eq!(code(&sites::list(ctx, &ann, ()).await), "access.denied");
    let (_, boss) = boss(ctx, "boss").await;
    assert!(sites::list(ctx, &boss, ()).await.unwrap().is_empty());
}

/// vuln:81: of twenty that show one ticket at once, one lands.
#[tokio::test]
async fn a_ticket_works_once_in_one_browser_at_one_host_for_a_while() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    register(ctx, NOTES).await;
    register(ctx, WIKI).await;
    join(ctx, "ann").await;
    let (_, ann) = enter(ctx, "ann").await;
    let (nonce, other) = (gate::nonce(ctx).unwrap(), gate::nonce(ctx).unwrap());
    let get = async || ticket(ctx, &ann, NOTES, &nonce).await.unwrap().ticket;

    let first = get().await;
    let text = first.expose_secret().to_owned();
    for (url, nonce) in [(WIKI, &nonce), (NOTES, &other)] {
        assert_eq!(
            code(&land(ctx, url, &text, nonce).await),
            "one_time.invalid"
        );
    }
    let session = text.split('.').nth(1).unwrap();
    let swapped = text.replace(session, "ses_01k3bq7k3vf0q8s6r2c4e5g6h7");
    for bad in [
        "",
        ".",
        "tgo_",
        session,
        &swapped,
        &text[1..],
        &format!("{text}x"),
    ] {
        assert_eq!(
            code(&land(ctx, NOTES, bad, &nonce).await),
            "one_time.invalid",
            "{bad}"
        );
    }
    let landed = together(20, |_| {
        let (ctx, text, nonce) = (ctx.clone(), text.clone(), nonce.clone());
        async move { land(&ctx, NOTES, &text, &nonce).await }
    });
    let landed = landed.await;
    assert_eq!(count(&landed, "ok"), 1, "{landed:?}");
    assert_eq!(events(ctx, "site.entered").await, 1);
    assert_eq!(
        code(&land(ctx, NOTES, &text, &nonce).await),
        "one_time.invalid"
    );

    let late = get().await;
    node.clock.advance(Duration::from_secs(30));
    assert_eq!(
        code(&land(ctx, NOTES, late.expose_secret(), &nonce).await),
        "one_time.invalid"
    );
    let (one, two) = (get().await, get().await);
    for ticket in [&one, &two] {
        assert!(
            land(ctx, NOTES, ticket.expose_secret(), &nonce)
                .await
                .is_ok(),
            "two tabs at once"
        );
    }
    for to in [
        "https://evil.example",
        "https://notes.example.org.evil.example/",
        "notes.example.org/",
        "",
    ] {
        assert_eq!(
            code(&ticket(ctx, &ann, to, &nonce).await),
            "site.unknown",
            "{to}"
        );
    }
    assert_eq!(
        code(&ticket(ctx, NOBODY, NOTES, &nonce).await),
        "auth.required"
    );
}

/// vuln:23, asvs:V7.4.1, asvs:V7.4.2: on every node, at once or when it hears.
#[tokio::test]
async fn the_cookie_of_a_site_dies_with_its_session() {
    let node = Node::new().await;
    let second = node.second().await;
    let ctx = &node.ctx;
    register(ctx, NOTES).await;
    let ann = join(ctx, "ann").await;
    let land_with = async |by: &Principal| {
        let nonce = gate::nonce(ctx).unwrap();
        let ticket = ticket(ctx, by, NOTES, &nonce).await.unwrap().ticket;
        land(ctx, NOTES, ticket.expose_secret(), &nonce)
            .await
            .unwrap()
    };
    let fresh = async || {
        let held = cookie(&sign_in(ctx, "ann", COOKIE).await);
        let principal = who(ctx, &held).await.unwrap();
        let token = land_with(&principal).await;
        (principal, shown(NOTES, &token), shown(WIKI, &token))
    };
    for way in 0..3 {
        let (principal, here, elsewhere) = fresh().await;
        for ctx in [ctx, &second.ctx] {
            assert!(accepted(who(ctx, &here).await));
            assert!(!accepted(who(ctx, &elsewhere).await), "it is of one host");
        }
        match way {
            0 => signout::signout(ctx, &principal, ()).await.unwrap(),
            1 => drop(
                signout::end_all(ctx, &Principal::Operator, (ann, Which::All))
                    .await
                    .unwrap(),
            ),
            _ => people::suspend(ctx, &Principal::Operator, ann)
                .await
                .map(drop)
                .unwrap(),
        }
        assert!(!accepted(who(ctx, &here).await), "{way}");
        second.follow().await;
        assert!(!accepted(who(&second.ctx, &here).await), "{way}");
    }
    people::resume(ctx, &Principal::Operator, ann)
        .await
        .unwrap();
    let (_, here, _) = fresh().await;
    node.clock.advance(Duration::from_hours(13));
    assert!(
        !accepted(who(ctx, &here).await),
        "it expires with the session"
    );
}

/// A session that ends while its ticket is under way takes nobody along.
#[tokio::test]
async fn a_ticket_of_an_ended_session_lands_nowhere() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    register(ctx, NOTES).await;
    join(ctx, "ann").await;
    let (_, ann) = enter(ctx, "ann").await;
    let nonce = gate::nonce(ctx).unwrap();
    let ticket = ticket(ctx, &ann, NOTES, &nonce).await.unwrap().ticket;
    signout::signout(ctx, &ann, ()).await.unwrap();
    let refused = land(ctx, NOTES, ticket.expose_secret(), &nonce).await;
    assert_eq!(code(&refused), "session.revoked");
    assert_eq!(events(ctx, "site.entered").await, 0);
}
