//! The least that axum can do: one route that answers with a word. It runs in
//! a process of its own, as the server does.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpStream},
    process::{Child, Command},
    time::Duration,
};

use axum::{Router, routing::get};
use tollgate_throwaway::free_port;

use crate::{Result, process};

/// The process that answers; it is killed when this value is dropped.
pub(crate) struct Hello {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Hello {
    pub(crate) fn start() -> Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let child = Command::new(std::env::current_exe()?)
            .args(["hello", &address.to_string()])
            .spawn()?;
        let hello = Self { child, address };
        while TcpStream::connect(address).is_err() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(hello)
    }

    /// Seconds of user and system time so far.
    pub(crate) fn cpu(&self) -> Result<f64> {
        process::cpu(self.child.id())
    }
}

impl Drop for Hello {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Be that process.
pub(crate) fn serve(address: &str) -> Result<()> {
    let router = Router::new().route("/", get(async || "hello"));
    tokio::runtime::Runtime::new()?.block_on(async {
        let socket = tokio::net::TcpListener::bind(address).await?;
        Ok(axum::serve(socket, router).await?)
    })
}
