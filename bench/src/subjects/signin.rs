//! Sign-ins: what they cost beyond the hash, and what they cost others.

use std::{path::Path, thread, time::Duration};

use super::{ROUNDS, Scene, TURN, alone, check};
use crate::{
    Result,
    client::{Same, Span, get, load},
    figure::{Aim, Figure, Rounds, Unit},
    peers::{argon, hello::Hello},
};

/// People who sign in at once.
const CLIENTS: usize = 8;
/// Checks that go on beside, and how often each of them asks.
const CHECKERS: usize = 8;
const BEAT: Duration = Duration::from_millis(4);

pub(super) fn measure(binary: &Path) -> Result<Vec<Figure>> {
    let cores = thread::available_parallelism()?.get();
    alone(async {
        let mut scene = Scene::new(binary, 1000, 1000).await?;
        let server = scene.home.start()?;
        let mut callers = scene.people.signing_in(CLIENTS);
        load(server.address, &mut callers, Span::Each(2)).await?;
        let [mut kept, mut plain, mut ours] = [const { Rounds::new() }; 3];
        for _ in 0..ROUNDS {
            kept.push(argon::kept(cores, TURN)?);
            let before = server.cpu()?;
            let done = load(server.address, &mut callers, Span::For(TURN)).await?;
            let spent = server.cpu()? - before;
            ours.push(spent / done.requests());
            plain.push(argon::plain(cores, TURN)?);
        }
        let told = ours.told(1e3, "ms");
        Ok(vec![
            Figure::new(
                "sign-in, of a bare loop of our Argon2id (CPU)",
                kept.over(&ours).median(),
                Unit::Share,
                Aim::AtLeast(0.95),
                format!("{told} beside {}", kept.told(1e3, "ms")),
            ),
            Figure::new(
                "the argon2 crate called plainly, over sign-in (CPU)",
                plain.over(&ours).median(),
                Unit::Times,
                Aim::None,
                format!("{} beside {told}", plain.told(1e3, "ms")),
            ),
        ])
    })
}

/// Token checks at a steady pace, with and without sign-ins beside them; and
/// what becomes of axum's hello beside nothing but hashes at the lowest priority.
pub(super) fn beside_checks(binary: &Path) -> Result<Vec<Figure>> {
    alone(async {
        let mut scene = Scene::new(binary, 1000, 1000).await?;
        let server = scene.home.start()?;
        let mut signing_in = scene.people.signing_in(CLIENTS);
        let mut checkers =
            check::callers(&mut scene, &server, (CHECKERS, check::at_the_gate)).await?;
        let pace = Span::Paced {
            each: BEAT,
            during: TURN,
        };
        load(server.address, &mut signing_in, Span::Each(2)).await?;
        let hello = Hello::start()?;
        let mut greeters = vec![Same(get("/", &[])); CHECKERS];
        let [mut idle, mut busy, mut bare_idle, mut bare_busy] = [const { Rounds::new() }; 4];
        let mut signed_in = 0.0;
        for _ in 0..ROUNDS {
            let alone = load(server.address, &mut checkers, pace).await?;
            idle.push(alone.p99().as_secs_f64());
            let (beside, done) = tokio::try_join!(
                load(server.address, &mut checkers, pace),
                load(server.address, &mut signing_in, Span::For(TURN)),
            )?;
            busy.push(beside.p99().as_secs_f64());
            signed_in += done.requests();
            let alone = load(hello.address, &mut greeters, pace).await?;
            bare_idle.push(alone.p99().as_secs_f64());
            let hashes = argon::Background::start()?;
            let beside = load(hello.address, &mut greeters, pace).await?;
            bare_busy.push(beside.p99().as_secs_f64());
            drop(hashes);
        }
        let told = format!(
            "p99 {} beside {}; {signed_in} sign-ins meanwhile",
            busy.told(1e3, "ms"),
            idle.told(1e3, "ms")
        );
        let name = "token checks while sign-ins saturate (p99, wall)";
        let ratio = busy.over(&idle).median();
        let beside = format!(
            "p99 {} beside {}",
            bare_busy.told(1e3, "ms"),
            bare_idle.told(1e3, "ms")
        );
        Ok(vec![
            Figure::new(name, ratio, Unit::Times, Aim::AtMost(2.0), told),
            Figure::new(
                "axum's hello while bare Argon2id takes every core (p99, wall)",
                bare_busy.over(&bare_idle).median(),
                Unit::Times,
                Aim::None,
                beside,
            ),
        ])
    })
}
