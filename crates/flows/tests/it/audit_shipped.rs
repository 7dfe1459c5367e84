//! The audit trail handed to a log server that comes and goes.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    net::{TcpListener, UdpSocket},
    sync::{Mutex, oneshot},
    task::JoinSet,
};
use tollgate_base::access::Principal;
use tollgate_flows::audit;
use tollgate_outbound::syslog::{Syslog, Transport};
use tollgate_testkit::node::Node;

use crate::{
    audit_trail::with,
    support::{code, events as told, join},
};

const OPERATOR: &Principal = &Principal::Operator;
const CHORE: &Principal = &Principal::Chore("test");

/// The log server dies, and comes back: nobody waited for it, and it gets all that
/// happened meanwhile, in order.
///
/// fault:F39, asvs:V16.4.3, asvs:V16.5.2
#[tokio::test]
async fn a_log_server_that_was_away_gets_all_of_it_in_order() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let first = LogServer::on(0).await;
    let port = first.port;
    with(ctx, |audit| {
        audit.syslog = Some(server(Transport::Tcp, port));
    });
    join(ctx, "ann").await;
    node.settle().await;
    let taken = audit::ship(ctx, CHORE, ()).await.unwrap();
    assert_eq!(taken as usize, first.lines.lock().await.len());
    first.stop().await;
    for name in ["bob", "cid", "dan"] {
        join(ctx, name).await;
        node.settle().await;
        assert_eq!(audit::ship(ctx, CHORE, ()).await.unwrap(), 0);
    }
    let stuck = audit::exports(ctx, OPERATOR, ()).await.unwrap().remove(0);
    assert!(stuck.behind >= 3 && stuck.fault.is_some() && stuck.after == taken as i64);
    let again = LogServer::on(port).await;
    let rest = audit::ship(ctx, CHORE, ()).await.unwrap();
    assert_eq!(rest as i64, stuck.behind);
    let numbers = again.numbers().await;
    assert_eq!(
        numbers,
        (stuck.after + 1..=stuck.after + stuck.behind).collect::<Vec<_>>()
    );
    let caught_up = audit::exports(ctx, OPERATOR, ()).await.unwrap().remove(0);
    assert_eq!((caught_up.behind, caught_up.fault), (0, None));
    // From an earlier place, as somebody asks.
    let replayed = audit::replay(ctx, OPERATOR, ("syslog".into(), 1))
        .await
        .unwrap();
    assert_eq!(replayed.after, 1);
    node.settle().await;
    audit::ship(ctx, CHORE, ()).await.unwrap();
    let numbers = again.numbers().await;
    let end = *numbers.last().unwrap();
    assert!(numbers.ends_with(&(2..=end).collect::<Vec<_>>()));
    assert_eq!(told(ctx, "audit.replayed").await, 1);
    for (sink, after) in [("other", 0), ("syslog", -1), ("syslog", 1_000_000)] {
        let outcome = audit::replay(ctx, OPERATOR, (sink.into(), after)).await;
        assert_eq!(code(&outcome), "request.invalid");
    }
}

/// fault:F39
#[tokio::test]
async fn a_log_server_that_takes_without_reading_has_not_taken() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    with(ctx, |audit| {
        let mut slow = server(Transport::Tcp, port);
        slow.patience = Duration::from_millis(50);
        audit.syslog = Some(slow);
    });
    join(ctx, "ann").await;
    node.settle().await;
    assert_eq!(audit::ship(ctx, CHORE, ()).await.unwrap(), 0);
    let stuck = audit::exports(ctx, OPERATOR, ()).await.unwrap().remove(0);
    assert!(stuck.behind > 0 && stuck.after == 0 && stuck.fault.is_some());
    drop(listener);
}

/// Each event is one datagram.
#[tokio::test]
async fn events_go_out_as_datagrams_where_that_is_asked_for() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let port = socket.local_addr().unwrap().port();
    with(ctx, |audit| {
        audit.syslog = Some(server(Transport::Udp, port));
    });
    node.settle().await;
    let taken = audit::ship(ctx, CHORE, ()).await.unwrap();
    for number in 1..=taken {
        let mut datagram = [0; 4096];
        let length = socket.recv(&mut datagram).await.unwrap();
        let line = String::from_utf8(datagram[..length].to_vec()).unwrap();
        assert!(
            line.starts_with("<108>1 ") || line.starts_with("<110>1 "),
            "{line}"
        );
        assert!(line.contains(&format!(" seq=\"{number}\" ")), "{line}");
    }
    assert!(taken > 0);
}

/// A log server for tests: counts octets, and closes when the other side has ended.
struct LogServer {
    port: u16,
    lines: Arc<Mutex<Vec<String>>>,
    end: oneshot::Sender<()>,
    work: JoinSet<()>,
}

impl LogServer {
    async fn on(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (end, mut ended) = oneshot::channel();
        let own = lines.clone();
        let mut work = JoinSet::new();
        work.spawn(async move {
            loop {
                let stream = tokio::select! {
                    accepted = listener.accept() => accepted.unwrap().0,
                    _ = &mut ended => return,
                };
                let mut stream = BufReader::new(stream);
                let mut length = Vec::new();
                while stream.read_until(b' ', &mut length).await.unwrap() > 0 {
                    let count = String::from_utf8(length.clone()).unwrap();
                    let mut line = vec![0; count.trim().parse().unwrap()];
                    stream.read_exact(&mut line).await.unwrap();
                    own.lock().await.push(String::from_utf8(line).unwrap());
                    length.clear();
                }
            }
        });
        Self {
            port,
            lines,
            end,
            work,
        }
    }

    /// The numbers of the events that came, in the order in which they did.
    async fn numbers(&self) -> Vec<i64> {
        let number = |line: &String| {
            let (_, rest) = line.split_once(" seq=\"").unwrap();
            rest.split_once('"').unwrap().0.parse().unwrap()
        };
        self.lines.lock().await.iter().map(number).collect()
    }

    async fn stop(mut self) {
        self.end.send(()).unwrap();
        self.work.join_next().await.unwrap().unwrap();
    }
}

fn server(transport: Transport, port: u16) -> Syslog {
    Syslog {
        transport,
        host: "127.0.0.1".into(),
        port,
        roots: None,
        patience: Duration::from_secs(5),
        facility: 13,
        from: "id.example.org".into(),
    }
}
