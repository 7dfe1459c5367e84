//! The one integration binary: stories from outside, and the house-wide guards.

#![expect(
    clippy::unwrap_used,
    reason = "a panic is how a test ends, in its helpers too"
)]

mod account_pages;
mod api;
mod canary;
mod chatbot;
mod cli;
mod errors;
mod faults;
mod gate;
mod guest;
mod headers;
mod mail;
mod manual;
mod nodes;
mod pages;
mod people_pages;
mod proxies;
mod queries;
mod site_pages;
mod support;
mod through;
mod tidy;
mod zoo;
