//! The first minutes: an empty folder, one command, one link, one form.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use reqwest::{Client, StatusCode, header, redirect::Policy};
use tollgate_testkit::services::Server;

use super::{PASSWORD, Scene, access, me, sign_in};

/// A browser with the setup page open.
struct Visit {
    browser: Client,
    url: String,
    form_token: String,
}

impl Visit {
    async fn of(server: &Server) -> Self {
        let browser = Client::builder().cookie_store(true);
        let browser = browser.redirect(Policy::none()).build().unwrap();
        let url = server.url();
        let page = browser
            .get(format!("{url}/setup"))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let form_token = page
            .split("name=\"form_token\" value=\"")
            .nth(1)
            .expect("a form");
        let form_token = form_token.split('"').next().unwrap().to_owned();
        Self {
            browser,
            url,
            form_token,
        }
    }

    /// Submit the form from `origin`; the status, the page, the cookies.
    async fn submit(
        &self,
        origin: &str,
        token: &str,
        email: &str,
        password: &str,
    ) -> (StatusCode, String, bool) {
        let form = [
            ("form_token", self.form_token.as_str()),
            ("token", token),
            ("name", "Ann"),
            ("email", email),
            ("username", "ann"),
            ("password", password),
        ];
        let request = self
            .browser
            .post(format!("{}/setup", self.url))
            .header(header::ORIGIN, origin)
            .form(&form);
        let answer = request.send().await.unwrap();
        let signed_in = answer.cookies().any(|cookie| cookie.name() == "tollgate");
        (answer.status(), answer.text().await.unwrap(), signed_in)
    }
}

/// Where its pages are, as it tells people.
fn origin(server: &Server) -> String {
    server.url().replace("127.0.0.1", "localhost")
}

/// The token of the link that the server printed.
async fn printed_token(server: &Server) -> String {
    let line = server.line_with("/setup#").await;
    line.split('#').nth(1).unwrap().trim().to_owned()
}

