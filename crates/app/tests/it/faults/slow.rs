//! fault:F22 — connections that send a little now and then, or nothing: they get
//! no more than their places, and good requests are answered meanwhile.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use reqwest::StatusCode;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tollgate_testkit::services::campaign;

use crate::support::tell;

use super::{
    load::program,
    visitor::{Visitor, no_fault},
};

const MIB: u64 = 1024 * 1024;

/// From one of the machine's many own addresses.
async fn connect(to: SocketAddr, number: u32) -> Option<TcpStream> {
    let from = Ipv4Addr::from_bits(u32::from_be_bytes([127, 1, 0, 1]) + number);
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    timeout(Duration::from_secs(5), socket.connect(to))
        .await
        .ok()?
        .ok()
}

/// The beginning of that, then a byte now and then, until it is cut off.
async fn dawdle(mut stream: TcpStream, begun: &[u8]) {
    let mut more = stream.write_all(begun).await;
    while more.is_ok() {
        sleep(Duration::from_millis(200)).await;
        more = stream.write_all(b" ").await;
    }
}

/// fault:F22, vuln:143
#[tokio::test(flavor = "multi_thread")]
async fn slow_heads_harm_nobody() {
    harm_nobody(
        "heads",
        b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    )
    .await;
}

/// fault:F22, vuln:143
#[tokio::test(flavor = "multi_thread")]
async fn slow_bodies_harm_nobody() {
    let begun = b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\n\
        Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{";
    harm_nobody("bodies", begun).await;
}

/// More slow connections come than there are places, from many addresses.
async fn harm_nobody(what: &str, begun: &'static [u8]) {
    let folder = tempfile::tempdir().unwrap();
    let (places, slow, span) = if campaign() {
        (8_000, 10_000, Duration::from_mins(10))
    } else {
        (200, 400, Duration::from_millis(1_500))
    };
    let mut server = program(folder.path())
        .env("TOLLGATE_HTTP__MAX_CONNECTIONS", &places.to_string())
        .env("TOLLGATE_HTTP__MAX_CONNECTIONS_PER_ADDRESS", "20")
        .env("TOLLGATE_HTTP__HEADER_TIMEOUT", "10s")
        .start(&["serve"])
        .await;
    let ann = Visitor::new(&server, "ann").await;
    let session = ann.sign_in().await;
    let before = server.memory().0;
    let address: SocketAddr = server.url().replace("http://", "").parse().unwrap();
    let mut attack = JoinSet::new();
    for number in 0..slow {
        attack.spawn(async move {
            // Whoever is cut off comes again.
            loop {
                if let Some(stream) = connect(address, number / 15).await {
                    dawdle(stream, begun).await;
                }
                sleep(Duration::from_millis(300)).await;
            }
        });
    }
    sleep(Duration::from_millis(500)).await;
    let (begun, mut good, mut bad, mut slowest) = (Instant::now(), 0_u32, 0_u32, Duration::ZERO);
    while begun.elapsed() < span {
        let asked = Instant::now();
        // A connection of its own each time: those that are open are not in question.
        let client = reqwest::Client::builder()
            .pool_max_idle_per_host(0)
            .build()
            .unwrap();
        let request = client
            .get(format!("{}/api/v1/me", server.url()))
            .bearer_auth(&session.access);
        match request.send().await {
            Ok(answer) if answer.status() == StatusCode::OK => good += 1,
            _ => bad += 1,
        }
        slowest = slowest.max(asked.elapsed());
    }
    assert!(good > 20, "{good} good requests");
    assert!(bad * 1_000 <= good, "{bad} of {good} good requests failed");
    let grown = server.memory().0.saturating_sub(before);
    assert!(grown <= 200 * MIB, "{} MiB more", grown / MIB);
    attack.abort_all();
    no_fault(&server).await;
    server.terminate().await;
    tell(format_args!(
        "fault:F22 {slow} slow {what} for {places} places: {good} good requests answered, \
         {bad} failed; slowest {} ms; {} MiB more",
        slowest.as_millis(),
        grown / MIB
    ));
}

/// One address has its share of the places, and no more.
/// fault:F22, asvs:V13.1.2
#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_so_many_connections() {
    let folder = tempfile::tempdir().unwrap();
    let server = program(folder.path())
        .env("TOLLGATE_HTTP__MAX_CONNECTIONS_PER_ADDRESS", "5")
        .start(&["serve"])
        .await;
    let address: SocketAddr = server.url().replace("http://", "").parse().unwrap();
    let mut held = Vec::new();
    for _ in 0..5 {
        held.push(connect(address, 1).await.unwrap());
    }
    let is_cut = async |mut stream: TcpStream| {
        let mut byte = [0];
        let read = timeout(Duration::from_millis(500), stream.read(&mut byte)).await;
        matches!(read, Ok(Ok(0) | Err(_)))
    };
    assert!(is_cut(connect(address, 1).await.unwrap()).await);
    let other = connect(address, 2).await.unwrap();
    assert!(!is_cut(other).await, "another address has its own");
}

/// Send a body of 5,000 bytes in such pieces, and hear what is said until the
/// connection is closed.
async fn send(to: SocketAddr, length: usize) -> String {
    let (mut reads, mut writes) = connect(to, 1).await.unwrap().into_split();
    let mut sender = JoinSet::new();
    sender.spawn(async move {
        let begun = b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\n\
            Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n";
        let mut more = writes.write_all(begun).await;
        let mut left = 5_000;
        while more.is_ok() && left > 0 {
            sleep(Duration::from_millis(100)).await;
            let piece = length.min(left);
            left -= piece;
            more = writes.write_all(&b" ".repeat(piece)).await;
        }
        writes
    });
    let mut all = Vec::new();
    let end = timeout(Duration::from_secs(10), reads.read_to_end(&mut all)).await;
    assert!(end.is_ok(), "it is closed");
    String::from_utf8_lossy(&all).into_owned()
}

/// A body that comes a byte now and then has as long as any request.
/// fault:F22, vuln:143
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_body_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let server = program(folder.path())
        .env("TOLLGATE_HTTP__REQUEST_TIMEOUT", "1s")
        .start(&["serve"])
        .await;
    let address: SocketAddr = server.url().replace("http://", "").parse().unwrap();
    let told = send(address, 1).await;
    assert!(told.contains("request.timeout"), "{told}");
}

/// Where requests have long, a body still has to keep pace; its pauses are no matter.
/// fault:F22, vuln:143
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_falls_behind_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let server = program(folder.path())
        .env("TOLLGATE_HTTP__REQUEST_TIMEOUT", "1m")
        .env("TOLLGATE_HTTP__HEADER_TIMEOUT", "1s")
        .start(&["serve"])
        .await;
    let address: SocketAddr = server.url().replace("http://", "").parse().unwrap();
    assert_eq!(send(address, 1).await, "", "as a head that is slow");
    let told = send(address, 200).await;
    assert!(told.contains("request.malformed"), "{told}");
}

/// A connection that asks nothing more is closed, as one that never asked.
/// fault:F22
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_rests_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let server = program(folder.path())
        .env("TOLLGATE_HTTP__HEADER_TIMEOUT", "1s")
        .start(&["serve"])
        .await;
    let address: SocketAddr = server.url().replace("http://", "").parse().unwrap();
    let mut stream = connect(address, 1).await.unwrap();
    let question = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(question).await.unwrap();
    let mut all = Vec::new();
    let end = timeout(Duration::from_secs(10), stream.read_to_end(&mut all)).await;
    assert!(end.is_ok(), "it is closed");
    assert!(all.starts_with(b"HTTP/1.1 200"));
}
