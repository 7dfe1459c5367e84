//! The guest who only looks: whatever is opened, nothing changes.

use std::collections::BTreeSet;

use axum::{body::Body, http::Method};
use tollgate_base::access::Principal;
use tollgate_flows::audit;
use tollgate_testkit::house::House;

use super::{doors, filled};
use crate::support::house;

/// What reading is told by.
const READING: [&str; 4] = [
    "access.reported",
    "account.exported",
    "audit.exported",
    "audit.read",
];

/// What happened up to now. A change without an event is none.
async fn happened(house: &House) -> Vec<String> {
    house.node.settle().await;
    let trail = audit::export(&house.node.ctx, &Principal::Operator, (0, 1_000)).await;
    let kinds = trail.unwrap().into_iter().map(|event| event.kind);
    kinds.filter(|kind| !READING.contains(&&**kind)).collect()
}

/// Every address is opened by an administrator, who may do everything there is.
///
/// asvs:V3.5.3
#[tokio::test]
async fn looking_at_whatever_there_is_changes_nothing() {
    let house = house().await;
    let (admin, ann) = (house.admin().await, house.person("ann").await);
    let before = happened(&house).await;
    let paths: BTreeSet<String> = doors().into_iter().map(|(_, path)| path).collect();
    assert!(paths.len() > 100, "{}", paths.len());
    for path in paths {
        let at = filled(&path, &ann.id, &ann.session);
        // As a server does twice a second, however slow the machine is.
        house.node.follow().await;
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            let answer = admin.client.send(method, &at, Body::empty(), None).await;
            assert!(answer.status.as_u16() < 500, "{at}: {}", answer.text);
        }
    }
    assert_eq!(happened(&house).await, before);
    for client in [admin.client, ann.client] {
        client.get("/api/v1/me").await.expect(200);
    }
}
