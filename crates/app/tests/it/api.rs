//! Stories of our own API, told as its clients live them.

mod account;
mod audit;
mod described;
mod devices;
mod document;
pub(crate) mod factors;
mod listing;
mod operation;
mod passkeys;
mod password;
mod people;
mod picture;
mod profile;
mod recovery;
mod revocation;
mod sessions;
mod signup;
mod vouching;

use serde_json::{Value, json};
use tollgate_testkit::house::{Client, House, PASSWORD, PUBLIC_URL};

/// A page of ours in a browser that is signed in by cookie.
async fn browser(house: &House, login: &str, remember: bool) -> Client {
    let page = house.stranger().with("origin", PUBLIC_URL);
    let body =
        json!({ "login": login, "password": PASSWORD, "mode": "cookie", "remember": remember });
    let answer = page.post("/api/v1/session", body).await.expect(200);
    assert!(answer.json().get("access_token").is_none());
    let set = answer.header("set-cookie");
    assert_eq!(set.contains("Max-Age"), remember, "{set}");
    page.with("cookie", set.split(';').next().unwrap())
}

/// Somebody's request is refused, and for that reason.
async fn is_out(client: &Client, because: &str) {
    let answer = client.get("/api/v1/me").await.expect(401);
    assert_eq!(answer.code(), because);
    assert!(
        answer
            .header("www-authenticate")
            .contains("error=\"invalid_token\"")
    );
}

async fn is_in(client: &Client) {
    client.get("/api/v1/me").await.expect(200);
}

/// The rows of a list of sessions.
fn sessions(list: &Value) -> impl Iterator<Item = &Value> {
    list["data"].as_array().unwrap().iter()
}
