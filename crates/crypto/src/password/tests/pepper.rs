//! Peppers: by the plain crate, in rotation, and when one is gone.

use super::*;

const FIRST: &str = "the first pepper, of 32 bytes at least";
const SECOND: &str = "the second pepper, of 32 bytes as well";

fn peppered(secrets: &[&str]) -> Hasher {
    let secrets = secrets.iter().map(|text| secret(text));
    hasher().with_peppers(Peppers::new(secrets))
}

/// As the crate makes it when it is called plainly with a secret.
#[tokio::test]
async fn a_pepper_is_argon2s_own_secret_input() {
    let hasher = peppered(&[FIRST]);
    let ours = hasher.hash(&secret(PASSWORD), [7; 16]).await.unwrap();
    let params = Params::new(SMALL.memory_kib, SMALL.passes, SMALL.lanes, Some(32)).unwrap();
    let plain = Argon2::new_with_secret(
        FIRST.as_bytes(),
        Algorithm::Argon2id,
        Version::V0x13,
        params,
    );
    let mut tag = [0; 32];
    plain
        .unwrap()
        .hash_password_into(PASSWORD.as_bytes(), &[7; 16], &mut tag)
        .unwrap();
    let encode = |bytes: &[u8]| {
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD_NO_PAD, bytes)
    };
    let id = hasher.peppers().ids().next().unwrap();
    let expected = format!(
        "$argon2id$v=19$m=64,t=2,p=1,keyid={id}${}${}",
        encode(&[7; 16]),
        encode(&tag)
    );
    assert_eq!(ours, expected);
    assert_eq!(
        hasher.verify(&secret(PASSWORD), &ours).await.unwrap(),
        Verdict::Match
    );
}

#[tokio::test]
async fn a_new_pepper_renews_hashes_and_an_old_one_still_checks_them() {
    let bare = hasher().hash(&secret(PASSWORD), [7; 16]).await.unwrap();
    let first = peppered(&[FIRST])
        .hash(&secret(PASSWORD), [7; 16])
        .await
        .unwrap();
    let both = peppered(&[SECOND, FIRST]);
    for stored in [&bare, &first] {
        let verdict = both.verify(&secret(PASSWORD), stored).await.unwrap();
        assert_eq!(verdict, Verdict::MatchOutdated);
        let verdict = both.verify(&secret("other"), stored).await.unwrap();
        assert_eq!(verdict, Verdict::Mismatch);
    }
    let second = both.hash(&secret(PASSWORD), [7; 16]).await.unwrap();
    assert_ne!(second, first);
    let verdict = peppered(&[SECOND]).verify(&secret(PASSWORD), &second).await;
    assert_eq!(verdict.unwrap(), Verdict::Match);
}

#[tokio::test]
async fn without_its_pepper_nobody_gets_in_and_the_operator_is_told_which() {
    let stored = peppered(&[FIRST])
        .hash(&secret(PASSWORD), [7; 16])
        .await
        .unwrap();
    let id = Peppers::new([secret(FIRST)])
        .ids()
        .next()
        .unwrap()
        .to_owned();
    for hasher in [hasher(), peppered(&[SECOND])] {
        let fault = hasher.verify(&secret(PASSWORD), &stored).await.unwrap_err();
        assert!(fault.is(&codes::PEPPER_MISSING));
        assert!(format!("{fault:?}").contains(&id), "{fault:?}");
        assert!(!fault.public().contains(&id));
    }
}
