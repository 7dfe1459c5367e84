//! Lists of breached passwords: made from what others publish, and asked.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it too")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use tempfile::TempDir;
use tollgate_base::{hex::hex, time::Time};
use tollgate_outbound::breaches::{Breaches, Builder, Built, Head, List};

const NOW: Time = Time::from_secs(1_800_000_000);

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.at(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn build(&self, sources: &[&Path], least: u64, memory: usize) -> Result<Built, String> {
        let mut builder = Builder::new(self.at("list"), least).with_memory(memory);
        for source in sources {
            builder.add(source).map_err(|fault| fault.to_string())?;
        }
        builder.finish(NOW).map_err(|fault| fault.to_string())
    }

    async fn knows(&self, password: &str) -> bool {
        let breaches = Breaches {
            list: Some(List::new(self.at("list"))),
            ranges: None,
        };
        let findings = breaches.ask(&password.to_owned().into()).await;
        assert_eq!(findings.silent, []);
        findings.known
    }

    fn names(&self) -> Vec<String> {
        let all = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> = all
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn sha1(password: &str) -> String {
    hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes()).as_ref()).to_uppercase()
}

fn dump(passwords: impl Iterator<Item = String>) -> String {
    let line = |(place, it): (usize, String)| format!("{}:{}\r\n", sha1(&it), place + 1);
    passwords.enumerate().map(line).collect::<Vec<_>>().concat()
}

/// Ten times as many as fit into memory, in no order, some twice: the list holds
/// each once, in order, and leaves nothing beside it.
#[tokio::test]
async fn a_list_is_made_of_more_than_fits_into_memory() {
    let desk = Desk::new();
    let all = || (0..5_000).map(|place| format!("password {place}"));
    let one = desk.file("one.txt", &dump(all()));
    let two = desk.file("two.txt", &dump(all().step_by(3)));
    let built = desk.build(&[&one, &two], 1, 500).unwrap();
    assert_eq!(
        built,
        Built {
            lines: 6_667,
            entries: 5_000
        }
    );
    assert_eq!(desk.names(), ["list", "one.txt", "two.txt"]);
    let bytes = fs::read(desk.at("list")).unwrap();
    assert_eq!(bytes.len(), 32 + 8 * 5_000);
    assert!(bytes[32..].as_chunks::<8>().0.is_sorted());
    let head = List::new(desk.at("list")).head().unwrap();
    assert_eq!(
        head,
        Head {
            made_at: NOW,
            entries: 5_000
        }
    );
    for place in (0..5_000).step_by(7).chain([4_999]) {
        assert!(desk.knows(&format!("password {place}")).await, "{place}");
    }
    for other in ["", "password", "password 5000", "Password 1"] {
        assert!(!desk.knows(other).await, "{other}");
    }
    let at_once = desk.build(&[&one, &two], 1, 1 << 20).unwrap();
    assert_eq!(at_once, built);
    assert_eq!(
        fs::read(desk.at("list")).unwrap(),
        bytes,
        "memory changes nothing"
    );
}

#[tokio::test]
async fn ranges_and_dumps_are_told_apart_by_their_names() {
    let desk = Desk::new();
    let ranges = desk.at("ranges");
    fs::create_dir(&ranges).unwrap();
    for password in ["hunter2", "letmein"] {
        let hash = sha1(password);
        let (start, rest) = hash.split_at(5);
        let padding = "0".repeat(35);
        let text = format!("\u{feff}{padding}:0\r\n{rest}:9\r\n");
        fs::write(ranges.join(format!("{start}.txt")), text).unwrap();
    }
    let plain = desk.file("dump", &format!("{}\n\n", sha1("swordfish").to_lowercase()));
    let built = desk.build(&[&ranges, &plain], 1, 100).unwrap();
    assert_eq!(built.entries, 3, "padding is none");
    for password in ["hunter2", "letmein", "swordfish"] {
        assert!(desk.knows(password).await, "{password}");
    }
    let built = desk.build(&[&ranges, &plain], 5, 100).unwrap();
    assert_eq!(built.entries, 2, "what was seen seldom is left out");
    assert!(!desk.knows("swordfish").await);
}

/// What is no list of SHA-1 is refused with its line, and the old list stays.
#[tokio::test]
async fn a_file_of_another_form_makes_no_list() {
    let desk = Desk::new();
    let good = desk.file("good", &dump(["hunter2".to_owned()].into_iter()));
    desk.build(&[&good], 1, 100).unwrap();
    let before = fs::read(desk.at("list")).unwrap();
    for (text, why) in [
        ("8846F7EAEE8FB117AD06BDD830B7586C:3", "NTLM"),
        ("hunter2", "not a SHA-1"),
        (&"g".repeat(40), "not a SHA-1"),
        (&format!("{}:many", sha1("x")), "count"),
        (&"0".repeat(5_000), "not a SHA-1"),
    ] {
        let bad = desk.file("bad", &format!("{}:1\n{text}\n", sha1("letmein")));
        let fault = desk.build(&[&good, &bad], 1, 1).unwrap_err();
        assert!(
            fault.contains("bad line 2") && fault.contains(why),
            "{fault}"
        );
        assert_eq!(fs::read(desk.at("list")).unwrap(), before);
        assert_eq!(
            desk.names(),
            ["bad", "good", "list"],
            "nothing is left beside it"
        );
    }
    let missing = desk.build(&[&desk.at("missing")], 1, 100).unwrap_err();
    assert!(missing.contains("missing"), "{missing}");
}

#[tokio::test]
async fn a_list_that_is_none_or_cut_off_says_so() {
    let desk = Desk::new();
    let good = desk.file("good", &dump(["hunter2".to_owned()].into_iter()));
    desk.build(&[&good], 1, 100).unwrap();
    let whole = fs::read(desk.at("list")).unwrap();
    let long = [&whole[..], &[0; 8]].concat();
    for bytes in [
        &b""[..],
        b"TGBREACH",
        &whole[..whole.len() - 1],
        &long,
        &[0xff; 40],
    ] {
        fs::write(desk.at("list"), bytes).unwrap();
        assert!(List::new(desk.at("list")).head().is_err());
        let breaches = Breaches {
            list: Some(List::new(desk.at("list"))),
            ranges: None,
        };
        let findings = breaches.ask(&"hunter2".to_owned().into()).await;
        assert!(!findings.known);
        assert_eq!(findings.silent.len(), 1, "{findings:?}");
    }
}
