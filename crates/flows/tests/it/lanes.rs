//! Lock-outs that slow an attacker and cannot be used against a victim: the lanes in
//! which failures are counted, how a lock ends before its time, and what failures at
//! many accounts come to.

use std::time::Duration;

use tollgate_base::{
    Error, Result, SecretString,
    access::Principal,
    id::{DeviceId, UserId},
    identifier::Identifier,
};
use tollgate_crypto::work;
use tollgate_flows::{
    ClientProfile, Ctx, DeviceSecrets, UserAgent,
    ctx::Proof,
    devices, password,
    signin::{self, SignIn, Step},
    unlock::{self, Ask, Finish},
    vouch,
};
use tollgate_records::{attempts, sessions::Device};
use tollgate_store::sql::Tx;
use tollgate_testkit::node::Node;

use crate::{
    authenticator::equipped,
    devices::Browser,
    signin::{SLOW, store},
    support::{
        COOKIE, OTHER_PASSWORD, PASSWORD, code, count, events, join, links, number, reset, secret,
        together,
    },
};

const NOBODY: &Principal = &Principal::Anonymous;
const OPERATOR: &Principal = &Principal::Operator;
const HOME: &str = "192.0.2.7";
const QUARTER: Duration = Duration::from_mins(15);

/// A browser that keeps nothing, somewhere.
fn at(address: &str) -> UserAgent {
    Device::new(None, None, Some(address.to_owned())).into()
}

async fn attempt(ctx: &Ctx, login: &str, password: &str, device: UserAgent) -> Result<Step> {
    let request = SignIn {
        login: login.into(),
        password: secret(password),
        device,
        address: None,
        opening: COOKIE,
        client: ClientProfile::NATIVE,
    };
    signin::signin(ctx, NOBODY, request).await
}

/// Fail until nothing is looked at any more; says how often it was.
async fn shut(ctx: &Ctx, login: &str, device: &UserAgent) -> usize {
    for looked_at in 0..200 {
        let outcome = attempt(ctx, login, OTHER_PASSWORD, device.clone()).await;
        if code(&outcome) == "throttled" {
            return looked_at;
        }
        assert_eq!(code(&outcome), "signin.failed");
    }
    panic!("nothing is ever shut");
}

/// Somebody with a verified address and a device at home that their account knows.
async fn at_home(node: &Node, name: &str) -> (UserId, Browser) {
    let id = join(&node.ctx, name).await;
    let address = Identifier::parse(&format!("{name}@example.org")).unwrap();
    vouch::verify(&node.ctx, OPERATOR, (id, address))
        .await
        .unwrap();
    let mut home = Browser::at(HOME);
    home.enter(&node.ctx, name).await;
    node.settle().await;
    (id, home)
}

/// Who fails somewhere, at accounts whose number is drawn from a range.
async fn fail_at(ctx: &Ctx, accounts: std::ops::Range<usize>, networks: usize) -> Option<Error> {
    for number in accounts {
        let from = format!("198.18.{}.9", number % networks);
        let outcome = attempt(ctx, &format!("nobody{number}"), PASSWORD, at(&from)).await;
        if code(&outcome) != "signin.failed" {
            return outcome.err();
        }
    }
    None
}

