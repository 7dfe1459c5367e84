//! Password hashes: ours are Argon2id (RFC 9106); those of other systems are
//! recognised, checked, and marked for renewal. All hashing runs on a bounded
//! pool of threads of its own.
//!
//! What a good password is, and who may try how often, is decided elsewhere.

mod argon;
mod foreign;
mod pepper;
mod pool;
mod scheme;

use std::{hint::black_box, sync::Arc, time::Duration};

use tollgate_base::{Error, ExposeSecret, Result, SecretString, codes};

use self::{argon::Argon, pool::Pool};
pub use self::{
    pepper::Peppers,
    scheme::{Scheme, recognise},
};

/// Longest password that is hashed, in bytes. More is refused before any work.
pub const LONGEST: usize = 4096;

/// What one Argon2id hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    /// Lanes; they are computed one after the other.
    pub lanes: u32,
}

/// Hashes and checks passwords. Cheap to clone; clones share the threads.
///
/// Each thread keeps its working memory from one hash to the next, on huge
/// pages. Threads start when they are needed and end, giving the memory back,
/// after [`IDLE`] without work.
#[derive(Clone)]
pub struct Hasher {
    cost: Cost,
    peppers: Peppers,
    pool: Arc<Pool>,
}

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the password.
    Match,
    /// It is the password, but the hash is foreign, or was made at another cost
    /// or without the newest pepper: hash it again and store that.
    MatchOutdated,
    /// It is not.
    Mismatch,
}

/// How long an idle thread keeps its memory.
pub const IDLE: Duration = Duration::from_mins(1);

/// The first choice of the OWASP Password Storage Cheat Sheet.
impl Default for Cost {
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
            lanes: 1,
        }
    }
}

impl Cost {
    /// A cost that is safe to run with: 7 to 256 MiB of memory, 1 to 16 passes,
    /// 1 to 16 lanes, and at least 35 MiB (at most 1 GiB) of memory times
    /// passes, which is what the cheapest of OWASP's choices does.
    ///
    /// # Errors
    /// `config.invalid` outside of that.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self> {
        let work = u64::from(memory_kib) * u64::from(passes);
        let fits = (7 * 1024..=argon::MEMORY_MOST).contains(&memory_kib)
            && (1..=16).contains(&passes)
            && (1..=16).contains(&lanes)
            && (35 * 1024..=argon::WORK_MOST).contains(&work);
        if !fits {
            return Err(Error::new(&codes::CONFIG_INVALID).detail(
                "Argon2id takes 7 to 256 MiB, 1 to 16 passes, 1 to 16 lanes, and from 35 MiB to 1 GiB in all passes.",
            ));
        }
        Ok(Self {
            memory_kib,
            passes,
            lanes,
        })
    }
}

impl Hasher {
    /// At most `slots` hashes at once, and at most `queue` more that wait.
    pub fn new(cost: Cost, slots: usize, queue: usize) -> Self {
        Self {
            cost,
            peppers: Peppers::default(),
            pool: Arc::new(Pool::new(slots, queue, cost.memory_kib as usize, IDLE)),
        }
    }

    /// With these peppers.
    pub fn with_peppers(mut self, peppers: Peppers) -> Self {
        self.peppers = peppers;
        self
    }

    /// The peppers that it knows.
    pub const fn peppers(&self) -> &Peppers {
        &self.peppers
    }

    /// Hash a new password, as a PHC string such as `$argon2id$v=19$m=…`.
    ///
    /// # Errors
    /// `busy.hashing` at once if the queue is full; `request.invalid` for a
    /// password longer than [`LONGEST`].
    pub async fn hash(&self, password: &SecretString, salt: [u8; 16]) -> Result<String> {
        self.hash_with(self.peppers.clone(), password, salt).await
    }

    /// Hash a secret that nobody can guess: without a pepper, so that it outlives
    /// them all.
    ///
    /// # Errors
    /// As [`Hasher::hash`].
    pub async fn hash_unpeppered(&self, secret: &SecretString, salt: [u8; 16]) -> Result<String> {
        self.hash_with(Peppers::default(), secret, salt).await
    }

    async fn hash_with(
        &self,
        peppers: Peppers,
        password: &SecretString,
        salt: [u8; 16],
    ) -> Result<String> {
        let (cost, password) = (self.cost, bounded(password)?);
        self.pool
            .run(move |scratch| {
                let password = password.expose_secret().as_bytes();
                argon::hash(cost, peppers.newest(), password, &salt, scratch)
            })
            .await?
    }

    /// Check a password against a stored hash of any kind that [`recognise`]
    /// knows.
    ///
    /// # Errors
    /// As [`Hasher::hash`]; `internal` if what is stored is no such hash,
    /// `pepper.missing` if it was made with a pepper that is not known.
    pub async fn verify(&self, password: &SecretString, stored: &str) -> Result<Verdict> {
        let password = bounded(password)?;
        let scheme =
            recognise(stored).map_err(|fault| Error::new(&codes::INTERNAL).because(fault))?;
        let good = if scheme.is_current(self.cost, &self.peppers) {
            Verdict::Match
        } else {
            Verdict::MatchOutdated
        };
        let peppers = self.peppers.clone();
        let matches = self
            .pool
            .run(move |scratch| {
                scheme.matches(&peppers, password.expose_secret().as_bytes(), scratch)
            })
            .await??;
        Ok(if matches { good } else { Verdict::Mismatch })
    }

    /// Whether a stored hash is foreign, or was made at another cost or without the
    /// newest pepper.
    pub fn is_outdated(&self, stored: &str) -> bool {
        recognise(stored).map_or(true, |scheme| !scheme.is_current(self.cost, &self.peppers))
    }

    /// The work of a [`Hasher::verify`] for an account that is not there, so
    /// that its absence does not show in the time that an answer takes. The salt is
    /// the name's own, as a stored one would be: which memory Argon2id visits, and so
    /// how long it takes, depends on it.
    ///
    /// # Errors
    /// As [`Hasher::hash`].
    pub async fn verify_nobody(&self, password: &SecretString, salt: [u8; 16]) -> Result<()> {
        let password = bounded(password)?;
        let nobody = Argon::with_cost(self.cost, self.peppers.newest(), &salt)?;
        let peppers = self.peppers.clone();
        let matches = self
            .pool
            .run(move |scratch| {
                nobody.matches(&peppers, password.expose_secret().as_bytes(), scratch)
            })
            .await??;
        black_box(matches);
        Ok(())
    }

    /// Which of these hashes is this secret's. They were made with one salt, at
    /// one cost, so all of them take the work of one.
    ///
    /// # Errors
    /// As [`Hasher::verify`].
    pub async fn find(&self, secret: &SecretString, stored: Vec<String>) -> Result<Option<String>> {
        let (secret, peppers) = (bounded(secret)?, self.peppers.clone());
        self.pool
            .run(move |scratch| {
                argon::find(&peppers, secret.expose_secret().as_bytes(), stored, scratch)
            })
            .await?
    }

    /// How many hashes wait for a slot.
    pub fn queue_depth(&self) -> usize {
        self.pool.waiting()
    }

    /// How many slots are hashing.
    pub fn busy_slots(&self) -> usize {
        self.pool.busy()
    }
}

/// A copy to take to another thread, if it is not too long; wiped when dropped.
fn bounded(password: &SecretString) -> Result<SecretString> {
    if password.expose_secret().len() > LONGEST {
        let detail = "At most 4096 bytes.";
        return Err(Error::new(&codes::REQUEST_INVALID).field("/password", "too_long", detail));
    }
    Ok(password.clone())
}

#[cfg(test)]
mod tests;
