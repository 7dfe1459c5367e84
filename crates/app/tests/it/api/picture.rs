//! Pictures over the wire: uploaded as one file, sent as another, to whom they
//! may be shown.

use axum::{body::Body, http::Method};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::json;
use tollgate_base::access::Role;
use tollgate_testkit::house::{Answer, Client};

use super::browser;
use crate::support::house;

const MINE: &str = "/api/v1/me/picture";

/// A file of one colour.
fn picture(red: u8) -> Vec<u8> {
    let plain: DynamicImage = RgbImage::from_pixel(300, 200, Rgb([red, 9, 9])).into();
    let mut file = std::io::Cursor::new(Vec::new());
    plain.write_to(&mut file, ImageFormat::WebP).unwrap();
    file.into_inner()
}

async fn put(client: &Client, file: impl Into<Body>, media_type: &str) -> Answer {
    client
        .send(Method::PUT, MINE, file.into(), Some(media_type))
        .await
}

/// asvs:V3.2.1, vuln:133, asvs:V5.2.2, asvs:V5.3.1, asvs:V5.4.1
#[tokio::test]
async fn a_picture_goes_in_and_comes_out_as_another_file() {
    let house = house().await;
    let ann = house.person("ann").await;
    assert_eq!(
        ann.client.get(MINE).await.expect(404).code(),
        "picture.missing"
    );
    let before = ann.client.get("/api/v1/me").await;
    let upload = picture(200);
    // What it is called does not matter: it is looked at.
    let changed = put(&ann.client, upload.clone(), "image/gif")
        .await
        .expect(200);
    assert_ne!(before.header("etag"), changed.header("etag"));
    let at = format!("/api/v1/people/{}/picture", ann.id);
    assert_eq!(changed.json()["uploaded_picture"], at);

    for path in [MINE, &at] {
        let shown = ann.client.get(path).await.expect(200);
        assert_eq!(shown.header("content-type"), "image/png");
        assert_eq!(shown.header("x-content-type-options"), "nosniff");
        assert_eq!(
            shown.header("content-security-policy"),
            "default-src 'none'; sandbox"
        );
        assert_eq!(
            shown.header("content-disposition"),
            "attachment; filename=\"picture.png\""
        );
        assert_eq!(shown.header("cache-control"), "private, no-cache");
        let small = image::load_from_memory(&shown.bytes).unwrap();
        assert_eq!((small.width(), small.height()), (256, 256));
        let tag = shown.header("etag");
        let known = ann.client.clone().with("if-none-match", tag);
        assert!(known.get(path).await.expect(304).bytes.is_empty());
        put(&ann.client, picture(20), "image/png").await.expect(200);
        let other = known.get(path).await.expect(200);
        assert_ne!((other.header("etag"), &other.bytes), (tag, &shown.bytes));
        put(&ann.client, upload.clone(), "image/png")
            .await
            .expect(200);
    }
    let removed = ann.client.delete(MINE).await.expect(200).json();
    assert!(removed["uploaded_picture"].is_null());
    ann.client.get(MINE).await.expect(404);
    ann.client.delete(MINE).await.expect(200);
}

/// asvs:V1.3.4, vuln:133, asvs:V5.2.1, asvs:V5.2.2
#[tokio::test]
async fn what_is_no_picture_is_refused_and_the_old_one_stays() {
    let house = house().await;
    let ann = house.person("ann").await.client;
    put(&ann, picture(9), "image/webp").await.expect(200);
    let kept = ann.get(MINE).await.bytes;
    let whole = picture(90);
    for (file, media_type, status, code) in [
        (
            b"<svg onload='x()'/>".to_vec(),
            "image/svg+xml",
            400,
            "picture.kind",
        ),
        (
            whole[..whole.len() / 2].to_vec(),
            "image/webp",
            400,
            "picture.broken",
        ),
        (whole.clone(), "application/json", 415, "request.media_type"),
        (
            whole,
            "multipart/form-data; boundary=x",
            415,
            "request.media_type",
        ),
        (
            vec![0; 5 * 1024 * 1024 + 1],
            "image/png",
            413,
            "request.too_large",
        ),
    ] {
        assert_eq!(
            put(&ann, file, media_type).await.expect(status).code(),
            code
        );
    }
    // A long body is for pictures alone, whatever it says it is.
    let long = Body::from(vec![b' '; 2 * 1024 * 1024]);
    let elsewhere = ann
        .send(Method::PATCH, "/api/v1/me", long, Some("image/png"))
        .await;
    elsewhere.expect(415);
    assert_eq!(ann.get(MINE).await.bytes, kept);
}

#[tokio::test]
async fn a_picture_is_seen_by_those_who_look_after_its_owner() {
    let house = house().await;
    let (ann, bob) = (house.person("ann").await, house.person("bob").await);
    let admin = house.admin().await;
    let manager = house.someone("manager", Role::Manager).await.client;
    put(&ann.client, picture(1), "image/webp").await.expect(200);
    put(&admin.client, picture(2), "image/webp")
        .await
        .expect(200);
    let of = |id: &str| format!("/api/v1/people/{id}/picture");
    bob.client.get(&of(&ann.id)).await.expect(403);
    bob.client.delete(&of(&ann.id)).await.expect(403);
    manager.get(&of(&admin.id)).await.expect(403);
    manager.get(&of(&ann.id)).await.expect(200);
    manager.delete(&of(&ann.id)).await.expect(200);
    assert_eq!(
        admin.client.get(&of(&ann.id)).await.expect(404).code(),
        "picture.missing"
    );
}

/// vuln:65
#[tokio::test]
async fn another_site_cannot_upload_with_our_cookie() {
    let house = house().await;
    house.person("ann").await;
    let page = browser(&house, "ann@example.org", false).await;
    put(&page, picture(1), "image/webp").await.expect(200);
    let lured = page.with("sec-fetch-site", "cross-site");
    assert_eq!(
        put(&lured, picture(2), "image/webp")
            .await
            .expect(403)
            .code(),
        "request.origin"
    );
}

#[tokio::test]
async fn a_picture_leaves_with_its_account() {
    let house = house().await;
    let ann = house.person("ann").await;
    put(&ann.client, picture(1), "image/webp").await.expect(200);
    let export = ann.client.get("/api/v1/me/export").await.expect(200).json();
    let file = export["uploaded_picture"].as_str().unwrap();
    assert!(file.starts_with("data:image/png;base64,iVBOR"), "{file}");
    ann.client.delete("/api/v1/me").await.expect(204);
    let admin = house.admin().await.client;
    let gone = admin
        .get(&format!("/api/v1/people/{}/picture", ann.id))
        .await
        .expect(404);
    assert_eq!(gone.json()["code"], json!("person.missing"));
}
