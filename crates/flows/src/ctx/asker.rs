//! From where the request at hand comes, for the audit trail: known to whoever
//! serves it, and to the verbs that it calls.

use std::net::IpAddr;

use super::Ctx;

tokio::task_local! {
    static ADDRESS: Option<IpAddr>;
}

impl Ctx {
    /// Do `work` as the answer to a request from that address. What it starts in
    /// the background is nobody's request.
    pub fn asked_from<F: Future>(
        address: Option<IpAddr>,
        work: F,
    ) -> impl Future<Output = F::Output> {
        ADDRESS.scope(address, work)
    }

    /// The address that the request at hand comes from; none outside of one.
    pub(crate) fn asker() -> Option<IpAddr> {
        ADDRESS.try_with(|address| *address).ok().flatten()
    }
}
