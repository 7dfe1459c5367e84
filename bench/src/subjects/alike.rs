//! Whether the time of an answer tells strangers who has an account: what is
//! refused, for people of each sort, one at a time and in an order of chance.

use std::{path::Path, time::Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tollgate_base::entropy::Entropy;

use super::alone;
use crate::{
    Result,
    client::{Connection, post},
    figure::{Aim, Figure, Rounds, Unit},
    people::{Crowd, Sort},
    server::Home,
};

/// Answers for each sort of people. Nobody is asked for twice, so that no limit
/// is met.
const SAMPLES: usize = 2_000;
/// Asked for before, and not counted.
const WARM_UP: usize = 50;
/// The most that a gap between two sorts may be, in milliseconds.
const GAP_MOST: f64 = 2.0;
/// The most that Welch's t may be.
const T_MOST: f64 = 4.5;

/// A request that is refused, or answered alike.
struct Act {
    name: &'static str,
    path: &'static str,
    status: u16,
    body: fn(&str) -> Value,
}

const ACTS: [Act; 2] = [
    Act {
        name: "sign-in with a wrong password",
        path: "/api/v1/session",
        status: 401,
        body: |email| json!({ "login": email, "password": "not the password" }),
    },
    Act {
        name: "asking for a mail to sign in with",
        path: "/api/v1/session/mail",
        status: 202,
        body: |email| json!({ "email": email }),
    },
];

pub(super) fn measure(binary: &Path) -> Result<Vec<Figure>> {
    alone(async {
        let folder = TempDir::new()?;
        let home = Home::new(binary, &folder.path().join("home"), None);
        home.found()?;
        Crowd::fill(&home, SAMPLES + WARM_UP).await?;
        let server = home.start()?;
        let mut figures = Vec::new();
        for act in &ACTS {
            let mut connection = Connection::open(server.address).await?;
            let mut waits = [const { Rounds::new() }; Sort::ALL.len()];
            for (count, (sort, place)) in order()?.into_iter().enumerate() {
                let email = Sort::ALL[sort].address(place);
                let request = post(act.path, &(act.body)(&email));
                let asked = Instant::now();
                let answer = connection.exchange(&request).await?;
                let wait = asked.elapsed();
                answer.expect(act.status);
                if count >= WARM_UP * Sort::ALL.len() {
                    waits[sort].push(wait.as_secs_f64());
                }
            }
            figures.extend(compare(act, &waits));
        }
        Ok(figures)
    })
}

/// All people of all sorts, in an order of chance: what one answer leaves to be
/// done slows the next, whosever that is.
fn order() -> Result<Vec<(usize, usize)>> {
    let sorts = 0..Sort::ALL.len();
    let mut order: Vec<(usize, usize)> = sorts
        .flat_map(|sort| (0..SAMPLES + WARM_UP).map(move |place| (sort, place)))
        .collect();
    for last in (1..order.len()).rev() {
        let drawn = u64::from_be_bytes(Entropy.bytes()?);
        let chosen = drawn % (last as u64 + 1);
        order.swap(last, usize::try_from(chosen)?);
    }
    Ok(order)
}

/// The pairs that differ most.
fn compare(act: &Act, waits: &[Rounds]) -> [Figure; 3] {
    let pairs = || {
        let sorts = waits.iter().enumerate();
        sorts.flat_map(|(place, one)| waits[place + 1..].iter().map(move |two| (one, two)))
    };
    let most = |measure: fn((&Rounds, &Rounds)) -> f64| pairs().map(measure).fold(0.0, f64::max);
    let gap = most(|(one, two)| (one.median() - two.median()).abs() * 1e3);
    let t = most(|(one, two)| one.welch(two).abs());
    let apart = most(|(one, two)| (one.slower(two) - 0.5).abs() + 0.5);
    let medians: Vec<String> = Sort::ALL
        .iter()
        .zip(waits)
        .map(|(sort, waits)| format!("{} {:.3}", sort.name(), waits.median() * 1e3))
        .collect();
    let figure = |what: &str, value, unit, aim, told: String| {
        Figure::new(format!("{}: {what}", act.name), value, unit, aim, told)
    };
    let told = format!("medians in ms of {SAMPLES} each: {}", medians.join(", "));
    [
        figure(
            "widest gap of medians (wall)",
            gap,
            Unit::Milliseconds,
            Aim::AtMost(GAP_MOST),
            told,
        ),
        figure(
            "Welch's t of the two farthest apart",
            t,
            Unit::Plain,
            Aim::AtMost(T_MOST),
            String::new(),
        ),
        figure(
            "how often one of the sort that is slower takes longer",
            apart,
            Unit::Share,
            Aim::None,
            "50 % tells nothing".to_owned(),
        ),
    ]
}
