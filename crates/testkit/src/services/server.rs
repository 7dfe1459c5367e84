//! The real binary: its commands, and itself as a server on free ports that a
//! test may kill and start again.

use std::{
    fs::{self, File, OpenOptions},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::{Child, Command},
    time::{sleep, timeout},
};
use tollgate_throwaway::{Signal, free_port, send_signal};

#[cfg(target_os = "linux")]
use super::namespace::Namespace;
use super::{
    command::{Finished, run_to_end},
    environment::variable,
};

/// How long a server may take until it answers, until it has ended or until it
/// has written an expected line.
const DEADLINE: Duration = Duration::from_secs(30);
/// How long between two looks at a condition.
const BEAT: Duration = Duration::from_millis(20);

/// Who is set up in a test is seldom there to add a second factor, and tests come
/// from one address.
const USUAL: [(&str, &str); 8] = [
    ("TOLLGATE_SIGNIN__SECOND_FACTOR", "offered"),
    ("TOLLGATE_HTTP__MAX_CONNECTIONS_PER_ADDRESS", "10000"),
    ("TOLLGATE_LIMITS__ADDRESS_READING", MANY),
    ("TOLLGATE_LIMITS__ADDRESS_CHANGING", MANY),
    ("TOLLGATE_LIMITS__ADDRESS_EXPENSIVE", MANY),
    ("TOLLGATE_LIMITS__ACCOUNT_READING", MANY),
    ("TOLLGATE_LIMITS__ACCOUNT_CHANGING", MANY),
    ("TOLLGATE_LIMITS__ACCOUNT_EXPENSIVE", MANY),
];
const MANY: &str = "1000000000/1m";

/// The binary with the folder that it runs in and the variables that it sees;
/// it sees no others but `PATH`.
#[derive(Clone, Debug)]
pub struct Program {
    binary: PathBuf,
    folder: PathBuf,
    environment: Vec<(String, String)>,
    limits: Option<String>,
    host: Option<(String, Ipv4Addr)>,
}

impl Program {
    /// `binary` is `env!("CARGO_BIN_EXE_tollgate")` of the test that calls;
    /// `folder` exists and outlives the program.
    pub fn new(binary: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Self {
        Self {
            binary: binary.into(),
            folder: folder.into(),
            environment: USUAL
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            limits: None,
            host: None,
        }
    }

    /// With one variable more, such as `TOLLGATE_DATABASE__URL`.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Under limits of the shell's `ulimit`, such as `-n 256`.
    #[must_use]
    pub fn limited(mut self, limits: &str) -> Self {
        self.limits = Some(limits.to_owned());
        self
    }

    /// On a host of its own, where it listens for visitors.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn on(mut self, host: &Namespace) -> Self {
        self.host = Some((host.name().to_owned(), host.visited_at()));
        self
    }

    /// The folder that it runs in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Run a command that ends by itself, with `input` on its standard input.
    pub async fn run(&self, arguments: &[&str], input: &str) -> Finished {
        run_to_end(self.command().args(arguments), input).await
    }

    /// Start it with `arguments`, such as `["serve"]`, on free ports, and wait
    /// till it answers.
    pub async fn start(&self, arguments: &[&str]) -> Server {
        let host = self.host.as_ref();
        let host = host.map_or(Ipv4Addr::LOCALHOST, |(_, address)| *address);
        let address = || SocketAddr::from((host, free_port().expect("a free port")));
        let mut server = Server {
            program: self.clone(),
            arguments: arguments.iter().map(ToString::to_string).collect(),
            address: address(),
            metrics: address(),
            output: TempDir::with_prefix("tollgate-output-").expect("a temporary folder"),
            child: None,
        };
        server.start_again().await;
        server
    }

