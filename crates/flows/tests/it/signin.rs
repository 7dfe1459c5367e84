//! Signing in with a password: who gets in, how refusals look, how guesses are
//! counted, and what becomes of old hashes.

use std::time::Duration;

use tollgate_base::{
    Result,
    access::{Principal, Role},
    entropy::Entropy,
    id::UserId,
};
use tollgate_crypto::password::{Cost, Hasher};
use tollgate_flows::{
    Applicant, ClientProfile, Ctx, SignedIn,
    password::{self, ResetPassword},
    people::{self, CreatePerson},
};
use tollgate_testkit::node::Node;

use crate::support::{
    COOKIE, OTHER_PASSWORD, PASSWORD, accepted, applicant, code, cookie, count, events, join,
    secret, sign_in, together, try_in, who,
};

const TICK: Duration = Duration::from_micros(1);
const WINDOW: Duration = Duration::from_mins(15);

/// Hashes of [`FOREIGN_PASSWORD`], each made by the system that it is named for.
const FOREIGN: &[&str] = &[
    // bcrypt 5.0
    "$2b$05$rgX/5cQjjM1uZxU3Xc.NF.NUjKod0pcIsrQ7AkId7MxnKKwd08y9m",
    // Django 5.2
    "pbkdf2_sha256$1000$saltsaltsaltsalt$hK0MWlaCJLNgdlrtwzoeXzVhrDgwXrFF+HC5BWz/Gs0=",
    "argon2$argon2id$v=19$m=256,t=2,p=2$YWJjZGVmZ2hpamtsbW5vcA$ZUdGqGeieEnBpAMQfnXwzPPXMmd4F/AxoLluOgVUIxI",
    "scrypt$1024$saltsaltsaltsalt$8$2$EPHQ9nNbYBZ4ByiU//sCCmsduYfqFlWOPh/qEmyzn+d2bHmDTLABoHbypKVldIswhILIUwarWs4aKsxh7ePgAw==",
    "bcrypt_sha256$$2b$05$P35vZINB0ukZV90ceEptTef/yqSVISjyQ4YEYY/WzrJvAtrkNocom",
    // PHC strings
    "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHRzYWx0c2FsdA$hK0MWlaCJLNgdlrtwzoeXzVhrDgwXrFF+HC5BWz/Gs0",
    "$scrypt$ln=10,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$EzCUo7JGx++cUy40BaKaWYywBS1rttKdukhz1+Wb5ds",
];
/// Django 5.2 at a million rounds.
pub(crate) const SLOW: &str =
    "pbkdf2_sha256$1000000$saltsalt$L31E8jSVN/qHwExgfui8FTitOSHfdKRXrorqjcaWM1M=";
const FOREIGN_PASSWORD: &str = "Tr0ub4dor & 3 pässwörter";

/// vuln:110
#[tokio::test]
async fn either_identifier_opens_in_every_spelling() {
    let node = Node::new().await;
    let zoe = join(&node.ctx, "zoë").await;
    for login in [
        "zoë",
        "ZOË",
        " zoë ",
        "ｚｏë",
        "zoë@example.org",
        "ZOË@Example.ORG",
        " zoë@example.org",
    ] {
        let signed_in = sign_in(&node.ctx, login, COOKIE).await;
        assert_eq!(signed_in.account.account.id, zoe, "{login:?}");
    }
}

/// asvs:V6.3.8, vuln:37, vuln:38
#[tokio::test]
async fn every_refusal_reads_the_same() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    let suspended = join(ctx, "bea").await;
    people::suspend(ctx, &Principal::Operator, suspended)
        .await
        .unwrap();
    let without = Applicant {
        password: None,
        ..applicant("cem")
    };
    let request = CreatePerson {
        applicant: without,
        role: Role::Default,
        once: None,
    };
    people::create(ctx, &Principal::Operator, request)
        .await
        .unwrap();

    let refusal = async |login, password| {
        let refused = try_in(ctx, login, password, COOKIE).await.unwrap_err();
        (format!("{refused:?}"), refused.wait())
    };
    let unknown = refusal("nobody", OTHER_PASSWORD).await;
    for login in ["ann", "bea", "cem", "nobody@example.org", "no@body@", ""] {
        assert_eq!(refusal(login, OTHER_PASSWORD).await, unknown, "{login}");
        assert_eq!(refusal(login, "").await, unknown, "{login}");
    }
    for login in ["bea", "bea@example.org", "cem"] {
        assert_eq!(refusal(login, PASSWORD).await, unknown);
    }
    let huge = "x".repeat(5_000);
    assert_eq!(refusal("ann", &huge).await, refusal("nobody", &huge).await);
}

