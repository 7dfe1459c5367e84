//! Connections that stay: WebSockets, and what pretends to be one.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tollgate_testkit::services::{ProxyKind, raw};

use super::scene::{Scene, USER};

const UPGRADE: &str = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

pub(super) async fn a_socket_opens_for_whom_a_page_opens(kind: ProxyKind) {
    let scene = Scene::new(kind).await;
    let (_, cookie) = scene.visitor().await;
    let request = |cookie: &str| {
        let authority = scene.authority();
        format!("GET /socket HTTP/1.1\r\nHost: {authority}\r\n{UPGRADE}{cookie}\r\n")
    };

    let stranger = request("").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    let answer = raw(scene.proxy(), stranger.as_bytes()).await;
    assert_eq!(answer.status, 401);
    scene.unseen("a stranger's socket");

    let mut stream = TcpStream::connect(scene.proxy()).await.unwrap();
    stream.write_all(request(&cookie).as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a whole head"));
    }
    let head = String::from_utf8(head).unwrap();
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    let seen = scene.seen();
    assert_eq!(seen.values("upgrade"), ["websocket"]);
    assert_eq!(seen.values("remote-user"), [USER]);
    // Any bytes: what they are framed as is between the app and its page.
    stream.write_all(b"hello").await.unwrap();
    let mut echo = [0; 5];
    stream.read_exact(&mut echo).await.unwrap();
    assert_eq!(&echo, b"hello");
}

/// An app that speaks HTTP/2 in clear would take whole requests unseen.
pub(super) async fn no_other_protocol_is_spoken_past_the_check(kind: ProxyKind) {
    let scene = Scene::new(kind).await;
    let (_, cookie) = scene.visitor().await;
    for lines in [
        "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nConnection: close, Upgrade, HTTP2-Settings\r\n",
        "Upgrade: h2c, websocket\r\nConnection: close, Upgrade\r\n",
        "Upgrade: websocket, h2c\r\nConnection: close, Upgrade\r\n",
        "Upgrade: websocket\r\nUpgrade: h2c\r\nConnection: close, Upgrade\r\n",
        "Upgrade: TLS/1.0\r\nConnection: close, upgrade\r\n",
    ] {
        let authority = scene.authority();
        let request = format!("GET / HTTP/1.1\r\nHost: {authority}\r\n{cookie}{lines}\r\n");
        raw(scene.proxy(), request.as_bytes()).await;
        for seen in scene.app.take_seen() {
            let asked = seen.values("upgrade").join(", ").to_lowercase();
            assert!(
                matches!(asked.as_str(), "" | "websocket"),
                "{lines:?}: {seen:#?}"
            );
        }
    }
}
