//! Which nodes are at work, for what they can only share by dividing. A node that
//! is not heard of for a while counts no more. Owns table `nodes`.

use std::time::Duration;

use tollgate_base::{Result, id::NodeId, time::Time};
use tollgate_store::{args, queries, sql::Tx};

/// A node that was silent for so long is gone.
const SILENCE: Duration = Duration::from_secs(15);

queries! {
    BEAT = "INSERT INTO nodes (id, seen) VALUES ($1, $2)
        ON CONFLICT (id) DO UPDATE SET seen = excluded.seen";
    FORGET = "DELETE FROM nodes WHERE seen <= $1";
    COUNT = "SELECT count(*) AS n FROM nodes WHERE seen > $1";
}

/// Say that a node is at work, and how many are.
pub async fn beat(tx: &mut Tx<'_>, node: NodeId, now: Time) -> Result<u32> {
    let silent = now.minus(SILENCE);
    tx.run(FORGET, args![silent]).await?;
    tx.run(BEAT, args![node.to_string(), now]).await?;
    let count: i64 = tx.one(COUNT, args![silent]).await?.get("n")?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}
