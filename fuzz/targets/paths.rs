//! Paths of sites, redirect targets and hosts: what is clear has one reading,
//! readings of readings are known, and what stays on a site leads nowhere else.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate_records::sites::{Address, Path, Reading, RulePath, is_local};

fuzz_target!(|text: &str| {
    let read = Path::read(text);
    if let Some(path) = read.shown() {
        assert!(path.starts_with('/') && !path.contains("//") && !path.contains('\\'));
        assert!(
            path.split('/')
                .all(|segment| segment != "." && segment != "..")
        );
        assert!(!path.contains([';', '%', '?', '#', '\0', '\r', '\n']));
    }
    if let Path::Several(readings) = &read {
        assert!(readings.iter().all(|reading| reading.text().starts_with('/')));
        for reading in readings {
            match Path::read(&reading.text().replace('?', "%3f")) {
                Path::Clear(_) | Path::Unreadable => {}
                Path::Several(others) => {
                    let bare = |other: &&Reading<'_>| !other.text().contains(['?', '%']);
                    let known = |other: &Reading<'_>| readings.contains(other);
                    assert!(others.iter().filter(bare).all(known));
                }
            }
        }
    }
    if let Ok(rule) = RulePath::parse(text) {
        let again = RulePath::parse(rule.shown());
        assert!(again.is_err() || again.is_ok_and(|again| again.shown() == rule.shown()));
    }
    if is_local(text) {
        let base = url::Url::parse("https://app.example.org/x").expect("a URL");
        let target = base.join(text).expect("a local target is a reference");
        assert_eq!(target.origin(), base.origin(), "{text}");
    }
    if let Some(host) = Address::canonical(text) {
        assert_eq!(Address::canonical(&host).as_deref(), Some(&*host));
        assert!(!host.contains(['/', '@', ' ', '\\']) && !host.ends_with('.'));
    }
});
