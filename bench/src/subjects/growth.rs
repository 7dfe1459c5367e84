//! What a request costs when the database holds a thousand times more people.
//! Nobody comes twice, so that nothing is answered from memory.

use std::path::Path;

use super::{ROUNDS, Scene, alone};
use crate::{
    Result,
    client::{Caller, Load, Span, load},
    figure::{Aim, Figure, Rounds, Unit},
    server::Server,
};

const FEW: usize = 1_000;
const MANY: usize = 1_000_000;
/// Sessions for the drivers in each database.
const SAMPLE: usize = 90_000;
/// Requests of one turn.
const SIGNINS: usize = 60;
const VISITORS: usize = 8;
const CHECKS: usize = 1_500;
const REFRESHERS: usize = 32;
const REFRESHES: usize = 60;

/// One size, with what its rounds cost.
struct Size {
    scene: Scene,
    server: Server,
    signin: Rounds,
    check: Rounds,
    refresh: Rounds,
}

pub(super) fn measure(binary: &Path) -> Result<Vec<Figure>> {
    alone(async {
        let mut few = Size::new(binary, FEW).await?;
        let mut many = Size::new(binary, MANY).await?;
        for _ in 0..ROUNDS {
            few.round().await?;
            many.round().await?;
        }
        let figure = |name: &str, of: fn(&Size) -> &Rounds, scale: f64, unit: &str| {
            let (few, many) = (of(&few), of(&many));
            Figure::new(
                format!("{name}, 1,000,000 people over 1,000 (CPU)"),
                many.over(few).median(),
                Unit::Times,
                Aim::AtMost(1.3),
                format!(
                    "{} beside {}",
                    many.told(scale, unit),
                    few.told(scale, unit)
                ),
            )
        };
        Ok(vec![
            figure("sign-in", |size| &size.signin, 1e3, "ms"),
            figure(
                "check of a session not in memory",
                |size| &size.check,
                1e6,
                "µs",
            ),
            figure("refresh", |size| &size.refresh, 1e6, "µs"),
        ])
    })
}

impl Size {
    async fn new(binary: &Path, people: usize) -> Result<Self> {
        let scene = Scene::new(binary, people, SAMPLE).await?;
        let server = scene.home.start()?;
        let [signin, check, refresh] = [const { Rounds::new() }; 3];
        Ok(Self {
            scene,
            server,
            signin,
            check,
            refresh,
        })
    }

    async fn round(&mut self) -> Result<()> {
        let server = &self.server;
        let people = &mut self.scene.people;
        let mut signing_in = [
            people.signing_in_once(SIGNINS),
            people.signing_in_once(SIGNINS),
        ];
        self.signin
            .push(cost(server, &mut signing_in, SIGNINS).await?);
        let mut visitors: Vec<_> = (0..VISITORS)
            .map(|_| people.visiting(super::check::PATH, CHECKS))
            .collect();
        self.check.push(cost(server, &mut visitors, CHECKS).await?);
        let mut refreshers = people.refreshing(REFRESHERS);
        self.refresh
            .push(cost(server, &mut refreshers, REFRESHES).await?);
        Ok(())
    }
}

/// Processor time of one request.
async fn cost<C: Caller>(server: &Server, callers: &mut [C], times: usize) -> Result<f64> {
    let before = server.cpu()?;
    let done: Load = load(server.address, callers, Span::Each(times)).await?;
    Ok((server.cpu()? - before) / done.requests())
}
