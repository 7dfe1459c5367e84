//! fault:F11, fault:F14 — Redis goes, or forgets everything, mid-load: nobody
//! meets an error, no door opens, and what was revoked stays so.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use tokio::task::JoinSet;
use tollgate_testkit::services::{RedisServer, campaign};

use crate::support::tell;

use super::{
    load::{Crowd, program},
    visitor::{Visitor, no_fault, shut_out, tokens},
};

/// asvs:V16.5.2, fault:F11
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Redis: cargo xtask test runs it"]
async fn a_redis_that_goes_costs_nobody_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let redis = RedisServer::start().await;
    let program = program(folder.path()).env("TOLLGATE_REDIS__URL", &redis.url());
    let mut server = program.start(&["serve"]).await;
    let ann = Visitor::new(&server, "ann").await;
    let session = ann.sign_in().await;
    let victim = Visitor::new(&server, "victim").await;
    shut_out(&victim).await;
    let (crowd, rounds) = (Crowd::new("person", 6), if campaign() { 20 } else { 2 });
    let mut slowest = [Duration::ZERO; 2];
    for _ in 0..rounds {
        let (ann, session, redis, slowest) = (&ann, &session, &redis, &mut slowest);
        let goes = async {
            slowest[0] = slowest[0].max(slowest_check(ann, &session.access).await);
            redis.stop().await;
            slowest[1] = slowest[1].max(slowest_check(ann, &session.access).await);
        };
        crowd.work(&server.url(), goes).await;
        assert_eq!(
            victim.try_password().await.status(),
            StatusCode::TOO_MANY_REQUESTS
        );
        assert_eq!(ann.get("/readyz").await.0, StatusCode::OK, "it is spare");
        redis.start_again().await;
        crowd
            .work(
                &server.url(),
                tokio::time::sleep(Duration::from_millis(300)),
            )
            .await;
        assert_eq!(
            victim.try_password().await.status(),
            StatusCode::TOO_MANY_REQUESTS
        );
        crowd.check(&server).await;
    }
    no_fault(&server).await;
    let (acknowledged, faults) = crowd.tally().await;
    assert!(faults.is_empty(), "{faults:?}");
    server.terminate().await;
    tell(format_args!(
        "fault:F11 Redis gone {rounds} times, {acknowledged} acknowledged effects, no 5xx; \
         slowest token check {} ms with it, {} ms without",
        slowest[0].as_millis(),
        slowest[1].as_millis()
    ));
}

/// fault:F14
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Redis: cargo xtask test runs it"]
async fn a_redis_that_forgets_brings_no_token_back() {
    let folder = tempfile::tempdir().unwrap();
    let redis = RedisServer::start().await;
    let program = program(folder.path()).env("TOLLGATE_REDIS__URL", &redis.url());
    let mut server = program.start(&["serve"]).await;
    let each = if campaign() { 1_000 } else { 40 };
    let mut people = JoinSet::new();
    for number in 0..10 {
        let ann = Visitor::new(&server, &format!("ann{number}")).await;
        people.spawn(revoked(ann, each));
    }
    let mut all = Vec::new();
    while let Some(outcome) = people.join_next().await {
        let (ann, tokens) = outcome.unwrap();
        all.extend(tokens.into_iter().map(|token| (ann.clone(), token)));
    }
    let (crowd, half) = (Crowd::new("person", 4), all.len() / 2);
    let forgets = async {
        none_works(&all[..half]).await;
        redis.flush().await;
        none_works(&all).await;
    };
    crowd.work(&server.url(), forgets).await;
    redis.stop().await;
    redis.start_again().await;
    none_works(&all).await;
    crowd.check(&server).await;
    no_fault(&server).await;
    server.terminate().await;
    tell(format_args!(
        "fault:F14 {} revoked tokens, none accepted",
        all.len()
    ));
}

/// So many access tokens of one person, whose session then ended.
async fn revoked(ann: Visitor, count: usize) -> (Visitor, Vec<String>) {
    let mut pair = ann.sign_in().await;
    let mut all = vec![pair.access.clone()];
    while all.len() < count {
        pair = tokens(ann.refresh(&pair.refresh).await).await;
        all.push(pair.access.clone());
    }
    assert_eq!(ann.me(&pair.access).await, StatusCode::OK);
    assert!(ann.sign_out(&pair.access).await.status().is_success());
    (ann, all)
}

async fn none_works(tokens: &[(Visitor, String)]) {
    for (ann, token) in tokens {
        assert_eq!(ann.me(token).await, StatusCode::UNAUTHORIZED);
    }
}

async fn slowest_check(ann: &Visitor, access: &str) -> Duration {
    let mut slowest = Duration::ZERO;
    for _ in 0..200 {
        let asked = Instant::now();
        assert_eq!(ann.me(access).await, StatusCode::OK);
        slowest = slowest.max(asked.elapsed());
    }
    slowest
}
