//! The pages for apps behind the gate: a site is added, ruled, tried and removed
//! without script, and nothing that was typed is lost on the way.

use serde_json::json;
use tollgate_base::access::Role;
use tollgate_flows::Draft;
use tollgate_testkit::house::{Client, House};

use crate::{
    account_pages::{browser, leads_to, send, submit},
    support::house,
};

/// A rule's fields, as a form sends them.
fn rule(place: usize, path: &str, methods: &str, who: &str, people: &str) -> String {
    format!(
        "&path-{place}={path}&methods-{place}={methods}&who-{place}={who}&people-{place}={people}"
    )
}

fn site(name: &str, rules: &[String]) -> String {
    let url = format!("https%3A%2F%2F{name}.example.org");
    format!("name={name}&url={url}&version=1{}", rules.concat())
}

async fn admin(house: &House) -> Client {
    house.admin().await;
    browser(house, "admin@example.org").await
}

/// Where a form leads, without what it says there.
fn at(answer: &tollgate_testkit::house::Answer) -> String {
    let location = answer.header("location");
    location.split('?').next().unwrap().to_owned()
}

/// Set in the configuration, by their names.
fn configure(house: &House, names: &[&str]) -> Vec<String> {
    let mut policy = (*house.node.ctx.policy()).clone();
    let site = |name: &&str| {
        let draft = Draft {
            name: (*name).to_owned(),
            url: format!("https://{name}.example.org"),
            identity_token: false,
            rules: None,
        };
        draft.configured().unwrap()
    };
    policy.sites = names.iter().map(site).collect();
    let ids = policy
        .sites
        .iter()
        .map(|site| site.id.to_string())
        .collect();
    house.node.ctx.set_policy(policy);
    ids
}

#[tokio::test]
async fn a_site_is_added_changed_and_removed() {
    let house = house().await;
    let admin = admin(&house).await;
    let empty = admin.get("/admin/sites").await.expect(200).text;
    assert!(empty.contains("No app is behind the gate yet") && empty.contains("/admin/sites/new"));
    let fresh = admin.get("/admin/sites/new").await.expect(200).text;
    assert!(fresh.contains("name=\"path-0\"") && fresh.contains("value=\"signed-in\" selected"));

    let rules = [
        rule(
            0,
            "%2Fadmin",
            "",
            "role%3Aadmin",
            "ann%40example.org%2C+ben",
        ),
        rule(1, "%2F", "get%2C+POST", "signed-in", ""),
    ];
    let made = submit(&admin, "/admin/sites/new", &site("notes", &rules)).await;
    let notes = at(&made);
    leads_to(&admin, made, "The site is added.").await;
    let stored = house.someone("root", Role::Admin).await.client;
    let stored = stored.get("/api/v1/sites").await.expect(200).json();
    assert_eq!(
        stored["data"][0]["rules"],
        json!([
            { "path": "/admin", "methods": [], "allow": ["role:admin", "user:ann@example.org", "user:ben"] },
            { "path": "/", "methods": ["GET", "POST"], "allow": ["signed-in"] },
        ])
    );
    let list = admin.get("/admin/sites").await.expect(200).text;
    for said in [
        "notes",
        "https://notes.example.org",
        "GET, POST /",
        "Administrators",
    ] {
        assert!(list.contains(said), "the list does not say {said}");
    }

    // The form shows what is stored, and saving it as it is changes nothing.
    let form = admin.get(&format!("{notes}/edit")).await.expect(200).text;
    assert!(form.contains("value=\"ann@example.org, ben\"") && form.contains("GET, POST"));
    let other = [rule(0, "%2F", "", "anyone", "")];
    let saved = submit(&admin, &format!("{notes}/edit"), &site("notes", &other)).await;
    leads_to(&admin, saved, "Anyone, strangers too").await;

    let sure = admin.get(&format!("{notes}/remove")).await.expect(200).text;
    assert!(sure.contains("Remove notes?") && sure.contains("https://notes.example.org"));
    send(&admin, &format!("{notes}/remove"), "form_token=x")
        .await
        .expect(403);
    let gone = submit(&admin, &format!("{notes}/remove"), "").await;
    leads_to(&admin, gone, "The site is removed.").await;
    admin.get(&notes).await.expect(404);
}

