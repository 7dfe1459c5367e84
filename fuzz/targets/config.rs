//! A configuration file: read or refused with its faults named, and secrets in
//! it are not shown.
#![no_main]

use std::{fs, path::PathBuf, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use tollgate::config::{self, sources::Sources};

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

fuzz_target!(|text: &[u8]| {
    let file: PathBuf = FOLDER.path().join("tollgate.toml");
    fs::write(&file, text).expect("our own folder");
    let sources = Sources {
        file: Some(file),
        working_dir: FOLDER.path().into(),
        ..Sources::default()
    };
    match config::load(&sources) {
        Ok(loaded) => {
            let again = config::load(&sources).ok().expect("the same again");
            assert_eq!(config::show(&loaded).len(), config::show(&again).len());
        }
        Err(faults) => assert!(!faults.is_empty(), "refused without a reason"),
    }
});
