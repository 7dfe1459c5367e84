//! Requests that two readers could cut apart differently: a proxy before us and
//! ourselves. Each is refused and its connection ends, so that nothing of it is
//! taken for a second request.

use std::net::SocketAddr;

use tollgate_testkit::services::{Program, RawAnswer, raw};

/// What lies behind the first request, for whoever cuts it off too early.
const HIDDEN: &str = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Lines of a head with a body of no, or of two lengths.
const CORPUS: &[(&str, &str)] = &[
    (
        "two lengths",
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    ),
    (
        "a length of two numbers",
        "Content-Length: 5, 6\r\n\r\nhello",
    ),
    ("a length with a sign", "Content-Length: +5\r\n\r\nhello"),
    ("a negative length", "Content-Length: -5\r\n\r\nhello"),
    (
        "a length in hexadecimal",
        "Content-Length: 0x5\r\n\r\nhello",
    ),
    ("no length", "Content-Length: \r\n\r\nhello"),
    (
        "a length beyond all numbers",
        "Content-Length: 99999999999999999999\r\n\r\nhello",
    ),
    (
        "chunks and a length",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "chunks that are not last",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    ),
    (
        "an unknown coding",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "a blank before the colon",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "a folded line",
        "X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "a bare CR in a value",
        "X-A: b\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    ("NUL in a value", "X-A: b\0c\r\n\r\n"),
    (
        "a chunk of no size",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    ),
    (
        "a chunk beyond all numbers",
        "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello\r\n",
    ),
    (
        "a chunk that is longer than it says",
        "Transfer-Encoding: chunked\r\n\r\n1\r\nhello\r\n0\r\n\r\n",
    ),
];

async fn sent(address: SocketAddr, request: &str) -> RawAnswer {
    raw(address, request.as_bytes()).await
}

/// vuln:144, vuln:143, asvs:V4.2.1
#[tokio::test(flavor = "multi_thread")]
async fn what_could_be_cut_in_two_ways_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = Program::new(env!("CARGO_BIN_EXE_tollgate"), folder.path())
        .start(&["serve"])
        .await;
    let address = server.url().replace("http://", "").parse().unwrap();
    for (what, rest) in CORPUS {
        let head = "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        let answer = sent(address, &format!("{head}{rest}{HIDDEN}")).await;
        assert!(
            matches!(answer.status, 0 | 400),
            "{what}: {}",
            answer.status
        );
        assert!(!answer.body.contains("HTTP/1.1"), "{what}: {}", answer.body);
    }
    for (what, line) in [
        ("two blanks", "GET  /livez HTTP/1.1"),
        ("a version to come", "GET /livez HTTP/9.9"),
        ("no version", "GET /livez"),
        ("a method with a blank", "G ET /livez HTTP/1.1"),
        ("a blank at the beginning", " GET /livez HTTP/1.1"),
        ("a tunnel", "CONNECT example.org:443 HTTP/1.1"),
    ] {
        let answer = sent(
            address,
            &format!("{line}\r\nHost: localhost\r\n\r\n{HIDDEN}"),
        )
        .await;
        let refused = matches!(answer.status, 0 | 400 | 404 | 405 | 505);
        assert!(refused, "{what}: {}", answer.status);
        assert!(
            !answer.body.contains("HTTP/1.1 200"),
            "{what}: {}",
            answer.body
        );
    }
    // Nothing of it is left behind for the next.
    let good = "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(sent(address, good).await.status, 200);
}
