//! Cookies, bearer tokens and forwarded addresses: nothing is found that was
//! not sent, nothing doubled is taken, and nobody who is not trusted is heard.
#![no_main]

use std::{net::SocketAddr, time::Duration};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap, HeaderValue, header},
};
use libfuzzer_sys::fuzz_target;
use tollgate_base::ExposeSecret;
use tollgate_web::{Http, Peer, cookies, credentials};

const SOCKET: ([u8; 4], u16) = ([10, 0, 0, 1], 40_000);

fuzz_target!(|lines: Vec<&[u8]>| {
    let mut headers = HeaderMap::new();
    for (place, line) in lines.iter().take(16).enumerate() {
        let name = [
            header::COOKIE,
            header::AUTHORIZATION,
            header::FORWARDED,
            "x-forwarded-for".parse().expect("a name"),
        ][place % 4]
            .clone();
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(name, value);
        }
    }
    let sent: Vec<u8> = headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(HeaderValue::as_bytes)
        .copied()
        .collect();
    if let Ok(Some(value)) = cookies::find(&headers, "tollgate") {
        assert_eq!(
            sent.windows(8)
                .filter(|part| part == b"tollgate")
                .count()
                .min(1),
            1
        );
        assert!(!value.expose_secret().contains(';'));
    }
    if let Ok(Some(token)) = credentials::bearer(&headers) {
        assert_eq!(headers.get_all(header::AUTHORIZATION).iter().count(), 1);
        let token = token.expose_secret();
        assert!(!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
    }
    let mut extensions = Extensions::new();
    extensions.insert(ConnectInfo(SocketAddr::from(SOCKET)));
    let http = |trusted: &[&str]| Http {
        public_url: "https://id.example.org".into(),
        listen: SOCKET.into(),
        trusted_proxies: trusted
            .iter()
            .map(|net| net.parse().expect("a net"))
            .collect(),
        cors_origins: Vec::new(),
        body_limit: 1024,
        request_timeout: Duration::from_secs(1),
    };
    let alone = Peer::of(&headers, &extensions, &http(&[]));
    assert_eq!(alone.0, Some(SOCKET.0.into()), "nobody is trusted");
    assert!(
        Peer::of(&headers, &extensions, &http(&["10.0.0.0/8"]))
            .0
            .is_some()
    );
});
