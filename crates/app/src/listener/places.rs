//! Places for connections: so many in all, so many for one address, and when all
//! are taken, who has kept us waiting longest makes room.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};
use tollgate_base::network::host;

/// How long one that was told to go may take before another is.
const AGAIN: Duration = Duration::from_millis(100);
/// How long nobody is made to go while there are others: what is on its way
/// arrives within it.
const GRACE: Duration = Duration::from_secs(1);
/// Of so many that may go, one is found with each look around.
const SHARE: usize = 16;
/// Most that are on their way out at a time, and of how many places one is.
const AT_ONCE: usize = 8;
const OF_PLACES: usize = 25;

/// Those of one server. Cheap to clone.
#[derive(Clone)]
pub(super) struct Places(Arc<Inner>);

struct Inner {
    all: Arc<Semaphore>,
    most_each: usize,
    at_once: usize,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    each: HashMap<IpAddr, usize>,
    /// In the order in which they came, but for those that never make room.
    open: BTreeMap<u64, (IpAddr, Arc<Seat>)>,
    next: u64,
    /// Who has to make room, the next one last. Looked for among all only now and
    /// then: who comes in crowds must not cost a look at everybody each.
    leaving: Vec<(Turn, u64)>,
    /// How many were told, and are not gone yet.
    going: usize,
}

/// What a connection does, and how it is told to go.
pub(super) struct Seat {
    doing: Mutex<Doing>,
    go: Notify,
}

/// What a connection is doing.
#[derive(Clone, Copy)]
enum Doing {
    /// A handshake, a head or a body is to come, or the rest of it.
    Owes { since: Instant },
    /// It is answered.
    Heard,
    /// Its last request was answered.
    Rests { since: Instant },
    /// It was told to go.
    Goes,
}

