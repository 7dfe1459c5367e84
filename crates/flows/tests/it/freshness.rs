//! What nodes remember while access is taken away: a credential that is being
//! loaded at that very moment is not remembered as it was.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::task::{JoinSet, yield_now};
use tollgate_base::access::Principal;
use tollgate_flows::{
    admit::{self, Credential, Place},
    keyring::{self, Begin},
    signout::{self, Which},
};
use tollgate_testkit::node::Node;

use crate::support::{
    COOKIE, TOKENS, accepted, boss, cookie, foreign, join, sign_in, signer, tokens, who,
};

/// Credentials that are presented on several nodes again and again.
struct Crowd {
    enough: Arc<AtomicBool>,
    tasks: JoinSet<()>,
}

impl Crowd {
    fn gather(nodes: [&Node; 2], credentials: &[Credential]) -> Self {
        let enough = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        for node in nodes {
            for credential in credentials {
                let (enough, ctx) = (enough.clone(), node.ctx.clone());
                let credential = credential.clone();
                tasks.spawn(async move {
                    while !enough.load(Ordering::SeqCst) {
                        accepted(who(&ctx, &credential).await);
                        yield_now().await;
                    }
                });
            }
        }
        Self { enough, tasks }
    }

    /// All have been refused or let in for the last time.
    async fn rest(self) {
        self.enough.store(true, Ordering::SeqCst);
        self.tasks.join_all().await;
    }
}

/// asvs:V14.2.2, vuln:23, asvs:V7.4.1
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_session_that_ends_while_it_is_loaded_is_not_remembered() {
    let node = Node::new().await;
    let second = node.second().await;
    join(&node.ctx, "ann").await;
    for round in 0..20 {
        let in_browser = cookie(&sign_in(&node.ctx, "ann", COOKIE).await);
        let (access, _) = tokens(&sign_in(&node.ctx, "ann", TOKENS).await);
        let held = [in_browser, Credential::Access(access)];
        node.follow().await;
        let crowd = Crowd::gather([&node, &second], &held);
        for credential in &held {
            let by = who(&node.ctx, credential).await.unwrap();
            signout::signout(&node.ctx, &by, ()).await.unwrap();
            assert!(!accepted(who(&node.ctx, credential).await), "{round}");
            second.follow().await;
            assert!(!accepted(who(&second.ctx, credential).await), "{round}");
        }
        crowd.rest().await;
        for credential in &held {
            assert!(!accepted(who(&node.ctx, credential).await), "{round}");
            assert!(!accepted(who(&second.ctx, credential).await), "{round}");
        }
    }
}

/// vuln:23
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_that_is_removed_while_its_tokens_are_checked_lets_none_in() {
    let node = Node::new().await;
    let second = node.second().await;
    let (_, boss) = boss(&node.ctx, "boss").await;
    join(&node.ctx, "ann").await;
    for round in 0..20 {
        let mut held = Vec::new();
        for _ in 0..4 {
            let (access, _) = tokens(&sign_in(&node.ctx, "ann", TOKENS).await);
            held.push(Credential::Access(access));
        }
        let old = signer(&node.ctx, "access").await;
        node.clock.advance(Duration::from_secs(1));
        let next = ("access".into(), Begin::Now);
        keyring::rotate(&node.ctx, &boss, next).await.unwrap();
        for node in [&node, &second] {
            node.follow().await;
            assert!(accepted(who(&node.ctx, &held[0]).await));
        }
        let crowd = Crowd::gather([&node, &second], &held);
        keyring::remove(&node.ctx, &boss, old).await.unwrap();
        for credential in &held {
            assert!(!accepted(who(&node.ctx, credential).await), "{round}");
        }
        second.follow().await;
        for credential in &held {
            assert!(!accepted(who(&second.ctx, credential).await), "{round}");
        }
        crowd.rest().await;
    }
}

/// A refresh token minted elsewhere that is first seen while all sessions end
/// leaves nothing that lives on: vuln:19, vuln:23.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_foreign_token_does_not_slip_through_while_everything_ends() {
    let node = Node::new().await;
    let second = node.second().await;
    let ann = join(&node.ctx, "ann").await;
    let number = sign_in(&node.ctx, "ann", COOKIE)
        .await
        .account
        .aliases
        .number;
    for round in 0..40 {
        node.clock.advance(Duration::from_secs(1));
        let token = foreign(&node.ctx, number, "refresh");
        let (ctx, everything) = (node.ctx.clone(), (ann, Which::All));
        let mut ending = JoinSet::new();
        ending.spawn(async move { signout::end_all(&ctx, &Principal::Operator, everything).await });
        let exchanged = admit::chatbot_refresh(
            &second.ctx,
            &Principal::Anonymous,
            (&token, &Place::default()),
        )
        .await;
        ending.join_all().await.pop().unwrap().unwrap();
        if let Ok(minted) = exchanged {
            let access = Credential::ChatbotAccess(minted.access);
            assert!(!accepted(who(&node.ctx, &access).await), "{round}");
            second.follow().await;
            assert!(!accepted(who(&second.ctx, &access).await), "{round}");
        }
    }
}
