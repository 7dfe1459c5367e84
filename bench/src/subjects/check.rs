//! Who is it? A token that the server has seen before, in processor time of a
//! request.

use std::path::Path;

use super::{ROUNDS, Scene, TURN, alone};
use crate::{
    Result,
    client::{Same, Span, get, load},
    figure::{Aim, Figure, Rounds, Unit},
    peers::hello::Hello,
    people::SITE,
    server::Server,
};

const CLIENTS: usize = 32;
/// What a session that is not in memory is asked for.
pub(super) const PATH: &str = "/api/v1/me";

pub(super) fn measure(binary: &Path) -> Result<Vec<Figure>> {
    alone(async {
        let mut scene = Scene::new(binary, 1000, 1000).await?;
        let server = scene.home.start()?;
        let hello = Hello::start()?;
        let mut greeters = vec![Same(get("/", &[])); CLIENTS];
        let mut callers = callers(&mut scene, &server, (CLIENTS, at_the_gate)).await?;
        let [mut bare, mut ours] = [const { Rounds::new() }; 2];
        for _ in 0..ROUNDS {
            let before = hello.cpu()?;
            let done = load(hello.address, &mut greeters, Span::For(TURN)).await?;
            bare.push((hello.cpu()? - before) / done.requests());
            let before = server.cpu()?;
            let done = load(server.address, &mut callers, Span::For(TURN)).await?;
            ours.push((server.cpu()? - before) / done.requests());
        }
        let told = format!("{} beside {}", ours.told(1e6, "µs"), bare.told(1e6, "µs"));
        let name = "forward-auth with a warm token, of axum's hello (CPU)";
        let ratio = bare.over(&ours).median();
        Ok(vec![Figure::new(
            name,
            ratio,
            Unit::Share,
            Aim::AtLeast(0.7),
            told,
        )])
    })
}

/// People whose access tokens the server has seen.
pub(super) async fn callers(
    scene: &mut Scene,
    server: &Server,
    (count, asking): (usize, fn(&str) -> Vec<u8>),
) -> Result<Vec<Same>> {
    let mut refreshers = scene.people.refreshing(count);
    load(server.address, &mut refreshers, Span::Each(1)).await?;
    let mut callers: Vec<Same> = refreshers
        .iter()
        .map(|refresher| Same(asking(&format!("Bearer {}", refresher.access()))))
        .collect();
    load(server.address, &mut callers, Span::Each(50)).await?;
    Ok(callers)
}

/// What a proxy asks for each request of an app.
pub(super) fn at_the_gate(bearer: &str) -> Vec<u8> {
    let headers = [
        ("x-original-url", &*format!("{SITE}/page?number=7")),
        ("x-original-method", "GET"),
        ("authorization", bearer),
    ];
    get("/api/authz/nginx", &headers)
}
