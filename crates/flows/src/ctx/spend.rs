//! Counting requests. What may be spent is decided where requests arrive; here
//! is only where it is counted.

use std::hash::Hash;

use super::{Ctx, Rate, Taken};

impl Ctx {
    /// Count one request by its key in this node's memory, without waiting.
    pub fn spend_here(&self, key: &impl Hash, rate: Rate) -> Taken {
        self.0.counters.take_here(key, rate, self.now())
    }

    /// Count one request by its key across the nodes.
    pub async fn spend(&self, key: &str, rate: Rate) -> Taken {
        self.0.counters.take(key, rate, self.now()).await
    }
}