/// vuln:89, vuln:90, vuln:91, asvs:V6.1.1, asvs:V6.3.1: an attacker shuts the lane of
/// strangers, and whoever the account knows gets in all the while.
#[tokio::test]
async fn what_strangers_fail_at_shuts_nobody_else_out() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (_, home) = at_home(&node, "ann").await;
    let attacker = at("198.51.100.1");
    assert_eq!(shut(ctx, "ann", &attacker).await, 10);
    for login in ["ANN@example.org", " ann "] {
        let refused = attempt(ctx, login, PASSWORD, at("203.0.113.5")).await;
        assert_eq!(code(&refused), "throttled", "from anywhere, by every name");
    }
    let entered = home.try_in(ctx, "ann", COOKIE).await;
    assert_eq!(code(&entered), "ok", "a known device");
    let entered = attempt(ctx, "ann", PASSWORD, at(HOME)).await;
    assert_eq!(code(&entered), "ok", "a known network");
    let refused = attempt(ctx, "ann", PASSWORD, attacker).await;
    assert_eq!(
        code(&refused),
        "throttled",
        "each success is its lane's own"
    );

    // The other way round it holds as well.
    let away = Browser {
        address: "203.0.113.5",
        ..home.clone()
    };
    assert_eq!(shut(ctx, "ann", &away.agent()).await, 10);
    let entered = attempt(ctx, "ann", PASSWORD, at(HOME)).await;
    assert_eq!(code(&entered), "ok");
    let told = "SELECT CAST(count(*) AS BIGINT) AS number FROM events
        WHERE kind = 'signin.blocked' AND data LIKE $1";
    for lane in ["strangers", "device"] {
        let like = format!("%\"lane\":\"{lane}\",\"seconds\":900%");
        assert_eq!(number(ctx, told, vec![like.into()]).await, 1, "{lane}");
    }
}

/// Who hangs up before the answer has failed all the same, and the owner is told.
#[tokio::test(flavor = "multi_thread")]
async fn hanging_up_hides_no_failure() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    for name in ["ann", "bea"] {
        let id = join(ctx, name).await;
        store(ctx, id, SLOW).await;
    }
    let guess = |name| attempt(ctx, name, OTHER_PASSWORD, at("198.51.100.1"));
    let hang_up = async {
        while ctx.hash_queue() == 0 {
            tokio::task::yield_now().await;
        }
        let counted = "SELECT CAST(count(*) AS BIGINT) AS number FROM attempts WHERE failures = $1";
        while number(ctx, counted, vec![10_i64.into()]).await == 0 {
            let before = ctx.hash_queue();
            let queued = async {
                while ctx.hash_queue() <= before {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                _ = guess("ann") => {}
                () = queued => {}
            }
        }
    };
    // Two hash and a third waits, so that others do.
    let _ = tokio::join!(guess("bea"), guess("bea"), guess("bea"), hang_up);
    let told = async {
        while events(ctx, "signin.blocked").await == 0 {
            tokio::task::yield_now().await;
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(30), told).await;
    told.expect("the tenth is told of");
}

/// A client that has no second step for people to take shuts nobody out with their
/// right password.
#[tokio::test]
async fn a_right_password_is_no_failure_whatever_else_is_missing() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    equipped(&node, "ann").await;
    for _ in 0..12 {
        let request = SignIn {
            login: "ann".into(),
            password: secret(PASSWORD),
            device: at("198.51.100.1"),
            address: None,
            opening: COOKIE,
            client: ClientProfile {
                second_step: false,
                ..ClientProfile::NATIVE
            },
        };
        let outcome = signin::signin(ctx, NOBODY, request).await;
        assert_eq!(code(&outcome), "factor.needed");
    }
}

/// A device's secret opens the lane of the account that knows it, and of no other.
#[tokio::test]
async fn a_device_of_somebody_else_is_a_stranger() {
    let node = Node::new().await;
    let (_, mallory) = at_home(&node, "mallory").await;
    join(&node.ctx, "ann").await;
    assert_eq!(shut(&node.ctx, "ann", &at("198.51.100.1")).await, 10);
    let refused = attempt(&node.ctx, "ann", PASSWORD, mallory.agent()).await;
    assert_eq!(code(&refused), "throttled");
}

