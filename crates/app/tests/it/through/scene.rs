//! The real binary, a real proxy with its snippet, an app behind it, and
//! visitors.

use std::{
    fs,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{
    Client, Response, StatusCode, Url,
    cookie::{CookieStore, Jar},
    header::LOCATION,
    redirect::Policy,
};
use serde_json::{Value, json};
use tollgate_testkit::services::{
    EchoApp, Program, Proxy, ProxyKind, RawAnswer, Seen, Server, free_port, raw,
};

pub(super) const USER: &str = "ann";
pub(super) const EMAIL: &str = "ann@example.org";
/// With letters that no header of old would hold.
pub(super) const NAME: &str = "Änn Ø. 安";
const PASSWORD: &str = "a fine long phrase";
/// Where the apps live; no name server is asked.
const HOST: &str = "app.localhost";
/// Where another app lives that everybody may enter. It is not behind the proxy.
pub(super) const LAX_HOST: &str = "lax.localhost";
/// What browsers ask for pages with.
const HTML: &str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";
/// As an administrator of the story is called.
const ADMIN: &str = "root@example.org";

/// How long a proxy may take until it knows the site.
const DEADLINE: Duration = Duration::from_secs(30);

/// One app behind one proxy.
pub(super) struct Scene {
    pub(super) app: EchoApp,
    pub(super) tollgate: Server,
    proxy: Proxy,
    _folder: tempfile::TempDir,
}

/// Somebody with a cookie jar.
pub(super) struct Browser {
    client: Client,
    jar: Arc<Jar>,
}

impl Scene {
    pub(super) async fn new(kind: ProxyKind) -> Self {
        Self::edited(kind, |snippet, _| snippet).await
    }

    /// With a snippet that somebody has worked on; they know where the app is.
    pub(super) async fn edited(kind: ProxyKind, edit: fn(String, &str) -> String) -> Self {
        let app = EchoApp::start().await;
        let folder = tempfile::tempdir().unwrap();
        let port = free_port().unwrap();
        let program = Program::new(env!("CARGO_BIN_EXE_tollgate"), folder.path())
            .env("TOLLGATE_SIGNIN__REGISTRATION", "open")
            .env("TOLLGATE_PASSWORD__MEMORY_KIB", "7168")
            .env("TOLLGATE_PASSWORD__PASSES", "5");
        let rules = json!([
            { "path": "/public", "allow": ["anyone"] },
            { "path": "/admin", "allow": ["role:admin"] },
            { "path": "/", "allow": ["signed-in"] },
        ]);
        let url = format!("http://{HOST}:{port}");
        let site = json!({ "name": "app", "url": url, "identity_token": true, "rules": rules });
        let open = json!([{ "path": "/", "allow": ["anyone"] }]);
        let lax =
            json!({ "name": "lax", "url": format!("http://{LAX_HOST}:{port}"), "rules": open });
        // Each way of registering a site is as good as the other.
        let tollgate = if matches!(kind, ProxyKind::Nginx | ProxyKind::Envoy) {
            let file = toml::to_string(&json!({ "sites": [site, lax] })).unwrap();
            fs::write(folder.path().join("tollgate.toml"), file).unwrap();
            program.start(&["serve"]).await
        } else {
            let tollgate = program.start(&["serve"]).await;
            register(&program, &tollgate, &[site, lax]).await;
            tollgate
        };
        let (url, upstream) = (tollgate.url(), app.url());
        let line = ["snippet", "app", "--for", kind.name()];
        let places = ["--upstream", &upstream, "--tollgate", &url];
        let snippet = program.run(&[line, places].concat(), "").await.succeeded();
        let proxy = kind.start(port, &edit(snippet, &upstream)).await;
        let line = ["user", "create", EMAIL, "--username", USER, "--name", NAME];
        let secret = ["--password-file", "-"];
        program
            .run(&[&line[..], &secret].concat(), PASSWORD)
            .await
            .succeeded();
        let scene = Self {
            app,
            tollgate,
            proxy,
            _folder: folder,
        };
        // Traefik listens before it has read what for.
        let start = Instant::now();
        while scene.get("/public", "").await.status != 200 {
            assert!(start.elapsed() < DEADLINE, "{} opens nothing", kind.name());
        }
        scene.app.take_seen();
        scene
    }

    /// As a browser writes it.
    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.authority())
    }

    pub(super) fn authority(&self) -> String {
        format!("{HOST}:{}", self.proxy.address().port())
    }

    /// The address that people know us by.
    pub(super) fn public_url(&self) -> String {
        self.tollgate.url().replace("127.0.0.1", "localhost")
    }

    pub(super) fn proxy(&self) -> SocketAddr {
        self.proxy.address()
    }

    /// What the app was asked since the last call, which is one request.
    #[track_caller]
    pub(super) fn seen(&self) -> Seen {
        let mut seen = self.app.take_seen();
        assert_eq!(seen.len(), 1, "{seen:#?}");
        seen.remove(0)
    }

    /// Nothing has reached the app since the last call.
    #[track_caller]
    pub(super) fn unseen(&self, why: &str) {
        let seen = self.app.take_seen();
        assert!(seen.is_empty(), "{why}: {seen:#?}");
    }

    /// `GET target` by hand with `headers`, each with its line end.
    pub(super) async fn get(&self, target: &str, headers: &str) -> RawAnswer {
        let authority = self.authority();
        let text = format!(
            "GET {target} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n{headers}\r\n"
        );
        raw(self.proxy(), text.as_bytes()).await
    }

    /// An access token for a program.
    pub(super) async fn token(&self) -> String {
        token(&self.tollgate, EMAIL).await
    }

    /// A browser that has signed in and been at the app, and its `Cookie`
    /// header line for that app.
    pub(super) async fn visitor(&self) -> (Browser, String) {
        let browser = Browser::new();
        browser.sign_in(self).await;
        let page = browser
            .walk(&format!("{}/", self.origin()))
            .await
            .1
            .expect("the app's page");
        assert_eq!(page.status(), StatusCode::OK);
        let cookie = format!("Cookie: {}\r\n", browser.cookies(&self.origin()));
        self.app.take_seen();
        (browser, cookie)
    }
}

