//! The pages as people meet them, in a real Chromium. A binary of its own: only
//! the step `browser` of `cargo xtask test` pays for it.

#![expect(
    clippy::unwrap_used,
    reason = "a panic is how a test ends, in its helpers too"
)]

mod chromium;
mod registry;
mod stage;
