//! Finding people, page by page.

use std::time::Duration;

use serde_json::{Value, json};
use tollgate_testkit::house::{Client, House};

use crate::support::house;

const PEOPLE: &str = "/api/v1/people";

/// An administrator in a house with six more people, one of them a manager and
/// one suspended. Two were made in the same microsecond.
async fn crowd() -> (House, Client) {
    let house = house().await;
    let admin = house.admin().await.client;
    for name in ["ann", "anna", "bob", "cem", "dee", "eve"] {
        if name != "cem" {
            house.node.clock.advance(Duration::from_secs(1));
        }
        let role = if name == "eve" { "manager" } else { "default" };
        let body = json!({ "email": format!("{name}@example.org"), "role": role });
        let made = admin.post(PEOPLE, body).await.expect(201).json();
        if name == "dee" {
            let at = format!("{PEOPLE}/{}/suspend", made["id"].as_str().unwrap());
            admin.post(&at, json!({})).await.expect(204);
        }
    }
    (house, admin)
}

/// The addresses on a page, without their domain.
fn names(page: &Value) -> Vec<String> {
    let rows = page["data"].as_array().unwrap().iter();
    let name = |row: &Value| {
        row["email"]
            .as_str()?
            .split('@')
            .next()
            .map(ToOwned::to_owned)
    };
    rows.map(|row| name(row).unwrap()).collect()
}

async fn found(client: &Client, query: &str) -> Vec<String> {
    let page = client.get(&format!("{PEOPLE}?{query}")).await.expect(200);
    names(&page.json())
}

#[tokio::test]
async fn pages_follow_each_other_by_cursor_and_by_link() {
    let (_house, admin) = crowd().await;
    let whole = found(&admin, "").await;
    assert_eq!(whole.len(), 7);
    assert_eq!(
        (whole[0].as_str(), whole[6].as_str()),
        ("eve", "admin"),
        "newest first"
    );

    let (mut by_cursor, mut query) = (Vec::new(), "limit=3".to_owned());
    let mut sizes = Vec::new();
    loop {
        let page = admin.get(&format!("{PEOPLE}?{query}")).await.expect(200);
        let body = page.json();
        sizes.push(names(&body).len());
        by_cursor.extend(names(&body));
        let Some(next) = body["next_cursor"].as_str() else {
            assert_eq!(page.header("link"), "");
            break;
        };
        query = format!("limit=3&cursor={next}");
    }
    assert_eq!(sizes, [3, 3, 1]);
    assert_eq!(by_cursor, whole);

    let mut by_link = Vec::new();
    let mut next = Some(format!("{PEOPLE}?limit=3&suspended=false"));
    while let Some(path) = next {
        let page = admin.get(&path).await.expect(200);
        by_link.extend(names(&page.json()));
        let link = page.header("link").strip_prefix('<');
        next = link.map(|link| link.strip_suffix(">; rel=\"next\"").unwrap().to_owned());
    }
    assert_eq!(by_link.len(), 6);
    assert!(
        by_link.iter().all(|name| name != "dee"),
        "the filter stays in the link"
    );
}

#[tokio::test]
async fn a_page_is_stable_while_people_come() {
    let (house, admin) = crowd().await;
    let first = admin
        .get(&format!("{PEOPLE}?limit=3"))
        .await
        .expect(200)
        .json();
    house.node.clock.advance(Duration::from_secs(1));
    admin
        .post(PEOPLE, json!({ "username": "late" }))
        .await
        .expect(201);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = found(&admin, &format!("limit=3&cursor={cursor}")).await;
    assert!(names(&first).iter().all(|name| !second.contains(name)));
    assert_eq!(second.len(), 3);
}

/// asvs:V1.2.4, asvs:V1.4.2
#[tokio::test]
async fn filters_narrow_and_unknown_ones_are_refused() {
    let (_house, admin) = crowd().await;
    assert_eq!(found(&admin, "role=manager").await, ["eve"]);
    assert_eq!(found(&admin, "suspended=true").await, ["dee"]);
    assert_eq!(found(&admin, "role=default&suspended=false").await.len(), 4);
    assert_eq!(found(&admin, "q=ANN").await, ["anna", "ann"]);
    assert_eq!(found(&admin, "q=ann@").await, ["ann"]);
    assert_eq!(found(&admin, "q=%25").await, [""; 0], "no wildcards");
    assert_eq!(found(&admin, "q=_nn").await, [""; 0]);
    assert_eq!(found(&admin, "q=a'--").await, [""; 0]);
    for (query, code) in [
        ("limit=0", "request.invalid"),
        ("limit=201", "request.invalid"),
        ("limit=-1", "request.invalid"),
        ("limit=1&limit=2", "request.invalid"),
        ("role=root", "request.invalid"),
        ("suspended=maybe", "request.invalid"),
        ("sort=role", "request.invalid"),
        ("cursor=nonsense", "cursor.invalid"),
        ("cursor=", "cursor.invalid"),
    ] {
        let refused = admin.get(&format!("{PEOPLE}?{query}")).await.expect(400);
        assert_eq!(refused.code(), code, "{query}");
    }
}