/// vuln:89, asvs:V6.3.1
#[tokio::test]
async fn ten_failures_shut_the_door_by_every_name_until_the_window_ends() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    join(ctx, "bea").await;
    for names in [
        ["ann", "ANN@example.org", "Ann", " ann@EXAMPLE.org"],
        ["nobody", "NOBODY", " nobody ", "ｎobody"],
    ] {
        let mut names = names.into_iter().cycle();
        for name in names.by_ref().take(10) {
            let outcome = try_in(ctx, name, OTHER_PASSWORD, COOKIE).await;
            assert_eq!(code(&outcome), "signin.failed", "{name}");
        }
        for name in names.take(8) {
            let refused = try_in(ctx, name, PASSWORD, COOKIE).await;
            assert_eq!(code(&refused), "throttled", "{name}");
            assert_eq!(refused.unwrap_err().wait(), Some(WINDOW), "{name}");
        }
    }
    assert_eq!(events(ctx, "signin.blocked").await, 2, "one for each block");
    sign_in(ctx, "bea", COOKIE).await;

    node.clock.advance(WINDOW.saturating_sub(TICK));
    let early = try_in(ctx, "ann", PASSWORD, COOKIE).await;
    assert_eq!(code(&early), "throttled");
    node.clock.advance(TICK);
    sign_in(ctx, "ann", COOKIE).await;
}

/// fault:F15
#[tokio::test]
async fn a_door_shut_by_a_clock_in_the_future_is_not_shut_until_then() {
    let node = Node::new().await;
    let (ctx, now) = (&node.ctx, node.ctx.now());
    join(ctx, "ann").await;
    node.clock.set(now.plus(Duration::from_hours(24 * 365)));
    for _ in 0..10 {
        let outcome = try_in(ctx, "ann", OTHER_PASSWORD, COOKIE).await;
        assert_eq!(code(&outcome), "signin.failed");
    }
    node.clock.set(now);
    for _ in 0..10 {
        let outcome = try_in(ctx, "ann", OTHER_PASSWORD, COOKIE).await;
        assert_eq!(code(&outcome), "signin.failed");
    }
    assert_eq!(
        code(&try_in(ctx, "ann", PASSWORD, COOKIE).await),
        "throttled"
    );
}

#[tokio::test]
async fn a_success_forgives_what_failed_before() {
    let node = Node::new().await;
    join(&node.ctx, "ann").await;
    for _ in 0..3 {
        for _ in 0..9 {
            let outcome = try_in(&node.ctx, "ann", OTHER_PASSWORD, COOKIE).await;
            assert_eq!(code(&outcome), "signin.failed");
        }
        sign_in(&node.ctx, "ann@example.org", COOKIE).await;
    }
    assert_eq!(events(&node.ctx, "signin.blocked").await, 0);
}

/// vuln:78, vuln:88
#[tokio::test(flavor = "multi_thread")]
async fn fifty_parallel_guesses_on_two_nodes_are_counted_and_ten_are_looked_at() {
    let (node, ctx) = {
        let node = Node::new().await;
        let second = node.second().await;
        let ctx = [node.ctx.clone(), second.ctx.clone()];
        (node, ctx)
    };
    join(&node.ctx, "ann").await;
    for login in ["ann", "nobody"] {
        let guesses = together(50, |place| {
            let ctx = ctx[place % 2].clone();
            async move { try_in(&ctx, login, OTHER_PASSWORD, COOKIE).await }
        })
        .await;
        assert_eq!(count(&guesses, "signin.failed"), 10, "{login}");
        assert_eq!(count(&guesses, "throttled"), 40, "{login}");
    }
    assert_eq!(events(&node.ctx, "signin.blocked").await, 2);

    // A node that starts now knows it from the database.
    let restarted = node.second().await;
    for login in ["ann", "nobody"] {
        let outcome = try_in(&restarted.ctx, login, PASSWORD, COOKIE).await;
        assert_eq!(code(&outcome), "throttled", "{login}");
    }
}

