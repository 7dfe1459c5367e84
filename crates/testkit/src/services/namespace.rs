//! A host of its own on this machine: a network namespace of Linux's, with one cable
//! for whoever asks it and one to its database. A cable that is out is no fault that
//! anybody is told of: packets are gone. Needs root, and `ip` of iproute2.

use std::{
    net::Ipv4Addr,
    process::Command,
    sync::atomic::{AtomicU8, Ordering},
};

/// Such a host; it is gone with this value.
#[derive(Debug)]
pub struct Namespace {
    name: String,
    number: u8,
}

/// One of its cables.
#[derive(Clone, Copy, Debug)]
enum Cable {
    Visitors = 202,
    Database = 203,
}

impl Namespace {
    /// Make one with both cables in.
    pub fn create() -> Self {
        static NEXT: AtomicU8 = AtomicU8::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("tg{}n{number}", std::process::id());
        let made = Self { name, number };
        let name = &made.name;
        ip(&format!("netns add {name}"));
        ip(&format!("-n {name} link set lo up"));
        for cable in [Cable::Visitors, Cable::Database] {
            let (here, there) = (made.end(cable, 'h'), made.end(cable, 't'));
            let [ours, theirs] = [1, 2].map(|end| made.address(cable, end));
            ip(&format!("link add {here} type veth peer name {there}"));
            ip(&format!("link set {there} netns {name}"));
            ip(&format!("addr add {ours}/30 dev {here}"));
            ip(&format!("link set {here} up"));
            ip(&format!("-n {name} addr add {theirs}/30 dev {there}"));
            ip(&format!("-n {name} link set {there} up"));
        }
        made
    }

    /// What it is called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Where visitors find it.
    pub(super) fn visited_at(&self) -> Ipv4Addr {
        self.address(Cable::Visitors, 2)
    }

    /// Where it finds this machine, over the cable to its database.
    pub fn outside(&self) -> Ipv4Addr {
        self.address(Cable::Database, 1)
    }

    /// Pull the cable to its database out.
    pub fn cut(&self) {
        ip(&format!("link set {} down", self.end(Cable::Database, 'h')));
    }

    /// Put it in again.
    pub fn mend(&self) {
        ip(&format!("link set {} up", self.end(Cable::Database, 'h')));
    }

    /// Names of interfaces have 15 letters at most.
    fn end(&self, cable: Cable, end: char) -> String {
        let Self { number, .. } = self;
        format!("{end}{}x{number}p{}", cable as u8, std::process::id())
    }

    fn address(&self, cable: Cable, end: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, cable as u8, self.number, end)
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        for cable in [Cable::Visitors, Cable::Database] {
            let line = format!("link del {}", self.end(cable, 'h'));
            let _ = Command::new("ip").args(line.split(' ')).output();
        }
        let _ = Command::new("ip")
            .args(["netns", "del", &self.name])
            .output();
    }
}

fn ip(line: &str) {
    let output = Command::new("ip").args(line.split(' ')).output();
    let output = output.expect("ip is installed");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ip {line}: {told}");
}
