//! fault:F12, fault:F13 — a Redis that lies, or that is slow: what it says
//! counts as nothing said. It opens no door and closes none.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    time::sleep,
};
use tollgate_store::counters::{Counters, Rate};

use crate::{
    house::fresh,
    redis::{KEY, NOW, RATE, counts_by_itself, url},
};

/// What it answers to a swap: place, expected and new value.
type Lie = Arc<dyn Fn(&[Vec<u8>]) -> Vec<u8> + Send + Sync>;

/// Something that speaks Redis's protocol and answers swaps with lies.
struct Liar {
    address: SocketAddr,
    asked: Arc<AtomicU32>,
}

impl Liar {
    async fn new(pause: Duration, lie: Lie) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, asked) = (listener.local_addr().unwrap(), Arc::new(AtomicU32::new(0)));
        let count = asked.clone();
        tokio::spawn(async move {
            loop {
                let (caller, _) = listener.accept().await.unwrap();
                tokio::spawn(converse(caller, pause, lie.clone(), count.clone()));
            }
        });
        Self { address, asked }
    }

    async fn counters(&self) -> Counters {
        let counters = Counters::redis(&url(self.address), &KEY).unwrap();
        assert!(counters.redis_comes(Duration::from_secs(10)).await);
        counters
    }

    fn asked(&self) -> u32 {
        self.asked.load(Ordering::Relaxed)
    }
}

async fn converse(caller: TcpStream, pause: Duration, lie: Lie, asked: Arc<AtomicU32>) {
    let mut caller = BufReader::new(caller);
    while let Some(words) = words(&mut caller).await {
        let answer = match words[0].as_slice() {
            b"HELLO" => b"%1\r\n+proto\r\n:3\r\n".to_vec(),
            b"EVAL" => {
                asked.fetch_add(1, Ordering::Relaxed);
                sleep(pause).await;
                lie(&words[3..])
            }
            _ => b"+OK\r\n".to_vec(),
        };
        if caller.write_all(&answer).await.is_err() {
            return;
        }
    }
}

/// One command.
async fn words(caller: &mut BufReader<TcpStream>) -> Option<Vec<Vec<u8>>> {
    let count = number(caller, '*').await?;
    let mut words = Vec::new();
    for _ in 0..count {
        let mut word = vec![0; number(caller, '$').await? + 2];
        caller.read_exact(&mut word).await.ok()?;
        word.truncate(word.len() - 2);
        words.push(word);
    }
    Some(words)
}

async fn number(caller: &mut BufReader<TcpStream>, sign: char) -> Option<usize> {
    let mut line = String::new();
    caller.read_line(&mut line).await.ok()?;
    line.trim_end().strip_prefix(sign)?.parse().ok()
}

fn bulk(bytes: &[u8]) -> Vec<u8> {
    let head = format!("${}\r\n", bytes.len());
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

/// fault:F13
#[tokio::test(flavor = "multi_thread")]
async fn what_a_liar_says_is_a_miss() {
    let far = (i64::MAX / 2).to_be_bytes();
    let forged = [far.as_slice(), &[1; 24]].concat();
    let said: [(&str, Vec<u8>); 10] = [
        ("nothing was there", b":1\r\n".to_vec()),
        ("no", b":0\r\n".to_vec()),
        (
            "the old script's no",
            b"*2\r\n:0\r\n:9223372036854775807\r\n".to_vec(),
        ),
        ("a fault", b"-ERR no such thing\r\n".to_vec()),
        ("null", b"_\r\n".to_vec()),
        ("a double", b",1.5\r\n".to_vec()),
        ("a forged value", bulk(&forged)),
        ("too long a value", bulk(&vec![0; 100_000])),
        ("an empty value, for ever", bulk(b"")),
        ("no protocol", b"!!!\r\n".to_vec()),
    ];
    for (what, answer) in said {
        let liar = Liar::new(Duration::ZERO, Arc::new(move |_| answer.clone())).await;
        let counters = liar.counters().await;
        counts_by_itself(&counters).await;
        assert!(liar.asked() > 0, "{what}: it was never asked");
    }
}

/// Values of ours in places where they do not belong: handed back as another's,
/// or under another key.
/// fault:F13, vuln:141
#[tokio::test(flavor = "multi_thread")]
async fn our_own_words_are_not_turned_against_us() {
    let echo: Lie = Arc::new(|words| bulk(&words[2]));
    let liar = Liar::new(Duration::ZERO, echo).await;
    counts_by_itself(&liar.counters().await).await;
    assert!(liar.asked() > 0);

    // The fullest bucket of one key, told as that of all others.
    let fullest: Arc<Mutex<HashMap<Vec<u8>, Vec<u8>>>> = Arc::default();
    let held = fullest.clone();
    let other: Lie = Arc::new(move |words| {
        let mut held = held.lock().unwrap();
        if held.is_empty() || held.contains_key(&words[0]) {
            held.insert(words[0].clone(), words[2].clone());
            return b":1\r\n".to_vec();
        }
        bulk(held.values().next().unwrap())
    });
    let liar = Liar::new(Duration::ZERO, other).await;
    let counters = liar.counters().await;
    let once = Rate { burst: 1, ..RATE };
    assert!(counters.take(&fresh("one"), once, NOW).await.allowed);
    assert!(!fullest.lock().unwrap().is_empty());
    assert!(counters.take(&fresh("two"), once, NOW).await.allowed);
}

/// fault:F13
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_gigabyte_is_not_read() {
    let memory = || {
        let told = std::fs::read_to_string("/proc/self/statm").unwrap();
        told.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
    };
    // As much as fits into the sockets arrives; the rest would follow for ever.
    let endless: Lie = Arc::new(|_| {
        let mut answer = b"$1073741824\r\n".to_vec();
        answer.resize(24 * 1024 * 1024, 0);
        answer
    });
    let liar = Liar::new(Duration::ZERO, endless).await;
    let counters = liar.counters().await;
    let before = memory();
    counts_by_itself(&counters).await;
    assert!(liar.asked() > 0);
    // Its own answer lies in this process too.
    let grown = memory().saturating_sub(before);
    assert!(grown <= (24 + 32) * 1024 * 1024, "{grown} bytes more");
}

/// fault:F12
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_one_is_soon_left_alone() {
    for (pause, most) in [(30, 20), (10_000, 2)] {
        let yes: Lie = Arc::new(|_| b":1\r\n".to_vec());
        let liar = Liar::new(Duration::from_millis(pause), yes).await;
        let counters = liar.counters().await;
        let (began, mut slowest) = (Instant::now(), Duration::ZERO);
        let mut calls = 0;
        while counters.redis_is_live() == Some(true) {
            let asked = Instant::now();
            counters.take(&fresh("key"), RATE, NOW).await;
            slowest = slowest.max(asked.elapsed());
            calls += 1;
            tokio::task::yield_now().await;
            assert!(calls <= 30, "it is asked again and again");
        }
        assert!(liar.asked() <= most, "{} calls at {pause} ms", liar.asked());
        assert!(began.elapsed() <= Duration::from_secs(1));
        // 50 ms, and what a busy machine adds.
        assert!(slowest <= Duration::from_millis(120), "{slowest:?}");
        counts_by_itself(&counters).await;
    }
}