#[tokio::test]
async fn rules_are_put_in_order_before_anything_is_saved() {
    let house = house().await;
    let admin = admin(&house).await;
    let rules = [
        rule(0, "%2Fa", "", "anyone", ""),
        rule(1, "%2Fb", "", "signed-in", "ann"),
        rule(2, "%2Fc", "", "", ""),
    ];
    let made = submit(&admin, "/admin/sites/new", &site("notes", &rules)).await;
    let edit = format!("{}/edit", at(&made.expect(303)));
    let form = site("wiki", &rules);
    for (button, order) in [
        ("up-1", "/b /a /c"),
        ("down-1", "/a /c /b"),
        ("up-0", "/a /b /c"),
        ("down-2", "/a /b /c"),
        ("remove-0", "/b /c"),
        ("remove-9", "/a /b /c"),
        ("add", "/a /b /c /"),
    ] {
        let page = submit(&admin, &edit, &format!("{form}&do={button}")).await;
        let page = page.expect(200).text;
        let paths: Vec<&str> = page
            .split("name=\"path-")
            .skip(1)
            .map(|rest| {
                rest.split("value=\"")
                    .nth(1)
                    .unwrap()
                    .split('"')
                    .next()
                    .unwrap()
            })
            .collect();
        assert_eq!(paths.join(" "), order, "{button}");
        assert!(page.contains("value=\"wiki\"") && page.contains("Not saved yet"));
    }
    let still = admin.get(&edit).await.expect(200).text;
    assert!(still.contains("value=\"notes\"") && !still.contains("Not saved yet"));
}

#[tokio::test]
async fn what_was_typed_stays_when_it_is_refused() {
    let house = house().await;
    let admin = admin(&house).await;
    let rules = [
        rule(0, "%2Ffine", "", "anyone", ""),
        rule(1, "odd", "%3F", "anyone", "a%40b%40c"),
    ];
    let refused = submit(
        &admin,
        "/admin/sites/new",
        &format!("name=&url=notes&identity_token=on{}", rules.concat()),
    )
    .await
    .expect(400)
    .text;
    for fault in [
        "name-fault",
        "url-fault",
        "path-1-fault",
        "methods-1-fault",
        "people-1-fault",
    ] {
        assert!(refused.contains(&format!("id=\"{fault}\"")), "no {fault}");
    }
    assert!(!refused.contains("path-0-fault"));
    for typed in [
        "value=\"notes\"",
        "value=\"odd\"",
        "value=\"/fine\"",
        "value=\"a@b@c\"",
        " checked",
    ] {
        assert!(refused.contains(typed), "lost {typed}");
    }
    let german = admin.clone().with("accept-language", "de");
    let odd = format!("name=x&url=notes{}", rules.concat());
    let told = submit(&german, "/admin/sites/new", &odd).await.expect(400);
    assert!(told.text.contains("Ein Pfad wie /admin"));

    // Somebody else was faster.
    let fine = [rule(0, "%2F", "", "anyone", "")];
    let made = submit(&admin, "/admin/sites/new", &site("notes", &fine)).await;
    let edit = format!("{}/edit", at(&made.expect(303)));
    let other = [rule(0, "%2Fother", "", "signed-in", "")];
    submit(&admin, &edit, &site("notes", &other))
        .await
        .expect(303);
    let late = submit(&admin, &edit, &site("mine", &fine))
        .await
        .expect(412)
        .text;
    assert!(
        late.contains("Somebody changed this site meanwhile") && late.contains("value=\"mine\"")
    );
    assert!(late.contains("name=\"version\" value=\"2\""));
    let again = site("mine", &fine).replace("version=1", "version=2");
    leads_to(&admin, submit(&admin, &edit, &again).await, "mine").await;
    let twice = submit(&admin, "/admin/sites/new", &site("mine", &fine)).await;
    assert!(
        twice
            .expect(409)
            .text
            .contains("There is a site of this name")
    );
    let nobody = again.replace("version=2", "version=x");
    submit(&admin, &edit, &nobody).await.expect(412);
}

