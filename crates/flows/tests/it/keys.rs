//! Signing keys from their making to their removal: no gap between two of
//! them, no token of a removed one, no private half in clear.

use std::{fs, time::Duration};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::Value;
use tollgate_base::{SecretString, access::Principal, hex::hex, id::KeyId};
use tollgate_crypto::seal::{self, Context, MasterKey};
use tollgate_flows::{
    Ctx,
    admit::Credential,
    backup,
    keyring::{self, Begin, JWKS_LIVES},
};
use tollgate_testkit::node::Node;

use crate::support::{
    Bare, TOKENS, accepted, boss, code, enter, join, renew, sign_in, signer, text, tokens, who,
};

const SECOND: Duration = Duration::from_secs(1);

/// asvs:V9.1.1, asvs:V11.1.4
#[tokio::test]
async fn a_key_is_published_before_it_signs_and_accepted_after_it_did() {
    let node = Node::new().await;
    let second = node.second().await;
    let (_, boss) = boss(&node.ctx, "boss").await;
    join(&node.ctx, "ann").await;
    let old = signer(&node.ctx, "access").await;
    let new = rotate(&node.ctx, &boss, Begin::Published).await;
    second.follow().await;
    for node in [&node, &second] {
        assert_eq!(
            published(&node.ctx).await,
            [old.to_string(), new.to_string()]
        );
        assert_eq!(kid(&access(&node.ctx).await), old.to_string());
    }
    node.clock.advance(JWKS_LIVES.saturating_sub(SECOND));
    let last = access(&node.ctx).await;
    assert_eq!(kid(&last), old.to_string());
    node.clock.advance(SECOND);
    for node in [&node, &second] {
        assert_eq!(kid(&access(&node.ctx).await), new.to_string());
        let last = Credential::Access(last.clone());
        assert!(accepted(who(&node.ctx, &last).await));
    }
}

/// fault:F15
#[tokio::test]
async fn on_a_clock_that_was_set_back_behind_it_the_first_key_signs() {
    let node = Node::new().await;
    let (_, boss) = boss(&node.ctx, "boss").await;
    let first = signer(&node.ctx, "access").await;
    rotate(&node.ctx, &boss, Begin::Published).await;
    node.clock
        .set(node.ctx.now().minus(Duration::from_hours(24)));
    join(&node.ctx, "ann").await;
    assert_eq!(kid(&access(&node.ctx).await), first.to_string());
}

/// vuln:23, asvs:V9.1.1
#[tokio::test]
async fn a_key_that_gave_way_at_once_can_be_removed_and_takes_its_tokens_along() {
    let node = Node::new().await;
    let second = node.second().await;
    let (ctx, nodes) = (&node.ctx, [&node, &second]);
    let (_, boss) = boss(ctx, "boss").await;
    join(ctx, "ann").await;
    let (token, refresh) = tokens(&sign_in(ctx, "ann", TOKENS).await);
    let held = Credential::Access(token);
    let old = signer(ctx, "access").await;
    node.clock.advance(SECOND);
    let new = rotate(ctx, &boss, Begin::Now).await;
    assert_eq!(kid(&access(ctx).await), new.to_string());
    for node in nodes {
        node.follow().await;
        assert!(accepted(who(&node.ctx, &held).await));
    }
    keyring::remove(ctx, &boss, old).await.unwrap();
    second.follow().await;
    for node in nodes {
        assert!(!accepted(who(&node.ctx, &held).await));
        assert_eq!(published(&node.ctx).await, [new.to_string()]);
        assert!(accepted(renew(&node.ctx, &refresh).await));
        let fresh = Credential::Access(access(&node.ctx).await);
        assert!(accepted(who(&node.ctx, &fresh).await));
    }
}

