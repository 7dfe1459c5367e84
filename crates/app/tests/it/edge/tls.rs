//! https without a proxy: real curl, real certificates, and files that change
//! under a running server.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use rcgen::{CertificateParams, KeyPair};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::Command,
    time::sleep,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tollgate_testkit::services::{Program, Server, Signal, free_port};

use crate::support::operations;

/// How long a changed file may take to be seen.
const DEADLINE: Duration = Duration::from_secs(15);
const BEAT: Duration = Duration::from_millis(50);

/// A server with https beside plain http.
struct Scene {
    folder: tempfile::TempDir,
    port: u16,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port().unwrap();
        let scene = Self { folder, port };
        scene.certify(2031);
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A new certificate that ends in that year.
    fn certify(&self, year: i32) {
        let mut wanted = CertificateParams::new(["localhost".to_owned()]).unwrap();
        wanted.not_after = rcgen::date_time_ymd(year, 5, 17);
        let key = KeyPair::generate().unwrap();
        let made = wanted.self_signed(&key).unwrap();
        // As a careful operator does it: none is ever half written.
        for (name, text) in [("id.key", key.serialize_pem()), ("id.pem", made.pem())] {
            fs::write(self.path("new"), text).unwrap();
            fs::rename(self.path("new"), self.path(name)).unwrap();
        }
    }

    fn program(&self) -> Program {
        let text = |path: PathBuf| path.to_str().unwrap().to_owned();
        Program::new(env!("CARGO_BIN_EXE_tollgate"), self.folder.path())
            .env("TOLLGATE_PUBLIC_URL", &self.url())
            .env("TOLLGATE_TLS__CERTIFICATE", &text(self.path("id.pem")))
            .env("TOLLGATE_TLS__KEY", &text(self.path("id.key")))
            .env("TOLLGATE_TLS__LISTEN", &format!("127.0.0.1:{}", self.port))
    }

    fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// What curl says, with the authority in that file.
    async fn curl(&self, authority: &Path, more: &[&str]) -> Result<String, String> {
        let ended = Command::new("curl")
            .args(["--silent", "--show-error", "--include", "--max-time", "10"])
            .arg("--cacert")
            .arg(authority)
            .args(more)
            .output()
            .await
            .unwrap();
        if ended.status.success() {
            Ok(String::from_utf8(ended.stdout).unwrap())
        } else {
            Err(String::from_utf8_lossy(&ended.stderr).into_owned())
        }
    }

    /// A connection that is kept.
    async fn connect(&self, authority: &Path) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        let held = CertificateDer::from_pem_file(authority).unwrap();
        roots.add(held).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        connector.connect(name, stream).await.unwrap()
    }

    /// The year in which what is shown ends, as the metrics tell it.
    async fn shown_until(server: &Server) -> u64 {
        let url = format!("{}/metrics", server.metrics_url());
        let text = reqwest::get(url).await.unwrap().text().await.unwrap();
        let name = "tollgate_tls_certificate_expires_seconds ";
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap().parse::<f64>().unwrap() as u64 / 31_556_952 + 1970
    }

    async fn until_shown(server: &Server, year: u64) {
        let begun = Instant::now();
        while Self::shown_until(server).await != year {
            assert!(begun.elapsed() < DEADLINE, "{}", server.stderr());
            sleep(BEAT).await;
        }
    }
}

/// What `serve` refuses `config check` refuses too, and all of it at once.
#[tokio::test(flavor = "multi_thread")]
async fn files_that_cannot_be_used_are_named_before_the_start() {
    let scene = Scene::new();
    let check = async |program: Program| {
        let ended = program.run(&["config", "check"], "").await;
        (ended.code, ended.stderr)
    };
    let (code, _) = check(scene.program()).await;
    assert_eq!(code, Some(0));
    fs::remove_file(scene.path("id.key")).unwrap();
    let folder = scene.path("alerts");
    fs::create_dir(&folder).unwrap();
    let program = scene
        .program()
        .env("TOLLGATE_ALERTS__FILE", folder.to_str().unwrap());
    let (code, says) = check(program).await;
    assert_eq!(code, Some(3), "{says}");
    assert!(
        says.contains("id.key") && says.contains("alerts.file"),
        "{says}"
    );
    let lost = scene.path("nowhere/alerts.jsonl");
    let program = scene
        .program()
        .env("TOLLGATE_ALERTS__FILE", lost.to_str().unwrap());
    assert!(check(program).await.1.contains("alerts.file"));

    // A key of another certificate.
    let other = KeyPair::generate().unwrap().serialize_pem();
    fs::write(scene.path("id.key"), other).unwrap();
    let (code, says) = check(scene.program()).await;
    assert_eq!(code, Some(3), "{says}");
    assert!(says.contains("id.key"), "{says}");
}

