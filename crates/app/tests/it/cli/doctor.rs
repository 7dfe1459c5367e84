//! The doctor: finds what is wrong, says what to do, and mends what it may.

use std::{fs, net::TcpListener as Blocking, os::unix::fs::PermissionsExt, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{ServerConfig, pki_types::PrivatePkcs8KeyDer};
use serde_json::Value;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;
use tollgate_testkit::{
    countries,
    services::{Finished, World},
};

use super::{PASSWORD, Scene, parsed};

/// A listening port that nobody has.
const QUIET: &str = "--set listen=127.0.0.1:0 --set metrics_listen=off";

async fn examined(scene: &Scene, line: &str) -> (Finished, Value) {
    let finished = scene.run(&format!("doctor --json {line}")).await;
    let findings = parsed("doctor", &finished);
    (finished, findings)
}

/// The findings about something that are in a state.
fn found<'v>(findings: &'v Value, about: &str, state: &str) -> Vec<&'v Value> {
    let all = findings["findings"].as_array().unwrap().iter();
    all.filter(|it| it["about"] == about && it["state"] == state)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_installation_has_nothing_wrong() {
    let scene = Scene::new();
    scene.create("admin create ann@example.org").await;
    let mut server = scene.serve().await;
    let listen = server.url().replace("http://", "--set listen=");
    let (finished, findings) = examined(&scene, &listen).await;
    assert_eq!(
        (finished.code, findings["wrong"].as_u64()),
        (Some(0), Some(0)),
        "{findings:#}"
    );
    for about in [
        "configuration",
        "files",
        "disk",
        "clock",
        "database",
        "administrators",
        "signing keys",
        "audit",
        "reachable",
    ] {
        assert_eq!(
            found(&findings, about, "good").len(),
            1,
            "{about}: {findings:#}"
        );
    }
    server.terminate().await;
    let words = scene.run(&format!("doctor {QUIET}")).await;
    assert!(
        words.stdout.trim_end().ends_with("Nothing is wrong."),
        "{}",
        words.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_comes_with_its_remedy() {
    let scene = Scene::new();
    let taken = Blocking::bind("127.0.0.1:0").unwrap();
    scene.run("user list").await.succeeded();
    let secrets = scene.program.folder().join("tollgate-data/secrets.toml");
    fs::set_permissions(&secrets, fs::Permissions::from_mode(0o644)).unwrap();
    let line = format!(
        "--set listen={} --set public_url=https://id.example.org --set redis.url=redis://127.0.0.1:1",
        taken.local_addr().unwrap()
    );
    let (finished, findings) = examined(&scene, &line).await;
    assert_eq!(finished.code, Some(1));
    for about in ["files", "port", "proxies", "redis", "administrators"] {
        let wrong = found(&findings, about, "wrong");
        assert_eq!(wrong.len(), 1, "{about}: {findings:#}");
        assert!(wrong[0]["fix"].as_str().unwrap().len() > 10, "{wrong:?}");
    }
    assert!(!found(&findings, "backup", "remark").is_empty());

    let (_, findings) = examined(&scene, &format!("--fix {QUIET}")).await;
    assert_eq!(found(&findings, "files", "mended").len(), 1, "{findings:#}");
    let (_, findings) = examined(&scene, QUIET).await;
    assert_eq!(found(&findings, "files", "good").len(), 1, "{findings:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_opened_is_told_and_not_touched() {
    let scene = Scene::new();
    let (finished, findings) = examined(&scene, "--set no.such=1").await;
    assert_eq!(finished.code, Some(1));
    assert_eq!(
        found(&findings, "configuration", "wrong").len(),
        1,
        "{findings:#}"
    );

    let (_, findings) = examined(&scene, QUIET).await;
    assert!(
        found(&findings, "files", "remark").len() == 1,
        "{findings:#}"
    );

    scene.run("user list").await.succeeded();
    let secrets = scene.program.folder().join("tollgate-data/secrets.toml");
    let kept = fs::read(&secrets).unwrap();
    fs::remove_file(&secrets).unwrap();
    let (finished, findings) = examined(&scene, &format!("--fix {QUIET}")).await;
    assert_eq!(finished.code, Some(1));
    assert_eq!(
        found(&findings, "secrets", "wrong").len(),
        1,
        "{findings:#}"
    );
    assert!(!secrets.exists(), "no new key for old data");
    fs::write(&secrets, kept).unwrap();

    let weak = scene.program.folder().join("weak");
    fs::write(&weak, "password").unwrap();
    let line = format!(
        "{QUIET} --set admin.email=ann@example.org --set admin.password_file={}",
        weak.display()
    );
    let (_, findings) = examined(&scene, &line).await;
    assert!(
        found(&findings, "administrators", "wrong")[0]["says"]
            .as_str()
            .unwrap()
            .contains("Many people use it"),
        "{findings:#}"
    );
    fs::write(&weak, PASSWORD).unwrap();
    let (_, findings) = examined(&scene, &line).await;
    assert_eq!(
        found(&findings, "administrators", "remark").len(),
        1,
        "{findings:#}"
    );
}

/// Whoever signs in on a new device would wait for a mail that nobody sends.
#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_are_not_to_be_confirmed_by_mail_that_is_not_sent() {
    let scene = Scene::new();
    scene.create("admin create ann@example.org").await;
    let confirm = format!("{QUIET} --set devices.confirm=device");
    let (finished, findings) = examined(&scene, &confirm).await;
    assert_eq!(finished.code, Some(1));
    let wrong = found(&findings, "mail", "wrong");
    let says = wrong[0]["says"].as_str().unwrap();
    assert!(says.contains("devices.confirm"), "{findings:#}");
    let (_, findings) = examined(&scene, QUIET).await;
    assert!(found(&findings, "mail", "wrong").is_empty());
}

/// The doctor's machine and the database must agree, and so must now and before.
///
/// asvs:V16.2.2
/// A server does not start without it; who mends things goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_countries_that_is_none_is_told() {
    let scene = Scene::new();
    scene.create("admin create ann@example.org").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("countries.mmdb");
    let line = format!("{QUIET} --set network.countries={}", file.display());
    let known = countries::file(&[("203.0.113.0/24", "DE")]);
    for (content, state) in [(&b"junk"[..], "wrong"), (&known, "good")] {
        fs::write(&file, content).unwrap();
        let (_, findings) = examined(&scene, &line).await;
        assert_eq!(
            found(&findings, "countries", state).len(),
            1,
            "{findings:#}"
        );
        assert!(
            found(&findings, "secrets", "wrong").is_empty(),
            "{findings:#}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_off_is_told() {
    let mut scene = Scene::new();
    scene.create("admin create ann@example.org").await;
    let world = World::new();
    scene.program = world.around(scene.program);
    for (shift, before) in [(-60, 1), (60, 0)] {
        world.shift_clock(shift);
        let (_, findings) = examined(&scene, QUIET).await;
        // SQLite has no clock of its own.
        let apart = usize::from(scene.database.is_some());
        let wrong = found(&findings, "clock", "wrong");
        assert_eq!(wrong.len(), before + apart, "{shift} s: {findings:#}");
        assert_eq!(found(&findings, "clock", "good").len(), 1 - apart);
        if apart == 1 {
            let says = wrong[0]["says"].as_str().unwrap();
            let gap = says.split(' ').find_map(|word| word.parse::<i64>().ok());
            assert!(gap.is_some_and(|gap| (58..=75).contains(&gap)), "{says}");
        }
    }
}

/// A certificate that only this house believes is told as that, and believed
/// when the operator names it. asvs:V12.2.2
#[tokio::test(flavor = "multi_thread")]
async fn a_server_behind_an_authority_of_ones_own_is_told_apart_from_a_silent_one() {
    let mut scene = Scene::new();
    scene.create("admin create ann@example.org").await;
    let front = Front::listen().await;
    let authority = scene.program.folder().join("ca.pem");
    fs::write(&authority, &front.authority).unwrap();
    let url = format!("https://localhost:{}", front.port);
    scene.program = scene.program.env("TOLLGATE_PUBLIC_URL", &url);
    let server = scene.serve().await;
    let listen = server.url().replace("http://", "--set listen=");
    let mut passing = JoinSet::new();
    passing.spawn(front.pass_to(server.url().replace("http://", "")));

    let (_, findings) = examined(&scene, &listen).await;
    let wrong = found(&findings, "reachable", "wrong");
    let (says, fix) = (&wrong[0]["says"], &wrong[0]["fix"]);
    assert!(
        says.as_str().unwrap().contains("does not know")
            && fix.as_str().unwrap().contains("SSL_CERT_FILE"),
        "{findings:#}"
    );
    let file = authority.to_str().unwrap().to_owned();
    scene.program = scene.program.env("SSL_CERT_FILE", &file);
    let (_, findings) = examined(&scene, &listen).await;
    assert_eq!(
        found(&findings, "reachable", "good").len(),
        1,
        "{findings:#}"
    );
}

/// What stands before a server and speaks https, with a certificate that an
/// authority of its own has signed.
struct Front {
    listener: TcpListener,
    port: u16,
    authority: String,
    acceptor: TlsAcceptor,
}

impl Front {
    async fn listen() -> Self {
        let (ours, theirs) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = authority.self_signed(&ours).unwrap();
        let issuer = Issuer::new(authority, ours);
        let names = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = names.signed_by(&theirs, &issuer).unwrap();
        let key = PrivatePkcs8KeyDer::from(theirs.serialize_der());
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into())
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self {
            port: listener.local_addr().unwrap().port(),
            listener,
            authority: root.pem(),
            acceptor: Arc::new(config).into(),
        }
    }

    /// Until whoever started it ends.
    async fn pass_to(self, server: String) {
        while let Ok((visitor, _)) = self.listener.accept().await {
            let Ok(mut visitor) = self.acceptor.accept(visitor).await else {
                continue;
            };
            let mut behind = TcpStream::connect(&server).await.unwrap();
            let _ = copy_bidirectional(&mut visitor, &mut behind).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shells_editors_and_man_know_the_commands() {
    let scene = Scene::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = scene.run(&format!("completions {shell}")).await;
        assert_eq!(script.code, Some(0), "{shell}");
        assert!(
            script.stdout.contains("signing-key") && script.stdout.contains("reset-link"),
            "{shell}"
        );
    }
    let pages = scene.json("man pages").await;
    let files = pages["files"].as_array().unwrap();
    assert!(
        files.contains(&"tollgate.1".into()) && files.contains(&"tollgate-user-create.1".into()),
        "{pages}"
    );
    let page =
        fs::read_to_string(scene.program.folder().join("pages/tollgate-user-create.1")).unwrap();
    assert!(
        page.contains("Make an account") && page.contains(".TH"),
        "{page}"
    );

    let schema = scene.json("config schema").await;
    let idle = &schema["properties"]["session"]["properties"]["idle"];
    assert_eq!(
        (idle["type"].as_str(), idle["default"].as_str()),
        (Some("string"), Some("14d"))
    );
    let attempts =
        &schema["properties"]["signin"]["properties"]["attempts"]["properties"]["per_account"];
    assert_eq!(
        (attempts["minimum"].as_i64(), attempts["default"].as_i64()),
        (Some(1), Some(10))
    );
    assert_eq!(
        schema["properties"]["dialects"]["properties"]["chatbot"]["properties"]["enabled"]["type"],
        "boolean"
    );
    assert_eq!(schema["additionalProperties"], false);
}

/// asvs:V11.4.2
#[tokio::test(flavor = "multi_thread")]
async fn hashes_whose_pepper_is_missing_are_counted() {
    let scene = Scene::new();
    let pepper = scene.program.folder().join("peppers");
    fs::write(&pepper, "not in the database and of 32 bytes and more\n").unwrap();
    let peppered = format!("--set password.peppers_file={}", pepper.display());
    scene
        .create(&format!("admin create ann@example.org {peppered}"))
        .await;
    let (_, findings) = examined(&scene, &format!("{QUIET} {peppered}")).await;
    assert!(found(&findings, "peppers", "wrong").is_empty());
    let (finished, findings) = examined(&scene, QUIET).await;
    assert_eq!(finished.code, Some(1));
    let wrong = found(&findings, "peppers", "wrong");
    assert!(
        wrong[0]["says"].as_str().unwrap().starts_with("1 "),
        "{findings:#}"
    );
    fs::write(&pepper, "short").unwrap();
    let (_, findings) = examined(&scene, &format!("{QUIET} {peppered}")).await;
    assert_eq!(found(&findings, "configuration", "wrong").len(), 1);
}
