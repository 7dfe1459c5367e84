//! An installation to look at: the real binary with people in it, and what a
//! visitor brings along: links, credentials.

use std::{fs, net::SocketAddr, path::Path, time::Duration};

use serde_json::{Value, json};
use tempfile::TempDir;
use tollgate_browser::{Browser, Eyes, Visitor};
use tollgate_store::sql::{Db, Settings};
use tollgate_testkit::services::{Program, Server, raw};

/// A password that nothing objects to.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The administrator of a stage that is set up.
pub(crate) const ADMIN: &str = "ada@example.org";

/// Somebody without any right.
pub(crate) const PERSON: &str = "ben@example.org";

/// A running installation.
pub(crate) struct Stage {
    server: Server,
    program: Program,
    folder: TempDir,
}

impl Stage {
    /// Nobody is there yet, and nobody may sign up.
    pub(crate) async fn fresh() -> Self {
        let (program, folder) = program();
        // As whoever starts it meets it.
        let program = program.env("TOLLGATE_SIGNIN__SECOND_FACTOR", "founder");
        Self::raise(program, folder).await
    }

    /// With an administrator and a person; everybody may sign up, and sign in by
    /// a code in a mail.
    pub(crate) async fn set_up() -> Self {
        Self::mailing("code").await
    }

    /// The same, where mail signs in so.
    pub(crate) async fn mailing(by_mail: &str) -> Self {
        let (program, folder) = peopled().await;
        let program = program
            .env("TOLLGATE_SIGNIN__REGISTRATION", "open")
            .env("TOLLGATE_SIGNIN__BY_MAIL", by_mail)
            // Whoever looks signs in anew for each page: lists stay short.
            .env("TOLLGATE_SESSION__MOST", "5");
        Self::raise(program, folder).await
    }

    /// The same, where codes may be sent as second factors.
    pub(crate) async fn sending_codes() -> Self {
        let (program, folder) = peopled().await;
        let program = program
            .env("TOLLGATE_SIGNIN__EMAIL_CODES", "true")
            .env("TOLLGATE_SIGNIN__SMS_CODES", "true");
        Self::raise(program, folder).await
    }

    /// With an administrator and a person, whose new devices are confirmed by mail.
    pub(crate) async fn confirming() -> Self {
        let (program, folder) = peopled().await;
        let program = program.env("TOLLGATE_DEVICES__CONFIRM", "device");
        Self::raise(program, folder).await
    }

    /// With an administrator and a person, behind a proxy that names who asks: few
    /// failures put the house on guard.
    pub(crate) async fn guarded() -> Self {
        let (program, folder) = peopled().await;
        run(&program, &format!("user verify {PERSON}"), "").await;
        let program = program
            .env("TOLLGATE_TRUSTED_PROXIES", "127.0.0.0/8")
            .env("TOLLGATE_SIGNIN__ATTEMPTS__IN_ALL", "10");
        Self::raise(program, folder).await
    }

    /// Strangers from several networks fail at several accounts.
    pub(crate) async fn put_on_guard(&self) {
        let mut nth = 0;
        while self.guess(&format!("nobody{nth}"), nth).await != 429 {
            nth += 1;
            assert!(nth < 100, "the house is never on guard");
        }
    }

    /// Strangers fail at one account until its password is not looked at any more.
    pub(crate) async fn lock_out(&self, login: &str) {
        let mut nth = 0;
        while self.guess(login, nth).await != 429 {
            nth += 1;
            assert!(nth < 100, "{login} is never locked");
        }
    }

    /// The status of a wrong guess from the nth of ten networks.
    async fn guess(&self, login: &str, nth: u32) -> u16 {
        let body = json!({ "login": login, "password": "wrong", "mode": "token" });
        let asked = reqwest::Client::new()
            .post(format!("{}/api/v1/session", self.server.url()))
            .header("x-forwarded-for", format!("198.18.{}.9", nth % 10))
            .json(&body);
        asked.send().await.unwrap().status().as_u16()
    }

    /// With sample people and thirty days of what they did. The administrator's
    /// address comes along; everybody's password is [`PASSWORD`].
    pub(crate) async fn sample() -> (Self, String) {
        let (program, folder) = program();
        let said = run(&program, "demo --password-file - --json", PASSWORD).await;
        let said: Value = serde_json::from_str(&said).unwrap();
        let admin = said["administrator"].as_str().unwrap().to_owned();
        (Self::raise(program, folder).await, admin)
    }

    async fn raise(program: Program, folder: TempDir) -> Self {
        Self {
            server: program.start(&["serve"]).await,
            program,
            folder,
        }
    }

