//! The one integration binary: stories from outside, and the house-wide guards.

#![expect(
    clippy::unwrap_used,
    reason = "a panic is how a test ends, in its helpers too"
)]

mod account_pages;
mod activity;
mod api;
mod canary;
mod chatbot;
mod cli;
mod code_pages;
mod device_pages;
mod edge;
mod errors;
mod factor_pages;
mod faults;
mod gate;
mod guest;
mod headers;
mod lock_outs;
mod mail;
mod mail_pages;
mod manual;
mod monitoring;
mod nodes;
mod oversight;
mod pages;
mod people_pages;
mod proxies;
mod queries;
mod required;
mod site_pages;
mod standard;
mod support;
mod through;
mod tidy;
mod traces;
mod ways;
mod zoo;