    fn command(&self) -> Command {
        let mut command = match (&self.limits, &self.host) {
            (None, None) => Command::new(&self.binary),
            (None, Some((name, _))) => {
                let mut ip = Command::new("ip");
                ip.args(["netns", "exec", name]).arg(&self.binary);
                ip
            }
            (Some(limits), _) => {
                let mut shell = Command::new("sh");
                let script = format!("ulimit {limits} && exec \"$0\" \"$@\"");
                shell.args(["-c", &script]).arg(&self.binary);
                shell
            }
        };
        command
            .current_dir(&self.folder)
            .env_clear()
            .envs(variable("PATH").map(|path| ("PATH", path)))
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// The binary as a server. It is killed when this value is dropped.
#[derive(Debug)]
pub struct Server {
    program: Program,
    arguments: Vec<String>,
    address: SocketAddr,
    metrics: SocketAddr,
    output: TempDir,
    child: Option<Child>,
}

impl Server {
    /// Start it as before, on the same ports, and wait till it answers.
    pub async fn start_again(&mut self) {
        assert!(self.child.is_none(), "the server runs already");
        let child = self
            .program
            .command()
            .args(&self.arguments)
            .env("TOLLGATE_LISTEN", self.address.to_string())
            .env("TOLLGATE_METRICS_LISTEN", self.metrics.to_string())
            .stdin(Stdio::null())
            .stdout(self.append("stdout"))
            .stderr(self.append("stderr"))
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", self.program.binary.display()));
        self.child = Some(child);
        self.wait_live().await;
    }

    /// Where it listens: `http://127.0.0.1:…`, no slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where its metrics are.
    pub fn metrics_url(&self) -> String {
        format!("http://{}", self.metrics)
    }

    /// What it has written to standard output, over all its lives.
    pub fn stdout(&self) -> String {
        self.read("stdout")
    }

    /// What it has written to standard error, over all its lives.
    pub fn stderr(&self) -> String {
        self.read("stderr")
    }

    /// The first line of its output that contains `text`; waits for it.
    pub async fn line_with(&self, text: &str) -> String {
        let start = Instant::now();
        loop {
            let written = [self.stdout(), self.stderr()].join("\n");
            if let Some(line) = written.lines().find(|line| line.contains(text)) {
                return line.to_owned();
            }
            assert!(
                start.elapsed() < DEADLINE,
                "no line with '{text}' in:\n{written}"
            );
            sleep(BEAT).await;
        }
    }

    /// Kill it as `kill -9` does: it notices nothing.
    pub async fn kill9(&mut self) {
        let mut child = self.child.take().expect("the server runs");
        child.kill().await.expect("our own child can be killed");
    }

    /// Wait till it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("the server runs");
        timeout(DEADLINE, child.wait())
            .await
            .unwrap_or_else(|_| panic!("did not end in {DEADLINE:?}:\n{}", self.stderr()))
            .expect("our own child can be waited for")
    }

    /// Ask it to stop, and wait till it has.
    pub async fn terminate(&mut self) -> ExitStatus {
        self.signal(Signal::Terminate);
        self.ended().await
    }

    /// Send it a signal, such as a hang-up to read its configuration again.
    pub fn signal(&self, signal: Signal) {
        let id = self
            .child
            .as_ref()
            .and_then(Child::id)
            .expect("the server runs");
        send_signal(id, signal).expect("our own child takes signals");
    }

    /// Its memory now and at its highest, in bytes.
    pub fn memory(&self) -> (u64, u64) {
        let status = self.proc("status");
        let kib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
            number.expect("Linux tells it") * 1024
        };
        (kib("VmRSS:"), kib("VmHWM:"))
    }

    /// How many descriptors it has open.
    pub fn descriptors(&self) -> usize {
        fs::read_dir(self.proc_path("fd"))
            .expect("Linux tells it")
            .count()
    }

    /// How long it has used processors, in this life.
    pub fn processor_time(&self) -> Duration {
        let stat = self.proc("stat");
        // The second field is a name in parentheses; 14 and 15 are ticks of 10 ms.
        let (_, rest) = stat.rsplit_once(')').expect("Linux writes it so");
        let fields = rest.split_whitespace().skip(11).take(2);
        let ticks: u64 = fields.filter_map(|field| field.parse::<u64>().ok()).sum();
        Duration::from_millis(ticks * 10)
    }

    /// The arguments of its process, which everybody on the machine may see.
    pub fn process_listing(&self) -> String {
        self.proc("cmdline").replace('\0', " ")
    }

    fn proc(&self, name: &str) -> String {
        fs::read_to_string(self.proc_path(name)).expect("Linux tells it")
    }

    fn proc_path(&self, name: &str) -> String {
        let id = self.child.as_ref().and_then(Child::id);
        format!("/proc/{}/{name}", id.expect("the server runs"))
    }

    async fn wait_live(&mut self) {
        let start = Instant::now();
        while !is_live(self.address).await {
            let ended = self
                .child
                .as_mut()
                .and_then(|child| child.try_wait().ok().flatten());
            assert!(
                ended.is_none() && start.elapsed() < DEADLINE,
                "the server does not answer ({ended:?}):\n{}{}",
                self.stdout(),
                self.stderr()
            );
            sleep(BEAT).await;
        }
    }

    fn append(&self, name: &str) -> File {
        let file = self.output.path().join(name);
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(file)
            .expect("our own folder")
    }

    fn read(&self, name: &str) -> String {
        let bytes = fs::read(self.output.path().join(name)).expect("made at start");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            #[expect(clippy::print_stderr, reason = "why the test failed")]
            {
                eprintln!("── the server wrote:\n{}{}", self.stdout(), self.stderr());
            }
        }
    }
}

/// Whether `GET /livez` is answered with 200.
async fn is_live(address: SocketAddr) -> bool {
    let request = format!("GET /livez HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    let answer = timeout(Duration::from_secs(2), ask).await;
    matches!(answer, Ok(Ok(answer)) if answer.starts_with(b"HTTP/1.1 200 "))
}