#[tokio::test]
async fn a_visit_is_tried_as_the_gate_would_decide() {
    let house = house().await;
    let (admin, ann) = (admin(&house).await, house.person("ann").await);
    let rules = [
        rule(0, "%2Fadmin", "", "role%3Aadmin", ""),
        rule(1, "%2F", "GET", "signed-in", ""),
    ];
    let made = submit(&admin, "/admin/sites/new", &site("notes", &rules)).await;
    let notes = at(&made.expect(303));
    let ask = async |query: &str| admin.get(&format!("{notes}?{query}")).await;
    for (query, verdict, why) in [
        ("visit=%2Fadmin", "Asked to sign in.", "Rule 1 decides."),
        (
            "visit=%2Fadmin&as=ann%40example.org",
            "Refused.",
            "Rule 1 decides.",
        ),
        (
            "visit=x&as=ann%40example.org&method=head",
            "Allowed.",
            "Rule 2 decides.",
        ),
        ("visit=%2F&method=POST", "Refused.", "No rule fits."),
        (
            "visit=%2FADMIN&as=ann%40example.org",
            "Refused.",
            "in one of them rule 1",
        ),
        (
            "visit=https%3A%2F%2Fx.example%2F",
            "Refused.",
            "No site is registered",
        ),
    ] {
        let page = ask(query).await.expect(200).text;
        let told = page.split("id=\"test\"").nth(1).unwrap();
        assert!(
            told.contains(verdict) && told.contains(why),
            "{query}: {told}"
        );
        let marked = page
            .split("class=\"marked\"")
            .nth(1)
            .and_then(|rest| rest.split('>').nth(2));
        let number = why.chars().find(char::is_ascii_digit).map(String::from);
        let marked = marked.and_then(|cell| cell.split('<').next());
        assert_eq!(marked, number.as_deref(), "{query}");
    }
    let by_id = ask(&format!("visit=%2F&as={}", ann.id)).await.expect(200);
    assert!(by_id.text.contains("Allowed."));
    for nobody in [
        "nobody%40example.org",
        "a%40b%40c",
        "usr_01k3bq7k3vf0q8s6r2c4e5g6h7",
    ] {
        let page = ask(&format!("visit=%2F&as={nobody}")).await.text;
        assert!(
            page.contains("id=\"as-fault\"") && page.contains("value=\"/\""),
            "{nobody}"
        );
    }
}

#[tokio::test]
async fn what_the_configuration_sets_is_shown_and_not_changed() {
    let house = house().await;
    let admin = admin(&house).await;
    let id = configure(&house, &["wiki"]).remove(0);
    let at = format!("/admin/sites/{id}");
    let page = admin.get(&at).await.expect(200).text;
    assert!(page.contains("This site is set in <code dir=\"ltr\">tollgate.toml</code>"));
    assert!(!page.contains(&format!("{at}/edit")) && !page.contains(&format!("{at}/remove")));
    admin.get(&format!("{at}/edit")).await.expect(409);
    let rules = [rule(0, "%2F", "", "anyone", "")];
    submit(&admin, &format!("{at}/edit"), &site("wiki", &rules))
        .await
        .expect(409);
    submit(&admin, &format!("{at}/remove"), "")
        .await
        .expect(409);
    assert!(
        admin
            .get("/admin/sites")
            .await
            .text
            .contains("tollgate.toml")
    );
}

