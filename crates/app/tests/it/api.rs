//! Stories of our own API, told as its clients live them.

mod document;
mod sessions;

use serde_json::json;
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
