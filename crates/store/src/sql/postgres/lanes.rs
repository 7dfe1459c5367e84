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

struct Lane(watch::Receiver<Option<Arc<Live>>>);

/// A connection that was live a moment ago.
pub(super) struct Live {
    pub(super) connection: Connection,
    silent: Notify,
}

impl Lanes {
    /// # Errors
    /// Whatever the first attempt meets, so that a wrong password or host is
    /// told at once.
    pub(super) async fn open(connector: &Arc<Connector>) -> Result<Self, Fault> {
        let mut lanes = Vec::with_capacity(LANES);
        for _ in 0..LANES {
            let (live, driver) = connect(connector).await?;
            let (announce, lane) = watch::channel(Some(live.clone()));
            Handle::current().spawn(keep(connector.clone(), live, driver, announce));
            lanes.push(Lane(lane));
        }
        Ok(Self {
            lanes,
            next: AtomicUsize::new(0),
        })
    }

    /// One that is live, by turns.
    pub(super) fn pick(&self) -> Result<Arc<Live>, Fault> {
        let first = self.next.fetch_add(1, Relaxed);
        (0..LANES)
            .find_map(|offset| {
                self.lanes[first.wrapping_add(offset) % LANES]
                    .0
                    .borrow()
                    .clone()
            })
            .ok_or_else(|| Fault::new(Trouble::Down, "no connection to the database"))
    }
}

impl Live {
    /// Wait for an answer. A connection that stays silent is given up, and so
    /// are the other statements on it: what became of them cannot be known.
    pub(super) async fn within<T>(
        &self,
        span: Duration,
        answer: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        timeout(span + GRACE, answer).await.unwrap_or_else(|_| {
            self.silent.notify_one();
            Err(silent())
        })
    }
}

async fn connect(connector: &Connector) -> Result<(Arc<Live>, Driver), Fault> {
    let (connection, driver) = connector.connect().await?;
    Ok((
        Arc::new(Live {
            connection,
            silent: Notify::new(),
        }),
        driver,
    ))
}

/// Drive a lane's connection until it ends, then make a new one, as long as
/// there is anybody to use it.
async fn keep(
    connector: Arc<Connector>,
    mut live: Arc<Live>,
    mut driver: Driver,
    announce: watch::Sender<Option<Arc<Live>>>,
) {
    loop {
        tokio::select! {
            () = &mut driver => {}
            () = live.silent.notified() => {}
            () = announce.closed() => return,
        }
        announce.send_replace(None);
        let (mut pause, longest) = PAUSES;
        (live, driver) = loop {
            match connect(&connector).await {
                Ok(connected) => break connected,
                Err(fault) => tracing::warn!(?fault, "The database cannot be reached"),
            }
            tokio::select! {
                () = sleep(pause) => pause = longest.min(pause * 2),
                () = announce.closed() => return,
            }
        };
        announce.send_replace(Some(live.clone()));
    }
}
