//! Our own hashes: against the plain crate, when the cost changes, and under
//! load. Those of other systems have a file of their own.

mod foreign;
mod pepper;

use std::pin::pin;

use argon2::{Algorithm, Argon2, Params, Version};
use futures_util::poll;

use super::*;

const SMALL: Cost = Cost {
    memory_kib: 64,
    passes: 2,
    lanes: 1,
};
const PASSWORD: &str = "Tr0ub4dor & 3 pässwörter";

/// By argon2-cffi as well, at the cost of `SMALL`.
const CURRENT: &str = "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQxMjM0NTY3OA$eaKaHYZySJf78J//xxW0oSMIsHcj1ztpyn+gDjyfQJQ";

fn hasher() -> Hasher {
    Hasher::new(SMALL, 2, 64)
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

/// What handlers on several threads ask of a future.
#[test]
fn a_check_may_move_between_threads() {
    fn sendable<T: Send>(work: T) {
        drop(work);
    }
    let (hasher, password) = (hasher(), secret(PASSWORD));
    sendable((
        hasher.hash(&password, [0; 16]),
        hasher.verify(&password, CURRENT),
        hasher.verify_nobody(&password, [1; 16]),
    ));
}

#[tokio::test]
async fn our_own_hash_is_current_until_the_cost_changes() {
    assert_eq!(
        hasher().verify(&secret(PASSWORD), CURRENT).await.unwrap(),
        Verdict::Match
    );
    let ours = hasher()
        .hash(&secret(PASSWORD), *b"somesalt12345678")
        .await
        .unwrap();
    assert_eq!(ours, CURRENT);
    for cost in [
        Cost {
            memory_kib: 128,
            ..SMALL
        },
        Cost { passes: 3, ..SMALL },
        Cost { lanes: 2, ..SMALL },
    ] {
        let hasher = Hasher::new(cost, 1, 1);
        assert_eq!(
            hasher.verify(&secret(PASSWORD), &ours).await.unwrap(),
            Verdict::MatchOutdated
        );
        assert_eq!(
            hasher.verify(&secret("other"), &ours).await.unwrap(),
            Verdict::Mismatch
        );
    }
}

/// The whole password counts in ours; bcrypt stops at 72 bytes. vuln:139,
/// asvs:V6.2.8
#[tokio::test]
async fn only_bcrypt_cuts_a_password() {
    let hasher = hasher();
    let long = "x".repeat(72);
    let cut = "$2b$05$nQRGL2wP3jh4t9wIptemDuHhRFMKYnufcocbV0CD6k7OZo/m96mOW";
    let empty = "$2b$05$FSDRhDmVNjFAYQ.Ki2qHkOunAVZdov3IQh93y7RaF27fbGhQOrD3u";
    for (password, stored, matches) in [
        (long.as_str(), cut, true),
        (&format!("{long}more"), cut, true),
        (&long[1..], cut, false),
        ("", empty, true),
        ("\0", empty, false),
    ] {
        let verdict = hasher.verify(&secret(password), stored).await.unwrap();
        assert_eq!(verdict != Verdict::Mismatch, matches, "{password:?}");
    }
    let base = "p".repeat(LONGEST - 1);
    let ours = hasher
        .hash(&secret(&format!("{base}a")), [1; 16])
        .await
        .unwrap();
    assert_eq!(
        hasher
            .verify(&secret(&format!("{base}a")), &ours)
            .await
            .unwrap(),
        Verdict::Match
    );
    assert_eq!(
        hasher
            .verify(&secret(&format!("{base}b")), &ours)
            .await
            .unwrap(),
        Verdict::Mismatch
    );
}

/// Each hash leaves its blocks behind for the next one, of another size.
#[tokio::test]
async fn reused_memory_changes_no_bit() {
    let mut scratch = pool::Scratch::new(512);
    for round in 0..3 {
        for (memory_kib, passes, lanes) in [
            (512, 1, 1),
            (8, 1, 1),
            (64, 2, 1),
            (100, 3, 2),
            (513, 2, 1),
            (129, 1, 4),
            (256, 4, 3),
            (1024, 1, 8),
        ] {
            let cost = Cost {
                memory_kib,
                passes,
                lanes,
            };
            let password = format!("password {round}");
            let ours =
                argon::hash(cost, None, password.as_bytes(), &[round; 16], &mut scratch).unwrap();
            let params = Params::new(memory_kib, passes, lanes, Some(32)).unwrap();
            let mut plain = [0; 32];
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password_into(password.as_bytes(), &[round; 16], &mut plain)
                .unwrap();
            let scheme = recognise(&ours).unwrap();
            assert!(
                scheme.is_current(cost, &Peppers::default())
                    && scheme
                        .matches(&Peppers::default(), password.as_bytes(), &mut scratch)
                        .unwrap()
            );
            let tag = ours.rsplit('$').next().unwrap();
            assert_eq!(
                tag,
                base64::Engine::encode(&base64::engine::general_purpose::STANDARD_NO_PAD, plain)
            );
        }
    }
}

/// asvs:V11.4.2
#[tokio::test]
async fn the_usual_cost_is_owasps_first_choice() {
    let ours = Hasher::new(Cost::default(), 1, 0)
        .hash(&secret(PASSWORD), [0; 16])
        .await
        .unwrap();
    assert!(
        ours.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{ours}"
    );
    for (memory_kib, passes) in [
        (47_104, 1),
        (19_456, 2),
        (12_288, 3),
        (9_216, 4),
        (7_168, 5),
        (65_536, 3),
    ] {
        assert!(
            Cost::new(memory_kib, passes, 1).is_ok(),
            "{memory_kib} {passes}"
        );
    }
    for (memory_kib, passes, lanes) in [
        (0, 0, 0),
        (19_456, 0, 1),
        (19_456, 1, 1),
        (19_456, 2, 0),
        (19_456, 2, 17),
        (1_024, 16, 1),
        (262_145, 1, 1),
        (262_144, 5, 1),
        (65_536, 17, 1),
        (u32::MAX, u32::MAX, u32::MAX),
    ] {
        assert!(
            Cost::new(memory_kib, passes, lanes).is_err(),
            "{memory_kib} {passes} {lanes}"
        );
    }
}

/// vuln:142
#[tokio::test]
async fn a_megabyte_is_refused_before_any_work() {
    let hasher = hasher();
    let huge = secret(&"x".repeat(1_000_000));
    for fault in [
        hasher.hash(&huge, [0; 16]).await.unwrap_err(),
        hasher.verify(&huge, CURRENT).await.unwrap_err(),
        hasher.verify_nobody(&huge, [1; 16]).await.unwrap_err(),
    ] {
        assert!(fault.is(&codes::REQUEST_INVALID));
        assert_eq!(fault.fields()[0].pointer, "/password");
    }
    assert!(
        hasher
            .hash(&secret(&"x".repeat(LONGEST)), [0; 16])
            .await
            .is_ok()
    );
    assert!(
        hasher
            .hash(&secret(&"x".repeat(LONGEST + 1)), [0; 16])
            .await
            .is_err()
    );
}

/// fault:F31
#[tokio::test]
async fn a_full_queue_answers_busy_to_known_and_unknown_alike() {
    let hasher = Hasher::new(SMALL, 1, 1);
    let (open, wait) = std::sync::mpsc::channel::<()>();
    let mut running = pin!(hasher.pool.run(move |_| wait.recv().unwrap_or(())));
    assert!(poll!(&mut running).is_pending());
    let password = secret(PASSWORD);
    let mut waiting = pin!(hasher.verify(&password, CURRENT));
    assert!(poll!(&mut waiting).is_pending());
    assert_eq!(hasher.queue_depth() + hasher.busy_slots(), 2);

    for fault in [
        hasher.verify(&password, CURRENT).await.unwrap_err(),
        hasher.verify_nobody(&password, [1; 16]).await.unwrap_err(),
        hasher.hash(&password, [0; 16]).await.unwrap_err(),
    ] {
        assert!(fault.is(&codes::HASHING_BUSY));
        assert!(fault.wait().is_some());
    }

    open.send(()).unwrap();
    assert_eq!(waiting.await.unwrap(), Verdict::Match);
    hasher.verify_nobody(&password, [1; 16]).await.unwrap();
}

#[tokio::test]
async fn a_broken_row_is_our_fault_and_not_the_askers() {
    for stored in [
        "",
        "!",
        "plain",
        "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA",
    ] {
        assert!(
            hasher()
                .verify(&secret(PASSWORD), stored)
                .await
                .unwrap_err()
                .is(&codes::INTERNAL),
            "{stored}"
        );
    }
    let impossible = Hasher::new(
        Cost {
            memory_kib: 1,
            passes: 0,
            lanes: 9,
        },
        1,
        1,
    );
    assert!(
        impossible
            .hash(&secret(PASSWORD), [0; 16])
            .await
            .unwrap_err()
            .is(&codes::INTERNAL)
    );
    assert!(
        impossible
            .verify_nobody(&secret(PASSWORD), [1; 16])
            .await
            .is_err()
    );
}