async fn ask(stream: &mut TlsStream<TcpStream>) -> String {
    let question = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(question).await.unwrap();
    let mut answer = vec![0; 4096];
    let length = stream.read(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

/// asvs:V3.4.1
#[tokio::test(flavor = "multi_thread")]
async fn names_below_ours_are_held_to_https_where_the_operator_says_so() {
    let scene = Scene::new();
    let program = scene
        .program()
        .env("TOLLGATE_HTTP__HSTS_SUBDOMAINS", "true");
    let _server = program.start(&["serve"]).await;
    let (authority, url) = (scene.path("id.pem"), format!("{}/nowhere", scene.url()));
    let answer = scene.curl(&authority, &[&url]).await.unwrap();
    let value = "strict-transport-security: max-age=31536000; includesubdomains\r\n";
    assert!(answer.to_lowercase().contains(value), "{answer}");
}

/// asvs:V12.1.2, asvs:V12.1.1, asvs:V12.2.1, asvs:V3.4.1
#[tokio::test(flavor = "multi_thread")]
async fn curl_is_answered_over_both_versions_and_no_older_one() {
    let scene = Scene::new();
    let server = scene.program().start(&["serve"]).await;
    let (authority, url) = (scene.path("id.pem"), format!("{}/livez", scene.url()));
    for version in ["1.2", "1.3"] {
        let flag = format!("--tlsv{version}");
        let answer = scene
            .curl(&authority, &[&flag, "--tls-max", version, &url])
            .await
            .unwrap();
        let head = answer.to_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{answer}");
        assert!(
            head.contains("strict-transport-security: max-age=31536000\r\n"),
            "{answer}"
        );
    }
    let old = [
        "--tlsv1.0",
        "--tls-max",
        "1.1",
        "--ciphers",
        "DEFAULT@SECLEVEL=0",
        &url,
    ];
    scene.curl(&authority, &old).await.unwrap_err();
    // A key for this connection alone, and a cipher that proves what it carries.
    for (suite, is_taken) in [
        ("ECDHE-ECDSA-AES128-GCM-SHA256", true),
        ("ECDHE-ECDSA-AES128-SHA256", false),
        ("ECDHE-ECDSA-AES256-SHA", false),
        ("AES128-GCM-SHA256", false),
    ] {
        let one = ["--tls-max", "1.2", "--ciphers", suite, &url];
        let answer = scene.curl(&authority, &one).await;
        assert_eq!(answer.is_ok(), is_taken, "{suite}");
    }
    // A certificate that nobody vouches for is not shown by us, so nobody else is.
    scene
        .curl(Path::new("/dev/null"), &[&url])
        .await
        .unwrap_err();
    // Plain http goes on where it was, and is no https.
    let plain = reqwest::get(format!("{}/livez", server.url()))
        .await
        .unwrap();
    assert_eq!(plain.status(), 200);
    let wrong = url.replace("https://", "http://");
    assert!(scene.curl(&authority, &[&wrong]).await.is_err());
    // Who speaks https by itself needs no proxy.
    let told = format!("{}{}", server.stdout(), server.stderr());
    assert!(!told.contains("trusted_proxies"), "{told}");
    // Cookies are those of https.
    let form = scene
        .curl(
            &authority,
            &[
                "--location",
                "--header",
                "Accept: text/html",
                &format!("{}/signin", scene.url()),
            ],
        )
        .await
        .unwrap();
    assert!(form.contains("__Host-tollgate-form="), "{form}");
}

/// asvs:V4.1.2: a program that forgot the s is refused or answered as it asked, and never
/// led on in silence. Neither is what only pages do.
#[tokio::test(flavor = "multi_thread")]
async fn no_operation_leads_from_http_to_https() {
    let scene = Scene::new();
    let server = scene
        .program()
        .env("TOLLGATE_TRUSTED_PROXIES", "127.0.0.1/32")
        .start(&["serve"])
        .await;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    // What a proxy asks is for its browser, and so is where passwords are changed.
    let for_browsers = ["/api/authz/", "/.well-known/change-password"];
    let is_one = |path: &str| for_browsers.iter().any(|one| path.starts_with(one));
    let mut asked = 0;
    for (path, method, _) in operations().filter(|(path, ..)| !is_one(path)) {
        let method = method.to_uppercase().parse().unwrap();
        let path = path.replace(['{', '}'], "x");
        let ask = client
            .request(method, format!("{}{path}", server.url()))
            .header("x-forwarded-proto", "http")
            .header("authorization", "Bearer forgotten");
        let answer = ask.send().await.unwrap();
        let leads = answer.headers().contains_key("location");
        assert!(!leads && !answer.status().is_redirection(), "{path}");
        asked += 1;
    }
    assert!(asked > 80, "only {asked}");
    let wrong = format!("{}/api/v1/me", scene.url()).replace("https://", "http://");
    client.get(wrong).send().await.unwrap_err();
}

/// Files that change are read again: those who are connected notice nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_is_shown_and_a_broken_one_is_not() {
    let scene = Scene::new();
    let server = scene.program().start(&["serve"]).await;
    assert_eq!(Scene::shown_until(&server).await, 2031);
    fs::copy(scene.path("id.pem"), scene.path("old.pem")).unwrap();
    let url = format!("{}/livez", scene.url());
    let mut connected = scene.connect(&scene.path("old.pem")).await;
    assert!(ask(&mut connected).await.starts_with("HTTP/1.1 200"));

    scene.certify(2032);
    Scene::until_shown(&server, 2032).await;
    scene.curl(&scene.path("id.pem"), &[&url]).await.unwrap();
    scene
        .curl(&scene.path("old.pem"), &[&url])
        .await
        .unwrap_err();
    let same = ask(&mut connected).await;
    assert!(
        same.starts_with("HTTP/1.1 200"),
        "the connection of before goes on"
    );

    // A key that does not belong to it, and then something else entirely.
    fs::copy(scene.path("id.pem"), scene.path("old.pem")).unwrap();
    fs::write(
        scene.path("id.key"),
        KeyPair::generate().unwrap().serialize_pem(),
    )
    .unwrap();
    server.line_with("the old one stays").await;
    scene.curl(&scene.path("old.pem"), &[&url]).await.unwrap();
    fs::write(scene.path("id.pem"), "no certificate").unwrap();
    server.signal(Signal::Hangup);
    scene.curl(&scene.path("old.pem"), &[&url]).await.unwrap();
    scene.certify(2033);
    server.signal(Signal::Hangup);
    Scene::until_shown(&server, 2033).await;
}

/// A start with what cannot be shown ends at once and says why; the doctor knows
/// before.
#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_does_not_fit_ends_the_start() {
    let scene = Scene::new();
    let doctor = async || {
        let told = scene.program().run(&["doctor", "--json"], "").await;
        let told: Value = serde_json::from_str(&told.stdout).unwrap();
        let found = told["findings"].as_array().unwrap().clone();
        found.into_iter().find(|one| one["about"] == "tls").unwrap()
    };
    assert_eq!(doctor().await["state"], "good");
    fs::write(
        scene.path("id.key"),
        KeyPair::generate().unwrap().serialize_pem(),
    )
    .unwrap();
    let ended = scene.program().run(&["serve"], "").await;
    assert_ne!(ended.code, Some(0));
    assert!(
        ended.stderr.contains("is not the key of the certificate"),
        "{}",
        ended.stderr
    );
    assert_eq!(doctor().await["state"], "wrong");
    scene.certify(2020);
    let expired = doctor().await;
    assert!(
        expired["says"].as_str().unwrap().contains("expired"),
        "{expired}"
    );
}

/// fault:F22: a handshake that never ends is cut off.
#[tokio::test(flavor = "multi_thread")]
async fn who_never_shakes_hands_is_cut_off() {
    let scene = Scene::new();
    let program = scene.program().env("TOLLGATE_HTTP__HEADER_TIMEOUT", "1s");
    let _server = program.start(&["serve"]).await;
    let silent = TcpStream::connect(("127.0.0.1", scene.port)).await.unwrap();
    let begun = Instant::now();
    let ended = tokio::time::timeout(DEADLINE, silent.readable()).await;
    ended.unwrap().unwrap();
    let mut byte = [0];
    assert_eq!(
        silent.try_read(&mut byte).unwrap_or(0),
        0,
        "it is told nothing"
    );
    assert!(
        begun.elapsed() >= Duration::from_millis(900),
        "and was given time"
    );
}