#[tokio::test]
async fn a_list_of_sites_is_searched_sorted_and_taken_along() {
    let house = house().await;
    let admin = admin(&house).await;
    configure(&house, &["zoo"]);
    let fine = [rule(0, "%2F", "", "anyone", "")];
    for number in 0..30 {
        let form = site(&format!("app{number:02}"), &fine);
        submit(&admin, "/admin/sites/new", &form).await.expect(303);
    }
    let first = admin
        .get("/admin/sites?q=APP&from=database")
        .await
        .expect(200)
        .text;
    assert!(first.contains("app24") && !first.contains("app25") && !first.contains("zoo"));
    let next = first
        .split("rel=\"next\"")
        .next()
        .unwrap()
        .rsplit("href=\"")
        .next()
        .unwrap();
    let next = next.split('"').next().unwrap().replace("&#38;", "&");
    assert!(
        next.contains("q=APP") && next.contains("from=database"),
        "{next}"
    );
    let second = admin.get(&next).await.expect(200).text;
    assert!(
        second.contains("app25") && !second.contains("app24") && !second.contains("rel=\"next\"")
    );
    let back = admin.get("/admin/sites?sort=-name").await.text;
    assert!(
        back.contains("aria-sort=\"descending\"")
            && back.contains("zoo")
            && !back.contains("app04")
    );
    let none = admin.get("/admin/sites?q=nothing").await.text;
    assert!(none.contains("No such site") && none.contains("href=\"/admin/sites\""));
    let file = admin
        .get("/admin/sites.csv?q=app&sort=-name")
        .await
        .expect(200);
    let lines: Vec<&str> = file.text.lines().collect();
    assert_eq!(lines.len(), 31);
    assert!(
        lines[1].contains("\"app29\"") && lines[1].contains("\"/ for anyone\""),
        "{}",
        lines[1]
    );
}

#[tokio::test]
async fn the_text_for_a_proxy_is_that_of_the_command() {
    let house = house().await;
    let admin = admin(&house).await;
    let made = submit(&admin, "/admin/sites/new", &site("notes", &[])).await;
    let at = format!("{}/snippet", at(&made.expect(303)));
    for (proxy, line) in [
        ("nginx", "server_name notes.example.org;"),
        ("caddy", "forward_auth 127.0.0.1:8700 {"),
        (
            "traefik",
            "address: http://127.0.0.1:8700/api/authz/traefik",
        ),
        ("envoy", "path_prefix: /api/authz/envoy"),
    ] {
        let page = admin
            .get(&format!("{at}?for={proxy}"))
            .await
            .expect(200)
            .text;
        assert!(page.contains(line), "{proxy}");
    }
    let filled =
        format!("{at}?for=caddy&upstream=http%3A%2F%2F10.0.0.7%3A81&tollgate=http%3A%2F%2Ftg%3A1");
    let page = admin.get(&filled).await.expect(200).text;
    assert!(page.contains("reverse_proxy 10.0.0.7:81") && page.contains("forward_auth tg:1"));
    let page = admin
        .get(&format!("{at}?upstream=https%3A%2F%2Fx"))
        .await
        .expect(400)
        .text;
    assert!(page.contains("id=\"upstream-fault\"") && page.contains("value=\"https://x\""));
}

#[tokio::test]
async fn a_manager_does_not_see_sites() {
    let house = house().await;
    house.someone("manager", Role::Manager).await;
    let manager = browser(&house, "manager@example.org").await;
    assert!(!manager.get("/admin").await.text.contains("/admin/sites"));
    manager.get("/admin/sites").await.expect(403);
    let fine = [rule(0, "%2F", "", "anyone", "")];
    submit(&manager, "/admin/sites/new", &site("notes", &fine))
        .await
        .expect(403);
    let moved = format!("{}&do=add", site("notes", &fine));
    submit(&manager, "/admin/sites/new", &moved)
        .await
        .expect(403);
}
