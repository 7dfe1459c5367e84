//! Access tokens in process: what JSON and Base64 cost beside the signature.

use std::path::Path;

use super::ROUNDS;
use crate::{
    Result,
    figure::{Aim, Figure, Rounds, Unit},
    peers::signature::{Bare, Tokens},
};

pub(super) fn measure(_binary: &Path) -> Result<Vec<Figure>> {
    let tokens = Tokens::new()?;
    let bare = Bare::new(&tokens)?;
    let [mut sign, mut mint, mut verify, mut check] = [const { Rounds::new() }; 4];
    for _ in 0..ROUNDS {
        sign.push(bare.sign()?);
        mint.push(tokens.mint()?);
        verify.push(bare.verify()?);
        check.push(tokens.check()?);
    }
    let beside = |ours: &Rounds, bare: &Rounds| {
        format!("{} beside {}", ours.told(1e6, "µs"), bare.told(1e6, "µs"))
    };
    Ok(vec![
        Figure::new(
            "access token minted, of a bare Ed25519 signature (CPU)",
            sign.over(&mint).median(),
            Unit::Share,
            Aim::None,
            beside(&mint, &sign),
        ),
        Figure::new(
            "access token checked, of a bare Ed25519 check (CPU)",
            verify.over(&check).median(),
            Unit::Share,
            Aim::AtLeast(0.9),
            beside(&check, &verify),
        ),
    ])
}
