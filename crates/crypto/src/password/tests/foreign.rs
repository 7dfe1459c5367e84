//! Hashes of other systems, made by those systems, and the bounds on what is
//! taken from them.

use proptest::prelude::{prop_assert, proptest};

use super::*;

/// Made from `PASSWORD` by Django 5.2, bcrypt 5.0, argon2-cffi 25.1, Passlib
/// 1.7.4 and Python's hashlib.
const FOREIGN: &[(&str, &str)] = &[
    (
        "pbkdf2",
        "pbkdf2_sha256$1000$saltsaltsaltsalt$hK0MWlaCJLNgdlrtwzoeXzVhrDgwXrFF+HC5BWz/Gs0=",
    ),
    (
        "pbkdf2",
        "pbkdf2_sha256$1000000$saltsalt$L31E8jSVN/qHwExgfui8FTitOSHfdKRXrorqjcaWM1M=",
    ),
    (
        "pbkdf2",
        "pbkdf2_sha1$1000$saltsaltsaltsalt$l4n8vgKDeSo+Hlk2k6+cIsSKK7g=",
    ),
    (
        "argon2",
        "argon2$argon2id$v=19$m=102400,t=2,p=8$M3U0UnFUQVZhMnJXaHZEZ1h5ZXBuNg$Pw5K6sRxRfOePxVY46/aMgjDgCWNp+Iv6iGKQM/qmsI",
    ),
    (
        "argon2",
        "argon2$argon2id$v=19$m=256,t=2,p=2$YWJjZGVmZ2hpamtsbW5vcA$ZUdGqGeieEnBpAMQfnXwzPPXMmd4F/AxoLluOgVUIxI",
    ),
    (
        "bcrypt",
        "bcrypt_sha256$$2b$05$P35vZINB0ukZV90ceEptTef/yqSVISjyQ4YEYY/WzrJvAtrkNocom",
    ),
    (
        "bcrypt",
        "bcrypt$$2b$05$ib.b2dCSGxkbKGG88W/e7eDeXuyQwlMNbZvcG1OV0iHukRmP800oO",
    ),
    (
        "scrypt",
        "scrypt$1024$saltsaltsaltsalt$8$2$EPHQ9nNbYBZ4ByiU//sCCmsduYfqFlWOPh/qEmyzn+d2bHmDTLABoHbypKVldIswhILIUwarWs4aKsxh7ePgAw==",
    ),
    (
        "scrypt",
        "scrypt$16384$saltsaltsaltsalt$8$5$tm386onDepSOIobtus8nfWBnx14uEnXGj4/2nV53PU3QxZLNroav9NOS5bDdQKwlfsv2iz01PihDyFeYV1kgnQ==",
    ),
    (
        "bcrypt",
        "$2a$05$CgnEHyxDwu7N8/YEwbDadOeBXEJuhjtTeuf7nvVP9exSpm4c4iNF6",
    ),
    (
        "bcrypt",
        "$2b$05$rgX/5cQjjM1uZxU3Xc.NF.NUjKod0pcIsrQ7AkId7MxnKKwd08y9m",
    ),
    (
        "bcrypt",
        "$2y$05$rgX/5cQjjM1uZxU3Xc.NF.NUjKod0pcIsrQ7AkId7MxnKKwd08y9m",
    ),
    (
        "bcrypt",
        "$2x$05$rgX/5cQjjM1uZxU3Xc.NF.NUjKod0pcIsrQ7AkId7MxnKKwd08y9m",
    ),
    (
        "argon2",
        "$argon2d$v=16$m=64,t=2,p=1$c29tZXNhbHQxMjM0NTY3OA$hvUr7jcn4OTfSVuNAprWM6jWFTbbKAgRplnz7FwjnKo",
    ),
    (
        "argon2",
        "$argon2d$m=64,t=2,p=1$c29tZXNhbHQxMjM0NTY3OA$hvUr7jcn4OTfSVuNAprWM6jWFTbbKAgRplnz7FwjnKo",
    ),
    (
        "argon2",
        "$argon2d$v=19$m=64,t=2,p=1$c29tZXNhbHQxMjM0NTY3OA$GIa6e2xfY7M/K25mLQ4HD71RKih7iQrVmQtPQ3g+ZRM",
    ),
    (
        "argon2",
        "$argon2i$v=16$m=64,t=2,p=1$c29tZXNhbHQxMjM0NTY3OA$skf1PXAFsVTi0xzfLjZZkosIIZBrlRksaRDM5B0H5ko",
    ),
    (
        "argon2",
        "$argon2i$v=19$m=64,t=2,p=1$c29tZXNhbHQxMjM0NTY3OA$nWbsuy9AJofOPtan90C9rjCHkUkhtz9xlq0RLKDuHwI",
    ),
    (
        "argon2",
        "$argon2id$v=16$m=64,t=2,p=1$c29tZXNhbHQxMjM0NTY3OA$Ucsnv3h1YjpnA2muMvJSdc3kWgqtbl1iHlxktjjeDlc",
    ),
    (
        "argon2",
        "$argon2id$v=19$m=128,t=3,p=4$c29tZXNhbHQxMjM0NTY3OA$AZxAtPeg+FXyZY6eQqiGsIQ51bfG6uH1pJyHHdu674CMvdXHcvbaN+ovP8YfbxDsG1Feqz9xKfnRsL7WCGOgXw",
    ),
    (
        "pbkdf2",
        "$pbkdf2-sha256$1000$c2FsdHNhbHRzYWx0c2Fs/w$gpqX2QUGcDTOILzP95eTFg1iBADmZmyG7iJQjoASm7w",
    ),
    (
        "pbkdf2",
        "$pbkdf2-sha512$1000$c2FsdHNhbHRzYWx0c2Fs/w$L.cEnVpWug8NOz42pJYXwvKG8/uWnfm6muBP67TCTFGSdZdY5078ErZTX1DT/m1zXuJMETZ3bSnL.ubVqotSIQ",
    ),
    (
        "pbkdf2",
        "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHRzYWx0c2FsdA$hK0MWlaCJLNgdlrtwzoeXzVhrDgwXrFF+HC5BWz/Gs0",
    ),
    (
        "pbkdf2",
        "$pbkdf2-sha256$i=1000$c2FsdHNhbHRzYWx0c2FsdA$hK0MWlaCJLNgdlrtwzoeXzVhrDgwXrFF+HC5BWz/Gs0",
    ),
    (
        "pbkdf2",
        "$pbkdf2-sha512$i=1000,l=64$c2FsdHNhbHRzYWx0c2FsdA$IZHvwfZk3XwXdxdPBxNjYu/oCCH4f3+Yg+bcxMEs8f4xw4hVtg4VTiqE01C6BMejUX0pV+coKZ0gQgUGVsWYog",
    ),
    (
        "scrypt",
        "$scrypt$ln=10,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$EzCUo7JGx++cUy40BaKaWYywBS1rttKdukhz1+Wb5ds",
    ),
];

