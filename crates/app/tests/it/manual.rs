//! The manual: what it says is what the code does.

mod held;
mod links;
mod runs;
mod written;
