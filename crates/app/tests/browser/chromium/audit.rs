//! Every page is judged in each language, scheme and width: by axe-core, by
//! HTML_CodeSniffer, by the browser's own complaints and by a ruler.

use std::collections::HashMap;

use tollgate_browser::{Eyes, Visitor};

use crate::{
    registry::{Move, Sight, Who, sights},
    stage::{ADMIN, PERSON, Stage},
};

/// The narrowest window that must do, and an ordinary one.
const WIDTHS: [u32; 2] = [320, 1280];

/// What a page could read that somebody left in the browser: choices are no secret, and the
/// token of a link waits for the sign-in without which it is good for nothing.
const KEPT: &str = "(async () => [
    ...document.cookie.split('; ').filter((one) => one && !/^(lang|theme)=/.test(one)),
    ...Object.keys(localStorage),
    ...Object.keys(sessionStorage).filter((one) => one !== '/verify'),
    ...(await indexedDB.databases()).map((one) => one.name),
    ...(await caches.keys()),
].join(' '))()";

/// asvs:V14.3.3
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn every_page_is_faultless_in_english() {
    judge_all("en", "ltr").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn every_page_is_faultless_in_arabic() {
    judge_all("ar", "rtl").await;
}

async fn judge_all(language: &'static str, direction: &str) {
    let eyes = Eyes {
        language,
        ..Eyes::default()
    };
    let fresh = Stage::fresh().await;
    let set_up = Stage::set_up().await;
    let mut faults = Vec::new();
    let mut waiting = HashMap::new();
    for sight in sights() {
        let stage = if sight.who == Who::First {
            &fresh
        } else {
            &set_up
        };
        // Who only looks can look at the next page too.
        let waits = if sight.only_looks() {
            waiting.remove(&sight.who)
        } else {
            None
        };
        let visitor = match waits {
            Some(visitor) => visitor,
            None => arrive(stage, sight.who, eyes).await,
        };
        let found = judge(stage, sight, &visitor, eyes, direction).await;
        if sight.only_looks() && found.is_empty() {
            waiting.insert(sight.who, visitor);
        }
        faults.extend(found.iter().map(|it| format!("{} · {it}", sight.name)));
    }
    let (count, faults) = (faults.len(), faults.join("\n"));
    assert!(count == 0, "{count} faults in {language}:\n{faults}");
}

async fn arrive(stage: &Stage, who: Who, eyes: Eyes) -> Visitor {
    match who {
        Who::First | Who::Stranger => stage.visitor(eyes).await,
        Who::Person => stage.signed_in(PERSON, eyes).await,
        Who::Admin => stage.signed_in(ADMIN, eyes).await,
    }
}

/// What is wrong with a page.
async fn judge(
    stage: &Stage,
    sight: &Sight,
    visitor: &Visitor,
    eyes: Eyes,
    direction: &str,
) -> Vec<String> {
    visitor.look(eyes).await;
    go(visitor, stage, sight.way).await;

    let mut faults = Vec::new();
    let html = "document.documentElement.lang + ' ' + (document.documentElement.dir || 'ltr')";
    let (said, wanted) = (
        visitor.evaluate(html).await,
        format!("{} {direction}", eyes.language),
    );
    if said != wanted {
        faults.push(format!("is in {said}, not in {wanted}"));
    }
    for (width, dark) in WIDTHS.into_iter().flat_map(|it| [(it, false), (it, true)]) {
        visitor
            .look(Eyes {
                width,
                dark,
                ..eyes
            })
            .await;
        let mut found = if dark {
            visitor.contrast_faults().await
        } else {
            visitor.accessibility_faults().await
        };
        found.extend(visitor.sideways().await);
        let scheme = if dark { "dark" } else { "light" };
        faults.extend(found.iter().map(|it| format!("{scheme}, {width} px: {it}")));
    }
    let kept = visitor.evaluate(KEPT).await;
    if kept != "" {
        faults.push(format!("keeps {kept} in the browser"));
    }
    faults.extend(stage.misdeeds(visitor));
    faults
}

async fn go(visitor: &Visitor, stage: &Stage, way: &[Move]) {
    for step in way {
        match step {
            Move::Open(path) => visitor.open(&stage.url(&stage.filled(path).await)).await,
            Move::Send(fields) => visitor.send(fields).await,
            Move::SendTo(action) => visitor.send_to(&stage.filled(action).await).await,
        }
    }
}
