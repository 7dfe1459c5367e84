//! Visitors who say that they are somebody else.

use tollgate_testkit::services::{ProxyKind, Seen};

use super::scene::{EMAIL, NAME, Scene, USER};

/// What we say of a visitor.
const IDENTITY: [&str; 6] = [
    "remote-user",
    "remote-email",
    "remote-name",
    "remote-groups",
    "remote-id",
    "tollgate-identity",
];

/// Every header that some app may take for `name`: apps fold case, and some
/// read any punctuation as a hyphen.
fn taken_for<'s>(seen: &'s Seen, name: &str) -> Vec<&'s str> {
    let plain = |text: &str| {
        text.to_lowercase()
            .replace(|c: char| !c.is_ascii_alphanumeric(), "-")
    };
    let headers = seen.headers.iter();
    headers
        .filter(|(other, _)| plain(other) == name)
        .map(|(_, value)| value.as_str())
        .collect()
}

/// `name` in every disguise that a header may wear.
fn disguises(kind: ProxyKind, name: &str) -> Vec<String> {
    let capital = |text: &str| text[..1].to_uppercase() + &text[1..];
    let (first, second) = name.split_once('-').unwrap();
    let mut disguises = vec![
        name.to_owned(),
        name.to_uppercase(),
        format!("{}-{}", capital(first), capital(second)),
        format!("{first}-{}", second.to_uppercase()),
        format!("{first}_{second}"),
        format!("{}_{}", capital(first), capital(second)),
        name.to_uppercase().replace('-', "_"),
        format!("{first}.{second}"),
    ];
    // Traefik removes headers by name alone; the manual says so.
    if kind != ProxyKind::Traefik {
        disguises.extend(["~", "!", "^", "|"].map(|sign| format!("{first}{sign}{second}")));
    }
    disguises
}

/// vuln:97, vuln:101, vuln:104
pub(super) async fn nobody_speaks_in_our_name(kind: ProxyKind) {
    let scene = Scene::new(kind).await;
    let (_, cookie) = scene.visitor().await;
    let mut forged = Vec::new();
    for name in IDENTITY {
        for disguise in disguises(kind, name) {
            forged.push(format!("{disguise}: root\r\n"));
            forged.push(format!(
                "{disguise}:\r\n{disguise}: root\r\n{disguise}: admin\r\n"
            ));
        }
        // Headers that the visitor has the next hop drop, so that ours are missing.
        forged.push(format!("Connection: {name}\r\n"));
        forged.push(format!(
            "Connection: close, {}\r\n{name}: root\r\n",
            name.to_uppercase()
        ));
    }
    let everything = forged
        .iter()
        .filter(|it| !it.starts_with("Connection"))
        .cloned();
    forged.push(everything.take(30).collect());
    for lines in &forged {
        let stranger = scene.get("/public", lines).await;
        if stranger.status == 200 {
            let seen = scene.seen();
            for name in IDENTITY {
                let said = taken_for(&seen, name).concat();
                assert_eq!(said, "", "{name} after {lines:?}: {seen:#?}");
            }
        } else {
            // A proxy may refuse such a request as a whole.
            assert_eq!(stranger.status, 400, "{lines:?}");
            scene.unseen(lines);
        }
        let ann = scene.get("/", &format!("{cookie}{lines}")).await;
        if ann.status == 200 {
            let seen = scene.seen();
            let said = IDENTITY.map(|name| taken_for(&seen, name).join("|"));
            let [user, email, name, groups, id, statement] = said.each_ref().map(String::as_str);
            assert_eq!(
                [user, email, name, groups],
                [USER, EMAIL, NAME, "default"],
                "after {lines:?}: {seen:#?}"
            );
            // One signed statement, and one id.
            assert!(
                statement.split('.').count() == 3 && !statement.contains('|'),
                "{statement} after {lines:?}"
            );
            assert!(
                id.starts_with("usr_") && !id.contains('|'),
                "{id} after {lines:?}"
            );
        } else {
            assert_eq!(ann.status, 400, "{lines:?}");
            scene.unseen(lines);
        }
    }
}
