//! The audit trail. Who changes something notes an event and waits for the
//! transaction that both are written in; what is sealed later nobody waits for.

use std::{
    collections::BTreeMap,
    hint::black_box,
    net::IpAddr,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use tollgate_base::{
    entropy::{Entropy, Seeds},
    id::{SessionId, UserId},
    time::Clock,
};
use tollgate_records::{
    events::{self, About, Event, EventKind, Occasion},
    tallies::{self, Day},
};
use tollgate_store::sql::{Db, Settings, Tx};

use super::{ROUNDS, alone};
use crate::{
    Result,
    figure::{Aim, Figure, Rounds, Unit},
    peers::rows::Rows,
    process::each,
    server::Home,
};

/// Events of one transaction: as many as the sealer takes.
const GROUP: usize = 500;
/// Groups before the sealer comes: half a second of the fastest rotations.
const GROUPS: usize = 10;
/// How often it comes in one round.
const TURNS: usize = 8;

/// Somebody who signs in.
struct Newcomer {
    account: UserId,
    session: SessionId,
    address: IpAddr,
    seeds: Seeds,
}

/// How long the parts of one round took.
#[derive(Default)]
struct Took {
    bare: Duration,
    written: Duration,
    sealed: Duration,
}

pub(super) fn measure(binary: &Path) -> Result<Vec<Figure>> {
    let mut figures = vec![noting()?];
    figures.extend(alone(writing(binary))?);
    Ok(figures)
}

/// What a sign-in does more for having its event noted, without the row itself.
fn noting() -> Result<Figure> {
    let newcomer = Newcomer::draw()?;
    let [mut all, mut chance] = [const { Rounds::new() }; 2];
    for _ in 0..ROUNDS {
        all.push(each(|| {
            black_box(newcomer.signs_in()?);
            Ok(())
        })?);
        chance.push(each(|| {
            black_box(newcomer.seeds.draw()?);
            Ok(())
        })?);
    }
    let told = [&all, &chance].map(|rounds| rounds.told(1e6, "µs"));
    Ok(Figure::new(
        "an event noted on a request's way (CPU)",
        all.median() * 1e6,
        Unit::Microseconds,
        Aim::AtMost(1.0),
        format!("{}, of which chance {}", told[0], told[1]),
    ))
}

/// Rows in a second: bare ones, events through the server's own writer, and
/// events numbered and chained as its chore does.
async fn writing(binary: &Path) -> Result<Vec<Figure>> {
    let folder = tempfile::tempdir()?;
    let homes = ["ours", "bare"].map(|name| Home::new(binary, &folder.path().join(name), None));
    for home in &homes {
        home.found()?;
    }
    let bare = Rows::open(&folder.path().join("bare/tollgate.db").display().to_string())?;
    let db = Db::open(Settings::new(homes[0].database().to_owned().into())).await?;
    let newcomer = Newcomer::draw()?;
    let [mut theirs, mut ours, mut sealing] = [const { Rounds::new() }; 3];
    for _ in 0..ROUNDS {
        let mut took = Took::default();
        for _ in 0..TURNS {
            turn(&db, &bare, &newcomer, &mut took).await?;
        }
        let rate = |time: Duration| (TURNS * GROUPS * GROUP) as f64 / time.as_secs_f64();
        theirs.push(rate(took.bare));
        ours.push(rate(took.written));
        sealing.push(rate(took.sealed));
    }
    db.close().await;
    let figure = |name: &str, rounds: &Rounds| {
        let told = [rounds, &theirs].map(|rounds| rounds.told(1.0, "/s"));
        Figure::new(
            format!("{name}, of bare rows, both {GROUP} to a commit (rate)"),
            rounds.over(&theirs).median(),
            Unit::Share,
            Aim::AtLeast(0.8),
            format!("{} beside {}", told[0], told[1]),
        )
    };
    Ok(vec![
        figure("events written", &ours),
        figure("events sealed", &sealing),
    ])
}

async fn turn(db: &Db, bare: &Rows, newcomer: &Newcomer, took: &mut Took) -> Result<()> {
    let groups: Vec<Arc<Vec<Event>>> = (0..GROUPS)
        .map(|_| {
            let group = (0..GROUP).map(|_| newcomer.signs_in());
            group.collect::<Result<_>>().map(Arc::new)
        })
        .collect::<Result<_>>()?;
    let begun = Instant::now();
    for group in &groups {
        bare.write(group)?;
    }
    took.bare += begun.elapsed();
    let begun = Instant::now();
    for group in groups {
        db.write(async move |tx: &mut Tx<'_>| {
            for event in group.iter() {
                events::append(tx, event).await?;
            }
            Ok(())
        })
        .await?;
    }
    took.written += begun.elapsed();
    let begun = Instant::now();
    while events::waiting(db).await? > 0 {
        db.write(seal).await?;
    }
    took.sealed += begun.elapsed();
    Ok(())
}

/// A transaction of the chore.
async fn seal(tx: &mut Tx<'_>) -> tollgate_base::Result<()> {
    let mut counts = BTreeMap::new();
    for event in events::seal(tx, GROUP as u32).await? {
        *counts.entry((Day::of(event.at), event.kind)).or_default() += 1;
    }
    tallies::add(tx, counts).await
}

impl Newcomer {
    fn draw() -> Result<Self> {
        let now = Clock::machine().now();
        Ok(Self {
            account: UserId::new(now, &Entropy)?,
            session: SessionId::new(now, &Entropy)?,
            address: "203.0.113.77".parse()?,
            seeds: Seeds::default(),
        })
    }

    /// Their event, with all that a sign-in says of itself.
    fn signs_in(&self) -> Result<Event> {
        let occasion = Occasion {
            now: Clock::machine().now(),
            actor: "anonymous".to_owned(),
            from: Some(self.address),
            seed: self.seeds.draw()?,
        };
        let mut about = About {
            actor: Some(self.account),
            subject: Some(self.account),
            session: Some(self.session),
            ..About::default()
        };
        about.data.say("way", "password");
        about.data.say("kind", "token");
        Ok(occasion.event(0, EventKind::SignedIn, about))
    }
}
