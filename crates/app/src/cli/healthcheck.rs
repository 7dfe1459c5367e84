//! `healthcheck`: whether the server on this machine is ready, for containers
//! and supervisors.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use clap::Args;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tollgate_base::{Error, codes};

use super::{
    exit::{Exit, Failure},
    office::Office,
    terminal::Answer,
};

/// The first line of an answer is shorter.
const STATUS_LINE: u64 = 256;

#[derive(Args)]
pub(crate) struct Healthcheck {
    /// Only whether the process answers, not whether it can serve
    #[arg(long)]
    live: bool,
    /// How many seconds the answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=60))]
    timeout: u64,
}

impl Healthcheck {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        let address = reachable(office.load()?.config.server.listen);
        let path = if self.live { "/livez" } else { "/readyz" };
        let unreachable = |why: String| {
            Error::new(&codes::SERVER_UNREACHABLE)
                .detail(format!("Nothing answers at {address}."))
                .because(why)
        };
        let status = timeout(Duration::from_secs(self.timeout), ask(address, path))
            .await
            .map_err(|_| unreachable(format!("no answer in {} s", self.timeout)))?
            .map_err(|fault| unreachable(fault.to_string()))?;
        let ready = status == Some(200);
        let json = json!({ "ready": ready, "status": status, "address": address.to_string() });
        let text = if ready { "ready" } else { "not ready" };
        Ok(Answer::new(json, text).exiting(if ready { Exit::Done } else { Exit::Failed }))
    }
}

/// Where a server that listens there is reached from this machine.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// The status of `GET path`; none if the answer is not HTTP.
async fn ask(address: SocketAddr, path: &str) -> std::io::Result<Option<u16>> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(STATUS_LINE).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    Ok(answer
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3)?.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::reachable;

    #[test]
    fn a_server_that_listens_everywhere_is_reached_here() {
        let check = |listen: &str, ask: &str| {
            assert_eq!(reachable(listen.parse().unwrap()).to_string(), ask);
        };
        check("0.0.0.0:8700", "127.0.0.1:8700");
        check("[::]:8700", "[::1]:8700");
        check("192.168.1.20:80", "192.168.1.20:80");
    }
}
