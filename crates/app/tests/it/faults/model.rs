//! What may come of acts on one account, in any order: a model so simple that
//! one can see that it is right. Times are ticks at which an act began and ended;
//! of two that overlap either may have been first.

use std::collections::HashMap;

/// What was asked for.
#[derive(Debug)]
pub(super) enum Order {
    /// Is the session's access token accepted?
    Check(usize),
    /// End the session.
    SignOut(usize),
    /// Set this password by the one link, which ends every session.
    Reset(String),
    /// Exchange this refresh token of the session.
    Renew(usize, String),
}

/// What was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Done,
    Next(String),
}

/// One act, and what came of it.
#[derive(Debug)]
pub(super) struct Act {
    /// On which node.
    pub(super) on: usize,
    pub(super) order: Order,
    pub(super) began: u64,
    pub(super) ended: u64,
    pub(super) outcome: Result<Deed, &'static str>,
}

/// Refusals that say nothing about the account.
const BUSY: [&str; 2] = ["busy.store", "store.down"];

/// Whether the model allows all of it. Then, for each session, its newest
/// refresh token (empty: the first), or none if it has ended.
pub(super) fn check(acts: &[Act]) -> Result<Vec<Option<String>>, String> {
    once(acts)?;
    (0..2).map(|session| family(acts, session)).collect()
}

/// The link works once.
fn once(acts: &[Act]) -> Result<(), String> {
    let resets = || {
        acts.iter()
            .filter(|act| matches!(act.order, Order::Reset(_)))
    };
    let won = resets().filter(|act| act.outcome.is_ok()).count();
    let unknown = resets().any(|act| act.outcome.as_ref().is_err_and(|code| BUSY.contains(code)));
    match (won, resets().count()) {
        (0, 0) | (1, _) => Ok(()),
        (0, _) if unknown => Ok(()),
        (won, tried) => Err(format!("{won} of {tried} resets took the one link")),
    }
}

fn family(acts: &[Act], session: usize) -> Result<Option<String>, String> {
    let of = |act: &&Act| match act.order {
        Order::Check(of) | Order::SignOut(of) | Order::Renew(of, _) => of == session,
        Order::Reset(_) => true,
    };
    let own: Vec<&Act> = acts.iter().filter(of).collect();
    let ends = |act: &&&Act| match (&act.order, &act.outcome) {
        (Order::SignOut(_) | Order::Reset(_), Ok(_)) => true,
        (Order::Renew(..), Err(code)) => *code == "token.reused",
        _ => false,
    };
    let end = own.iter().filter(ends).map(|act| (act.ended, act.on)).min();
    let mut exchanged: HashMap<&str, &str> = HashMap::new();
    for act in &own {
        let after = |other: &&&Act| other.ended < act.began;
        match (&act.order, &act.outcome) {
            (Order::Renew(_, token), Ok(Deed::Next(next))) => {
                let known = exchanged.entry(token).or_insert(next);
                if known != next {
                    return Err(format!("two successors of one token: {act:?}"));
                }
                if own.iter().filter(ends).any(|other| after(&other)) {
                    return Err(format!("exchanged after the session's end: {act:?}"));
                }
                let used =
                    |other: &&&Act| matches!(&other.order, Order::Renew(_, of) if of == next);
                let used = |other: &&&Act| used(other) && other.outcome.is_ok();
                if own.iter().filter(used).any(|other| after(&other)) {
                    return Err(format!("exchanged after its successor was: {act:?}"));
                }
            }
            (Order::Check(_), Ok(_)) => {
                let here = |other: &&&Act| ends(other) && other.on == act.on;
                if own.iter().filter(here).any(|other| after(&other)) {
                    return Err(format!("accepted where the session had ended: {act:?}"));
                }
            }
            (Order::Renew(_, token), Err("token.reused")) => {
                let next = own
                    .iter()
                    .find_map(|other| match (&other.order, &other.outcome) {
                        (Order::Renew(_, of), Ok(Deed::Next(next))) if of == token => Some(next),
                        _ => None,
                    });
                let used =
                    |other: &&&Act| matches!(&other.order, Order::Renew(_, of) if Some(of) == next);
                if !own
                    .iter()
                    .any(|other| used(&other) && other.began < act.ended)
                {
                    return Err(format!("called reused, and was not: {act:?}"));
                }
            }
            (_, Err(code)) if BUSY.contains(code) => {}
            (Order::Reset(_), _) | (_, Ok(_)) => {}
            (_, Err(_)) => {
                // Refused: then somebody ended it, or was about to.
                if end.is_none_or(|_| {
                    !own.iter()
                        .any(|other| ends(&other) && other.began < act.ended)
                }) {
                    return Err(format!("refused, and nobody had ended it: {act:?}"));
                }
            }
        }
    }
    if end.is_some() {
        return Ok(None);
    }
    let newest = exchanged
        .values()
        .find(|next| !exchanged.contains_key(*next));
    Ok(Some(
        newest.map_or_else(String::new, |next| (*next).to_owned()),
    ))
}
