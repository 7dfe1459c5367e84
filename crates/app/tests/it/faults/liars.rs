//! fault:F13 — the whole binary beside a Redis that lies about everything it is asked:
//! people sign in as ever, what is shut stays shut, and what ended stays ended.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use reqwest::StatusCode;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tollgate_testkit::services::Server;

use super::{
    load::program,
    visitor::{Visitor, no_fault, shut_out},
};

/// Something that speaks Redis's protocol, with another lie each time.
struct Liar {
    address: SocketAddr,
    told: Arc<AtomicUsize>,
    heard: Arc<AtomicUsize>,
    _work: JoinSet<()>,
}

impl Liar {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (told, heard) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let counts = (told.clone(), heard.clone());
        let mut work = JoinSet::new();
        work.spawn(async move {
            let mut callers = JoinSet::new();
            while let Ok((caller, _)) = listener.accept().await {
                let counts = counts.clone();
                callers.spawn(async move {
                    // Whoever is lied to may hang up.
                    let _ = converse(caller, &counts.0, &counts.1).await;
                });
            }
        });
        Self {
            address,
            told,
            heard,
            _work: work,
        }
    }
}

async fn converse(
    caller: TcpStream,
    told: &AtomicUsize,
    heard: &AtomicUsize,
) -> std::io::Result<()> {
    let mut caller = BufReader::new(caller);
    loop {
        let words = words(&mut caller).await?;
        let answer = match words[0].as_slice() {
            b"HELLO" => b"%1\r\n+proto\r\n:3\r\n".to_vec(),
            b"PING" => b"+PONG\r\n".to_vec(),
            b"EVAL" => lie(told.fetch_add(1, Ordering::Relaxed), &words[3..]),
            // Nobody wrote what it says there, and much of it is no word of ours.
            b"SUBSCRIBE" => {
                heard.fetch_add(1, Ordering::Relaxed);
                let channel = bulk(&words[1]);
                let said =
                    |text: &[u8]| [b">3\r\n$7\r\nmessage\r\n", &channel[..], &bulk(text)].concat();
                [
                    [b">3\r\n$9\r\nsubscribe\r\n", &channel[..], b":1\r\n"].concat(),
                    said(b"look"),
                    said(b"\xff\xfe"),
                    said(&[b'9'; 4_096]),
                ]
                .concat()
            }
            _ => b"+OK\r\n".to_vec(),
        };
        caller.write_all(&answer).await?;
    }
}

/// What it answers to a swap of a place, the expected and the new value.
fn lie(number: usize, words: &[Vec<u8>]) -> Vec<u8> {
    let far = [(i64::MAX / 2).to_be_bytes().as_slice(), &[1; 24]].concat();
    match number % 8 {
        0 => b":1\r\n".to_vec(),
        1 => b":0\r\n".to_vec(),
        2 => b"-ERR no such thing\r\n".to_vec(),
        3 => b"_\r\n".to_vec(),
        4 => bulk(&far),
        5 => bulk(&vec![0; 100_000]),
        6 => bulk(b""),
        _ => bulk(&words[2]),
    }
}

/// One command.
async fn words(caller: &mut BufReader<TcpStream>) -> std::io::Result<Vec<Vec<u8>>> {
    let mut words = Vec::new();
    for _ in 0..number(caller).await? {
        let mut word = vec![0; number(caller).await? + 2];
        caller.read_exact(&mut word).await?;
        word.truncate(word.len() - 2);
        words.push(word);
    }
    Ok(words)
}

/// A sign, a number and the end of a line.
async fn number(caller: &mut BufReader<TcpStream>) -> std::io::Result<usize> {
    let mut line = String::new();
    caller.read_line(&mut line).await?;
    let number = line.trim_end().get(1..).unwrap_or_default();
    number.parse().map_err(std::io::Error::other)
}

fn bulk(bytes: &[u8]) -> Vec<u8> {
    let head = format!("${}\r\n", bytes.len());
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

/// fault:F13, vuln:141
#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_lies_lets_nobody_in_and_keeps_nobody_out() {
    let (folder, liar) = (tempfile::tempdir().unwrap(), Liar::start().await);
    let url = format!("redis://{}", liar.address);
    let program = program(folder.path())
        .env("TOLLGATE_REDIS__URL", &url)
        .env("TOLLGATE_PASSWORD__MEMORY_KIB", "7168")
        .env("TOLLGATE_PASSWORD__PASSES", "5");
    let mut server = program.start(&["serve"]).await;
    let victim = Visitor::new(&server, "victim").await;
    shut_out(&victim).await;
    for number in 0..4 {
        comes_and_goes(&server, &format!("ann{number}")).await;
    }
    let refused = victim.try_password().await.status();
    assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS);
    assert!(liar.told.load(Ordering::Relaxed) >= 8, "each lie was told");
    assert!(liar.heard.load(Ordering::Relaxed) > 0, "it was listened to");
    no_fault(&server).await;
    server.terminate().await;
}

/// Somebody signs up, in, and out.
async fn comes_and_goes(server: &Server, name: &str) {
    let ann = Visitor::new(server, name).await;
    let session = ann.sign_in().await;
    assert_eq!(ann.me(&session.access).await, StatusCode::OK);
    assert!(ann.sign_out(&session.access).await.status().is_success());
    assert_eq!(ann.me(&session.access).await, StatusCode::UNAUTHORIZED);
    let renewed = ann.refresh(&session.refresh).await.status();
    assert_eq!(renewed, StatusCode::UNAUTHORIZED);
    assert_eq!(ann.get("/readyz").await.0, StatusCode::OK, "it is spare");
}
