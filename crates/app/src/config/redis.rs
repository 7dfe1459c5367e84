//! A helper for speed that may fail at any time.

use super::{key::section, meant::backend::RedisUrl};

section! {
    /// Redis, if there is one: shared limits and wake-ups for several servers.
    /// Nothing is lost without it.
    pub struct Redis in "redis" + "redis." {
        /// Its address.
        url: Option<RedisUrl>, like "redis://127.0.0.1:6379/0";
    }
}
