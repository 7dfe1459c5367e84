//! Places for connections: so many in all, so many for one address, and when all
//! are taken, who has waited longest without asking anything makes room.

use std::{
    collections::{BTreeMap, HashMap},
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// How long one that was told to go may take before another is.
const AGAIN: Duration = Duration::from_millis(100);

/// What a connection is doing.
const NEW: u8 = 0;
const ASKING: u8 = 1;
const IDLE: u8 = 2;

/// Those of one server. Cheap to clone.
#[derive(Clone)]
pub(super) struct Places(Arc<Inner>);

struct Inner {
    all: Arc<Semaphore>,
    most_each: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    each: HashMap<IpAddr, usize>,
    /// In the order in which they came, but for those that never make room.
    open: BTreeMap<u64, Arc<Seat>>,
    next: u64,
}

/// What a connection does, and how it is told to go.
#[derive(Default)]
pub(super) struct Seat {
    state: AtomicU8,
    go: Notify,
}

/// One connection's place; free again when this is dropped.
pub(super) struct Place {
    seat: Arc<Seat>,
    number: u64,
    /// None for who may have as many as there are.
    address: Option<IpAddr>,
    places: Places,
    _permit: OwnedSemaphorePermit,
}

impl Places {
    pub(super) fn new(all: usize, most_each: usize) -> Self {
        Self(Arc::new(Inner {
            all: Arc::new(Semaphore::new(all)),
            most_each,
            taken: Mutex::default(),
        }))
    }

    /// One of all places, as soon as there is one.
    pub(super) async fn permit(&self) -> OwnedSemaphorePermit {
        loop {
            if self.0.all.available_permits() == 0 {
                self.make_room();
            }
            // Who is asking now may rest a moment later.
            let permit = timeout(AGAIN, self.0.all.clone().acquire_owned()).await;
            if let Ok(permit) = permit {
                return permit.expect("the semaphore is never closed");
            }
        }
    }

    /// A place for that address, unless it has too many. Proxies that are trusted
    /// have none that is theirs: all visitors come through them.
    pub(super) fn take(
        &self,
        permit: OwnedSemaphorePermit,
        peer: IpAddr,
        is_trusted: bool,
    ) -> Option<Place> {
        let address = (!is_trusted).then(|| network(peer));
        let seat = Arc::<Seat>::default();
        let mut taken = self.taken();
        let number = taken.next;
        if let Some(address) = address {
            let held = taken.each.entry(address).or_default();
            if *held >= self.0.most_each {
                return None;
            }
            *held += 1;
            taken.next += 1;
            taken.open.insert(number, seat.clone());
        }
        drop(taken);
        Some(Place {
            seat,
            number,
            address,
            places: self.clone(),
            _permit: permit,
        })
    }

    /// Tell one to go: the oldest that has asked nothing yet, or else the oldest
    /// that asks nothing now.
    fn make_room(&self) {
        let mut taken = self.taken();
        let oldest = |state| {
            let mut open = taken.open.iter();
            let found = open.find(|(_, seat)| seat.state.load(Ordering::Relaxed) == state);
            found.map(|(number, _)| *number)
        };
        let Some(number) = oldest(NEW).or_else(|| oldest(IDLE)) else {
            return;
        };
        if let Some(seat) = taken.open.remove(&number) {
            seat.go.notify_one();
            metrics::counter!("tollgate_connections_cut_total", "reason" => "full").increment(1);
        }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    pub(super) fn seat(&self) -> Arc<Seat> {
        self.seat.clone()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut taken = self.places.taken();
        taken.open.remove(&self.number);
        if let Some(held) = taken.each.get_mut(&address) {
            *held -= 1;
            if *held == 0 {
                taken.each.remove(&address);
            }
        }
    }
}

impl Seat {
    /// It asks something.
    pub(super) fn asks(&self) {
        self.state.store(ASKING, Ordering::Relaxed);
    }

    /// It was answered.
    pub(super) fn rests(&self) {
        self.state.store(IDLE, Ordering::Relaxed);
    }

    /// Until others need the place more.
    pub(super) async fn told_to_go(&self) {
        self.go.notified().await;
    }
}

/// Who has one address of IPv6 has a whole /64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join;

    use super::*;

    async fn place(places: &Places, address: &str, is_trusted: bool) -> Option<Place> {
        let permit = places.permit().await;
        places.take(permit, address.parse().unwrap(), is_trusted)
    }

    #[tokio::test]
    async fn an_address_has_so_many() {
        let places = Places::new(100, 2);
        let one = place(&places, "203.0.113.1", false).await;
        let _two = place(&places, "::ffff:203.0.113.1", false).await.unwrap();
        assert!(place(&places, "203.0.113.1", false).await.is_none());
        assert!(place(&places, "203.0.113.1", true).await.is_some());
        assert!(place(&places, "203.0.113.2", false).await.is_some());
        drop(one);
        assert!(place(&places, "203.0.113.1", false).await.is_some());
        let _six = place(&places, "2001:db8::1", false).await.unwrap();
        let _ten = place(&places, "2001:db8::2:1", false).await.unwrap();
        assert!(
            place(&places, "2001:db8::3", false).await.is_none(),
            "one /64"
        );
        assert!(place(&places, "2001:db8:0:1::3", false).await.is_some());
    }

    /// fault:F22
    #[tokio::test]
    async fn who_asks_nothing_makes_room() {
        let places = Places::new(3, 9);
        let asking = place(&places, "203.0.113.1", false).await.unwrap();
        asking.seat().asks();
        let resting = place(&places, "203.0.113.1", false).await.unwrap();
        resting.seat().rests();
        let silent = place(&places, "203.0.113.1", false).await.unwrap();
        for told in [silent, resting] {
            let goes = async move {
                told.seat().told_to_go().await;
            };
            let (next, ()) = join(place(&places, "203.0.113.2", true), goes).await;
            std::mem::forget(next);
        }
        let goes = timeout(Duration::from_millis(20), places.permit()).await;
        assert!(goes.is_err(), "who is asking stays");
        drop(asking);
    }
}
