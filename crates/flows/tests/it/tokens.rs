//! Tokens that are almost right: signed claims of wrong types and values, and
//! headers that choose for themselves.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use tollgate_base::{Result, SecretString};
use tollgate_crypto::{
    jwt::{Algorithm, SigningKey, sign, sign_plain},
    seal::{Context, MasterKey, open},
};
use tollgate_flows::{Ctx, admit::Credential, keyring};
use tollgate_testkit::node::{CHATBOT_SECRET, Node};

use crate::support::{
    Bare, TOKENS, accepted, chatbot_key, join, secret, sign_in, text, tokens, who,
};

/// JSON of every type that a claim may wrongly have.
const WRONG: &str = r#"[null, true, [], {}, "", "x", "9999999999", 1.0, -0.5, 1e308,
    9223372036854775808, [1], [""], ["tollgate", "other"]]"#;

/// Claims in their order, where one may stand twice.
struct Pairs(Vec<(String, Value)>);

impl Pairs {
    fn of(claims: &Value) -> Self {
        let claims = claims.as_object().unwrap().clone();
        Self(claims.into_iter().collect())
    }

    /// These without one claim.
    fn without(claims: &Value, name: &str) -> Self {
        let mut pairs = Self::of(claims);
        pairs.0.retain(|(known, _)| known != name);
        pairs
    }

    /// These with one claim of another value.
    fn with(claims: &Value, name: &str, value: impl Into<Value>) -> Self {
        let mut pairs = Self::without(claims, name);
        pairs.0.push((name.to_owned(), value.into()));
        pairs
    }

    /// These with one claim twice.
    fn twice(claims: &Value, name: &str) -> Self {
        let mut pairs = Self::of(claims);
        pairs.0.push((name.to_owned(), claims[name].clone()));
        pairs
    }
}

impl Serialize for Pairs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// An installation whose key for access tokens the story holds.
struct Forge {
    bare: Bare,
    key: SigningKey,
    token: SecretString,
    claims: Value,
}

impl Forge {
    async fn new() -> Self {
        let (node, master) = (Node::new().await, [7; 32]);
        let bare = Bare::new(&node.ctx, master, node.clock.clone()).await;
        let ctx = &bare.ctx;
        bare.load_keys().await;
        let key = steal(ctx, &master).await;
        join(ctx, "ann").await;
        let (token, _) = tokens(&sign_in(ctx, "ann", TOKENS).await);
        let claims = payload(&token);
        Self {
            bare,
            key,
            token,
            claims,
        }
    }

    async fn admits(&self, token: impl Into<String>) -> bool {
        accepted(who(&self.bare.ctx, &Credential::Access(secret(token))).await)
    }

    async fn admits_claims(&self, claims: &impl Serialize) -> bool {
        self.admits(sign(&self.key, "at+jwt", claims).unwrap())
            .await
    }
}

/// Unseal the key that signs access tokens.
async fn steal(ctx: &Ctx, master: &[u8; 32]) -> SigningKey {
    let sql = "SELECT id, sealed FROM signing_keys WHERE purpose = 'access'";
    let row = ctx.db().one(sql, Vec::new()).await.unwrap();
    let (id, sealed): (String, Vec<u8>) = (row.get("id").unwrap(), row.get("sealed").unwrap());
    let place = Context {
        table: "signing_keys",
        column: "sealed",
        row: &id,
    };
    let private = open(&MasterKey::from_bytes(master), &place, &sealed).unwrap();
    SigningKey::from_private(id, Algorithm::EdDsa, &private).unwrap()
}

fn wrong() -> Vec<Value> {
    serde_json::from_str(WRONG).unwrap()
}

fn payload(token: &SecretString) -> Value {
    let segment = text(token).split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(segment).unwrap()).unwrap()
}

/// asvs:V9.2.1, vuln:1, vuln:6, vuln:7
#[tokio::test]
async fn a_signed_claim_of_a_wrong_type_admits_nobody() {
    let forge = Forge::new().await;
    assert!(
        forge.admits_claims(&forge.claims).await,
        "the corpus begins with a good token"
    );
    for name in ["iss", "aud", "sub", "sid", "iat", "exp"] {
        for wrong in wrong() {
            let claims = Pairs::with(&forge.claims, name, wrong);
            assert!(
                !forge.admits_claims(&claims).await,
                "{name} in {:?}",
                claims.0
            );
        }
        let absent = Pairs::without(&forge.claims, name);
        assert!(!forge.admits_claims(&absent).await, "no {name}");
        let twice = Pairs::twice(&forge.claims, name);
        assert!(!forge.admits_claims(&twice).await, "{name} twice");
    }
    for wrong in wrong() {
        let claims = Pairs::with(&forge.claims, "nbf", wrong);
        assert!(!forge.admits_claims(&claims).await, "nbf in {:?}", claims.0);
    }
}

/// asvs:V9.2.1, vuln:24
#[tokio::test]
async fn times_at_their_edges_are_read_as_they_are() {
    let forge = Forge::new().await;
    let now = forge.bare.ctx.now().secs();
    for (name, secs, fits) in [
        ("exp", i64::MIN, false),
        ("exp", -1, false),
        ("exp", 0, false),
        ("exp", now, false),
        ("exp", now + 1, true),
        ("exp", i64::MAX, true),
        ("iat", i64::MIN, true),
        ("iat", now + 60, true),
        ("iat", now + 61, false),
        ("iat", i64::MAX, false),
        ("nbf", i64::MIN, true),
        ("nbf", now + 60, true),
        ("nbf", now + 61, false),
        ("nbf", i64::MAX, false),
    ] {
        let claims = Pairs::with(&forge.claims, name, secs);
        assert_eq!(forge.admits_claims(&claims).await, fits, "{name} {secs}");
    }
}

