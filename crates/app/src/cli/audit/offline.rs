//! The trail checked from files alone: no database, no configuration, on any
//! machine. What is read was written by `audit export`, and may have been changed
//! by anybody since.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use serde_json::Value;
use tollgate_base::{Error, Result, codes, hex::unhex};
use tollgate_flows::{
    Event,
    audit::{Head, Proof, VerifyingKey, checkpoints_in, keys_in},
};

/// What checking a file came to.
pub(super) struct Checked {
    pub(super) proof: Proof,
    /// Number of the event before the first.
    pub(super) after: i64,
}

/// Check a file of events against signed heads.
///
/// # Errors
/// `audit.broken`, naming the line or the checkpoint; `file.failed`.
pub(super) fn check(file: &Path, heads: &[Head]) -> Result<Checked> {
    if let Some(pair) = heads
        .windows(2)
        .find(|pair| pair[0].installation != pair[1].installation)
    {
        let says = format!(
            "The checkpoints are of two installations: {} and {}.",
            pair[0].installation, pair[1].installation
        );
        return Err(broken(says));
    }
    let mut walk: Option<Checked> = None;
    for (number, line) in BufReader::new(open(file)?).lines().enumerate() {
        let line = line.map_err(|fault| unread(file).because(fault))?;
        let number = number + 1;
        let event = event(&line).ok_or_else(|| {
            broken(format!(
                "Line {number} is no event as audit export writes them."
            ))
        })?;
        let walk = match &mut walk {
            Some(walk) => walk,
            None => walk.insert(begin(&event, heads)?),
        };
        let at_line = |fault: Error| {
            let says = format!("Line {number}: {}", fault.public());
            broken(says)
        };
        walk.proof.step(&event).map_err(at_line)?;
    }
    let walk = walk.ok_or_else(|| broken("The file holds no event.".to_owned()))?;
    walk.proof.end()?;
    Ok(walk)
}

/// Signed heads in a file: lines of a log, or of `audit checkpoints`.
///
/// # Errors
/// `file.failed`; `audit.broken` if one is signed by nobody whom we know;
/// `usage.invalid` if there are none.
pub(super) fn heads(file: &Path, keys: &[VerifyingKey]) -> Result<Vec<Head>> {
    let signed = signed(file)?;
    signed
        .iter()
        .map(|signed| Head::read(signed, keys))
        .collect()
}

/// The same before they are proved.
///
/// # Errors
/// `file.failed`; `usage.invalid` if there are none.
pub(super) fn signed(file: &Path) -> Result<Vec<String>> {
    let text = read(file)?;
    let signed: Vec<String> = checkpoints_in(&text).map(ToOwned::to_owned).collect();
    if signed.is_empty() {
        let says = format!("{} holds no checkpoint.", file.display());
        return Err(another_file(says));
    }
    Ok(signed)
}

/// The keys of a file that `audit keys` wrote.
///
/// # Errors
/// `file.failed`; `usage.invalid` if there are none.
pub(super) fn keys(file: &Path) -> Result<Vec<VerifyingKey>> {
    let text = read(file)?;
    let keys = serde_json::from_str(&text).map(|set: Value| keys_in(&set));
    match keys {
        Ok(keys) if !keys.is_empty() => Ok(keys),
        _ => Err(another_file(format!("{} is no key set.", file.display()))),
    }
}

/// From the first event of all, or from one that follows a signed head.
fn begin(first: &Event, heads: &[Head]) -> Result<Checked> {
    let after = first.seq.unwrap_or_default() - 1;
    let mut proof = match heads.iter().find(|head| head.seq == after) {
        Some(head) => Proof::from_head(head),
        None if after == 0 => Proof::begin(),
        None => {
            let says = format!(
                "The file begins after number {after}, for which there is no checkpoint: export from the first event, or give one."
            );
            return Err(broken(says));
        }
    };
    for head in heads {
        proof.expect(head)?;
    }
    Ok(Checked { proof, after })
}

fn event(line: &str) -> Option<Event> {
    let said: Value = serde_json::from_str(line).ok()?;
    let text = |name: &str| said.get(name)?.as_str();
    let maybe = |name: &str| text(name).map(ToOwned::to_owned);
    let bytes = |name: &str| unhex(text(name)?);
    let personal = said.get("personal").filter(|personal| !personal.is_null());
    Some(Event {
        id: text("id")?.parse().ok()?,
        seq: said.get("seq")?.as_i64(),
        at: text("at")?.parse().ok()?,
        kind: maybe("kind")?,
        actor: maybe("actor")?,
        subject: maybe("subject"),
        session: maybe("session"),
        data: said.get("data")?.to_string(),
        personal: personal.map(ToString::to_string),
        address: None,
        salt: bytes("salt"),
        personal_digest: bytes("personal_digest")?.try_into().ok()?,
        hash: bytes("hash")?.try_into().ok(),
    })
}

fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(|fault| unread(path).because(fault))
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|fault| unread(path).because(fault))
}

fn unread(path: &Path) -> Error {
    Error::new(&codes::FILE_FAILED).detail(format!("{} cannot be read.", path.display()))
}

fn broken(says: String) -> Error {
    Error::new(&codes::AUDIT_BROKEN).detail(says)
}

/// Another file was named than the one that was meant: that says nothing of the trail.
fn another_file(says: String) -> Error {
    Error::new(&codes::USAGE_INVALID).detail(says)
}