/// asvs:V11.4.2
#[tokio::test]
async fn foreign_hashes_are_checked_and_marked_for_renewal() {
    let hasher = hasher();
    for (name, stored) in FOREIGN {
        assert_eq!(recognise(stored).unwrap().name(), *name, "{stored}");
        let verdict = hasher.verify(&secret(PASSWORD), stored).await.unwrap();
        assert_eq!(verdict, Verdict::MatchOutdated, "{stored}");
        for wrong in ["", "Tr0ub4dor & 3 pässwörte", "tr0ub4dor & 3 pässwörter"] {
            let verdict = hasher.verify(&secret(wrong), stored).await.unwrap();
            assert_eq!(verdict, Verdict::Mismatch, "{stored}");
        }
    }
}

/// vuln:14
#[test]
fn a_hash_that_costs_too_much_is_refused() {
    let argon = |costs: &str| {
        format!(
            "$argon2id$v=19${costs}$c29tZXNhbHQxMjM0NTY3OA$eaKaHYZySJf78J//xxW0oSMIsHcj1ztpyn+gDjyfQJQ"
        )
    };
    let bcrypt =
        |cost: &str| format!("$2b${cost}$rgX/5cQjjM1uZxU3Xc.NF.NUjKod0pcIsrQ7AkId7MxnKKwd08y9m");
    let django = |rounds: &str| {
        format!(
            "pbkdf2_sha256${rounds}$saltsaltsaltsalt$hK0MWlaCJLNgdlrtwzoeXzVhrDgwXrFF+HC5BWz/Gs0="
        )
    };
    let wide = |rounds: &str| {
        format!(
            "pbkdf2_sha256${rounds}$saltsaltsaltsalt${}",
            "A".repeat(84) + "AA=="
        )
    };
    let scrypt = |costs: &str| {
        format!(
            "$scrypt${costs}$c2FsdHNhbHRzYWx0c2FsdA$EzCUo7JGx++cUy40BaKaWYywBS1rttKdukhz1+Wb5ds"
        )
    };
    let scrypt_django = |n: &str, r: &str, p: &str| {
        format!("scrypt${n}$saltsaltsaltsalt${r}${p}$EzCUo7JGx++cUy40BaKaWYywBS1rttKdukhz1+Wb5ds=")
    };

    for good in [
        argon("m=262144,t=4,p=1"),
        argon("m=8,t=131072,p=1"),
        bcrypt("04"),
        bcrypt("14"),
        django("1"),
        django("4000000"),
        wide("2000000"),
        scrypt("ln=18,r=7,p=1"),
        scrypt("ln=17,r=8,p=8"),
        scrypt_django("131072", "8", "1"),
    ] {
        assert!(recognise(&good).is_ok(), "{good}");
    }
    for costly in [
        argon("m=262145,t=1,p=1"),
        argon("m=262144,t=5,p=1"),
        argon("m=8,t=4294967295,p=1"),
        argon("m=4294967295,t=1,p=1"),
        bcrypt("15"),
        bcrypt("31"),
        bcrypt("99"),
        django("4000001"),
        django("4294967295"),
        wide("2000001"),
        scrypt("ln=18,r=8,p=1"),
        scrypt("ln=17,r=8,p=9"),
        scrypt("ln=63,r=1,p=1"),
        scrypt("ln=64,r=1,p=1"),
        scrypt("ln=4294967295,r=4294967295,p=4294967295"),
        scrypt("ln=1,r=1,p=4194304"),
        scrypt("ln=1,r=4294967295,p=1"),
        scrypt_django("2147483648", "8", "1"),
    ] {
        let fault = recognise(&costly).err().expect(&costly);
        assert!(fault.is(&codes::HASH_COSTLY), "{costly}");
    }
    for unknown in [
        argon("m=7,t=1,p=1"),
        argon("m=64,t=0,p=1"),
        argon("m=64,t=1,p=0"),
        argon("m=64,t=1,p=9"),
        argon("t=1,m=64,p=1"),
        argon("m=64,t=1"),
        argon("m=64,t=1,p=1,x=1"),
        argon("m=+64,t=1,p=1"),
        argon("m=4294967296,t=1,p=1"),
        argon("m=,t=1,p=1"),
        bcrypt("03"),
        bcrypt("5"),
        bcrypt("005"),
        bcrypt("+5"),
        django("0"),
        django("-1"),
        django(""),
        scrypt("ln=0,r=8,p=1"),
        scrypt("ln=10,r=0,p=1"),
        scrypt("ln=10,r=8,p=0"),
        scrypt_django("1023", "8", "1"),
        scrypt_django("0", "8", "1"),
    ] {
        let fault = recognise(&unknown).err().expect(&unknown);
        assert!(fault.is(&codes::HASH_UNKNOWN), "{unknown}");
    }
}

