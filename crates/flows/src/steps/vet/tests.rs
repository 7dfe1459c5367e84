//! Which passwords each rule refuses, and which it leaves alone.

use super::*;

fn policy() -> PasswordPolicy {
    PasswordPolicy {
        least: 8,
        host: "id.acme-works.test".into(),
        words: vec!["Road Runner".into()],
        ..PasswordPolicy::default()
    }
}

fn faults(password: &str, rules: PasswordRules, policy: &PasswordPolicy) -> Vec<&'static str> {
    let names = ["ann.smith@example.org", "wanderer", "Zoë Müller"];
    match vet(&password.to_owned().into(), rules, policy, &names) {
        Ok(()) => Vec::new(),
        Err(error) => error.fields().iter().map(|fault| fault.rule).collect(),
    }
}

/// asvs:V6.2.1, asvs:V6.2.4, asvs:V6.2.5, asvs:V6.2.9
#[test]
fn length_and_commonness_count_and_composition_does_not() {
    use PasswordRules::{Django, Native};
    let faults = |password: &str, rules| faults(password, rules, &policy());
    assert_eq!(faults("horse battery", Native), [""; 0]);
    assert_eq!(faults("ünïcødé 🐎", Native), [""; 0]);
    assert_eq!(faults("كلمة سر لا يعرفها أحد", Native), [""; 0]);
    assert_eq!(faults("short", Native), ["too_short"]);
    assert_eq!(faults("password", Native), ["too_common"]);
    assert_eq!(faults("PassWord", Native), ["too_common"]);
    assert_eq!(faults("Outstanding", Native), ["too_common"]);
    assert_eq!(faults("ann.smith rides", Native), ["context"]);
    assert_eq!(faults("ann.smith rides", Django), [""; 0]);
    assert_eq!(
        faults("123", Django),
        ["too_short", "too_common", "numeric"]
    );
    assert_eq!(faults("93847561029384", Django), ["numeric"]);
    assert_eq!(faults(&"x y".repeat(100), Native), ["too_long"]);
}

/// Code points of what was typed: one accented letter may be one or two.
/// asvs:V6.2.8
#[test]
fn characters_are_counted_as_they_were_sent() {
    let one = faults("\u{e9}tude 42", PasswordRules::Native, &policy());
    let two = faults("e\u{301}tude 4", PasswordRules::Native, &policy());
    assert_eq!((one, two), (Vec::new(), Vec::new()));
    let spaces = faults("  etude ", PasswordRules::Native, &policy());
    assert_eq!(spaces, [""; 0]);
    assert_eq!(
        faults("🐎🐎🐎🐎", PasswordRules::Native, &policy()),
        ["too_short"]
    );
}

/// asvs:V6.2.11
#[test]
fn words_of_the_person_and_the_place_are_refused_in_disguise_as_well() {
    for told in [
        "Smith2026!",
        "$m1th forever",
        "htims forever",
        "W4nd3r3r!",
        "my müller mill",
        "ACME2026!!",
        "workshop w0rks",
        "emca 20262026",
        "road-runner-99",
        "T0llg4te!",
        "etagllot 99",
        "Ann Smith 1",
        "example of that",
    ] {
        let found = faults(told, PasswordRules::Native, &policy());
        assert_eq!(found, ["context"], "{told}");
    }
    for other in ["annual horse gold", "zoe is six months", "test and retest"] {
        let found = faults(other, PasswordRules::Native, &policy());
        assert_eq!(found, [""; 0], "{other}");
    }
}

#[test]
fn an_operator_may_ask_for_kinds_of_characters() {
    let asked = PasswordPolicy {
        require: vec![
            CharacterClass::Upper,
            CharacterClass::Lower,
            CharacterClass::Digit,
            CharacterClass::Symbol,
        ],
        ..policy()
    };
    let faults = |password: &str| faults(password, PasswordRules::Native, &asked);
    assert_eq!(
        faults("horsebattery"),
        ["needs_upper", "needs_digit", "needs_symbol"]
    );
    assert_eq!(faults("HORSE BATTERY 7"), ["needs_lower"]);
    assert_eq!(faults("Horse battery 7"), [""; 0]);
    assert_eq!(faults("Ünruhig٧-ja"), [""; 0]);
}

#[test]
fn a_longer_minimum_is_told() {
    let strict = PasswordPolicy {
        least: 15,
        ..policy()
    };
    let found = vet(
        &SecretString::from("fourteen chars"),
        PasswordRules::Native,
        &strict,
        &[],
    );
    let found = found.unwrap_err();
    assert_eq!(
        found.fields()[0].detail,
        "It must have at least 15 characters."
    );
}
