//! The pictures of the manual: taken by `cargo xtask screenshots`, and on any
//! other day only tried, so that they can be taken again.

use std::fs;

use tollgate_browser::Eyes;
use tollgate_testkit::services::screenshots;

use crate::stage::Stage;

/// No picture may weigh more, nor all of them together.
const ONE_MOST: usize = 160 * 1024;
const ALL_MOST: usize = 1024 * 1024;

/// Twice as sharp as the page, for dense screens.
const DAY: Eyes = Eyes {
    width: 960,
    height: 720,
    density: 2,
    dark: false,
    language: "en",
    script: true,
};
const NIGHT: Eyes = Eyes { dark: true, ..DAY };
const ARABIC: Eyes = Eyes {
    language: "ar",
    ..DAY
};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn the_pictures_of_the_manual_can_be_taken() {
    let fresh = Stage::fresh().await;
    let (sample, admin) = Stage::sample().await;
    let mut pictures = Vec::new();
    for (name, stage, path, eyes) in [
        ("setup", &fresh, "/setup#{setup}", DAY),
        ("signin", &sample, "/signin", DAY),
        ("signin-dark", &sample, "/signin", NIGHT),
        ("signin-arabic", &sample, "/signin", ARABIC),
    ] {
        let visitor = stage.visitor(eyes).await;
        visitor.open(&stage.url(&stage.filled(path).await)).await;
        pictures.push((name, visitor.screenshot().await));
    }
    let visitor = sample.signed_in(&admin, DAY).await;
    for (name, path) in [
        ("me", "/me"),
        ("admin", "/admin"),
        ("people", "/admin/people?role=manager"),
    ] {
        visitor.open(&sample.url(path)).await;
        pictures.push((name, visitor.screenshot().await));
    }
    for (name, picture) in &pictures {
        println!("{name}.png: {} bytes", picture.len());
        if let Some(folder) = screenshots() {
            fs::write(folder.join(format!("{name}.png")), picture).unwrap();
        }
    }
    let heavy = pictures.iter().find(|(_, it)| it.len() > ONE_MOST);
    assert!(heavy.is_none(), "{}", heavy.unwrap().0);
    let all: usize = pictures.iter().map(|(_, it)| it.len()).sum();
    assert!(all <= ALL_MOST, "{all} bytes together");
}
