//! `reload`: have the running server read its configuration again.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tollgate_base::{Error, codes};

use crate::pid_file;

use super::{exit::Failure, office::Office, terminal::Answer};

pub(crate) fn run(office: &Office) -> Result<Answer, Failure> {
    // A fault is better told here than found in the server's log.
    let loaded = office.load()?;
    let folder = &loaded.config.server.data_dir;
    let nobody = || {
        let detail = format!("No server runs on {}.", folder.display());
        Error::new(&codes::SERVER_UNREACHABLE).detail(detail)
    };
    let id = pid_file::running(folder)?.ok_or_else(nobody)?;
    let pid = Pid::from_raw(id).ok_or_else(nobody)?;
    kill_process(pid, Signal::HUP).map_err(|fault| nobody().because(fault))?;
    let text = format!(
        "Asked server {id} to read its configuration again; its log says what became of it."
    );
    Ok(Answer::new(json!({ "pid": id }), text))
}
