//! Floor 6, foreign wire formats, one room each. A dialect holds no decisions:
//! it turns a foreign request into one of ours, calls a verb, and says the
//! answer in its own words.
//!
//! Ground: `drf`, what dialects of Django services share. The roof is `routes`.
//! No dialect knows another.

mod chatbot;
mod drf;
pub mod routes;
