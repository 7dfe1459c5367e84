//! Makes a filter of the common passwords: a quarter of the size of their
//! list, and all that the program needs to know whether one is among them.

use std::{env, error::Error, fs, path::Path};

use xorf::{BinaryFuse16, DmaSerializable};

#[path = "src/steps/vet/key.rs"]
mod key;

const LIST: &str = "src/steps/vet/common.txt";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={LIST}");
    println!("cargo::rerun-if-changed=src/steps/vet/key.rs");
    let keys: Vec<u64> = fs::read_to_string(LIST)?.lines().map(key::of).collect();
    let filter = BinaryFuse16::try_from(&keys)?;
    let mut bytes = vec![0; BinaryFuse16::DESCRIPTOR_LEN];
    filter.dma_copy_descriptor_to(&mut bytes);
    let prints = filter.fingerprints.iter();
    bytes.extend(prints.flat_map(|print| print.to_le_bytes()));
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo tells a build by its environment"
    )]
    let folder = env::var("OUT_DIR")?;
    fs::write(Path::new(&folder).join("common.filter"), bytes)?;
    Ok(())
}
