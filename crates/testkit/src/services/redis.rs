//! A Redis of the test's own, to stop in the middle of it.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tollgate_throwaway::{Redis, Signal, send_signal};

use super::private::Private;

/// A Redis of this test alone; it ends with this value.
#[derive(Debug)]
pub struct RedisServer(Private<Redis>);

impl RedisServer {
    /// Start one.
    pub async fn start() -> Self {
        Self(Private::create(Redis::create).await)
    }

    /// Where to connect, no password.
    pub fn url(&self) -> String {
        self.0.ask(Redis::url)
    }

    /// Stop it: connections are cut, new ones refused.
    pub async fn stop(&self) {
        self.0.act(Redis::stop).await;
    }

    /// Start it on the same port; it has forgotten everything.
    pub async fn start_again(&self) {
        self.0.act(Redis::start).await;
    }

    /// Make it forget everything while it runs.
    pub async fn flush(&self) {
        assert_eq!(self.say("FLUSHALL").await, "+OK");
    }

    /// One command, and what it answers as the protocol writes it.
    pub async fn say(&self, command: &str) -> String {
        let address = self.url().replace("redis://", "");
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        let asked = stream
            .write_all(format!("{command}\r\nQUIT\r\n").as_bytes())
            .await;
        asked.expect("the connection stands");
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer).await;
        read.expect("it answers and hangs up");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let goodbye = answer.strip_suffix("+OK\r\n").expect("it says goodbye");
        goodbye.trim_end().to_owned()
    }

    /// Freeze it: connections stay and are not answered.
    pub fn freeze(&self) {
        self.signal(Signal::Stop);
    }

    /// Let it go on after [`Self::freeze`].
    pub fn thaw(&self) {
        self.signal(Signal::Continue);
    }

    fn signal(&self, signal: Signal) {
        let id = self.0.ask(Redis::process_id).expect("Redis runs");
        send_signal(id, signal).expect("our own child takes signals");
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{ErrorKind, Read, Write},
        net::TcpStream,
        time::Duration,
    };

    use super::RedisServer;

    #[tokio::test]
    #[ignore = "needs Redis: cargo xtask test"]
    async fn it_can_be_frozen_stopped_and_started_again() {
        let redis = RedisServer::start().await;
        let address = redis.url().replace("redis://", "");
        let mut stream = TcpStream::connect(&address).expect("it listens");
        stream
            .set_read_timeout(Some(Duration::from_millis(100)))
            .expect("a valid time");
        let mut answer = [0; 7];

        redis.freeze();
        stream
            .write_all(b"PING\r\n")
            .expect("the connection stands");
        let silence = stream
            .read_exact(&mut answer)
            .expect_err("a frozen Redis answered");
        assert_eq!(silence.kind(), ErrorKind::WouldBlock);
        redis.thaw();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a valid time");
        stream
            .read_exact(&mut answer)
            .expect("it goes on where it was");
        assert_eq!(&answer, b"+PONG\r\n");

        redis.stop().await;
        TcpStream::connect(&address).expect_err("a stopped Redis listens");
        redis.start_again().await;
        TcpStream::connect(&address).expect("the same port");
    }
}
