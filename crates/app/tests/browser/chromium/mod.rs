//! What needs the browser. Each test is ignored by `cargo test` for that.

mod audit;
mod setup;
mod weight;