#[test]
fn what_is_no_hash_is_refused() {
    for bad in [
        "",
        "!",
        "!0SVbQGfM5HA",
        "$",
        "$$",
        "$$$$",
        "$1$salt$hash",
        "$5$rounds=5000$salt$hash",
        "$6$salt$hash",
        "md5$salt$hash",
        "{SSHA}abc",
        "password",
        "$argon2id$v=19$m=64,t=2,p=1$$",
        "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQxMjM0NTY3OA$",
        "$argon2id$v=18$m=64,t=2,p=1$c29tZXNhbHQxMjM0NTY3OA$eaKaHYZySJf78J//xxW0oSMIsHcj1ztpyn+gDjyfQJQ",
        "$argon2x$v=19$m=64,t=2,p=1$c29tZXNhbHQxMjM0NTY3OA$eaKaHYZySJf78J//xxW0oSMIsHcj1ztpyn+gDjyfQJQ",
        "$argon2id$v=19$m=64,t=2,p=1$c29t$eaKaHYZySJf78J//xxW0oSMIsHcj1ztpyn+gDjyfQJQ",
        "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQxMjM0NTY3OA$eaKaHYY",
        "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQxMjM0NTY3OA$eaKaHYZySJf78J//xxW0oSMIsHcj1ztpyn+gDjyfQJQ$",
        "$2b$05$",
        "$2b$05$rgX/5cQjjM1uZxU3Xc.NF.NUjKod0pcIsrQ7AkId7MxnKKwd08y9",
        "$2c$05$rgX/5cQjjM1uZxU3Xc.NF.NUjKod0pcIsrQ7AkId7MxnKKwd08y9m",
        "$2b$05$rgX/5cQjjM1uZxU3Xc.NéNUjKod0pcIsrQ7AkId7MxnKKwd08y9m",
        "$pbkdf2-sha256$i=1000,l=31$c2FsdHNhbHRzYWx0c2FsdA$hK0MWlaCJLNgdlrtwzoeXzVhrDgwXrFF+HC5BWz/Gs0",
        "pbkdf2_sha256$1000$salt$hK0MWlaCJLNgdlrtwzoeXzVhrDgwXrFF+HC5BWz/Gs0=",
        "pbkdf2_sha256$1000$saltsalt$",
        "pbkdf2_md5$1000$saltsalt$AAAA",
    ] {
        assert!(
            recognise(bad)
                .err()
                .is_some_and(|fault| fault.is(&codes::HASH_UNKNOWN)),
            "{bad}"
        );
    }
    assert!(recognise(&format!("$2b$05${}", "x".repeat(100_000))).is_err());
}

proptest! {
    /// vuln:147
    #[test]
    fn recognising_never_panics(text in r"[$=,.0-9a-zé_/+-]{0,80}", head in 0..FOREIGN.len(), cut in 0_usize..100) {
        let _ = recognise(&text);
        let known = FOREIGN[head].1;
        let changed = format!("{}{text}", &known[..cut.min(known.len())]);
        if let Ok(scheme) = recognise(&changed) {
            prop_assert!(!scheme.name().is_empty());
        }
    }
}
