//! What pages may weigh, for people on slow networks.

use tollgate_browser::Eyes;

use crate::stage::Stage;

/// Everything together, as it comes over the network.
const PAGE_MOST: u64 = 60 * 1024;
/// All scripts together, after gzip.
const SCRIPT_MOST: u64 = 10 * 1024;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn the_sign_in_page_comes_quickly_over_a_bad_network() {
    let stage = Stage::set_up().await;
    let visitor = stage.visitor(Eyes::default()).await;
    visitor.open(&stage.url("/signin")).await;
    let asked = visitor.requests();
    let kinds: Vec<_> = asked.iter().map(|it| it.kind.as_str()).collect();
    assert!(
        kinds.contains(&"Document") && kinds.contains(&"Stylesheet"),
        "{kinds:?}"
    );
    let page: u64 = asked.iter().map(|it| it.bytes).sum();
    let mut script = 0;
    for it in asked.iter().filter(|it| it.kind == "Script") {
        script += visitor.gzipped(&it.url).await;
    }
    println!("sign-in page: {page} bytes, {script} of them packed script");
    assert!(page > 1024 && page <= PAGE_MOST, "{asked:#?}");
    assert!(script <= SCRIPT_MOST, "{asked:#?}");
}
