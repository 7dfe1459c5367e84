//! Uploaded pictures: refused, or made anew at our own size.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tokio::runtime::{Builder, Runtime};
use tollgate_imaging::{Studio, UPLOAD_MOST};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
});
static STUDIO: LazyLock<Studio> = LazyLock::new(Studio::default);

fuzz_target!(|upload: Vec<u8>| {
    let made = RUNTIME.block_on(STUDIO.avatar(upload));
    match made {
        Ok(avatar) => {
            assert!(avatar.media_type.starts_with("image/"));
            assert!(!avatar.bytes.is_empty() && avatar.bytes.len() < UPLOAD_MOST);
        }
        Err(refusal) => assert_ne!(refusal.code().name, "internal.panic"),
    }
});
