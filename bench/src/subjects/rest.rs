//! What there is before the first request: the start, memory at rest and under
//! load, the size of the file.

use std::{fs, path::Path, time::Duration};

use super::{Scene, TURN, alone, check};
use crate::{
    Result,
    client::{Span, load},
    figure::{Aim, Figure, Rounds, Unit},
};

const STARTS: usize = 15;
/// How long a server rests before its memory is looked at.
const REST: Duration = Duration::from_secs(3);
/// Sessions that the server has in memory under load.
const VISITORS: usize = 20_000;
const CLIENTS: usize = 8;

pub(super) fn measure(binary: &Path) -> Result<Vec<Figure>> {
    alone(async {
        let mut scene = Scene::new(binary, 1000, VISITORS + 1000).await?;
        let [mut start, mut cpu, mut idle] = [const { Rounds::new() }; 3];
        for round in 0..STARTS {
            let server = scene.home.start()?;
            start.push(server.start.as_secs_f64() * 1e3);
            cpu.push(server.cpu()? * 1e3);
            if round % 5 == 0 {
                tokio::time::sleep(REST).await;
                idle.push(server.resident()?);
            }
            server.stop()?;
        }
        let server = scene.home.start()?;
        let mut visitors = [scene.people.visiting(check::PATH, VISITORS)];
        load(server.address, &mut visitors, Span::Each(VISITORS)).await?;
        let mut signing_in = scene.people.signing_in(CLIENTS);
        load(server.address, &mut signing_in, Span::For(TURN)).await?;
        let loaded = server.resident()?;
        Ok(vec![
            Figure::new(
                "start to the first answer, database there (wall)",
                start.median(),
                Unit::Milliseconds,
                Aim::AtMost(50.0),
                format!("{}; CPU {}", start.told(1.0, "ms"), cpu.told(1.0, "ms")),
            ),
            Figure::new(
                "memory at rest (resident)",
                idle.median(),
                Unit::Megabytes,
                Aim::AtMost(25.0),
                idle.told(1.0, "MB"),
            ),
            Figure::new(
                "memory under load (resident)",
                loaded,
                Unit::Megabytes,
                Aim::None,
                format!("{VISITORS} sessions in memory, all hashing threads at work"),
            ),
            Figure::new(
                "the binary, stripped",
                fs::metadata(binary)?.len() as f64 / 1e6,
                Unit::Megabytes,
                Aim::AtMost(20.0),
                "the file",
            ),
        ])
    })
}