/// asvs:V6.4.1, asvs:V13.1.1
#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_becomes_the_administrator() {
    let scene = Scene::new();
    let server = scene.serve().await;
    let origin = origin(&server);
    let token = printed_token(&server).await;
    assert!(server.stderr().contains("There is no administrator yet"));

    let home = reqwest::get(server.url())
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(home.contains("tollgate setup-link") && !home.contains(&token));

    let visit = Visit::of(&server).await;
    let (status, page, _) = visit
        .submit("https://evil.example", &token, "ann@example.org", PASSWORD)
        .await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{page}");
    let (status, page, _) = visit.submit(&origin, &token, "ann", "short").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(
        page.contains("Not an e-mail address.") && page.contains("value=\"Ann\""),
        "{page}"
    );
    assert!(
        !page.contains("value=\"short\""),
        "a password is never sent back"
    );
    let (status, page, signed_in) = visit
        .submit(&origin, &token, "ann@example.org", PASSWORD)
        .await;
    assert_eq!((status, signed_in), (StatusCode::SEE_OTHER, true), "{page}");

    let url = server.url();
    assert_eq!(
        me(&url, &access(&url, "ann@example.org", PASSWORD).await).await,
        StatusCode::OK
    );
    assert_eq!(
        me(&url, &access(&url, "ANN", PASSWORD).await).await,
        StatusCode::OK
    );

    let refused = scene.run("setup-link").await;
    assert_eq!(refused.code, Some(6), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("admin.exists")
            && refused.stderr.contains("Next: tollgate admin recover")
    );
    assert_eq!(
        visit
            .submit(&origin, &token, "bob@example.org", PASSWORD)
            .await
            .0,
        StatusCode::FORBIDDEN,
        "the form was shown to nobody, and Ann is signed in"
    );
    let closed = reqwest::get(format!("{url}/setup")).await.unwrap();
    assert_eq!(closed.status(), StatusCode::CONFLICT);
    assert!(
        closed
            .text()
            .await
            .unwrap()
            .contains("administrator already")
    );
    let listed = scene.json("user list").await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_link_voids_the_one_before() {
    let scene = Scene::new();
    let server = scene.serve().await;
    let first = printed_token(&server).await;
    let second = scene.json("setup-link").await["url"]
        .as_str()
        .unwrap()
        .to_owned();
    let second = second.split('#').nth(1).unwrap();
    assert_ne!(first, second);
    let origin = origin(&server);
    let visit = Visit::of(&server).await;
    let (status, _, _) = visit
        .submit(&origin, &first, "ann@example.org", PASSWORD)
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let (status, _, _) = visit
        .submit(&origin, second, "ann@example.org", PASSWORD)
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provisioned_start_makes_its_administrator_once() {
    let mut scene = Scene::new();
    let password = scene.program.folder().join("password");
    fs::write(&password, format!("{PASSWORD}\n")).unwrap();
    scene.program = scene
        .program
        .env("TOLLGATE_ADMIN__EMAIL", "ann@example.org")
        .env("TOLLGATE_ADMIN__USERNAME", "ann")
        .env("TOLLGATE_ADMIN__PASSWORD_FILE", password.to_str().unwrap());
    let mut server = scene.serve().await;
    assert!(!server.stderr().contains("/setup#"), "nobody needs a link");
    access(&server.url(), "ann", PASSWORD).await;
    scene
        .create("user create bob@example.org --role admin")
        .await;
    assert!(server.terminate().await.success());

    fs::write(&password, "another password entirely").unwrap();
    server.start_again().await;
    access(&server.url(), "ann@example.org", PASSWORD).await;
    assert_eq!(
        sign_in(&server.url(), "ann", "another password entirely")
            .await
            .status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        scene.json("user list").await["data"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weak_provisioned_password_is_a_fault_of_the_configuration() {
    let scene = Scene::new();
    let password = scene.program.folder().join("password");
    fs::write(&password, "password").unwrap();
    let line = format!(
        "serve --set admin.email=ann@example.org --set admin.password_file={}",
        password.display()
    );
    let ended = scene
        .run(&format!(
            "{line} --set listen=127.0.0.1:0 --set metrics_listen=off"
        ))
        .await;
    assert_eq!(ended.code, Some(3), "{}", ended.stderr);
    assert!(ended.stderr.contains("admin.password"));
}

/// asvs:V13.3.2, asvs:V13.3.1
#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_is_for_its_owner_alone() {
    let scene = Scene::new();
    let server = scene.serve().await;
    let data = scene.program.folder().join("tollgate-data");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    for file in fs::read_dir(&data).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
    }
    assert!(server.stderr().contains("created, mode 0700"));
    drop(server);

    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    let warned = scene.run("user list").await;
    assert_eq!(warned.code, Some(0));
    assert!(warned.stderr.contains("chmod 700"), "{}", warned.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_secrets_file_ends_the_start_with_words() {
    let scene = Scene::new();
    scene.run("user list").await.succeeded();
    let secrets = scene.program.folder().join("tollgate-data/secrets.toml");
    let kept = fs::read(&secrets).unwrap();
    fs::remove_file(&secrets).unwrap();
    let missing = scene
        .run("serve --json --set listen=127.0.0.1:0 --set metrics_listen=off")
        .await;
    assert_eq!(missing.code, Some(3), "{}", missing.stderr);
    assert!(!secrets.exists(), "no new key for old data");
    fs::write(
        &secrets,
        format!("master_key = \"{}\"\n", "A".repeat(43) + "="),
    )
    .unwrap();
    let other = scene
        .run("serve --set listen=127.0.0.1:0 --set metrics_listen=off")
        .await;
    assert_eq!(other.code, Some(3));
    assert!(
        other.stderr.contains("secrets.mismatch"),
        "{}",
        other.stderr
    );
    fs::write(&secrets, kept).unwrap();
    scene.run("user list").await.succeeded();
}
