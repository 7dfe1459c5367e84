//! The server's own secrets on disk: one small TOML file, made once, readable
//! by its owner alone. Without it a database cannot be opened any more.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;

use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes, entropy::Entropy};
use tollgate_crypto::seal::MasterKey;

/// Larger than any secrets file will be.
const MOST_BYTES: u64 = 64 * 1024;

const HEAD: &str = "\
# Secrets of this Tollgate, made at its first start. Back this file up, apart
# from the database: one is of no use without the other.
";

/// Whether something was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// It was made just now.
    Now,
    /// It was there.
    Before,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// 32 bytes in base64.
    master_key: SecretString,
}

/// Make a folder for its owner alone, unless it is there.
///
/// # Errors
/// `file.failed`.
pub fn make_folder(folder: &Path) -> Result<Made> {
    if folder.is_dir() {
        return Ok(Made::Before);
    }
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map(|()| Made::Now)
        .map_err(|fault| failed(folder, "made", fault))
}

/// What to do about a file or folder that others on the machine may look into.
pub fn too_open(path: &Path) -> Option<String> {
    let metadata = fs::metadata(path).ok()?;
    let mode = metadata.permissions().mode() & 0o777;
    let (ours, shown) = (
        if metadata.is_dir() { "700" } else { "600" },
        path.display(),
    );
    (mode & 0o077 != 0).then(|| {
        format!("{shown} has mode {mode:04o}, so that others on this machine may look into it: chmod {ours} {shown}")
    })
}

/// The master key, if there is a secrets file.
///
/// # Errors
/// `file.failed`, or `config.invalid` for a file that is not one of ours.
pub fn read(path: &Path) -> Result<Option<MasterKey>> {
    match fs::metadata(path) {
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(None),
        Ok(metadata) if metadata.len() > MOST_BYTES => return Err(foreign(path)),
        _ => {}
    }
    let text = fs::read_to_string(path)
        .map(SecretString::from)
        .map_err(|fault| failed(path, "read", fault))?;
    // The parser's own words would repeat the line, and with it the secret.
    let written: Written = toml::from_str(text.expose_secret()).map_err(|_| foreign(path))?;
    let bytes = STANDARD
        .decode(written.master_key.expose_secret())
        .map_err(|_| foreign(path))?;
    let bytes = bytes.try_into().map_err(|_| foreign(path))?;
    Ok(Some(MasterKey::from_bytes(&bytes)))
}

/// Make the file with a new master key. If another process is faster, the key
/// is theirs.
///
/// # Errors
/// `file.failed`, `internal.entropy`.
pub fn create(path: &Path, entropy: &Entropy) -> Result<(MasterKey, Made)> {
    let key = MasterKey::generate(entropy)?;
    let text = SecretString::from(format!(
        "{HEAD}master_key = \"{}\"\n",
        STANDARD.encode(*key.to_bytes())
    ));
    if publish(path, text.expose_secret(), entropy)
        .map_err(|fault| failed(path, "written", fault))?
    {
        return Ok((key, Made::Now));
    }
    match read(path)? {
        Some(theirs) => Ok((theirs, Made::Before)),
        None => Err(failed(path, "written", io::ErrorKind::NotFound.into())),
    }
}

/// Write beside the place and link it there: the file appears whole, and never
/// over another. False if there is one already.
fn publish(path: &Path, text: &str, entropy: &Entropy) -> io::Result<bool> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let chance: [u8; 8] = entropy.bytes().map_err(io::Error::other)?;
    let draft = folder.join(format!(".secrets-{:016x}.part", u64::from_be_bytes(chance)));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    File::open(folder)?.sync_all()?;
    match linked {
        Ok(()) => Ok(true),
        Err(fault) if fault.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(fault) => Err(fault),
    }
}

fn failed(path: &Path, done: &str, fault: io::Error) -> Error {
    let detail = format!("{} cannot be {done}: {fault}.", path.display());
    Error::new(&codes::FILE_FAILED)
        .detail(detail)
        .because(fault)
}

fn foreign(path: &Path) -> Error {
    let detail = format!(
        "{} is not a secrets file: it has to hold master_key, 32 bytes in base64.",
        path.display()
    );
    Error::new(&codes::CONFIG_INVALID).detail(detail)
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use tempfile::tempdir;
    use tollgate_base::{codes, entropy::Entropy};

    use super::{Made, create, make_folder, read, too_open};

    #[test]
    fn a_key_is_made_once_and_found_again() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("data/secrets.toml");
        assert_eq!(make_folder(path.parent().unwrap()).unwrap(), Made::Now);
        assert!(read(&path).unwrap().is_none());
        let (key, made) = create(&path, &Entropy).unwrap();
        assert_eq!(made, Made::Now);
        assert_eq!(read(&path).unwrap().unwrap().id(), key.id());
        let (again, made) = create(&path, &Entropy).unwrap();
        assert_eq!((again.id(), made), (key.id(), Made::Before));
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(
            fs::read_dir(path.parent().unwrap()).unwrap().count(),
            1,
            "no draft is left"
        );
    }

    /// asvs:V13.3.2
    #[test]
    fn what_others_may_read_is_named() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("secrets.toml");
        create(&path, &Entropy).unwrap();
        assert_eq!(too_open(&path), None);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(too_open(&path).unwrap().contains("chmod 600"));
    }

    #[test]
    fn a_file_of_another_kind_is_refused_and_not_repeated() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("secrets.toml");
        for text in [
            "",
            "master_key = 5",
            "master_key = \"c2hvcnQ=\"",
            "master_key = hunter2",
            "other = 1",
        ] {
            fs::write(&path, text).unwrap();
            let fault = read(&path).map(|_| ()).unwrap_err();
            assert!(fault.is(&codes::CONFIG_INVALID), "{text}");
            assert!(!format!("{fault:?}").contains("hunter2"));
        }
    }
}
