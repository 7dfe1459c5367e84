//! Sign-ins with a second factor beside those without, and with a passkey beside the
//! signature that it takes to check one.

use std::{path::Path, time::Duration};

use tokio::time::sleep;

use super::{ROUNDS, Scene, alone};
use crate::{
    Result,
    client::{Span, Turns, load},
    equipped::{STEP, WithApp, WithPasskey},
    figure::{Aim, Figure, Rounds, Unit},
    peers::signature,
};

/// People who sign in in one round, of each sort.
const CROWD: usize = 64;
/// Sign-ins of each of those with a passkey in one round.
const TAPS: usize = 60;
/// People with a passkey.
const TAPPING: usize = 8;

pub(super) fn measure(binary: &Path) -> Result<Vec<Figure>> {
    alone(async {
        let mut scene = Scene::new(binary, 1000, 1000).await?;
        let server = scene.home.start()?;
        let address = server.address;
        let mut apps = Vec::new();
        for _ in 0..ROUNDS {
            apps.push(WithApp::equip(&mut scene.people, address, CROWD).await?);
        }
        let origin = format!("http://{}", server.address);
        let origin = origin.replace("127.0.0.1", "localhost");
        let mut tapping = WithPasskey::equip(&mut scene.people, address, &origin, TAPPING).await?;
        load(address, &mut tapping, Span::Each(2 * TAPS)).await?;
        sleep(STEP + Duration::from_secs(1)).await;

        let [mut plain, mut second, mut tapped, mut verified] = [const { Rounds::new() }; 4];
        for crowd in &mut apps {
            let mut others: Vec<Turns> = (0..CROWD)
                .map(|_| scene.people.signing_in_once(1))
                .collect();
            let before = server.cpu()?;
            load(address, &mut others, Span::Each(1)).await?;
            let between = server.cpu()?;
            load(address, crowd, Span::Each(2)).await?;
            let after = server.cpu()?;
            plain.push((between - before) / CROWD as f64);
            second.push((after - between) / CROWD as f64);

            let before = server.cpu()?;
            load(address, &mut tapping, Span::Each(2 * TAPS)).await?;
            tapped.push((server.cpu()? - before) / (TAPPING * TAPS) as f64);
            verified.push(signature::check_es256()?);
        }
        let beyond = (tapped.median() - verified.median()) * 1e3;
        Ok(vec![
            Figure::new(
                "sign-in with a code of an app, over one without (CPU)",
                second.over(&plain).median(),
                Unit::Times,
                Aim::AtMost(1.05),
                format!(
                    "{} beside {}",
                    second.told(1e3, "ms"),
                    plain.told(1e3, "ms")
                ),
            ),
            Figure::new(
                "sign-in with a passkey, beyond its signature (CPU)",
                beyond,
                Unit::Milliseconds,
                Aim::AtMost(1.0),
                format!(
                    "{}, of which the signature {}",
                    tapped.told(1e3, "ms"),
                    verified.told(1e3, "ms")
                ),
            ),
        ])
    })
}
