//! Redis may be gone, slow or silent: it costs a wake-up or a shared count,
//! never an answer. One that lies is in `liars`.

use std::time::{Duration, Instant};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tollgate_base::{SecretString, codes, time::Time};
use tollgate_store::{
    bus::Bus,
    counters::{Counters, Rate},
};

use crate::house::{environment, fresh, until};

pub(crate) const RATE: Rate = Rate {
    burst: 5,
    per: Duration::from_secs(10),
};
/// What the nodes of one installation share.
pub(crate) const KEY: [u8; 32] = [7; 32];
pub(crate) const NOW: Time = Time::from_secs(1_795_224_600);

pub(crate) fn url(address: std::net::SocketAddr) -> SecretString {
    SecretString::from(format!("redis://{address}/"))
}

/// Exactly a burst is allowed, and quickly.
pub(crate) async fn counts_by_itself(counters: &Counters) {
    let (key, began, mut allowed) = (fresh("key"), Instant::now(), 0);
    for _ in 0..20 {
        allowed += u32::from(counters.take(&key, RATE, NOW).await.allowed);
    }
    assert_eq!(allowed, RATE.burst);
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn without_redis_each_node_counts_and_wakes_itself() {
    let nobody = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    counts_by_itself(&Counters::redis(&url(nobody), &KEY).unwrap()).await;
    let bus = Bus::redis(&url(nobody)).unwrap();
    let mut listener = bus.subscribe();
    for _ in 0..5_000 {
        bus.publish("look".to_owned());
    }
    let lagged = listener.recv().await;
    assert!(lagged.is_err(), "who lags is told so: {lagged:?}");
    assert_eq!(listener.recv().await.unwrap(), "look");
    let Err(error) = Bus::redis(&SecretString::from("http://secret")) else {
        panic!("not a Redis URL")
    };
    assert!(error.is(&codes::CONFIG_INVALID) && !format!("{error:?}").contains("secret"));
}

/// A way to the real Redis that can be cut.
async fn cable() -> Option<(SecretString, JoinHandle<()>)> {
    let server = environment("TEST_REDIS_URL")?;
    let target = server
        .split_once("//")
        .unwrap()
        .1
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let cable = tokio::task::spawn(async move {
        let mut calls = tokio::task::JoinSet::new();
        loop {
            let (mut caller, _) = listener.accept().await.unwrap();
            let target = target.clone();
            calls.spawn(async move {
                let mut server = TcpStream::connect(target).await.unwrap();
                let _ = copy_bidirectional(&mut caller, &mut server).await;
            });
        }
    });
    Some((url(address), cable))
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_share_a_count_until_redis_is_cut_off() {
    let Some((url, cable)) = cable().await else {
        return;
    };
    let (one, other) = (
        Counters::redis(&url, &KEY).unwrap(),
        Counters::redis(&url, &KEY).unwrap(),
    );
    until("both nodes have found Redis", async || {
        let key = fresh("key");
        one.take(&key, RATE, NOW).await;
        other.take(&key, RATE, NOW).await.remaining == RATE.burst - 2
            && one.take(&key, RATE, NOW).await.remaining == RATE.burst - 3
    })
    .await;
    let key = fresh("key");
    let mut allowed = 0;
    for _ in 0..10 {
        allowed += u32::from(one.take(&key, RATE, NOW).await.allowed);
        allowed += u32::from(other.take(&key, RATE, NOW).await.allowed);
    }
    assert_eq!(allowed, RATE.burst, "one bucket for both");
    let refused = other.take(&key, RATE, NOW).await;
    assert_eq!(refused.retry_after, Duration::from_secs(2));
    let stranger = Counters::redis(&url, &[8; 32]).unwrap();
    assert!(stranger.redis_comes(Duration::from_secs(10)).await);
    let taken = stranger.take(&key, RATE, NOW).await;
    assert_eq!(taken.remaining, RATE.burst - 1, "another installation's");

    cable.abort();
    counts_by_itself(&one).await;
    counts_by_itself(&other).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_reaches_the_other_nodes_until_redis_is_cut_off() {
    let Some((url, cable)) = cable().await else {
        return;
    };
    let (one, other) = (Bus::redis(&url).unwrap(), Bus::redis(&url).unwrap());
    let mut there = other.subscribe();
    let message = fresh("message");
    until("the message arrives", async || {
        one.publish(message.clone());
        tokio::task::yield_now().await;
        std::iter::from_fn(|| there.try_recv().ok()).any(|heard| heard == message)
    })
    .await;
    cable.abort();
    let mut here = one.subscribe();
    one.publish("still".to_owned());
    until("it is heard at home", async || {
        std::iter::from_fn(|| here.try_recv().ok()).any(|heard| heard == "still")
    })
    .await;
}
