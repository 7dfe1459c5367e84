//! Whole requests to every surface: bodies, forms, queries and paths of any
//! shape. No answer is a 500, and every refusal says what it is.
#![no_main]

use std::{net::SocketAddr, sync::LazyLock, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    http::Method,
};
use libfuzzer_sys::fuzz_target;
use tokio::runtime::{Builder, Runtime};
use tollgate::{
    config::{self, Config, sources::Sources},
    wire,
};
use tollgate_testkit::house::{Client, House};

static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    config::load(&Sources::default())
        .ok()
        .expect("the defaults are valid")
        .config
});
static STAGE: LazyLock<(Runtime, House, Client)> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let house = runtime.block_on(House::new(|web| {
        let surfaces = wire::surfaces(web, &CONFIG);
        Router::new().fallback(|ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request| {
            surfaces.answer(peer, request)
        })
    }));
    let ann = runtime.block_on(house.person("ann")).client;
    (runtime, house, ann)
});

const DOORS: [&str; 16] = [
    "/api/v1/session",
    "/api/v1/session/refresh",
    "/api/v1/signup",
    "/api/v1/me",
    "/api/v1/me/password",
    "/api/v1/password-reset",
    "/api/v1/password-reset/confirm",
    "/api/v1/people",
    "/auth/login/",
    "/auth/register/",
    "/api/token/",
    "/api/token/refresh/",
    "/password-reset/",
    "/password-reset-confirm/",
    "/setup",
    "/reset",
];
const TYPES: [&str; 5] = [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "application/json; charset=utf-8",
];
const METHODS: [Method; 5] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
];

fuzz_target!(|input: (u8, u8, u8, bool, &str, &[u8])| {
    let (door, media_type, method, signed_in, tail, body) = input;
    let path = format!("{}{tail}", DOORS[usize::from(door) % DOORS.len()]);
    if !path.bytes().all(|byte| byte.is_ascii_graphic()) || path.parse::<axum::http::Uri>().is_err()
    {
        return;
    }
    let (runtime, house, ann) = &*STAGE;
    house.node.clock.advance(Duration::from_secs(1));
    let client = if signed_in {
        ann.clone()
    } else {
        house.stranger()
    };
    let method = METHODS[usize::from(method) % METHODS.len()].clone();
    let media_type = TYPES[usize::from(media_type) % TYPES.len()];
    let sent = client.send(method, &path, Body::from(body.to_vec()), Some(media_type));
    let answer = runtime.block_on(async {
        house.node.follow().await;
        sent.await
    });
    assert!(
        !answer.status.is_server_error(),
        "{path}: {} {}",
        answer.status,
        answer.text
    );
});
