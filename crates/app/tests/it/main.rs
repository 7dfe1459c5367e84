//! The one integration binary: stories from outside, and the house-wide guards.

mod chatbot;
mod cli;
mod errors;
mod faults;
mod guest;
mod headers;
mod nodes;
mod proxies;
mod queries;
mod support;
mod tidy;
