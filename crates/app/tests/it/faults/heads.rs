//! fault:F27 — heads of requests that never end: refused or cut off, while good
//! requests are served. HTTP/2, and with it its own floods, is not offered.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tollgate_testkit::services::{Server, campaign};

use crate::support::tell;

use super::{
    load::program,
    visitor::{Visitor, no_fault},
};

const MIB: u64 = 1024 * 1024;

/// fault:F27, vuln:143, asvs:V4.2.5
#[tokio::test(flavor = "multi_thread")]
async fn heads_without_end_are_refused_and_harm_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = program(folder.path()).start(&["serve"]).await;
    let ann = Visitor::new(&server, "ann").await;
    let session = ann.sign_in().await;
    let before = server.memory().0;
    let floods = [
        ("10,000 headers", many(10_000, "X-H", ": v\r\n")),
        (
            "a header of 1 MB",
            format!("X-Long: {}\r\n", "v".repeat(1_000_000)),
        ),
        ("1,000 cookie headers", many(1_000, "Cookie: c", "=v\r\n")),
        ("a path of 1 MB", String::new()),
    ];
    let rounds = if campaign() { 200 } else { 5 };
    let (mut refused, mut cut, mut slowest) = (0, 0, Duration::ZERO);
    for _ in 0..rounds {
        for (what, headers) in &floods {
            let path = if headers.is_empty() {
                "p".repeat(1_000_000)
            } else {
                String::new()
            };
            let head = format!("GET /{path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
            match status(&server, head.as_bytes()).await.as_deref() {
                Some("431" | "400" | "414") => refused += 1,
                // It went away before it had read everything.
                None => cut += 1,
                Some(other) => panic!("{what}: {other}"),
            }
            let asked = Instant::now();
            assert_eq!(
                ann.me(&session.access).await,
                StatusCode::OK,
                "after {what}"
            );
            slowest = slowest.max(asked.elapsed());
        }
    }
    assert!(refused > 0);
    let grown = server.memory().1.saturating_sub(before);
    assert!(grown <= 64 * MIB, "{} MiB more", grown / MIB);
    no_fault(&server).await;
    server.terminate().await;
    tell(format_args!(
        "fault:F27 {refused} heads without end refused, {cut} cut off; {} MiB more at the peak; \
         the slowest good request {} ms",
        grown / MIB,
        slowest.as_millis()
    ));
}

/// They fit into a head. So many are no browser's.
/// fault:F27, vuln:143
#[tokio::test(flavor = "multi_thread")]
async fn more_cookies_than_a_browser_has_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = program(folder.path()).start(&["serve"]).await;
    let status_with = async |cookies: String| {
        let head = format!(
            "GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n"
        );
        status(&server, head.as_bytes()).await
    };
    let cookies = many(1_000, "c", "=v; ");
    assert_eq!(status_with(cookies).await.as_deref(), Some("431"));
    let long = format!("c={}", "v".repeat(17 * 1024));
    assert_eq!(status_with(long).await.as_deref(), Some("431"));
    // Those of other programs on the domain mean nothing.
    let others = many(180, "c", "=v; ");
    assert_eq!(status_with(others).await.as_deref(), Some("401"));
}

/// fault:F27
#[tokio::test(flavor = "multi_thread")]
async fn http_2_is_not_offered() {
    let folder = tempfile::tempdir().unwrap();
    let server = program(folder.path()).start(&["serve"]).await;
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";
    let status = status(&server, preface).await;
    assert!(
        matches!(status.as_deref(), None | Some("400" | "505")),
        "{status:?}"
    );
}

/// So many of one thing, each with its number in the middle.
fn many(count: usize, before: &str, after: &str) -> String {
    let one = |number| format!("{before}{number}{after}");
    (0..count).map(one).collect::<Vec<_>>().concat()
}

/// The status of the answer to raw bytes; none if the connection was cut.
async fn status(server: &Server, bytes: &[u8]) -> Option<String> {
    let address = server.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may answer and go before it has everything.
    let _ = stream.write_all(bytes).await;
    let mut answer = [0; 64];
    let read = timeout(Duration::from_secs(15), stream.read(&mut answer)).await;
    let length = read.expect("the server answers or goes").ok()?;
    let text = String::from_utf8_lossy(&answer[..length]).into_owned();
    text.strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3))
        .map(str::to_owned)
}