/// vuln:72, asvs:V6.3.1: waits grow to a day, and after a hundred in a row waiting
/// opens nothing. Names that are nobody's are refused alike.
#[tokio::test]
async fn waits_grow_and_a_hundred_in_a_row_are_the_end() {
    let node = Node::new().await;
    let (ctx, attacker) = (&node.ctx, at("198.51.100.1"));
    join(ctx, "ann").await;
    let mut waits = Vec::new();
    for login in ["ann", "nobody"] {
        let mut told = Vec::new();
        let mut looked_at = shut(ctx, login, &attacker).await;
        while looked_at < 100 {
            let refused = attempt(ctx, login, PASSWORD, attacker.clone()).await;
            let wait = refused.unwrap_err().wait().unwrap();
            told.push(wait.as_secs() / 60);
            node.clock.advance(wait);
            looked_at += shut(ctx, login, &attacker).await;
        }
        assert_eq!(told[..9], [15, 30, 60, 120, 240, 480, 960, 1440, 1440]);
        node.clock.advance(Duration::from_hours(100 * 24));
        let refused = attempt(ctx, login, PASSWORD, attacker.clone()).await;
        assert_eq!(code(&refused), "throttled", "{login}");
        waits.push(told);
    }
    assert_eq!(waits[0], waits[1], "nobody learns who has an account");
    assert_eq!(events(ctx, "account.unlocked").await, 0);
}

/// vuln:78, vuln:88, vuln:95
#[tokio::test(flavor = "multi_thread")]
async fn every_lane_counts_what_comes_at_once_on_two_nodes() {
    let node = Node::new().await;
    let (_, home) = at_home(&node, "ann").await;
    let second = node.second().await;
    let nodes = [node.ctx.clone(), second.ctx.clone()];
    for agent in [home.agent(), at(HOME), at("198.51.100.1")] {
        let guesses = together(40, |place| {
            let (ctx, agent) = (nodes[place % 2].clone(), agent.clone());
            async move { attempt(&ctx, "ann", OTHER_PASSWORD, agent).await }
        })
        .await;
        assert_eq!(count(&guesses, "signin.failed"), 10);
        assert_eq!(count(&guesses, "throttled"), 30);
    }
}

/// asvs:V6.3.7, vuln:34: whoever reads the mail gets in, whatever the attacker goes on
/// with, and three mails a day are enough.
#[tokio::test]
async fn a_lock_is_mailed_with_a_way_in() {
    let node = Node::new().await;
    let (ctx, attacker) = (&node.ctx, at("198.51.100.1"));
    at_home(&node, "ann").await;
    shut(ctx, "ann", &attacker).await;
    node.settle().await;
    let mailed = || links(&node, "/unlock", "ann@example.org");
    assert_eq!(mailed().len(), 1, "once for a lock");

    let new = || Browser::at("203.0.113.5");
    let open = async |token: SecretString, keeps: bool| {
        let device = new().agent().keeping(keeps);
        unlock::finish(ctx, NOBODY, Finish { token, device }).await
    };
    let kept: DeviceSecrets = open(mailed().remove(0), true).await.unwrap().unwrap();
    assert_eq!(events(ctx, "account.unlocked").await, 1);
    let again = open(mailed().remove(0), true).await;
    assert_eq!(code(&again), "one_time.invalid", "it works once");
    assert_eq!(shut(ctx, "ann", &attacker).await, 10, "it was unlocked");
    let known = Browser {
        secrets: kept,
        ..new()
    };
    let entered = known.try_in(ctx, "ann", COOKIE).await;
    assert_eq!(code(&entered), "ok", "and the attacker shuts strangers out");

    for _ in 0..5 {
        let refused = attempt(ctx, "ann", PASSWORD, attacker.clone()).await;
        node.clock.advance(refused.unwrap_err().wait().unwrap());
        shut(ctx, "ann", &attacker).await;
        node.settle().await;
    }
    assert!(mailed().len() <= 4, "{}", mailed().len());
}

/// asvs:V6.3.8, vuln:37: asking for a way in tells nobody who has an account.
#[tokio::test]
async fn a_way_in_is_asked_for_alike_by_everybody() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    at_home(&node, "ann").await;
    join(ctx, "bea").await;
    let ask = async |login: &str| {
        let (login, address) = (login.to_owned(), None);
        code(&unlock::ask(ctx, NOBODY, Ask { login, address }).await)
    };
    for login in ["ann", "bea", "nobody", "nobody@example.org", "", "@"] {
        for nth in 0..11 {
            let due = if nth < 10 { "ok" } else { "throttled" };
            assert_eq!(ask(login).await, due, "{login}");
        }
    }
    while number(
        ctx,
        "SELECT CAST(count(*) AS BIGINT) AS number FROM jobs WHERE dead_at IS NULL",
        Vec::new(),
    )
    .await
        > 0
    {
        node.settle().await;
    }
    assert_eq!(links(&node, "/unlock", "ann@example.org").len(), 3);
    assert_eq!(
        node.mails_to("/unlock").len(),
        3,
        "and none without a proved address"
    );
}

