//! What passes while we are away: nothing.

use tollgate_testkit::services::ProxyKind;

use super::scene::Scene;

/// The proxies' own words for it.
const CLOSED: [u16; 4] = [403, 500, 502, 503];

pub(super) async fn without_us_nobody_passes(kind: ProxyKind) {
    let mut scene = Scene::new(kind).await;
    let (_, cookie) = scene.visitor().await;
    assert_eq!(scene.get("/", &cookie).await.status, 200);
    scene.seen();

    scene.tollgate.kill9().await;
    for (target, lines) in [
        ("/", cookie.as_str()),
        ("/public", ""),
        ("/admin", &cookie),
        ("/", "Accept: text/html\r\n"),
        ("/.tollgate/enter", ""),
    ] {
        let answer = scene.get(target, lines).await;
        assert!(CLOSED.contains(&answer.status), "{target}: {answer:?}");
        scene.unseen(target);
    }

    scene.tollgate.start_again().await;
    assert_eq!(scene.get("/", &cookie).await.status, 200);
    assert_eq!(scene.seen().target, "/");
}
