//! What the doctor sees on the machine itself: files, their owners and modes,
//! the disk.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use rustix::{fs::statvfs, process::geteuid};

use crate::{
    config::{Config, meant::backend::DatabaseUrl},
    secrets_file::too_open,
};

use super::Finding;

/// With less, a database soon cannot write.
const LEAST_FREE: u64 = 256 * 1024 * 1024;

pub(super) fn look(config: &Config, fix: bool) -> Vec<Finding> {
    let mut findings = files(config, fix);
    findings.push(disk(&config.server.data_dir));
    findings
}

fn files(config: &Config, fix: bool) -> Vec<Finding> {
    let mut paths: Vec<&PathBuf> = vec![&config.server.data_dir, &config.secrets.file];
    if let DatabaseUrl::Sqlite(path) = &config.database.url {
        paths.push(path);
    }
    paths.retain(|path| path.exists());
    if paths.is_empty() {
        return vec![Finding::remark(
            "files",
            "Nothing was made here yet.",
            "tollgate serve",
        )];
    }
    let mut findings: Vec<Finding> = paths.iter().filter_map(|path| file(path, fix)).collect();
    if findings.is_empty() {
        findings.push(Finding::good(
            "files",
            "Only their owner may look into them.",
        ));
    }
    findings
}

fn file(path: &Path, fix: bool) -> Option<Finding> {
    let metadata = fs::metadata(path).ok()?;
    let (owner, us) = (metadata.uid(), geteuid().as_raw());
    if owner != us && us != 0 {
        let says = format!(
            "{} belongs to user {owner}; you are user {us}.",
            path.display()
        );
        return Some(Finding::wrong(
            "files",
            says,
            "Type commands as the user that the server runs as.",
        ));
    }
    let says = too_open(path)?;
    let mode = if metadata.is_dir() { 0o700 } else { 0o600 };
    if fix && fs::set_permissions(path, fs::Permissions::from_mode(mode)).is_ok() {
        return Some(Finding::mended(
            "files",
            format!("{} has mode {mode:04o} now.", path.display()),
        ));
    }
    let (says, fix) = says.rsplit_once(": ")?;
    Some(Finding::wrong("files", format!("{says}."), fix))
}

fn disk(folder: &Path) -> Finding {
    let there = folder
        .ancestors()
        .find(|folder| folder.exists())
        .unwrap_or(Path::new("."));
    match statvfs(there) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let says = format!("{} MiB are free.", free / (1024 * 1024));
            if free < LEAST_FREE {
                Finding::wrong(
                    "disk",
                    says,
                    format!("Free space on the disk that holds {}.", folder.display()),
                )
            } else {
                Finding::good("disk", says)
            }
        }
        Err(fault) => Finding::wrong(
            "disk",
            format!("It cannot be asked: {fault}."),
            "Check that it is mounted.",
        ),
    }
}