/// Looking after people, or a new password, opens the account as well.
#[tokio::test]
async fn a_hand_or_a_new_password_ends_a_lock() {
    let node = Node::new().await;
    let (ctx, attacker) = (&node.ctx, at("198.51.100.1"));
    let ann = join(ctx, "ann").await;
    let locked = async || unlock::locked_until(ctx, OPERATOR, ann).await.unwrap();
    assert_eq!(locked().await, None);
    shut(ctx, "ann", &attacker).await;
    assert_eq!(locked().await, Some(ctx.now().plus(QUARTER)));
    let denied = unlock::unlock(ctx, NOBODY, ann).await;
    assert_eq!(code(&denied), "auth.required");
    unlock::unlock(ctx, OPERATOR, ann).await.unwrap();
    unlock::unlock(ctx, OPERATOR, ann).await.unwrap();
    assert_eq!(
        events(ctx, "account.unlocked").await,
        1,
        "there was one lock"
    );
    assert_eq!(locked().await, None);

    assert_eq!(shut(ctx, "ann", &attacker).await, 10);
    let link = password::reset_link(ctx, OPERATOR, ann).await.unwrap();
    reset(ctx, &link.token, OTHER_PASSWORD).await.unwrap();
    let entered = attempt(ctx, "ann", OTHER_PASSWORD, attacker).await;
    assert_eq!(code(&entered), "ok");
}

/// A device that is forgotten is a stranger again.
#[tokio::test]
async fn a_forgotten_device_has_no_lane() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (ann, home) = at_home(&node, "ann").await;
    let known = devices::list(ctx, OPERATOR, ann).await.unwrap();
    let id: DeviceId = known[0].stored.id;
    shut(ctx, "ann", &at("198.51.100.1")).await;
    devices::forget(ctx, OPERATOR, (ann, id)).await.unwrap();
    let elsewhere = Browser {
        address: "203.0.113.5",
        ..home
    };
    let refused = elsewhere.try_in(ctx, "ann", COOKIE).await;
    assert_eq!(code(&refused), "throttled");
}

/// fault:F23: a network that fails at many accounts is shut to strangers, on each
/// node and for an hour, and to nobody whom an account knows.
#[tokio::test]
async fn a_network_that_sprays_is_shut_to_strangers() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (_, home) = at_home(&node, "ann").await;
    let mut looked_at = 0;
    while fail_at(ctx, looked_at..looked_at + 1, 1).await.is_none() {
        looked_at += 1;
    }
    assert!((12..=40).contains(&looked_at), "{looked_at}");
    assert_eq!(events(ctx, "signin.sprayed").await, 1);
    let second = node.second().await;
    let here = "198.18.0.77";
    let refused = attempt(&second.ctx, "ann", PASSWORD, at(here)).await;
    assert_eq!(
        code(&refused),
        "throttled",
        "its neighbours, on another node"
    );
    let there = Browser {
        address: here,
        ..home
    };
    assert_eq!(code(&there.try_in(ctx, "ann", COOKIE).await), "ok");
    let entered = attempt(ctx, "bea", PASSWORD, at("203.0.113.5")).await;
    assert_eq!(code(&entered), "signin.failed", "other networks");
    node.clock.advance(Duration::from_hours(1));
    assert!(fail_at(ctx, 0..1, 1).await.is_none());
}

