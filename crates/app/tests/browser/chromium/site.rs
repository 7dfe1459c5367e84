//! Pages of ours on an app's own host, where all but `/.tollgate/` is the app's.

use tollgate_browser::{Eyes, Key};

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn a_refusal_on_an_apps_host_looks_like_every_other() {
    let stage = Stage::set_up().await;
    let app = stage.app("wiki").await;
    let visitor = stage.visitor(Eyes::default()).await;
    visitor.open(&stage.url("/nowhere")).await;
    let card = "(() => { const card = getComputedStyle(document.querySelector('.card')); \
        return [card.backgroundColor, card.borderRadius, card.padding].join(' '); })()";
    let usual = visitor.evaluate(card).await;

    let visitor = stage.visitor(Eyes::default()).await;
    let at = format!("{app}/.tollgate/land?ticket=x&again=1");
    visitor.open(&at).await;
    let text = visitor.text().await;
    assert!(text.contains("gate.cookies"), "{text}");
    assert_eq!(visitor.evaluate(card).await, usual);
    for asked in visitor.requests() {
        let ours = format!("{app}/.tollgate/");
        assert!(asked.url.starts_with(&ours), "{} is the app's", asked.url);
    }
    for dark in [false, true] {
        let eyes = Eyes {
            width: 320,
            dark,
            ..Eyes::default()
        };
        visitor.look(eyes).await;
        let mut faults = visitor.accessibility_faults().await;
        faults.extend(visitor.sideways().await);
        assert!(faults.is_empty(), "{faults:#?}");
    }
    assert_eq!(visitor.complaints(), [""; 0]);
    visitor.tab_to("link", "Tollgate").await;
    visitor.follow(Key::Enter).await;
    assert_eq!(visitor.heading().await, "Sign in", "on our own host");
}