    /// The address of `path`, as the server calls itself.
    pub(crate) fn url(&self, path: &str) -> String {
        let url = self.server.url();
        let (_, port) = url.rsplit_once(':').unwrap();
        format!("http://localhost:{port}{path}")
    }

    /// Somebody new in front of the shared browser.
    pub(crate) async fn visitor(&self, eyes: Eyes) -> Visitor {
        Browser::shared().visitor(eyes).await
    }

    /// Somebody new who is signed in.
    pub(crate) async fn signed_in(&self, login: &str, eyes: Eyes) -> Visitor {
        let visitor = self.visitor(eyes).await;
        visitor.open(&self.url("/signin")).await;
        visitor
            .send(&[("login", login), ("password", PASSWORD)])
            .await;
        assert_eq!(visitor.path().await, "/me", "{login} is signed in");
        visitor
    }

    /// `text` with what only this installation knows in place of `{setup}` and
    /// `{reset}`, the tokens of new links, and of `{webhook}`, `{person}`, `{admin}`, `{site}`
    /// and `{configured}`, the ids of people and sites.
    pub(crate) async fn filled(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, command, field) in [
            ("{setup}", "setup-link".to_owned(), "/url"),
            ("{reset}", format!("user reset-link {PERSON}"), "/reset_url"),
            ("{person}", format!("user show {PERSON}"), "/user/id"),
            ("{admin}", format!("user show {ADMIN}"), "/user/id"),
        ] {
            if text.contains(name) {
                let said = run(&self.program, &format!("{command} --json"), "").await;
                let said: Value = serde_json::from_str(&said).unwrap();
                let said = said.pointer(field).and_then(Value::as_str).unwrap();
                // Of a link, what stands after #.
                text = text.replace(name, said.rsplit('#').next().unwrap_or(said));
            }
        }
        if text.contains("{webhook}") {
            text = text.replace("{webhook}", &self.webhook().await);
        }
        if text.contains("{site}") {
            text = text.replace("{site}", &self.site().await);
        }
        if text.contains("{configured}") {
            text = text.replace("{configured}", &self.configured_site().await);
        }
        text
    }

    /// Take all second factors from somebody.
    pub(crate) async fn reset_factors(&self, login: &str) {
        run(&self.program, &format!("user reset-factors {login}"), "").await;
    }

    /// What is wrong with how pages behaved: the browser complained, or something
    /// was asked of another host.
    pub(crate) fn misdeeds(&self, visitor: &Visitor) -> Vec<String> {
        let ours = self.url("/");
        let asked = visitor.requests().into_iter().map(|asked| asked.url);
        let elsewhere = asked
            .filter(|url| {
                !["data:", "blob:", &ours]
                    .iter()
                    .any(|it| url.starts_with(it))
            })
            .map(|url| format!("asks elsewhere: {url}"));
        visitor.complaints().into_iter().chain(elsewhere).collect()
    }

    /// The story ends without a complaint of the browser, and nothing was asked
    /// of another host.
    pub(crate) fn assert_clean(&self, visitor: &Visitor) {
        let misdeeds = self.misdeeds(visitor);
        assert!(misdeeds.is_empty(), "{misdeeds:#?}");
    }

    /// The origin of an app behind the gate, once the server knows it. Nothing
    /// but we answers there.
    pub(crate) async fn app(&self, name: &str) -> String {
        let host = self
            .url("")
            .replace("http://localhost", &format!("{name}.localhost"));
        let origin = format!("http://{host}");
        run(&self.program, &format!("site add {name} {origin}"), "").await;
        let (_, port) = host.rsplit_once(':').unwrap();
        let server = SocketAddr::from(([127, 0, 0, 1], port.parse().unwrap()));
        let leave =
            format!("GET /.tollgate/leave HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let start = tokio::time::Instant::now();
        while raw(server, leave.as_bytes()).await.status != 303 {
            assert!(start.elapsed() < DEADLINE, "{origin} stays unknown");
            tokio::time::sleep(BEAT).await;
        }
        origin
    }

    /// The id of a site with a few rules, which is registered the first time.
    async fn site(&self) -> String {
        let show = ["site", "show", "notes", "--json"];
        let mut known = self.program.run(&show, "").await;
        if known.code != Some(0) {
            let url = "https://notes.example.org";
            let mut line = vec!["site", "add", "notes", url, "--identity-token"];
            for rule in [
                "GET,POST /admin role:admin,user:ben@example.org",
                "/docs anyone",
                "/ signed-in",
            ] {
                line.extend(["--rule", rule]);
            }
            self.program.run(&line, "").await.succeeded();
            known = self.program.run(&show, "").await;
        }
        site_id(&known.succeeded())
    }

    /// The id of a webhook, whose receiver is nowhere.
    async fn webhook(&self) -> String {
        let listed = run(&self.program, "webhook list --json", "").await;
        let listed: Value = serde_json::from_str(&listed).unwrap();
        if let Some(id) = listed.pointer("/data/0/id").and_then(Value::as_str) {
            return id.to_owned();
        }
        let url = "https://hooks.invalid/tollgate";
        let line = format!("webhook create Receiver {url} --events webhook.* --json");
        let made: Value = serde_json::from_str(&run(&self.program, &line, "").await).unwrap();
        made["webhook"]["id"].as_str().unwrap().to_owned()
    }

    /// The id of a site in the configuration, which the server has read.
    async fn configured_site(&self) -> String {
        let file = self.folder.path().join("tollgate.toml");
        if !file.exists() {
            let text = "[[sites]]\nname = \"wiki\"\nurl = \"https://wiki.example.org\"\n";
            fs::write(&file, text).unwrap();
            run(&self.program, "reload", "").await;
            let start = tokio::time::Instant::now();
            while !self.has("https://wiki.example.org/").await {
                assert!(start.elapsed() < DEADLINE, "the server reads nothing");
                tokio::time::sleep(BEAT).await;
            }
        }
        site_id(&run(&self.program, "site show wiki --json", "").await)
    }

    /// Whether the gate knows a site there.
    async fn has(&self, url: &str) -> bool {
        let asked = reqwest::Client::new()
            .get(format!("{}/api/authz/nginx", self.server.url()))
            .header("x-original-url", url)
            .header("x-original-method", "GET");
        asked.send().await.unwrap().status() == 401
    }

    /// Nobody has proved lately who they are.
    pub(crate) async fn age_sessions(&self) {
        let file = self.folder.path().join("tollgate-data/tollgate.db");
        let url = format!("sqlite://{}", file.display());
        let db = Db::open(Settings::new(url.into())).await.unwrap();
        let old = "UPDATE sessions SET auth_time = 0";
        db.write_one(old, Vec::new()).await.unwrap();
    }

    /// What stands in a mail to that address after `begin`, up to the end of its
    /// line. Waits for it.
    pub(crate) async fn mailed(&self, to: &str, begin: &str) -> String {
        self.arrived("mail", to, begin).await
    }

    /// The same of a text to that number.
    pub(crate) async fn texted(&self, to: &str, begin: &str) -> String {
        self.arrived("texts", to, begin).await
    }

    /// Take away what was sent, so that the next is the first.
    pub(crate) fn forget_texts(&self) {
        let _ = fs::remove_dir_all(self.folder.path().join("tollgate-data/texts"));
    }

    async fn arrived(&self, folder: &str, to: &str, begin: &str) -> String {
        let folder = self.folder.path().join("tollgate-data").join(folder);
        let start = tokio::time::Instant::now();
        loop {
            for mail in mails(&folder).into_iter().filter(|mail| mail.contains(to)) {
                if let Some((_, rest)) = mail.split_once(begin) {
                    return rest.lines().next().unwrap_or_default().to_owned();
                }
            }
            assert!(start.elapsed() < DEADLINE, "nothing to {to} with '{begin}'");
            tokio::time::sleep(BEAT).await;
        }
    }
}

