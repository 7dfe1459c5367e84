//! What the guard costs whoever has a token that is known: lists of networks at
//! the gate, and in the API the buckets of an address and an account too. The
//! places of connections are never off: two marks in memory at each request.

use std::path::Path;

use super::{ROUNDS, Scene, TURN, alone, check};
use crate::{
    Result,
    client::{Span, get, load},
    figure::{Aim, Figure, Rounds, Unit},
    server::Home,
};

const CLIENTS: usize = 32;
/// Everybody is asked for once by each server of each round.
const PEOPLE: usize = 2 * 2 * ROUNDS * CLIENTS;

/// Lists in which the client is found last, beside buckets that count as ever.
const GUARDED: &[(&str, &str)] = &[
    (
        "TOLLGATE_NETWORK__DENY",
        "192.0.2.0/24,198.51.100.0/24,203.0.113.0/24,2001:db8::/32",
    ),
    (
        "TOLLGATE_NETWORK__ALLOW",
        "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,127.0.0.0/8",
    ),
];

const OPEN: &[(&str, &str)] = &[
    ("TOLLGATE_LIMITS__ADDRESS_READING", "off"),
    ("TOLLGATE_LIMITS__ADDRESS_CHANGING", "off"),
    ("TOLLGATE_LIMITS__ADDRESS_EXPENSIVE", "off"),
    ("TOLLGATE_LIMITS__ACCOUNT_READING", "off"),
    ("TOLLGATE_LIMITS__ACCOUNT_CHANGING", "off"),
    ("TOLLGATE_LIMITS__ACCOUNT_EXPENSIVE", "off"),
];

/// What is asked with the token.
struct Question {
    name: &'static str,
    asking: fn(&str) -> Vec<u8>,
}

const QUESTIONS: [Question; 2] = [
    Question {
        name: "forward-auth with a warm token, share of the guard (CPU)",
        asking: check::at_the_gate,
    },
    Question {
        name: "`GET /api/v1/me` with a warm token, share of the guard (CPU)",
        asking: |bearer| get(check::PATH, &[("authorization", bearer)]),
    },
];

pub(super) fn measure(binary: &Path) -> Result<Vec<Figure>> {
    alone(async {
        let mut scene = Scene::new(binary, PEOPLE, PEOPLE).await?;
        let homes = [GUARDED, OPEN].map(|settings| scene.home.with(settings));
        let mut figures = Vec::new();
        for question in &QUESTIONS {
            let [mut guarded, mut open] = [const { Rounds::new() }; 2];
            for _ in 0..ROUNDS {
                guarded.push(cost(&mut scene, &homes[0], question).await?);
                open.push(cost(&mut scene, &homes[1], question).await?);
            }
            let told = [&guarded, &open].map(|rounds| rounds.told(1e6, "µs"));
            figures.push(Figure::new(
                question.name,
                1.0 - open.over(&guarded).median(),
                Unit::Share,
                Aim::AtMost(0.05),
                format!("{} beside {}", told[0], told[1]),
            ));
        }
        Ok(figures)
    })
}

/// Processor time of one request at a server of its own: where the system puts a
/// process in memory can matter as much as the guard does.
async fn cost(scene: &mut Scene, home: &Home, question: &Question) -> Result<f64> {
    let server = home.start()?;
    let mut callers = check::callers(scene, &server, (CLIENTS, question.asking)).await?;
    let before = server.cpu()?;
    let done = load(server.address, &mut callers, Span::For(TURN)).await?;
    let spent = server.cpu()? - before;
    server.stop()?;
    Ok(spent / done.requests())
}
