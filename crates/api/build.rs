//! Compresses the description of the API, so that it is part of the program.

#![expect(clippy::unwrap_used, reason = "a build may end here")]

use std::{env, fs, io::Write, path::Path};

use flate2::{Compression, write::GzEncoder};

fn main() {
    println!("cargo::rerun-if-changed=openapi.json");
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo tells a build by its environment"
    )]
    let out = env::var("OUT_DIR").unwrap();
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed
        .write_all(&fs::read("openapi.json").unwrap())
        .unwrap();
    let place = Path::new(&out).join("openapi.json.gz");
    fs::write(place, packed.finish().unwrap()).unwrap();
}
