//! Which process serves a data folder: its id in a file that it keeps locked,
//! so that the id of a server that died is never taken for a living one.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    process,
};

use tollgate_base::{Error, Result, codes};

const NAME: &str = "tollgate.pid";

/// The claim of this process on a data folder; given up when it is dropped or
/// the process ends, however it does.
#[derive(Debug)]
pub struct PidFile(#[expect(dead_code, reason = "its lock is what counts")] File);

/// Claim the folder. None if another server has it.
///
/// # Errors
/// `file.failed`.
pub fn claim(folder: &Path) -> Result<Option<PidFile>> {
    let mut options = OpenOptions::new();
    let opened = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(folder.join(NAME));
    let mut file = opened.map_err(|fault| failed(folder, fault))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(fault)) => return Err(failed(folder, fault)),
    }
    file.set_len(0)
        .and_then(|()| writeln!(file, "{}", process::id()))
        .map_err(|fault| failed(folder, fault))?;
    Ok(Some(PidFile(file)))
}

/// The id of the server that has the folder, if one runs.
///
/// # Errors
/// `file.failed`.
pub fn running(folder: &Path) -> Result<Option<i32>> {
    let file = match File::open(folder.join(NAME)) {
        Ok(file) => file,
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(fault) => return Err(failed(folder, fault)),
    };
    match file.try_lock_shared() {
        Ok(()) => return Ok(None),
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(fault)) => return Err(failed(folder, fault)),
    }
    let mut text = String::new();
    file.take(32)
        .read_to_string(&mut text)
        .map_err(|fault| failed(folder, fault))?;
    Ok(text.trim().parse().ok())
}

fn failed(folder: &Path, fault: io::Error) -> Error {
    let detail = format!("{} cannot be used.", folder.join(NAME).display());
    Error::new(&codes::FILE_FAILED)
        .detail(detail)
        .because(fault)
}

#[cfg(test)]
mod tests {
    use tempfile::tempdir;

    use super::{claim, running};

    #[test]
    fn a_folder_has_one_server_and_none_after_it_ended() {
        let folder = tempdir().unwrap();
        assert_eq!(running(folder.path()).unwrap(), None);
        let claimed = claim(folder.path()).unwrap().unwrap();
        assert!(claim(folder.path()).unwrap().is_none());
        assert_eq!(
            running(folder.path()).unwrap(),
            i32::try_from(std::process::id()).ok()
        );
        drop(claimed);
        assert_eq!(
            running(folder.path()).unwrap(),
            None,
            "the id in the file is nobody's"
        );
        assert!(claim(folder.path()).unwrap().is_some());
    }
}
