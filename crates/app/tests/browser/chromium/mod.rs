//! What needs the browser. Each test is ignored by `cargo test` for that.

mod account;
mod audit;
mod choices;
mod entrance;
mod people;
mod screenshots;
mod setup;
mod site;
mod weight;

/// A menu that opens where it stands, as a screen reader is told it.
const MENU: &str = "DisclosureTriangle";
