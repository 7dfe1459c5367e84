//! Handing a text message over: to a hook that knows a carrier, to a folder
//! where an operator or a test reads it, or to the log.

use std::{path::PathBuf, sync::Arc};

use serde_json::json;
use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes, phone::Phone, time::Time};

use crate::{
    hook::{Hook, Refusal},
    mail,
};

/// A text message. What it says is a secret: it may hold a code.
#[derive(Debug)]
pub struct Text {
    /// Stable over retries, so that whoever gets it twice can tell.
    pub id: String,
    /// When it is handed over.
    pub at: Time,
    /// To whom.
    pub to: Phone,
    /// What it says.
    pub text: SecretString,
}

/// Whoever takes our texts.
#[derive(Clone, Debug)]
pub enum Texter {
    /// Nobody: there are no texts here.
    Off,
    /// A hook of the operator's.
    Hook(Arc<Hook>),
    /// One file for each text in this folder, readable by its owner alone.
    Folder(PathBuf),
    /// Whole texts in the log, codes and all: for trying things out alone.
    Log,
}

impl Texter {
    /// Whether texts go anywhere.
    pub const fn is_on(&self) -> bool {
        !matches!(self, Self::Off)
    }

    /// Hand a text over.
    ///
    /// # Errors
    /// `sms.failed` if trying again may help, `sms.refused` if it will not.
    pub async fn send(&self, text: Text) -> Result<()> {
        match self {
            Self::Off => {
                let detail = "No text messages are sent here.";
                Err(Error::new(&codes::SMS_REFUSED).detail(detail))
            }
            Self::Hook(hook) => post(hook, &text).await,
            Self::Folder(folder) => mail::keep(folder, &format!("{}.txt", text.id), &plain(&text))
                .await
                .map_err(|fault| Error::new(&codes::SMS_FAILED).because(fault)),
            Self::Log => {
                tracing::warn!(
                    sms.id = text.id,
                    sms.to = text.to.as_str(),
                    sms.text = text.text.expose_secret(),
                    "A text is written to the log, as [sms] delivery = \"log\" asks"
                );
                Ok(())
            }
        }
    }
}

async fn post(hook: &Hook, text: &Text) -> Result<()> {
    let message = json!({
        "id": text.id,
        "type": "sms",
        "to": text.to.as_str(),
        "text": text.text.expose_secret(),
        "timestamp": text.at.to_string(),
    });
    hook.post(&text.id, text.at, &message)
        .await
        .map_err(|refusal| match refusal {
            Refusal::Undeliverable => Error::new(&codes::SMS_REFUSED)
                .detail("The hook says that no text can be sent to that number."),
            Refusal::Failed(says, cause) => {
                let failed = Error::new(&codes::SMS_FAILED)
                    .detail(format!("The hook did not take the text. {says}"));
                match cause {
                    Some(cause) => failed.because(cause),
                    None => failed,
                }
            }
        })
}

fn plain(text: &Text) -> SecretString {
    format!("To: {}\n\n{}", text.to.as_str(), text.text.expose_secret()).into()
}
