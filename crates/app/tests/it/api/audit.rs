//! The audit trail as a client of the API and the reader of its page meet it.

use serde_json::Value;

use crate::{account_pages::browser, support::house};

/// asvs:V16.4.2
#[tokio::test]
async fn the_trail_is_searched_page_by_page_and_taken_out_whole() {
    let house = house().await;
    let admin = house.admin().await;
    for name in ["ann", "bob", "cid"] {
        house.person(name).await;
    }
    house.node.settle().await;
    let found = admin
        .client
        .get("/api/v1/audit?kind=account.created&limit=2")
        .await;
    let first = found.expect(200).json();
    assert_eq!(first["data"].as_array().unwrap().len(), 2);
    assert_eq!(first["data"][0]["class"], "administration");
    let cursor = first["next_cursor"].as_str().unwrap();
    let next = format!("/api/v1/audit?kind=account.created&limit=2&cursor={cursor}");
    let rest = admin.client.get(&next).await.expect(200).json();
    assert_eq!(rest["data"].as_array().unwrap().len(), 2);
    assert_eq!(rest["next_cursor"], Value::Null);
    let other = format!("/api/v1/audit?limit=2&cursor={cursor}");
    assert_eq!(
        admin.client.get(&other).await.expect(400).code(),
        "cursor.invalid"
    );
    for wrong in [
        "kind=no.such",
        "class=all",
        "level=loud",
        "from=today",
        "subject=x",
        "limit=0",
    ] {
        let refused = admin.client.get(&format!("/api/v1/audit?{wrong}")).await;
        assert_eq!(refused.expect(400).code(), "request.invalid", "{wrong}");
    }

    let whole = admin.client.get("/api/v1/audit/export").await.expect(200);
    let lines: Vec<Value> = whole
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let numbers: Vec<i64> = lines
        .iter()
        .map(|line| line["seq"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
    let rest = admin
        .client
        .get("/api/v1/audit/export?after=3&format=csv")
        .await;
    let rest = rest.expect(200).text;
    assert!(rest.starts_with("\"seq\","), "{rest}");
    // That it was taken out is told, and so is each search.
    house.node.settle().await;
    let told = admin
        .client
        .get("/api/v1/audit?kind=audit.exported,audit.read")
        .await;
    let told = told.expect(200).json();
    let forms: Vec<&Value> = told["data"].as_array().unwrap().iter().collect();
    assert!(forms.iter().any(|event| event["data"]["form"] == "csv"));
    assert!(
        forms
            .iter()
            .any(|event| event["data"]["kinds"] == "account.created")
    );
    admin
        .client
        .get("/api/v1/audit/checkpoints")
        .await
        .expect(200);
    admin.client.get("/api/v1/audit/keys").await.expect(200);
}

/// What nobody could mean is refused, and said how it is meant.
#[tokio::test]
async fn a_search_says_which_form_it_wants() {
    let house = house().await;
    let admin = house.admin().await;
    for (asked, field, says) in [
        ("?from=garbage", "/from", "2026-03-01T12:00:00Z"),
        ("?to=2026-03-01", "/to", "2026-03-01T12:00:00Z"),
        ("?class=none", "/class", "sign-ins"),
        ("?level=urgent", "/level", "warn"),
        ("?subject=ann@example.org", "/subject", "usr_"),
        ("?address=nope", "/address", "192.0.2.7"),
        ("/export?after=-1", "/after", "0"),
        ("/checkpoints?after=-1", "/after", "0"),
    ] {
        let path = format!("/api/v1/audit{asked}");
        let refused = admin.client.get(&path).await.expect(400).text;
        assert!(
            refused.contains(field) && refused.contains(says),
            "{refused}"
        );
    }
    let found = admin.client.get("/api/v1/audit?address=2001:DB8::7").await;
    found.expect(200);
}

/// The filters are in the address; a person is found by any of their names, and
/// what people chose to be called is no formula in the file.
///
/// asvs:V16.2.1
#[tokio::test]
async fn the_page_finds_a_person_by_name_and_shows_all_of_an_event() {
    let house = house().await;
    house.admin().await;
    house.person("ann").await;
    house.person("bob").await;
    house.node.settle().await;
    let admin = browser(&house, "admin@example.org").await;
    let page = admin.get("/admin/audit?person=ann@example.org").await;
    let page = page.expect(200).text;
    assert!(
        page.contains("<details>") && page.contains("session.opened"),
        "{page}"
    );
    let none = admin
        .get("/admin/audit?person=ann@example.org&class=operation")
        .await;
    assert!(
        !none.expect(200).text.contains("<details><summary>"),
        "nothing fits"
    );
    let file = admin.get("/admin/audit.csv?kind=account.created").await;
    let file = file.expect(200).text;
    assert_eq!(file.lines().count(), 4, "{file}");
}
