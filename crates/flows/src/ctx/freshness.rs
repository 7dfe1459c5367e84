//! What this node remembers of principals, and how it learns that it is stale.
//!
//! Each remembered credential carries the stamp that its account had when it
//! was loaded. A change gives the account a new stamp; so does forgetting it,
//! as no stamp is given twice. A change that lands while a credential is being
//! loaded keeps it from being remembered at all.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use metrics::{Counter, counter};
use quick_cache::sync::Cache;
use tollgate_base::{
    Error, Result,
    access::Person,
    codes,
    id::{SessionId, UserId},
    time::Time,
};
use tollgate_records::sessions::Session;

use super::{bond::Bond, sites::Face};

/// Most credentials and accounts remembered.
const REMEMBERED: usize = 100_000;
/// Without news from the other nodes for so long, what is remembered is not
/// trusted: a node that is cut off from its database fails closed.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it is told that a session is presented where it does not count.
const TELL_EVERY: Duration = Duration::from_hours(1);

/// A principal as it was loaded.
#[derive(Clone, Debug)]
pub struct Cached {
    /// Who.
    pub person: Person,
    /// By which session.
    pub session: Session,
    /// Where alone that session counts.
    pub bond: Bond,
    /// When the credential itself ends.
    pub until: Time,
}

/// How many changes there had been when a load began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight(u64);

/// What is remembered.
pub struct Freshness {
    principals: Cache<[u8; 32], (Arc<Cached>, u64)>,
    faces: Cache<UserId, (Arc<Face>, u64)>,
    stamps: Cache<UserId, u64>,
    seen: Cache<SessionId, Time>,
    elsewhere: Cache<SessionId, Time>,
    changes: AtomicU64,
    next_stamp: AtomicU64,
    born: Instant,
    /// Milliseconds of this node's life; 0 while no feed runs.
    fed_at: AtomicU64,
    hits: Counter,
    misses: Counter,
}

impl Default for Freshness {
    fn default() -> Self {
        Self {
            principals: Cache::new(REMEMBERED),
            faces: Cache::new(REMEMBERED),
            stamps: Cache::new(REMEMBERED),
            seen: Cache::new(REMEMBERED),
            elsewhere: Cache::new(REMEMBERED),
            changes: AtomicU64::new(0),
            next_stamp: AtomicU64::new(0),
            born: Instant::now(),
            fed_at: AtomicU64::new(0),
            hits: counter!("tollgate_principal_cache_total", "result" => "hit"),
            misses: counter!("tollgate_principal_cache_total", "result" => "miss"),
        }
    }
}

impl Freshness {
    /// Look before loading from the database.
    pub fn sight(&self) -> Sight {
        Sight(self.changes.load(Ordering::SeqCst))
    }

    /// Remember what was loaded, unless something changed since `sight`.
    pub fn remember(&self, key: [u8; 32], loaded: Arc<Cached>, sight: Sight) {
        let user = loaded.person.user;
        let stamp = self.stamps.get(&user).unwrap_or_else(|| self.stamp(user));
        // Counted only now: a change after this line gives another stamp.
        if self.sight() == sight {
            self.principals.insert(key, (loaded, stamp));
        }
    }

    /// What is remembered of a credential, if nothing changed since.
    ///
    /// # Errors
    /// `store.stale` if this node has had no news for five seconds.
    pub fn recall(&self, key: &[u8; 32]) -> Result<Option<Arc<Cached>>> {
        let Some((cached, stamp)) = self.principals.get(key) else {
            self.misses.increment(1);
            return Ok(None);
        };
        if self.stamps.get(&cached.person.user) != Some(stamp) {
            self.principals.remove(key);
            self.misses.increment(1);
            return Ok(None);
        }
        self.trust()?;
        self.hits.increment(1);
        Ok(Some(cached))
    }

    /// Remember what apps are told of somebody, unless something changed since
    /// `sight`.
    pub fn remember_face(&self, face: Arc<Face>, sight: Sight) {
        let user = face.visitor.user;
        let stamp = self.stamps.get(&user).unwrap_or_else(|| self.stamp(user));
        if self.sight() == sight {
            self.faces.insert(user, (face, stamp));
        }
    }

    /// What apps are told of somebody, if nothing changed since.
    pub fn face(&self, user: UserId) -> Option<Arc<Face>> {
        let (face, stamp) = self.faces.get(&user)?;
        (self.stamps.get(&user) == Some(stamp)).then_some(face)
    }

    /// Whether what is remembered may be trusted.
    ///
    /// # Errors
    /// `store.stale` if this node has had no news for five seconds.
    pub fn trust(&self) -> Result<()> {
        if self.is_cut_off() {
            return Err(Error::new(&codes::STORE_STALE).retry_after(Duration::from_secs(1)));
        }
        Ok(())
    }

    /// Something about an account changed.
    pub fn bump(&self, user: UserId) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.stamp(user);
    }

    /// Anything may have changed.
    pub fn bump_all(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.stamps.clear();
        self.principals.clear();
        self.faces.clear();
    }

    /// News arrived, or the lack of any was confirmed, of what was asked at `asked`:
    /// an answer may have been on its way for seconds.
    pub fn fed(&self, asked: Instant) {
        let asked = asked.saturating_duration_since(self.born).as_millis() as u64;
        self.fed_at.store(asked.max(1), Ordering::SeqCst);
    }

    /// Whether the feed that should run has been silent for too long.
    pub fn is_cut_off(&self) -> bool {
        let fed_at = self.fed_at.load(Ordering::SeqCst);
        fed_at > 0 && u128::from(self.age().saturating_sub(fed_at)) > PATIENCE.as_millis()
    }

    fn age(&self) -> u64 {
        self.born.elapsed().as_millis() as u64
    }

    /// How many principals are remembered.
    pub fn remembered(&self) -> usize {
        self.principals.len()
    }

    /// A session was used.
    pub fn saw(&self, session: SessionId, at: Time) {
        self.seen.insert(session, at);
    }

    /// When a session was last used here, if that is not stored yet.
    pub fn last_seen(&self, session: SessionId) -> Option<Time> {
        self.seen.get(&session)
    }

    /// A session was presented where it does not count. Says whether that was last
    /// told of so long ago that it is worth telling again.
    pub fn is_news_elsewhere(&self, session: SessionId, now: Time) -> bool {
        let told = self.elsewhere.get(&session);
        let news = told.is_none_or(|told| now.since(told) >= TELL_EVERY);
        if news {
            self.elsewhere.insert(session, now);
        }
        news
    }

    /// Take out all uses that are to be stored.
    pub fn take_seen(&self) -> Vec<(SessionId, Time)> {
        let taken: Vec<_> = self.seen.iter().collect();
        for (session, at) in &taken {
            self.seen.remove_if(session, |now| now == at);
        }
        taken
    }

    fn stamp(&self, user: UserId) -> u64 {
        let stamp = self.next_stamp.fetch_add(1, Ordering::SeqCst);
        self.stamps.insert(user, stamp);
        stamp
    }
}
