//! Every way in, held against all that may stand in somebody's way: each answers
//! as the list says. A new way that nobody drives does not compile, and a door
//! that takes a credential and is not in the list is found.

mod drive;

use std::collections::BTreeSet;

use tollgate_base::Error;
use tollgate_flows::{Gives, Hurdle, Outcome, Way};
use tollgate_web::problem;

use crate::guest::OPEN;

use drive::{Scene, Seen};

/// What the answer to a way has to be.
#[derive(Debug, PartialEq)]
enum Due {
    In,
    SecondStep,
    Limited,
    Refused(u16, &'static str),
}

impl Due {
    fn of(way: Way, hurdle: Option<Hurdle>) -> Self {
        match hurdle.map_or(Outcome::In, |hurdle| way.at(hurdle)) {
            Outcome::In => Self::In,
            Outcome::SecondStep => Self::SecondStep,
            Outcome::Limited => Self::Limited,
            Outcome::Refused(code) => {
                let status = problem::status(&Error::new(code)).as_u16();
                Self::Refused(status, code.name)
            }
        }
    }

    fn fits(&self, seen: &Seen) -> bool {
        match (self, seen) {
            (Self::In, Seen::In)
            | (Self::SecondStep, Seen::SecondStep)
            | (Self::Limited, Seen::Limited)
            // Where a proxy or a browser is sent on to says no more.
            | (Self::Refused(..), Seen::Away) => true,
            (Self::Refused(status, _), Seen::Foreign(seen)) => status == seen,
            (Self::Refused(status, name), Seen::Problem(seen, code)) => {
                status == seen && name == code
            }
            _ => false,
        }
    }
}

/// Every way at one hurdle.
async fn drive_all(hurdle: Option<Hurdle>) {
    let mut wrong = Vec::new();
    for way in Way::ALL {
        let seen = Scene::raise(*way, hurdle).await.show().await;
        let due = Due::of(*way, hurdle);
        if !due.fits(&seen) {
            wrong.push(format!("{way:?} at {hurdle:?}: {seen:?}, not {due:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Otherwise no refusal below would prove anything.
#[tokio::test]
async fn every_way_leads_in() {
    drive_all(None).await;
}

/// asvs:V6.1.3, asvs:V6.3.4, vuln:118
#[tokio::test]
async fn no_way_lets_somebody_suspended_in() {
    drive_all(Some(Hurdle::Suspended)).await;
}

/// asvs:V6.3.4, vuln:71, vuln:91: whoever guesses finds no other door to guess at.
#[tokio::test]
async fn what_is_locked_is_locked_at_every_door_where_one_guesses() {
    drive_all(Some(Hurdle::Locked)).await;
}

/// vuln:71, vuln:91: who shuts an account for strangers shuts out nobody on a device
/// that it knows.
#[tokio::test]
async fn a_known_device_gets_in_at_every_door_that_is_shut_to_strangers() {
    let mut wrong = Vec::new();
    let guessed_at = |way: &&Way| matches!(way.at(Hurdle::Locked), Outcome::Refused(_));
    for way in Way::ALL.iter().filter(guessed_at) {
        let scene = Scene::at_home(*way, Some(Hurdle::Locked)).await;
        let seen = scene.show().await;
        if !Due::of(*way, None).fits(&seen) {
            wrong.push(format!("{way:?}: {seen:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// asvs:V2.3.1, asvs:V6.3.3, asvs:V6.3.4, vuln:73, vuln:74
#[tokio::test]
async fn no_way_passes_by_the_second_factor() {
    drive_all(Some(Hurdle::SecondFactor)).await;
}

/// asvs:V6.3.3, asvs:V6.3.4, vuln:73, vuln:74: who must have a second factor
/// gets nowhere without, by whichever way.
#[tokio::test]
async fn every_way_leads_to_a_second_factor_where_one_is_required() {
    drive_all(Some(Hurdle::FactorRequired)).await;
}

/// asvs:V6.3.4: mail goes to verified addresses alone.
#[tokio::test]
async fn an_unverified_address_is_mailed_no_way_in() {
    drive_all(Some(Hurdle::Unverified)).await;
}

/// asvs:V6.3.1, asvs:V6.3.4
#[tokio::test]
async fn a_flood_from_one_address_is_slowed_down_at_every_door() {
    drive_all(Some(Hurdle::Flooded)).await;
}

/// Of what opens sessions, everything asks for the second factor, is one, or is
/// refused where nobody can be asked.
#[test]
fn nothing_opens_a_session_that_skips_a_second_factor() {
    use tollgate_flows::Second::{Asked, Both, Instead, Itself, Later, Refused, Weak};

    for way in Way::ALL {
        let controls = way.controls();
        let fits = match controls.gives {
            Gives::Session => matches!(controls.second, Asked | Both | Refused),
            Gives::Account | Gives::Password => controls.second == Later,
            Gives::SecondStep => matches!(controls.second, Itself | Weak | Instead),
            Gives::Credential | Gives::Access => true,
        };
        assert!(fits, "{way:?}");
    }
}

/// asvs:V6.1.3: no door takes a credential that is not in the list.
#[test]
fn every_door_that_takes_a_credential_is_a_way() {
    let takes = [
        "signs in",
        "its credential is in the body",
        "its credential is the link",
        "its credential is the ticket",
    ];
    let doors: BTreeSet<(&str, &str)> = OPEN
        .iter()
        .filter(|(_, _, why)| takes.contains(why))
        .map(|(method, path, _)| (*method, *path))
        .collect();
    let listed: BTreeSet<(&str, &str)> = Way::ALL
        .iter()
        .flat_map(|way| way.controls().at)
        .copied()
        .collect();
    assert_eq!(doors, listed);
}
