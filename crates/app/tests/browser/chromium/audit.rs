//! Every page is judged in each language, scheme and width: by axe-core, by
//! HTML_CodeSniffer, by the browser's own complaints and by a ruler.

use tollgate_browser::{Eyes, Visitor};

use crate::{
    registry::{Move, Sight, Who, sights},
    stage::{ADMIN, PERSON, Stage},
};

/// The narrowest window that must do, and an ordinary one.
const WIDTHS: [u32; 2] = [320, 1280];

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
    let fresh = Stage::fresh().await;
    let set_up = Stage::set_up().await;
    let mut faults = Vec::new();
    for sight in sights() {
        let stage = if sight.who == Who::First {
            &fresh
        } else {
            &set_up
        };
        let t0 = std::time::Instant::now();
        let found = judge(stage, sight, language, direction).await;
        eprintln!("TIME {language} {} {}", t0.elapsed().as_millis(), sight.name);
        faults.extend(found.iter().map(|it| format!("{} · {it}", sight.name)));
    }
    let (count, faults) = (faults.len(), faults.join("\n"));
    assert!(count == 0, "{count} faults in {language}:\n{faults}");
}

/// What is wrong with a page.
async fn judge(
    stage: &Stage,
    sight: &Sight,
    language: &'static str,
    direction: &str,
) -> Vec<String> {
    let eyes = Eyes {
        language,
        ..Eyes::default()
    };
    let visitor = match sight.who {
        Who::First | Who::Stranger => stage.visitor(eyes).await,
        Who::Person => stage.signed_in(PERSON, eyes).await,
        Who::Admin => stage.signed_in(ADMIN, eyes).await,
    };
    go(&visitor, stage, sight.way).await;

    let mut faults = Vec::new();
    let html = "document.documentElement.lang + ' ' + (document.documentElement.dir || 'ltr')";
    let (said, wanted) = (
        visitor.evaluate(html).await,
        format!("{language} {direction}"),
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
    faults.extend(stage.misdeeds(&visitor));
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
