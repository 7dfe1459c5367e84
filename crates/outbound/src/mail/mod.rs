//! Handing a mail over: to a server, to a folder where an operator or a test
//! reads it, or to the log.

mod smtp;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::{fs, io::AsyncWriteExt};
use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes, time::Time};

pub use smtp::{Encryption, Server, Smtp};

/// A mail. What it says is a secret: it may hold a link that sets a password.
#[derive(Debug)]
pub struct Message {
    /// Stable over retries, so that whoever gets a mail twice can tell.
    pub id: String,
    /// When it was written.
    pub at: Time,
    /// The address of the receiver.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// Plain text.
    pub text: SecretString,
    /// The same as HTML; a folder and the log go without.
    pub html: SecretString,
}

/// Where mail goes.
#[derive(Clone, Debug)]
pub enum Mailer {
    /// A server that takes it.
    Smtp(Arc<Smtp>),
    /// One file for each mail in this folder, readable by its owner alone.
    Folder {
        /// The folder; made if it is not there.
        folder: PathBuf,
        /// Who mail is from, such as `Tollgate <tollgate@localhost>`.
        from: String,
    },
    /// Whole mails in the log, links and all: for trying things out alone.
    Log,
}

impl Mailer {
    /// Hand a mail over.
    ///
    /// # Errors
    /// `mail.failed` if trying again may help, `mail.refused` if it will not.
    pub async fn send(&self, message: Message) -> Result<()> {
        match self {
            Self::Smtp(smtp) => smtp.send(&message).await,
            Self::Folder { folder, from } => write(folder, from, &message)
                .await
                .map_err(|fault| Error::new(&codes::MAIL_FAILED).because(fault)),
            Self::Log => {
                tracing::warn!(
                    mail.id = message.id,
                    mail.to = message.to,
                    mail.subject = message.subject,
                    mail.text = message.text.expose_secret(),
                    "Mail is written to the log, as [mail] delivery = \"log\" asks"
                );
                Ok(())
            }
        }
    }

    /// Whether mail could be handed over now; none is.
    ///
    /// # Errors
    /// `mail.failed`.
    pub async fn reach(&self) -> Result<()> {
        match self {
            Self::Smtp(smtp) => smtp.reach().await,
            Self::Folder { .. } | Self::Log => Ok(()),
        }
    }
}

async fn write(folder: &Path, from: &str, message: &Message) -> std::io::Result<()> {
    let whole = format!(
        "From: {}\nTo: {}\nSubject: {}\n\n{}",
        one_line(from),
        one_line(&message.to),
        one_line(&message.subject),
        message.text.expose_secret()
    );
    keep(folder, &format!("{}.eml", message.id), &whole.into()).await
}

/// Keep a message as a file. Its name follows from the message's id, so that a
/// retry overwrites; renaming makes the file appear whole.
pub(crate) async fn keep(folder: &Path, name: &str, whole: &SecretString) -> std::io::Result<()> {
    let mut folder_mode = fs::DirBuilder::new();
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        folder_mode.mode(0o700);
        options.mode(0o600);
    }
    folder_mode.recursive(true).create(folder).await?;
    let half = folder.join(format!(".{name}.part"));
    let mut file = options.open(&half).await?;
    file.write_all(whole.expose_secret().as_bytes()).await?;
    file.sync_all().await?;
    fs::rename(&half, folder.join(name)).await
}

/// No value can begin a header of its own.
fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_mail_lies_in_the_folder_once_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let mailer = Mailer::Folder {
            folder: folder.path().join("mail"),
            from: "Tollgate <tollgate@localhost>".into(),
        };
        for _ in 0..2 {
            let message = Message {
                id: "job_1".into(),
                at: Time::from_secs(1_800_000_000),
                to: "ann@example.org\r\nBcc: eve@example.org".into(),
                subject: "Hello".into(),
                text: "text".to_owned().into(),
                html: "<p>text".to_owned().into(),
            };
            mailer.send(message).await.unwrap();
        }
        let files: Vec<_> = std::fs::read_dir(folder.path().join("mail"))
            .unwrap()
            .map(|file| file.unwrap())
            .collect();
        assert_eq!(files.len(), 1);
        let text = std::fs::read_to_string(files[0].path()).unwrap();
        assert_eq!(
            text,
            "From: Tollgate <tollgate@localhost>\nTo: ann@example.orgBcc: eve@example.org\nSubject: Hello\n\ntext"
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                files[0].metadata().unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
    }
}
