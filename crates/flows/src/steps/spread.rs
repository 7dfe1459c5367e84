//! Failures that are spread over many accounts: a network that fails at many is shut
//! to strangers for a while, and many networks that do put the house on guard, where
//! strangers prove that they worked before a password is looked at. Both are rows,
//! which every node reads and no restart forgets.

use std::time::Duration;

use tollgate_base::{Error, Result, access::Principal, codes, network::Network, time::Time};
use tollgate_crypto::{mac::digest, work};
use tollgate_records::{
    attempts::{self, Allowance, marks},
    events::EventKind,
};
use tollgate_store::{counters::Rate, sql::Tx};

use crate::ctx::{Ctx, Lookout, Proof};

use super::{
    lanes::count_refused,
    note::{Details, Log, change},
};

/// For how long failures of a network are counted, and it is shut then.
const SPRAY_WINDOW: Duration = Duration::from_hours(1);
/// For how long the house is on guard.
const ON_GUARD: Allowance = Allowance {
    failures: 1,
    window: Duration::from_mins(15),
};
/// From fewer networks it is one network's doing, which is shut alone.
const NETWORKS: u32 = 5;
/// How long somebody may work.
const PROOF_LIVES: Duration = Duration::from_mins(2);
/// Each proof once, until it is worth nothing any more.
const PROOF_ONCE: Allowance = Allowance {
    failures: 1,
    window: Duration::from_mins(3),
};

/// What somebody may pass with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pass {
    /// Nothing is asked of them.
    Free,
    /// A proof, which is to be used up.
    Once([u8; 32]),
}

/// The row of a network; one that nobody is in where the address is not known.
pub(crate) fn network(network: Option<Network>) -> [u8; 32] {
    let text = network.map(|network| network.to_string());
    digest(&[b"signin spray", text.unwrap_or_default().as_bytes()])
}

/// The row of the house.
pub(crate) fn house() -> [u8; 32] {
    digest(&[b"signin house"])
}

/// Hold what somebody shows against what is asked while the house is on guard.
///
/// # Errors
/// `signin.proof_needed`.
pub(crate) fn prove(ctx: &Ctx, bound: [u8; 32], shown: Option<&str>) -> Result<Pass> {
    let Proof::Bits(bits) = ctx.policy().spread.proof else {
        return Ok(Pass::Free);
    };
    let key = ctx.master().derive("proof of work");
    let good = shown.and_then(|shown| work::check(&key, &bound, (ctx.now(), bits), shown));
    match good {
        Some(proof) => Ok(Pass::Once(proof)),
        None => Err(ask(ctx, bound)?),
    }
}

/// What to work on.
pub(crate) fn ask(ctx: &Ctx, bound: [u8; 32]) -> Result<Error> {
    let bits = match ctx.policy().spread.proof {
        Proof::Bits(bits) => bits,
        Proof::Off => 0,
    };
    count_refused("proof");
    let key = ctx.master().derive("proof of work");
    let until = ctx.now().plus(PROOF_LIVES);
    let asked = work::challenge(&key, &bound, (until, bits), ctx.entropy().bytes()?);
    Ok(Error::new(&codes::SIGNIN_PROOF_NEEDED).with_proof(asked))
}

/// Use a proof up, with the try that it is worth. False if it was used before.
pub(crate) async fn use_up(tx: &mut Tx<'_>, proof: [u8; 32], now: Time) -> Result<bool> {
    let struck = attempts::strike(tx, proof, PROOF_ONCE, now).await?;
    Ok(struck.wait.is_none())
}

/// A stranger failed at an account.
pub(crate) async fn failed(
    ctx: &Ctx,
    by: &Principal,
    account: [u8; 32],
    from: Option<Network>,
) -> Result<()> {
    let (now, policy) = (ctx.now(), ctx.policy().spread);
    if let Some(from) = from {
        mark(ctx, by, (from, account), policy.per_network).await?;
    }
    let failure = ctx.lookout().failed(&account, &network(from), now);
    if !failure.is_first {
        return Ok(());
    }
    let rate = Rate {
        burst: policy.house,
        per: Lookout::WINDOW,
    };
    let taken = ctx.counters().take("signin:house", rate, now).await;
    if taken.allowed || failure.networks < NETWORKS {
        return Ok(());
    }
    let raise = async move |tx: &mut Tx<'_>, log: &mut Log| {
        if attempts::strike(tx, house(), ON_GUARD, now).await?.last {
            let mut details = Details::default();
            let networks = failure.networks;
            details.data.say("networks", networks);
            let seconds = ON_GUARD.window.as_secs();
            details.data.say("seconds", seconds);
            log.note(EventKind::SigninStuffed, details);
        }
        Ok(())
    };
    change(ctx, by, raise).await
}

async fn mark(
    ctx: &Ctx,
    by: &Principal,
    (from, account): (Network, [u8; 32]),
    most: u32,
) -> Result<()> {
    let (now, row) = (ctx.now(), network(Some(from)));
    change(ctx, by, async move |tx: &mut Tx<'_>, log: &mut Log| {
        if marks::mark(tx, (row, account), (most, SPRAY_WINDOW), now).await? {
            let mut details = Details::default();
            let seconds = SPRAY_WINDOW.as_secs();
            details.data.say("seconds", seconds);
            details.personal.say("network", from.to_string());
            log.note(EventKind::SigninSprayed, details);
        }
        Ok(())
    })
    .await
}
