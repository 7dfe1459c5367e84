//! Fuzzing: each target of `fuzz/targets` for a while, on the stable toolchain.
//! What the targets hold against their parsers is theirs to say.

use std::{
    fs,
    process::{Command, Stdio},
};

use crate::{Failure, Result, needs, root};

/// How long each target runs, in seconds.
const EACH: u32 = 60;

/// All targets, or the one of that name.
pub(crate) fn run(only: Option<&str>) -> Result<()> {
    let targets = targets()?;
    if let Some(name) = only.filter(|name| !targets.iter().any(|known| known == name)) {
        let known = targets.join(", ");
        return Err(Failure::Usage(format!(
            "no target is called '{name}'; there are {known}"
        )));
    }
    needs::ensure(&needs::FUZZER)?;
    let fuzz = root().join("fuzz");
    // The versions of the house, which the crate outside its workspace shares.
    fs::copy(root().join("Cargo.lock"), fuzz.join("Cargo.lock"))
        .map_err(Failure::broken("copying Cargo.lock"))?;
    for target in targets
        .iter()
        .filter(|name| only.is_none_or(|only| only == *name))
    {
        let corpus = fuzz.join("corpus").join(target);
        fs::create_dir_all(&corpus).map_err(Failure::broken("making a corpus"))?;
        println!("\n══ fuzz {target}: {EACH} s");
        let status = Command::new("cargo")
            .args(["fuzz", "run", "--sanitizer", "none", target])
            .arg(&corpus)
            .args(Some(fuzz.join("seeds").join(target)).filter(|seeds| seeds.is_dir()))
            .args([
                "--",
                &format!("-max_total_time={EACH}"),
                "-timeout=10",
                "-verbosity=0",
            ])
            .arg("-print_final_stats=1")
            .current_dir(root())
            .stdin(Stdio::null())
            .status()
            .map_err(Failure::broken("starting cargo fuzz"))?;
        if !status.success() {
            return Err(Failure::Red(format!(
                "{target} found something; it lies in fuzz/artifacts/{target}"
            )));
        }
    }
    println!("\n{} targets found nothing.", targets.len());
    Ok(())
}

fn targets() -> Result<Vec<String>> {
    let files =
        fs::read_dir(root().join("fuzz/targets")).map_err(Failure::broken("fuzz/targets"))?;
    let name = |file: fs::DirEntry| {
        file.file_name()
            .to_str()?
            .strip_suffix(".rs")
            .map(str::to_owned)
    };
    let mut names: Vec<String> = files.filter_map(|file| name(file.ok()?)).collect();
    names.sort();
    Ok(names)
}
