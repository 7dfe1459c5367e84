//! Wake-ups: a message that says "look again" to whoever listens, here and,
//! through Redis, on the other nodes.
//!
//! A message may be lost, late or doubled; nothing may depend on it. Truth is
//! in SQL, where every listener looks again by itself from time to time.

use std::time::Duration;

use tokio::{
    runtime::Handle,
    sync::{broadcast, mpsc},
};
use tollgate_base::{Result, SecretString};

use crate::redis_link::{Ear, Link};

const CHANNEL: &str = "tollgate:wake";
/// Messages that a listener may lag behind, and that may wait for Redis.
const WAITING: usize = 1_024;
/// How long one message may take to Redis.
const DEADLINE: Duration = Duration::from_millis(100);

/// Carries wake-ups. Cheap to clone.
#[derive(Clone)]
pub struct Bus {
    local: broadcast::Sender<String>,
    remote: Option<mpsc::Sender<String>>,
}

impl Bus {
    /// Within this process.
    pub fn local() -> Self {
        Self {
            local: broadcast::Sender::new(WAITING),
            remote: None,
        }
    }

    /// Also to the other nodes on that Redis, which is looked for in the
    /// background. Our own messages come back through it a second time.
    ///
    /// # Errors
    /// `config.invalid` for a URL that cannot be read.
    pub fn redis(url: &SecretString) -> Result<Self> {
        let local = broadcast::Sender::new(WAITING);
        let link = Link::open(
            url,
            Some(Ear {
                channel: CHANNEL,
                heard: local.clone(),
            }),
        )?;
        let (remote, mut waiting) = mpsc::channel::<String>(WAITING);
        Handle::current().spawn(async move {
            while let Some(message) = waiting.recv().await {
                let command = redis::cmd("PUBLISH").arg(CHANNEL).arg(message).to_owned();
                let _: Option<i64> = link.ask(&command, DEADLINE).await;
            }
        });
        Ok(Self {
            local,
            remote: Some(remote),
        })
    }

    /// Wake everybody who listens. Never waits and never fails: without Redis,
    /// or with too many messages before it, the other nodes find out later.
    pub fn publish(&self, message: String) {
        if let Some(remote) = &self.remote {
            let _ = remote.try_send(message.clone());
        }
        let _ = self.local.send(message);
    }

    /// Messages from now on. A listener that lags is told so, and should take
    /// it for "look at everything again".
    pub fn subscribe(&self) -> broadcast::Receiver<String> {
        self.local.subscribe()
    }
}