/// fault:F23, asvs:V6.3.1: while passwords are tried all over the house, a stranger
/// proves that they worked for each password that is looked at.
#[tokio::test]
async fn a_house_on_guard_asks_strangers_for_work() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (_, home) = at_home(&node, "ann").await;
    join(ctx, "bea").await;
    let asked = fail_at(ctx, 0..200, 10)
        .await
        .expect("the house is on guard");
    assert_eq!(asked.code().name, "signin.proof_needed");
    assert_eq!(events(ctx, "signin.stuffed").await, 1);
    assert_eq!(code(&home.try_in(ctx, "ann", COOKIE).await), "ok");
    assert_eq!(code(&attempt(ctx, "ann", PASSWORD, at(HOME)).await), "ok");

    let from = "203.0.113.5";
    let show = async |login: &str, password: &str, from: &str, proof: &str| {
        let agent = at(from).proving(Some(secret(proof)));
        attempt(ctx, login, password, agent).await
    };
    let solved = async |login: &str| {
        let refused = attempt(ctx, login, PASSWORD, at(from)).await.unwrap_err();
        work::solve(refused.proof().unwrap()).unwrap()
    };
    let proof = solved("bea").await;
    for (login, from) in [("ann", from), ("bea", "198.51.100.9")] {
        let refused = show(login, PASSWORD, from, &proof).await;
        assert_eq!(code(&refused), "signin.proof_needed", "{login} at {from}");
    }
    let wrong = show("BEA@example.org", OTHER_PASSWORD, from, &proof).await;
    assert_eq!(code(&wrong), "signin.failed", "by each name that is hers");
    let spent = show("bea", PASSWORD, from, &proof).await;
    assert_eq!(
        code(&spent),
        "signin.proof_needed",
        "one look for one proof"
    );
    let late = solved("bea").await;
    node.clock.advance(Duration::from_mins(2));
    let late = show("bea", PASSWORD, from, &late).await;
    assert_eq!(code(&late), "signin.proof_needed");
    let proof = solved("bea").await;
    assert_eq!(code(&show("bea", PASSWORD, from, &proof).await), "ok");
    let nobody = solved("nobody").await;
    let nobody = show("nobody", PASSWORD, from, &nobody).await;
    assert_eq!(
        code(&nobody),
        "signin.failed",
        "names of nobody are asked alike"
    );

    let second = node.second().await;
    let elsewhere = attempt(&second.ctx, "cem", PASSWORD, at(from)).await;
    assert_eq!(code(&elsewhere), "signin.proof_needed", "on each node");
    node.clock.advance(QUARTER);
    assert_eq!(
        code(&attempt(ctx, "cem", PASSWORD, at(from)).await),
        "signin.failed"
    );
}

/// An operator may leave the work out; the event tells all the same.
#[tokio::test]
async fn a_house_whose_operator_wants_no_work_asks_for_none() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let mut policy = (*ctx.policy()).clone();
    policy.spread.proof = Proof::Off;
    policy.spread.house = 10;
    ctx.set_policy(policy);
    assert!(fail_at(ctx, 0..40, 10).await.is_none());
    assert_eq!(events(ctx, "signin.stuffed").await, 1);
}

/// fault:F23, vuln:90: names that are nobody's take bounded room, and push no account
/// out.
#[tokio::test]
async fn names_of_nobody_take_bounded_room() {
    let node = Node::new().await;
    let (ctx, attacker) = (&node.ctx, at("198.51.100.1"));
    join(ctx, "ann").await;
    shut(ctx, "ann", &attacker).await;
    for number in 0..12 {
        node.clock.advance(Duration::from_secs(1));
        assert!(fail_at(ctx, number..number + 1, 12).await.is_none());
    }
    let now = ctx.now();
    let clean = async move |tx: &mut Tx<'_>| attempts::clean(tx, 5, now).await;
    assert_eq!(ctx.db().write(clean).await.unwrap(), 7);
    let left = "SELECT CAST(count(*) AS BIGINT) AS number FROM attempts WHERE nobody";
    assert_eq!(number(ctx, left, Vec::new()).await, 5);
    let refused = attempt(ctx, "ann", PASSWORD, attacker).await;
    assert_eq!(code(&refused), "throttled");
}
