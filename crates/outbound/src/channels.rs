//! Where operators are told of alerts, beside their mail: a hook of a chat, a hook
//! that checks signatures, a file. What is told is decided elsewhere.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use http_body_util::Full;
use hyper::{Request, body::Bytes, header::CONTENT_TYPE};
use serde_json::{Value, json};
use tokio::{
    fs::{self, OpenOptions},
    io::AsyncWriteExt,
    sync::Mutex,
};
use tollgate_base::{ExposeSecret, Result, SecretString};
use url::Url;

use crate::{
    hook::Hook,
    http::{Http, Most},
};

/// More of an answer is not read.
const ANSWER_MOST: usize = 64 * 1024;
/// Files that are kept beside the one that is written.
const OLD_FILES: usize = 4;

/// A hook of a chat, which takes `{"text": …}`. Its address is a secret.
#[derive(Clone)]
pub struct Chat(Arc<(SecretString, Http)>);

/// A file of JSON lines.
#[derive(Clone, Debug)]
pub struct Lines(Arc<Mutex<(PathBuf, u64)>>);

/// Each that is set.
#[derive(Clone, Debug, Default)]
pub struct Channels {
    /// The hook of a chat.
    pub chat: Option<Chat>,
    /// The hook that checks signatures.
    pub hook: Option<Arc<Hook>>,
    /// The file.
    pub file: Option<Lines>,
}

impl Chat {
    /// Get ready; nothing is sent.
    ///
    /// # Errors
    /// `config.invalid` if the file of authorities is none.
    pub fn new(url: SecretString, roots: Option<&Path>, patience: Duration) -> Result<Self> {
        Ok(Self(Arc::new((url, Http::new(roots, patience)?))))
    }

    /// Say something.
    ///
    /// # Errors
    /// Words that do not name the address.
    pub async fn say(&self, text: &str) -> Result<(), String> {
        let (url, http) = &*self.0;
        let url = Url::parse(url.expose_secret()).map_err(|_| "Its address is none.")?;
        let body = json!({ "text": text }).to_string();
        let request = Request::post("/")
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| "It cannot be written.")?;
        let most = Most::First(ANSWER_MOST);
        let answer = http.call(&url, request, most).await;
        match answer {
            Ok(answer) if answer.status.is_success() => Ok(()),
            Ok(answer) => Err(format!("It answered {}.", answer.status.as_u16())),
            Err(fault) => Err(fault.says.to_owned()),
        }
    }
}

impl Lines {
    /// A file that is put aside when it would grow beyond so many bytes.
    pub fn new(path: PathBuf, most: u64) -> Self {
        Self(Arc::new(Mutex::new((path, most))))
    }

    /// Add lines, readable by the server's own user alone.
    ///
    /// # Errors
    /// What the machine says.
    pub async fn add(&self, lines: &[Value]) -> Result<(), String> {
        // One at a time, or two would put the file aside.
        let held = self.0.lock().await;
        let (path, most) = &*held;
        let mut text = lines
            .iter()
            .map(Value::to_string)
            .collect::<Vec<_>>()
            .join("\n");
        text.push('\n');
        append(path, *most, &text)
            .await
            .map_err(|fault| fault.to_string())
    }
}

async fn append(path: &Path, most: u64, text: &str) -> std::io::Result<()> {
    let size = fs::metadata(path).await.map_or(0, |file| file.len());
    if size > 0 && size + text.len() as u64 > most {
        for number in (1..OLD_FILES).rev() {
            let (from, to) = (aside(path, number), aside(path, number + 1));
            if fs::try_exists(&from).await? {
                fs::rename(from, to).await?;
            }
        }
        fs::rename(path, aside(path, 1)).await?;
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(path).await?;
    file.write_all(text.as_bytes()).await?;
    file.sync_data().await
}

fn aside(path: &Path, number: usize) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    name.into()
}

impl fmt::Debug for Chat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chat")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Lines;

    #[tokio::test]
    async fn a_file_of_lines_is_private_and_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alerts.jsonl");
        let lines = Lines::new(path.clone(), 100);
        for number in 0..60 {
            lines
                .add(&[json!({ "number": number, "more": "text" })])
                .await
                .unwrap();
        }
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(files.len(), 5);
        for file in files {
            let data = file.unwrap().metadata().unwrap();
            assert!(data.len() <= 100);
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                assert_eq!(data.permissions().mode() & 0o777, 0o600);
            }
        }
        let last = std::fs::read_to_string(path).unwrap();
        assert!(last.contains("\"number\":59"), "{last}");
        let gone = Lines::new(folder.path().join("missing/alerts.jsonl"), 100);
        assert!(gone.add(&[json!(1)]).await.is_err());
    }
}