#[tokio::test]
async fn who_signs_is_not_removed_and_nobody_else_removes() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    let (_, boss) = boss(ctx, "boss").await;
    join(ctx, "ann").await;
    let (_, ann) = enter(ctx, "ann").await;
    let old = signer(ctx, "access").await;
    let next = rotate(ctx, &boss, Begin::Published).await;
    for purpose in ["access", "chatbot"] {
        let in_use = signer(ctx, purpose).await;
        let refusal = keyring::remove(ctx, &boss, in_use).await;
        assert_eq!(code(&refusal), "key.in_use");
    }
    assert_eq!(
        code(&keyring::remove(ctx, &ann, next).await),
        "access.denied"
    );
    let asked = ("access".to_owned(), Begin::Now);
    assert_eq!(
        code(&keyring::rotate(ctx, &ann, asked).await),
        "access.denied"
    );
    assert_eq!(code(&keyring::list(ctx, &ann, ()).await), "access.denied");
    let unknown = ("cookies".to_owned(), Begin::Now);
    assert_eq!(
        code(&keyring::rotate(ctx, &boss, unknown).await),
        "key.missing"
    );
    // One that does not sign yet may go, once.
    keyring::remove(ctx, &boss, next).await.unwrap();
    assert_eq!(
        code(&keyring::remove(ctx, &boss, next).await),
        "key.missing"
    );
    node.clock.advance(JWKS_LIVES);
    assert_eq!(signer(ctx, "access").await, old);
}

/// asvs:V13.3.1, asvs:V11.1.1
#[tokio::test]
async fn private_halves_are_sealed_to_master_key_and_row_and_nowhere_in_clear() {
    let node = Node::new().await;
    let bare = Bare::new(&node.ctx, [7; 32], node.clock.clone()).await;
    bare.load_keys().await;
    let backup = bare.folder.path().join("backup");
    backup::write(&bare.ctx, &Principal::Operator, backup)
        .await
        .unwrap();
    let (master, other) = (
        MasterKey::from_bytes(&[7; 32]),
        MasterKey::from_bytes(&[8; 32]),
    );
    let sql = "SELECT id, algorithm, sealed FROM signing_keys ORDER BY purpose";
    let rows = bare.ctx.db().rows(sql, vec![]).await.unwrap();
    assert_eq!(rows.len(), 3);
    for row in &rows {
        let (id, sealed): (String, Vec<u8>) = (row.get("id").unwrap(), row.get("sealed").unwrap());
        let place = |row| Context {
            table: "signing_keys",
            column: "sealed",
            row,
        };
        assert!(seal::open(&other, &place(&id), &sealed).is_err());
        assert!(seal::open(&master, &place("key_other"), &sealed).is_err());
        let private = seal::open(&master, &place(&id), &sealed).unwrap();
        let core = match row.get::<String>("algorithm").unwrap().as_str() {
            // RFC 8410: the seed lies behind 16 bytes that say what it is.
            "EdDSA" => &private[16..48],
            _ => &private[..],
        };
        assert!(!on_disk(&bare, core), "{id}");
        assert!(on_disk(&bare, &sealed), "the search itself works");
    }
}

async fn rotate(ctx: &Ctx, by: &Principal, begin: Begin) -> KeyId {
    let request = ("access".to_owned(), begin);
    keyring::rotate(ctx, by, request).await.unwrap()
}

/// The `kid`s of the key set, those that sign first in front, without the key
/// that signs what apps are told.
async fn published(ctx: &Ctx) -> Vec<String> {
    let (set, identity) = (
        keyring::jwks(ctx),
        signer(ctx, "identity").await.to_string(),
    );
    let kid = |key: &Value| key["kid"].as_str().unwrap().to_owned();
    let all = set["keys"].as_array().unwrap().iter().map(kid);
    all.filter(|kid| *kid != identity).collect()
}

/// A new access token of ann's.
async fn access(ctx: &Ctx) -> SecretString {
    tokens(&sign_in(ctx, "ann", TOKENS).await).0
}

fn kid(token: &SecretString) -> String {
    let header = text(token).split('.').next().unwrap();
    let header = URL_SAFE_NO_PAD.decode(header).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

/// Whether bytes lie in a file of the installation, as they are or encoded.
fn on_disk(bare: &Bare, bytes: &[u8]) -> bool {
    let spelled = [
        bytes.to_vec(),
        hex(bytes).into_bytes(),
        STANDARD.encode(bytes).into_bytes(),
        URL_SAFE_NO_PAD.encode(bytes).into_bytes(),
    ];
    let mut files = fs::read_dir(bare.folder.path()).unwrap();
    files.any(|file| {
        let path = file.unwrap().path();
        let content = if path.is_file() {
            fs::read(path).unwrap()
        } else {
            Vec::new()
        };
        let holds = |spelled: &Vec<u8>| content.windows(spelled.len()).any(|part| part == spelled);
        spelled.iter().any(holds)
    })
}