/// The hash is so slow that the change comes between the look at the password
/// and the opening of the session. vuln:19, vuln:23
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_races_a_new_password_or_a_suspension_loses() {
    let node = Node::new().await;
    let (ctx, operator) = (&node.ctx, Principal::Operator);
    for (name, suspend) in [("ann", true), ("bea", false)] {
        let id = join(ctx, name).await;
        store(ctx, id, SLOW).await;
        let link = password::reset_link(ctx, &operator, id).await.unwrap();
        let crowd = together(3, |_| {
            let ctx = ctx.clone();
            async move { try_in(&ctx, name, FOREIGN_PASSWORD, COOKIE).await }
        });
        let change = async {
            while ctx.hash_queue() == 0 {
                tokio::task::yield_now().await;
            }
            if suspend {
                return people::suspend(ctx, &operator, id).await;
            }
            let request = ResetPassword {
                token: link.token,
                new: secret(OTHER_PASSWORD),
                client: ClientProfile::NATIVE,
            };
            password::reset(ctx, &Principal::Anonymous, request).await
        };
        let change = tokio::time::timeout(Duration::from_secs(10), change);
        let (outcomes, changed) = tokio::join!(crowd, change);
        changed
            .expect("two slots hash and the third sign-in waits")
            .unwrap();
        assert!(count(&outcomes, "signin.failed") > 0, "{name}: no race");
        for outcome in outcomes {
            assert_dead(ctx, outcome).await;
        }
    }
}

/// Refused, or let in before the change and out again by it.
async fn assert_dead(ctx: &Ctx, outcome: Result<SignedIn>) {
    match outcome {
        Ok(signed_in) => assert!(!accepted(who(ctx, &cookie(&signed_in)).await)),
        Err(_) => assert_eq!(code(&outcome), "signin.failed"),
    }
}

/// asvs:V11.4.2
#[tokio::test]
async fn a_foreign_or_outdated_hash_opens_once_and_is_upgraded() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let id = join(ctx, "ann").await;
    let cost = Cost {
        memory_kib: 128,
        passes: 2,
        lanes: 1,
    };
    let outdated = Hasher::new(cost, 1, 1)
        .hash(&secret(FOREIGN_PASSWORD), Entropy.bytes().unwrap())
        .await
        .unwrap();
    let mut upgrades = 0;
    for old in FOREIGN.iter().copied().chain([outdated.as_str()]) {
        store(ctx, id, old).await;
        let wrong = try_in(ctx, "ann", OTHER_PASSWORD, COOKIE).await;
        assert_eq!(code(&wrong), "signin.failed", "{old}");
        assert_eq!(
            stored(ctx, id).await,
            old,
            "a wrong password changes nothing"
        );

        try_in(ctx, "ann", FOREIGN_PASSWORD, COOKIE).await.unwrap();
        upgrades += 1;
        let upgraded = stored(ctx, id).await;
        assert!(
            upgraded.starts_with("$argon2id$v=19$m=64,t=1,p=1$"),
            "{old}"
        );
        assert_eq!(events(ctx, "password.rehashed").await, upgrades);

        try_in(ctx, "ann", FOREIGN_PASSWORD, COOKIE).await.unwrap();
        assert_eq!(stored(ctx, id).await, upgraded, "once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_that_sign_in_together_all_get_in_while_the_hash_is_upgraded() {
    let node = Node::new().await;
    let id = join(&node.ctx, "ann").await;
    for old in FOREIGN {
        store(&node.ctx, id, old).await;
        let outcomes = together(5, |_| {
            let ctx = node.ctx.clone();
            async move { try_in(&ctx, "ann", FOREIGN_PASSWORD, COOKIE).await }
        })
        .await;
        assert_eq!(count(&outcomes, "ok"), 5, "{old}: {outcomes:?}");
    }
}

pub(crate) async fn store(ctx: &Ctx, id: UserId, hash: &str) {
    let sql = "UPDATE passwords SET hash = $2 WHERE account_id = $1";
    let changed = ctx.db().write_one(sql, vec![id.into(), hash.into()]).await;
    changed.unwrap();
}

async fn stored(ctx: &Ctx, id: UserId) -> String {
    let sql = "SELECT hash FROM passwords WHERE account_id = $1";
    let row = ctx.db().one(sql, vec![id.into()]).await.unwrap();
    row.get("hash").unwrap()
}
