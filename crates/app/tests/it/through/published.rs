//! What the manual shows is what the command prints, and that is understood by
//! the proxies.

use std::fs;

use serde_json::json;
use tempfile::TempDir;
use tollgate_testkit::services::{Finished, Program, ProxyKind, free_port};

use super::scene::register;

/// An installation with the site that the manual shows.
struct Notes {
    program: Program,
    _folder: TempDir,
}

impl Notes {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = Program::new(env!("CARGO_BIN_EXE_tollgate"), folder.path())
            .env("TOLLGATE_PASSWORD__MEMORY_KIB", "7168")
            .env("TOLLGATE_PASSWORD__PASSES", "5");
        let tollgate = program.start(&["serve"]).await;
        let site = json!({ "name": "notes", "url": "https://notes.example.org" });
        register(&program, &tollgate, &[site]).await;
        Self {
            program,
            _folder: folder,
        }
    }

    async fn snippet(&self, arguments: &[&str]) -> Finished {
        let line = [&["snippet"], arguments].concat();
        self.program.run(&line, "").await
    }
}

#[tokio::test]
async fn the_manual_shows_what_the_command_prints() {
    let notes = Notes::new().await;
    for proxy in ["nginx", "caddy", "envoy", "traefik"] {
        let printed = notes.snippet(&["notes", "--for", proxy]).await.succeeded();
        let page = format!(
            "{}/../../docs/src/how-to/proxies/{proxy}.md",
            env!("CARGO_MANIFEST_DIR")
        );
        let text = fs::read_to_string(&page).unwrap();
        assert!(
            text.contains(&format!("\n{}\n```\n", printed.trim_end())),
            "{page} shows something else than this:\n{printed}"
        );
    }
}

/// The stories speak plain http; what is written for https differs in a few
/// lines, which the proxies read here with a certificate that is there.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nginx, Caddy, Envoy and Traefik: cargo xtask test runs it"]
async fn what_is_written_for_https_is_understood() {
    let (notes, port) = (Notes::new().await, free_port().unwrap());
    let url = format!("https://secure.localhost:{port}");
    let add = ["site", "add", "secure", &url];
    notes.program.run(&add, "").await.succeeded();
    let made = rcgen::generate_simple_self_signed(["secure.localhost".to_owned()]).unwrap();
    let folder = notes.program.folder().display().to_string();
    let write = |name: &str, text: String| {
        fs::write(notes.program.folder().join(name), text).unwrap();
    };
    write("fullchain.pem", made.cert.pem());
    write("privkey.pem", made.signing_key.serialize_pem());
    for kind in [
        ProxyKind::Nginx,
        ProxyKind::Caddy,
        ProxyKind::Envoy,
        ProxyKind::Traefik,
    ] {
        let line = ["secure", "--for", kind.name()];
        let text = notes.snippet(&line).await.succeeded();
        let text = text.replace("/etc/letsencrypt/live/secure.localhost", &folder);
        let said = kind.validate(&text).await;
        assert!(said.is_ok(), "{}: {said:?}\n{text}", kind.name());
        let broken = kind.validate(&format!("{text}\n}}\n")).await;
        assert!(broken.is_err(), "{} understands anything", kind.name());
        let said = kind.validate(&text.replace(&folder, "/nowhere")).await;
        // Caddy and Traefik see to their certificates themselves.
        assert_eq!(said.is_err(), text.contains(&folder), "{said:?}");
    }
}

#[tokio::test]
async fn it_says_what_it_cannot_make() {
    let notes = Notes::new().await;
    let code = async |arguments: &[&str]| notes.snippet(arguments).await.code;
    assert_eq!(code(&["nobody", "--for", "nginx"]).await, Some(4));
    assert_eq!(code(&["notes", "--for", "squid"]).await, Some(2));
    for place in [
        "https://127.0.0.1",
        "127.0.0.1:3000",
        "http://127.0.0.1/path",
        "http://user@host",
        "http://a;b",
        "http://a b",
        "http://a{b",
        "http://a\nb",
        "http://a?b",
    ] {
        for option in ["--upstream", "--tollgate"] {
            let line = ["notes", "--for", "nginx", option, place];
            assert_eq!(code(&line).await, Some(2), "{option} {place:?}");
        }
    }
}

#[tokio::test]
async fn scripts_get_it_as_json() {
    let line = [
        "notes",
        "--for",
        "caddy",
        "--upstream",
        "http://[::1]:80",
        "--json",
    ];
    let answer = Notes::new().await.snippet(&line).await.succeeded();
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["for"], "caddy");
    assert!(answer["site"].as_str().unwrap().starts_with("sit_"));
    let text = answer["text"].as_str().unwrap();
    assert!(text.contains("reverse_proxy [::1]:80\n"), "{text}");
}
