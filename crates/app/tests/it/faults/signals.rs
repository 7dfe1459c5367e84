//! fault:F35 — a server that is asked to stop under load ends in order, and what
//! it acknowledged stands.

use std::time::Duration;

use super::load::{Crowd, program};

/// fault:F35
#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_ends_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let program = program(folder.path());
    let mut server = program.start(&["serve"]).await;
    let crowd = Crowd::new("person", 6);
    for _ in 0..3 {
        let url = server.url();
        let stop = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let ended = server.terminate().await;
            assert!(ended.success(), "{ended}");
        };
        crowd.work(&url, stop).await;
        server.start_again().await;
        crowd.check(&server).await;
    }
    let (acknowledged, faults) = crowd.tally().await;
    assert!(faults.is_empty(), "{faults:?}");
    assert!(
        acknowledged > 20,
        "only {acknowledged} effects were acknowledged"
    );
}