/// When a connection has to make room: the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    sort: Sort,
    /// How many its address has, where that counts.
    crowd: Reverse<usize>,
    since: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Owes,
    Rests,
    /// It may be that nobody but the line is slow: first those of addresses that
    /// have many.
    Fresh,
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
            at_once: (all / OF_PLACES).clamp(1, AT_ONCE),
            taken: Mutex::default(),
        }))
    }

    /// One of all places, as soon as there is one.
    pub(super) async fn permit(&self) -> OwnedSemaphorePermit {
        let mut least = 0;
        loop {
            if self.0.all.available_permits() == 0 {
                self.make_room(least);
            }
            least = 1;
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
        let address = (!is_trusted).then(|| host(peer));
        let seat = Arc::new(Seat::new());
        let mut taken = self.taken();
        let number = taken.next;
        if let Some(address) = address {
            let held = taken.each.entry(address).or_default();
            if *held >= self.0.most_each {
                return None;
            }
            *held += 1;
            taken.next += 1;
            taken.open.insert(number, (address, seat.clone()));
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

    /// Tell some to go: who owes us longest, or else who rests longest. Who is
    /// answered stays. On a busy machine they take their time, and the next to
    /// come are there already; but if more and more were told, none would be left
    /// but who has just come.
    fn make_room(&self, least: usize) {
        let mut taken = self.taken();
        let some = self.0.at_once.saturating_sub(taken.going).max(least);
        for _ in 0..some {
            if !taken.goes() {
                taken.look_around(Instant::now());
                if !taken.goes() {
                    return;
                }
            }
        }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// Tell the next one to go that still waits as it did when it was found.
    fn goes(&mut self) -> bool {
        while let Some((turn, number)) = self.leaving.pop() {
            let open = self.open.get(&number);
            if open.is_some_and(|(_, seat)| seat.goes_as(turn)) {
                self.open.remove(&number);
                self.going += 1;
                metrics::counter!("tollgate_connections_cut_total", "reason" => "full")
                    .increment(1);
                return true;
            }
        }
        false
    }

    fn look_around(&mut self, now: Instant) {
        let turns = self.open.iter().filter_map(|(number, (address, seat))| {
            let doing = *seat.doing();
            let held = || self.each.get(address).copied().unwrap_or_default();
            Some((doing.turn(now, held)?, *number))
        });
        self.leaving.extend(turns);
        self.leaving.sort_unstable_by_key(|turn| Reverse(*turn));
        let few = self.leaving.len().div_ceil(SHARE);
        self.leaving.drain(..self.leaving.len() - few);
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
        if taken.open.remove(&self.number).is_none() {
            taken.going -= 1;
        }
        if let Some(held) = taken.each.get_mut(&address) {
            *held -= 1;
            if *held == 0 {
                taken.each.remove(&address);
            }
        }
    }
}

impl Seat {
    fn new() -> Self {
        let since = Instant::now();
        Self {
            doing: Mutex::new(Doing::Owes { since }),
            go: Notify::new(),
        }
    }

    /// What was waited for is here, and it is answered, unless it was told to go.
    pub(super) fn is_heard(&self) -> bool {
        self.does(Doing::Heard)
    }

    /// The rest of its body is waited for.
    pub(super) fn owes(&self, since: Instant) {
        self.does(Doing::Owes { since });
    }

    /// It was answered.
    pub(super) fn rests(&self) {
        let since = Instant::now();
        self.does(Doing::Rests { since });
    }

    /// It has to go. Whether that is news.
    pub(super) fn goes(&self) -> bool {
        let is_news = self.does(Doing::Goes);
        self.go.notify_one();
        is_news
    }

    /// Until it has to go.
    pub(super) async fn told_to_go(&self) {
        self.go.notified().await;
    }

    /// Who was told to go does nothing else any more.
    fn does(&self, what: Doing) -> bool {
        let mut doing = self.doing();
        let stays = !matches!(*doing, Doing::Goes);
        if stays {
            *doing = what;
        }
        stays
    }

    /// Tell it to go, unless something came from it meanwhile.
    fn goes_as(&self, turn: Turn) -> bool {
        let mut doing = self.doing();
        let same = doing.waits().is_some_and(|(_, since)| since == turn.since);
        if same {
            *doing = Doing::Goes;
            self.go.notify_one();
        }
        same
    }

    fn doing(&self) -> MutexGuard<'_, Doing> {
        self.doing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Doing {
    /// Since when we wait for it. None while it waits for us.
    fn waits(self) -> Option<(Sort, Instant)> {
        match self {
            Self::Owes { since } => Some((Sort::Owes, since)),
            Self::Rests { since } => Some((Sort::Rests, since)),
            Self::Heard | Self::Goes => None,
        }
    }

    /// None for who does not have to make room.
    fn turn(self, now: Instant, held: impl FnOnce() -> usize) -> Option<Turn> {
        let (sort, since) = self.waits()?;
        let is_fresh = now.saturating_duration_since(since) < GRACE;
        let (sort, crowd) = if is_fresh {
            (Sort::Fresh, held())
        } else {
            (sort, 0)
        };
        Some(Turn {
            sort,
            crowd: Reverse(crowd),
            since,
        })
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
    async fn who_owes_or_rests_makes_room() {
        let places = Places::new(4, 9);
        let heard = place(&places, "203.0.113.1", false).await.unwrap();
        assert!(heard.seat().is_heard());
        let silent = place(&places, "203.0.113.1", false).await.unwrap();
        let sending = place(&places, "203.0.113.1", false).await.unwrap();
        assert!(sending.seat().is_heard());
        sending.seat().owes(Instant::now());
        let resting = place(&places, "203.0.113.1", false).await.unwrap();
        resting.seat().rests();
        for told in [silent, sending, resting] {
            let goes = async move {
                told.seat().told_to_go().await;
                assert!(!told.seat().is_heard(), "what comes now is too late");
            };
            let (next, ()) = join(place(&places, "203.0.113.2", true), goes).await;
            std::mem::forget(next);
        }
        let goes = timeout(Duration::from_millis(20), places.permit()).await;
        assert!(goes.is_err(), "who is answered stays");
        drop(heard);
    }

    /// fault:F22
    #[tokio::test]
    async fn who_sent_something_meanwhile_stays() {
        let places = Places::new(40, 40);
        let mut all = Vec::new();
        for _ in 0..40 {
            all.push(place(&places, "203.0.113.1", false).await.unwrap());
        }
        let is_told = |place: &Place| matches!(*place.seat.doing(), Doing::Goes);
        places.make_room(1);
        assert!(is_told(&all[0]), "the oldest");
        assert!(all[1].seat().is_heard());
        all[2].seat().owes(Instant::now());
        places.make_room(0);
        assert!(!is_told(&all[3]), "one is going");
        places.make_room(1);
        let told: Vec<_> = (0..40).filter(|number| is_told(&all[*number])).collect();
        assert_eq!(told, [0, 3]);
    }

    /// fault:F22
    #[test]
    fn who_is_on_the_way_goes_last() {
        let begun = Instant::now();
        let second = Duration::from_secs(1);
        let now = begun + 10 * second;
        let owes = |since, held| Doing::Owes { since }.turn(now, || held);
        let rests = |since, held| Doing::Rests { since }.turn(now, || held);
        let order = [
            owes(begun, 1),
            owes(begun + 8 * second, 50),
            rests(begun, 1),
            rests(begun + 8 * second, 50),
            owes(now, 50),
            owes(now - second / 2, 1),
            rests(now - second / 4, 1),
            owes(now, 1),
        ];
        assert!(order.iter().all(Option::is_some));
        assert!(order.is_sorted(), "{order:?}");
        assert_eq!(Doing::Heard.turn(now, || 50), None);
        assert_eq!(Doing::Goes.turn(now, || 50), None);
    }
}
