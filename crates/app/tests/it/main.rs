//! The one integration binary: stories from outside, and the house-wide guards.

mod chatbot;
mod errors;
mod faults;
mod guest;
mod headers;
mod proxies;
mod queries;
mod support;
mod tidy;
