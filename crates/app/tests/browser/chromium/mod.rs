//! What needs the browser. Each test is ignored by `cargo test` for that.

mod audit;
mod choices;
mod entrance;
mod screenshots;
mod setup;
mod weight;

/// A menu that opens where it stands, as a screen reader is told it.
const MENU: &str = "DisclosureTriangle";