/// Put `sites` behind the gate, as an administrator does.
pub(super) async fn register(program: &Program, tollgate: &Server, sites: &[Value]) {
    let line = ["admin", "create", ADMIN, "--password-file", "-"];
    program.run(&line, PASSWORD).await.succeeded();
    let token = token(tollgate, ADMIN).await;
    for site in sites {
        let request = Client::new().post(format!("{}/api/v1/sites", tollgate.url()));
        let answer = request.bearer_auth(&token).json(site).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert_eq!(status, StatusCode::CREATED, "{text}");
    }
}

async fn token(tollgate: &Server, login: &str) -> String {
    let body = json!({ "login": login, "password": PASSWORD, "mode": "token" });
    let url = format!("{}/api/v1/session", tollgate.url());
    let answer = Client::new().post(url).json(&body).send().await.unwrap();
    let body: Value = answer.error_for_status().unwrap().json().await.unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}

impl Browser {
    pub(super) fn new() -> Self {
        let jar = Arc::new(Jar::default());
        let here = SocketAddr::from(([127, 0, 0, 1], 0));
        let client = Client::builder()
            .cookie_provider(Arc::clone(&jar))
            .redirect(Policy::none())
            .resolve(HOST, here)
            .resolve("localhost", here)
            .build()
            .unwrap();
        Self { client, jar }
    }

    /// Ask for a page.
    pub(super) async fn page(&self, url: &str) -> Response {
        let request = self.client.get(url).header("accept", HTML);
        request.send().await.unwrap()
    }

    /// Follow redirects from `url` as far as they lead, or to the page for
    /// signing in: the addresses, and the last answer unless it is that page.
    pub(super) async fn walk(&self, url: &str) -> (Vec<Url>, Option<Response>) {
        let mut way = vec![Url::parse(url).unwrap()];
        while way.len() < 12 {
            let here = way.last().unwrap();
            if here.path() == "/signin" {
                return (way, None);
            }
            let answer = self.page(here.as_str()).await;
            let Some(to) = answer.headers().get(LOCATION) else {
                return (way, Some(answer));
            };
            way.push(here.join(to.to_str().unwrap()).unwrap());
        }
        panic!("in circles: {way:#?}");
    }

    /// As the page for signing in does.
    pub(super) async fn sign_in(&self, scene: &Scene) {
        let origin = scene.public_url();
        let body = json!({ "login": EMAIL, "password": PASSWORD, "mode": "cookie" });
        let request = self.client.post(format!("{origin}/api/v1/session"));
        let answer = request.header("origin", origin).json(&body).send().await;
        assert_eq!(answer.unwrap().status(), StatusCode::OK);
    }

    pub(super) async fn sign_out(&self, scene: &Scene) {
        let origin = scene.public_url();
        let request = self.client.delete(format!("{origin}/api/v1/session"));
        let answer = request.header("origin", origin).send().await.unwrap();
        assert!(answer.status().is_success());
    }

    /// What a `Cookie` header to `origin` would say.
    pub(super) fn cookies(&self, origin: &str) -> String {
        let url = Url::parse(origin).unwrap();
        let value = self.jar.cookies(&url);
        value.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
    }
}
