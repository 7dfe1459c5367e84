//! How many nodes are at work: rates that they cannot count together are divided
//! among them.

use tollgate_base::{Result, access::Principal};
use tollgate_records::nodes;
use tollgate_store::sql::{Engine, Tx};

use crate::ctx::Ctx;

/// Say that this node is at work, and count those that are. On SQLite it is
/// alone, and nothing is written.
///
/// # Errors
/// What the database says; the last count stays.
pub async fn muster(ctx: &Ctx, _by: &Principal, (): ()) -> Result<()> {
    if ctx.db().engine() == Engine::Sqlite {
        return Ok(());
    }
    let (node, now) = (ctx.node(), ctx.now());
    let count = ctx
        .db()
        .write(async move |tx: &mut Tx<'_>| nodes::beat(tx, node, now).await)
        .await?;
    ctx.counters().set_nodes(count);
    Ok(())
}
