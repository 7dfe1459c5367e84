//! Dev only: a real Chromium that tests look through, type into and have pages
//! judged in. It speaks the DevTools protocol over a pipe of its own.
//!
//! Everything here panics with what it saw when something goes wrong, because
//! that is how a test ends.

mod audit;
mod authenticator;
mod chromium;
mod journal;
mod keyboard;
mod visitor;
mod wire;

pub use authenticator::Authenticator;
pub use chromium::Browser;
pub use journal::Asked;
pub use keyboard::Key;
pub use visitor::{Eyes, Focus, Visitor};

use std::time::Duration;

/// How long anything may take: the browser's start, an answer, a page.
const DEADLINE: Duration = Duration::from_secs(30);
