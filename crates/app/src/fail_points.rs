//! How a test outside steers the fail-points of a debug build: by a file that
//! the variable `FAIL_POINTS` names. Not part of a release build.
//!
//! The file holds one line, `ACTION MOMENT NUMBER TEXT`, such as
//! `kill commit 2` or `panic chore 1 seal`: at the second commit, or the first
//! round of that chore, once; `panics` does it from there on, every time. `any`
//! stands for all moments of writes. What was done once is appended to the same
//! name with `.done` at its end.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use rustix::process::{Signal, getpid, kill_process};
use tollgate_base::fail::{FailPoints, Moment};

/// Those that the environment asks for.
pub(crate) fn from_environment() -> FailPoints {
    #[expect(
        clippy::disallowed_methods,
        reason = "no setting: absent from a release build"
    )]
    let Some(file) = std::env::var_os("FAIL_POINTS").map(PathBuf::from) else {
        return FailPoints::none();
    };
    let passed = Mutex::<(String, u32)>::default();
    FailPoints::new(move |moment, of| {
        let Ok(line) = fs::read_to_string(&file) else {
            return;
        };
        let Some(order) = Order::read(&line).filter(|order| order.is_for(moment, of)) else {
            return;
        };
        let mut passed = passed.lock().unwrap_or_else(PoisonError::into_inner);
        if passed.0 != line {
            *passed = (line.clone(), 0);
        }
        passed.1 += 1;
        if passed.1 < order.number {
            return;
        }
        if order.action != "panics" {
            passed.0.clear();
            done(&file, moment, of);
        }
        drop(passed);
        match order.action {
            "kill" => drop(kill_process(getpid(), Signal::KILL)),
            _ => panic!("a fail-point: {moment:?} {of}"),
        }
    })
}

struct Order<'l> {
    action: &'l str,
    moment: &'l str,
    number: u32,
    text: &'l str,
}

impl<'l> Order<'l> {
    fn read(line: &'l str) -> Option<Self> {
        let mut words = line.trim().splitn(4, ' ');
        Some(Self {
            action: words.next()?,
            moment: words.next()?,
            number: words.next()?.parse().ok()?,
            text: words.next().unwrap_or_default(),
        })
    }

    fn is_for(&self, moment: Moment, of: &str) -> bool {
        let name = format!("{moment:?}").to_lowercase();
        let any = self.moment == "any" && !matches!(moment, Moment::Read | Moment::Chore);
        (any || name == self.moment) && of.contains(self.text)
    }
}

/// Once: whoever starts again lives.
fn done(file: &Path, moment: Moment, of: &str) {
    let _ = fs::remove_file(file);
    let done = file.with_extension("done");
    if let Ok(mut done) = OpenOptions::new().create(true).append(true).open(done) {
        let _ = writeln!(
            done,
            "{moment:?} {}",
            of.split_whitespace().collect::<Vec<_>>().join(" ")
        );
    }
}