/// How long a mail or a site may take, and how long between two looks.
const DEADLINE: Duration = Duration::from_secs(20);
const BEAT: Duration = Duration::from_millis(50);

/// The binary in an empty folder. Hashes cost as little as is allowed, and
/// nobody is asked to slow down.
fn program() -> (Program, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(env!("CARGO_BIN_EXE_tollgate"), folder.path())
        .env("TOLLGATE_SIGNIN__ATTEMPTS__ADDRESS_BURST", "10000")
        .env("TOLLGATE_PASSWORD__MEMORY_KIB", "7168")
        .env("TOLLGATE_PASSWORD__PASSES", "5")
        .env("TOLLGATE_SMS__DELIVERY", "folder");
    (program, folder)
}

/// The same with an administrator and a person.
async fn peopled() -> (Program, TempDir) {
    let (program, folder) = program();
    for line in [
        format!("admin create {ADMIN}"),
        format!("user create {PERSON}"),
    ] {
        let line = format!("{line} --password-file -");
        run(&program, &line, PASSWORD).await;
    }
    (program, folder)
}

fn site_id(said: &str) -> String {
    let said: Value = serde_json::from_str(said).unwrap();
    said["site"]["id"].as_str().unwrap().to_owned()
}

/// A command of the command line; what it prints.
async fn run(program: &Program, line: &str, input: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    program.run(&words, input).await.succeeded()
}

fn mails(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).into_iter().flatten();
    files
        .filter_map(|file| fs::read_to_string(file.unwrap().path()).ok())
        .collect()
}
