//! The disk below the one SQLite writer: a thread that makes a group of
//! transactions last and then answers, while the writer runs the next group.
//!
//! A group is on its way alone: the writer commits no other before it is known
//! whether this one lasts.

use std::{
    fs::{File, OpenOptions},
    path::Path,
    sync::{Arc, mpsc},
    time::Instant,
};

use tokio::{runtime::Handle, sync::oneshot};
use tollgate_base::fail::{FailPoints, Moment};

use super::writer::Member;
use crate::sql::{
    fault::{Fault, Trouble},
    health::Gauges,
};

/// A group that SQLite has committed to its log, and that may still be lost.
pub(super) struct Group {
    pub(super) members: Vec<Member>,
    /// When its COMMIT began.
    pub(super) began: Instant,
}

/// The writer's end.
pub(super) struct Disk {
    groups: mpsc::Sender<(Group, oneshot::Sender<()>)>,
    under_way: Option<UnderWay>,
    keeper: Arc<Keeper>,
}

struct UnderWay {
    since: Instant,
    end: oneshot::Receiver<()>,
}

/// What makes groups last, on either thread.
struct Keeper {
    log: File,
    gauges: Arc<Gauges>,
    fail_points: FailPoints,
    callers: Handle,
}

impl Disk {
    /// For the write-ahead log at `log`, which exists. Callers are answered on
    /// the runtime that this is called on.
    pub(super) fn start(
        log: &Path,
        gauges: Arc<Gauges>,
        fail_points: FailPoints,
    ) -> Result<Self, Fault> {
        let down = |fault| Fault::new(Trouble::Down, fault);
        let log = OpenOptions::new().write(true).open(log).map_err(down)?;
        let keeper = Arc::new(Keeper {
            log,
            gauges,
            fail_points,
            callers: Handle::current(),
        });
        let (groups, waiting) = mpsc::channel::<(Group, oneshot::Sender<()>)>();
        let own = keeper.clone();
        let work = move || {
            for (group, done) in waiting {
                own.keep(group);
                // The writer may have ended.
                let _ = done.send(());
            }
        };
        std::thread::Builder::new()
            .name("store-disk".to_owned())
            .spawn(work)
            .map_err(down)?;
        Ok(Self {
            groups,
            under_way: None,
            keeper,
        })
    }

    /// Since when a group is on its way.
    pub(super) fn busy_since(&self) -> Option<Instant> {
        self.under_way.as_ref().map(|group| group.since)
    }

    /// When no group is on its way any more.
    pub(super) async fn idle(&mut self) {
        if let Some(group) = &mut self.under_way {
            // A thread that has ended is not busy either.
            let _ = (&mut group.end).await;
            self.under_way = None;
        }
    }

    /// Make a group last, and answer its members, on the thread that asks.
    pub(super) fn keep_here(&self, group: Group) {
        self.keeper.keep(group);
    }

    /// The same beside the thread that asks.
    pub(super) fn keep_beside(&mut self, group: Group) {
        let (done, end) = oneshot::channel();
        let since = group.began;
        match self.groups.send((group, done)) {
            Ok(()) => self.under_way = Some(UnderWay { since, end }),
            Err(mpsc::SendError((group, _))) => self.keeper.keep(group),
        }
    }
}

impl Keeper {
    /// A failed fsync is never repeated: the kernel may have dropped the pages
    /// and would report success the second time.
    fn keep(&self, group: Group) {
        let Group { members, began } = group;
        let fate = self.log.sync_data().map_err(|fault| {
            tracing::error!(?fault, "A group of transactions could not be kept");
            self.gauges.poison();
            Trouble::Down
        });
        if fate.is_ok() {
            self.gauges.committed(members.len(), began.elapsed());
            self.fail_points.pass(Moment::Committed, "");
        }
        self.answer(members, fate);
    }

    /// Many callers are woken where they run: from here each would cost a
    /// system call, one after another.
    fn answer(&self, members: Vec<Member>, fate: Result<(), Trouble>) {
        let alone = members.len() == 1;
        let tell = move || members.into_iter().for_each(|member| member.answer(fate));
        if alone {
            tell();
        } else {
            self.callers.spawn(async move { tell() });
        }
    }
}