/// asvs:V9.1.1, asvs:V9.1.2, asvs:V9.2.2, vuln:2, vuln:3, vuln:4, vuln:9
#[tokio::test]
async fn a_header_chooses_neither_algorithm_nor_key() {
    let forge = Forge::new().await;
    let ctx = &forge.bare.ctx;
    let kid = forge.key.kid();
    let [_, body, signature] = text(&forge.token).split('.').collect::<Vec<_>>()[..] else {
        panic!("a token has three parts");
    };
    for alg in [
        "none", "None", "nOnE", "", "HS256", "ES256", "RS256", "eddsa",
    ] {
        let header = json!({ "alg": alg, "typ": "at+jwt", "kid": kid }).to_string();
        let header = URL_SAFE_NO_PAD.encode(header);
        for token in [
            format!("{header}.{body}."),
            format!("{header}.{body}.{signature}"),
        ] {
            assert!(!forge.admits(token).await, "{alg}");
        }
    }
    let jwk = keyring::jwks(ctx)["keys"][0].clone();
    let point = jwk["x"].as_str().unwrap();
    let raw = URL_SAFE_NO_PAD.decode(point).unwrap();
    for public in [point.as_bytes(), &raw, jwk.to_string().as_bytes()] {
        let key = SigningKey::from_shared_secret(kid, public).unwrap();
        assert!(
            !forge
                .admits(sign(&key, "at+jwt", &forge.claims).unwrap())
                .await
        );
    }
    let stranger = SigningKey::generate(Algorithm::EdDsa, kid).unwrap();
    assert!(
        !forge
            .admits(sign(&stranger, "at+jwt", &forge.claims).unwrap())
            .await
    );
    for typ in ["JWT", "at+JWT ", "rt+jwt", ""] {
        assert!(
            !forge
                .admits(sign(&forge.key, typ, &forge.claims).unwrap())
                .await,
            "{typ}"
        );
    }
    assert!(
        !forge
            .admits(sign_plain(&forge.key, &forge.claims).unwrap())
            .await
    );
}

/// asvs:V8.2.2, asvs:V9.2.3
#[tokio::test]
async fn a_token_names_its_issuer_its_audience_and_its_own_session() {
    let forge = Forge::new().await;
    let bob = join(&forge.bare.ctx, "bob").await;
    let session = sign_in(&forge.bare.ctx, "bob", TOKENS).await.session;
    for (name, other) in [
        ("iss", "http://localhost:8701".to_owned()),
        ("iss", "http://localhost:8700/".to_owned()),
        ("aud", "elsewhere".to_owned()),
        ("sub", bob.to_string()),
        ("sub", bob.to_string().to_uppercase()),
        ("sid", session.to_string()),
        ("sid", bob.to_string()),
    ] {
        let claims = Pairs::with(&forge.claims, name, other);
        assert!(!forge.admits_claims(&claims).await, "{name}");
    }
}

/// asvs:V9.2.1, vuln:1, vuln:6
#[tokio::test]
async fn a_token_minted_elsewhere_is_read_as_strictly() {
    let node = Node::new().await;
    let ctx = &node.ctx;
    join(ctx, "ann").await;
    join(ctx, "bob").await;
    let now = ctx.now().secs();
    let claims = json!({
        "token_type": "access", "exp": now + 3_000, "iat": now, "jti": "one", "user_id": "1",
    });
    let admits = async |claims: &Pairs| {
        let token = sign_plain(&chatbot_key(CHATBOT_SECRET), claims).unwrap();
        accepted(who(ctx, &Credential::ChatbotAccess(secret(token))).await)
    };
    assert!(
        admits(&Pairs::of(&claims)).await,
        "the corpus begins with a good token"
    );
    for name in [
        "token_type",
        "exp",
        "iat",
        "nbf",
        "jti",
        "sub",
        "sid",
        "user_id",
    ] {
        for wrong in wrong() {
            // Any text is a `jti`, and a `sub` says nothing here.
            if matches!(name, "jti" | "sub") && wrong.as_str().is_some_and(|text| !text.is_empty())
            {
                continue;
            }
            let wrong = Pairs::with(&claims, name, wrong);
            assert!(!admits(&wrong).await, "{name} in {:?}", wrong.0);
        }
    }
    for name in ["token_type", "exp", "iat", "jti", "user_id"] {
        assert!(!admits(&Pairs::twice(&claims, name)).await, "{name} twice");
    }
    for name in ["token_type", "exp", "jti", "user_id"] {
        assert!(!admits(&Pairs::without(&claims, name)).await, "no {name}");
    }
    for (name, value, fits) in [
        ("exp", json!(i64::MIN), false),
        ("exp", json!(now), false),
        ("exp", json!(i64::MAX), true),
        ("iat", json!(now + 1), false),
        ("iat", json!(i64::MAX), false),
        ("user_id", json!(1), true),
        ("user_id", json!(2), false),
        ("user_id", json!(i64::MIN), false),
        ("user_id", json!("99999999999999999999"), false),
        ("jti", json!("no column of text takes \u{0}"), true),
    ] {
        assert_eq!(
            admits(&Pairs::with(&claims, name, value.clone())).await,
            fits,
            "{name} {value}"
        );
    }
    let mut ancient = claims.clone();
    ancient["jti"] = "not seen before".into();
    ancient["iat"] = i64::MIN.into();
    assert!(!admits(&Pairs::of(&ancient)).await);
}
