//! Buckets that nodes share in Redis, which is not trusted: each value carries a
//! MAC over its key and itself, is read whole or not at all, and is replaced by
//! comparing. What it does not know is decided here, not there.

use std::{
    hash::{BuildHasher, RandomState},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use aws_lc_rs::hmac;
use redis::Value;
use tokio::time::Instant;
use tollgate_base::{Result, SecretString};

use crate::redis_link::Link;

use super::{Taken, scale::Scale};

/// How long Redis may take, all in all.
const DEADLINE: Duration = Duration::from_millis(50);
/// How often another node may be faster before it counts as a miss.
const TRIES: usize = 4;
/// A value: a time, what tells it from all others, and as much of its MAC.
const TIME: usize = 8;
const MARK: usize = 8;
const TAG: usize = 16;
const VALUE: usize = TIME + MARK + TAG;

/// Put `ARGV[2]` in the place of `ARGV[1]`, if that is what lies there; else
/// tell what does, no more of it than a value of ours is long, plus one. What
/// is of another type is nothing.
const SWAP: &str = "
local held = redis.pcall('GETRANGE', KEYS[1], 0, 32)
if type(held) ~= 'string' then held = '' end
if held ~= ARGV[1] then return held end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1";

pub(super) struct Shared {
    link: Link,
    key: hmac::Key,
    /// What marks are made of, so that no two values of all nodes are the same.
    chance: RandomState,
    written: AtomicU64,
}

impl Shared {
    pub(super) fn open(url: &SecretString, key: &[u8; 32]) -> Result<Self> {
        Ok(Self {
            link: Link::open(url, None)?,
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
            chance: RandomState::new(),
            written: AtomicU64::new(0),
        })
    }

    pub(super) fn is_live(&self) -> bool {
        self.link.is_live()
    }

    pub(super) async fn comes(&self, patience: Duration) -> bool {
        self.link.comes(patience).await
    }

    /// Take one across the nodes; none if Redis has nothing to say about it.
    pub(super) async fn take(&self, key: &str, scale: Scale, now: i64) -> Option<Taken> {
        if !self.link.is_live() {
            return None;
        }
        let end = Instant::now() + DEADLINE;
        let place = self.place(key);
        let (mut held, mut sent) = (Vec::new(), Vec::with_capacity(TRIES));
        for _ in 0..TRIES {
            // Nodes' clocks differ: what is too far ahead is as far as can be.
            let full = self
                .read(&place, &held)
                .map(|full| full.min(scale.most(now)));
            let next = scale.next(full.unwrap_or(now), now);
            if !next.0 {
                return Some(scale.taken(next, now));
            }
            let value = self.write(&place, next.1);
            let mut command = redis::cmd("EVAL");
            command
                .arg(SWAP)
                .arg(1)
                .arg(&place)
                .arg(&held)
                .arg(&value)
                .arg(next.1.saturating_sub(now) / 1_000 + 1);
            sent.push(value);
            let left = end.saturating_duration_since(Instant::now());
            match self.link.ask::<Value>(&command, left).await? {
                Value::Int(1) => return Some(scale.taken(next, now)),
                // What we said ourselves, handed back as another's word, is a lie that
                // would count us twice.
                Value::BulkString(found) if found.len() <= VALUE + 1 && !sent.contains(&found) => {
                    held = found;
                }
                _ => return None,
            }
        }
        None
    }

    /// Where a key's bucket lies: no name stands there in clear, and nobody can
    /// find one by trying names.
    fn place(&self, key: &str) -> Vec<u8> {
        let tag = self.mac(&[b"place", key.as_bytes()]);
        [b"tollgate:rate:", tag.as_ref()].concat()
    }

    fn write(&self, place: &[u8], full: i64) -> Vec<u8> {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let mark = self.chance.hash_one(number).to_be_bytes();
        self.sealed(place, &[full.to_be_bytes(), mark].concat())
    }

    /// What a node wrote there; nothing if somebody else did.
    fn read(&self, place: &[u8], held: &[u8]) -> Option<i64> {
        let ours = self.sealed(place, held.get(..TIME + MARK)?);
        let same = aws_lc_rs::constant_time::verify_slices_are_equal(&ours, held);
        same.ok()?;
        Some(i64::from_be_bytes(*held.first_chunk::<TIME>()?))
    }

    fn sealed(&self, place: &[u8], body: &[u8]) -> Vec<u8> {
        let tag = self.mac(&[b"value", place, body]);
        [body, &tag.as_ref()[..TAG]].concat()
    }

    /// Each part goes in after its length.
    fn mac(&self, parts: &[&[u8]]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.key);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        context.sign()
    }
}
