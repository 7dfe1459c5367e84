//! The few connections that carry single statements, many at once on each.
//! A lane that breaks is refused at once and mended in the background.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::{Notify, watch},
    time::{sleep, timeout},
};

use super::{
    Connection,
    connector::{Connector, Driver},
    silent,
};
use crate::sql::fault::{Fault, Trouble};

const LANES: usize = 3;
/// The first and the longest pause before a lane is tried again.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));
/// How much longer than the server, which cancels a statement itself, we wait.
const GRACE: Duration = Duration::from_millis(500);

pub(super) struct Lanes {
    lanes: Vec<Lane>,
    next: AtomicUsize,
}

struct Lane {
    live: watch::Receiver<Option<Arc<Connection>>>,
    broken: Arc<Notify>,
}

/// A lane that was live a moment ago.
pub(super) struct Picked {
    pub(super) connection: Arc<Connection>,
    broken: Arc<Notify>,
}

impl Lanes {
    /// # Errors
    /// Whatever the first attempt meets, so that a wrong password or host is
    /// told at once.
    pub(super) async fn open(connector: &Arc<Connector>) -> Result<Self, Fault> {
        let mut lanes = Vec::with_capacity(LANES);
        for _ in 0..LANES {
            let (connection, driver) = connector.connect().await?;
            let (announce, live) = watch::channel(Some(Arc::new(connection)));
            let broken = Arc::new(Notify::new());
            Handle::current().spawn(keep(connector.clone(), driver, announce, broken.clone()));
            lanes.push(Lane { live, broken });
        }
        Ok(Self {
            lanes,
            next: AtomicUsize::new(0),
        })
    }

    /// One that is live, by turns.
    pub(super) fn pick(&self) -> Result<Picked, Fault> {
        let first = self.next.fetch_add(1, Relaxed);
        (0..self.lanes.len())
            .map(|offset| &self.lanes[first.wrapping_add(offset) % self.lanes.len()])
            .find_map(|lane| {
                let connection = lane.live.borrow().clone()?;
                Some(Picked {
                    connection,
                    broken: lane.broken.clone(),
                })
            })
            .ok_or_else(|| Fault::new(Trouble::Down, "no connection to the database"))
    }
}

impl Picked {
    /// Wait for an answer. A lane that stays silent is given up, and so are
    /// the other statements on it: what became of them cannot be known.
    pub(super) async fn within<T>(
        &self,
        span: Duration,
        answer: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        timeout(span + GRACE, answer).await.unwrap_or_else(|_| {
            self.broken.notify_one();
            Err(silent())
        })
    }
}

/// Drive a lane's connection until it ends, then make a new one, as long as
/// there is anybody to use it.
async fn keep(
    connector: Arc<Connector>,
    mut driver: Driver,
    announce: watch::Sender<Option<Arc<Connection>>>,
    broken: Arc<Notify>,
) {
    loop {
        tokio::select! {
            () = &mut driver => {}
            () = broken.notified() => {}
            () = announce.closed() => return,
        }
        announce.send_replace(None);
        let (mut pause, longest) = PAUSES;
        driver = loop {
            match connector.connect().await {
                Ok((connection, driver)) => {
                    announce.send_replace(Some(Arc::new(connection)));
                    break driver;
                }
                Err(fault) => tracing::warn!(?fault, "The database cannot be reached"),
            }
            tokio::select! {
                () = sleep(pause) => pause = longest.min(pause * 2),
                () = announce.closed() => return,
            }
        };
    }
}
