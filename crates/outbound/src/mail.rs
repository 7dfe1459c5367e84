//! Handing a mail over: to a folder where an operator or a test reads it, or
//! to the log.

use std::path::{Path, PathBuf};

use tokio::{fs, io::AsyncWriteExt};
use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes};

/// A mail. The body is a secret: it may hold a link that signs somebody in.
#[derive(Debug)]
pub struct Message {
    /// Stable over retries, so that a mail is not delivered twice.
    pub id: String,
    /// The address of the receiver.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// Plain text.
    pub body: SecretString,
}

/// Where mail goes.
#[derive(Clone, Debug)]
pub enum Mailer {
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
    /// `mail.failed` if the folder cannot be written.
    pub async fn send(&self, message: Message) -> Result<()> {
        match self {
            Self::Folder { folder, from } => write(folder, from, &message)
                .await
                .map_err(|fault| Error::new(&codes::MAIL_FAILED).because(fault)),
            Self::Log => {
                tracing::warn!(
                    mail.id = message.id,
                    mail.to = message.to,
                    mail.subject = message.subject,
                    mail.body = message.body.expose_secret(),
                    "Mail is written to the log, as [mail] delivery = \"log\" asks"
                );
                Ok(())
            }
        }
    }
}

/// The name follows from the id, so that a retry overwrites; renaming makes
/// the file appear whole.
async fn write(folder: &Path, from: &str, message: &Message) -> std::io::Result<()> {
    let mut folder_mode = fs::DirBuilder::new();
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        folder_mode.mode(0o700);
        options.mode(0o600);
    }
    folder_mode.recursive(true).create(folder).await?;
    let half = folder.join(format!(".{}.part", message.id));
    let mut file = options.open(&half).await?;
    let header = format!(
        "From: {}\nTo: {}\nSubject: {}\n\n",
        one_line(from),
        one_line(&message.to),
        one_line(&message.subject)
    );
    file.write_all(header.as_bytes()).await?;
    file.write_all(message.body.expose_secret().as_bytes())
        .await?;
    file.sync_all().await?;
    fs::rename(&half, folder.join(format!("{}.eml", message.id))).await
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
                to: "ann@example.org\r\nBcc: eve@example.org".into(),
                subject: "Hello".into(),
                body: "text".to_owned().into(),
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
