//! Refresh tokens in rotation: durable once answered, so that one client can be
//! no faster than one commit, and many share a commit.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use tollgate_throwaway::Postgres;

use super::{ROUNDS, Scene, TURN, alone};
use crate::{
    Result,
    client::{Span, load},
    figure::{Aim, Figure, Rounds, Unit},
    peers::{rotation::Rotation, rotation_postgres::Rotations},
    people::Refresher,
    server::Server,
};

const MANY: usize = 64;

pub(super) fn on_sqlite(binary: &Path) -> Result<Vec<Figure>> {
    alone(async {
        let mut figures = Vec::new();
        for (clients, aim) in [(1, 0.9), (MANY, 0.8)] {
            let peers = Scene::new(binary, 1000, 1000).await?;
            let file = peers.folder.path().join("home/tollgate.db");
            let mut bare = Rotation::open(&file.display().to_string(), clients)?;
            let mut scene = Scene::new(binary, 1000, 1000).await?;
            let server = scene.home.start()?;
            let mut refreshers = scene.people.refreshing(clients);
            let [mut theirs, mut ours, mut cpu] = [const { Rounds::new() }; 3];
            load(server.address, &mut refreshers, Span::Each(20)).await?;
            for _ in 0..ROUNDS {
                theirs.push(bare.run(TURN)?);
                let (rate, spent) = round(&server, &mut refreshers).await?;
                ours.push(rate);
                cpu.push(spent);
            }
            let commits = if clients == 1 { "single" } else { "grouped" };
            figures.push(Figure::new(
                format!("refresh on SQLite, {clients} at once, of bare {commits} commits (rate)"),
                ours.over(&theirs).median(),
                Unit::Share,
                Aim::AtLeast(aim),
                told(&ours, &theirs, &cpu),
            ));
        }
        Ok(figures)
    })
}

pub(super) fn on_postgres(binary: &Path) -> Result<Vec<Figure>> {
    let folder = tempfile::tempdir()?;
    let cluster = Postgres::create(&reachable(folder.path())?)?;
    alone(async {
        let mut figures = Vec::new();
        let url = cluster.url();
        let mut scene = Scene::on(binary, Some(url.clone()), 1000, 1000).await?;
        let server = scene.home.start()?;
        for clients in [1, MANY] {
            // The tokens of these are taken from the other end of the list.
            let mut bare = Rotations::open(&url, clients.min(16)).await?;
            let mut refreshers = scene.people.refreshing(clients);
            let [mut theirs, mut ours, mut cpu] = [const { Rounds::new() }; 3];
            load(server.address, &mut refreshers, Span::Each(5)).await?;
            for _ in 0..ROUNDS {
                theirs.push(bare.run(TURN).await?);
                let (rate, spent) = round(&server, &mut refreshers).await?;
                ours.push(rate);
                cpu.push(spent);
            }
            figures.push(Figure::new(
                format!("refresh on PostgreSQL, {clients} at once, of the bare statement (rate)"),
                ours.over(&theirs).median(),
                Unit::Share,
                Aim::AtLeast(0.7),
                told(&ours, &theirs, &cpu),
            ));
        }
        Ok(figures)
    })
}

/// Rotations in a second, and processor time of one.
async fn round(server: &Server, refreshers: &mut [Refresher]) -> Result<(f64, f64)> {
    let before = server.cpu()?;
    let done = load(server.address, refreshers, Span::For(TURN)).await?;
    let spent = server.cpu()? - before;
    Ok((done.rate(), spent / done.requests()))
}

fn told(ours: &Rounds, theirs: &Rounds, cpu: &Rounds) -> String {
    let (ours, theirs) = (ours.told(1.0, "/s"), theirs.told(1.0, "/s"));
    format!("{ours} beside {theirs}; CPU {}", cpu.told(1e6, "µs"))
}

/// A folder below `above` that PostgreSQL's own user can reach.
fn reachable(above: &Path) -> Result<PathBuf> {
    fs::set_permissions(above, Permissions::from_mode(0o755))?;
    Ok(above.join("postgres"))
}
