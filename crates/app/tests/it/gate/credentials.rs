//! What a visitor sends in `Authorization`: whom it makes them, and what of it
//! the app gets to see.

use serde_json::json;

use tollgate_testkit::house::Client;

use crate::support::house;

use super::{Browser, nginx, nobody, signed_in, site};

const APP: &str = "http://notes.localhost:8080";
/// The cookie of that site: browsers do not tell ports apart.
const COOKIE: &str = "tollgate-site-8080";

/// An app's own bearer token is none of ours and takes nobody's session away;
/// one of ours counts before the cookie.
#[tokio::test]
async fn the_apps_own_credentials_do_not_matter() {
    let house = house().await;
    let (ann, bob) = (house.person("ann").await, house.person("bob").await);
    site(&house, APP, signed_in()).await;
    let mut browser = Browser::new(&house);
    browser.sign_in(&ann.email).await;
    browser
        .follow(&format!("{APP}/.tollgate/enter?to=%2F"))
        .await;
    let cookie = format!("{COOKIE}={}", browser.cookies("notes.localhost")[COOKIE]);
    for theirs in [
        "Basic YTpi",
        "Bearer sk-theirs",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "Digest x",
    ] {
        let client = house
            .stranger()
            .with("cookie", &cookie)
            .with("authorization", theirs);
        let answer = nginx(&client, "GET", APP).await.expect(200);
        assert_eq!(answer.header("remote-id"), ann.id, "{theirs}");
        let client = house.stranger().with("authorization", theirs);
        nobody(&nginx(&client, "GET", APP).await.expect(401));
    }
    let both = bob.client.clone().with("cookie", &cookie);
    assert_eq!(
        nginx(&both, "GET", APP)
            .await
            .expect(200)
            .header("remote-id"),
        bob.id
    );
}

/// A token of ours stays at the gate, also when it admits nobody any more or is
/// for something else.
#[tokio::test]
async fn no_token_of_ours_reaches_an_app() {
    let house = house().await;
    let ann = house.person("ann").await;
    site(&house, APP, json!([{ "path": "/", "allow": ["anyone"] }])).await;
    let seen = async |client: &Client, sent: &str| {
        let client = client.clone().with("authorization", sent);
        let answer = nginx(&client, "GET", APP).await.expect(200);
        answer.header("authorization").to_owned()
    };
    let stranger = house.stranger();
    let (access, refresh) = (ann.access.clone(), ann.refresh.clone());
    for ours in [&access, &refresh] {
        assert_eq!(seen(&stranger, &format!("Bearer {ours}")).await, "");
    }
    ann.client.delete("/api/v1/session").await.expect(204);
    let ended = format!("Bearer {access}");
    house
        .stranger()
        .with("authorization", &ended)
        .get("/api/v1/me")
        .await
        .expect(401);
    assert_eq!(
        seen(&stranger, &ended).await,
        "",
        "it can still be verified"
    );
    for odd in [
        format!("BEARER\t{refresh}"),
        format!("Token {refresh}"),
        format!("Bearer \"{access}\""),
        format!("Bearer {access}, Basic YTpi"),
        access.clone(),
    ] {
        assert_eq!(seen(&stranger, &odd).await, "", "{odd}");
    }
    for theirs in ["Basic YTpi", "Bearer sk-theirs", "Bearer st_theirs"] {
        assert_eq!(seen(&stranger, theirs).await, theirs);
    }
}
