//! Floor 6: pages for people, rendered here without a front-end build. They
//! call verbs and decide nothing.
//!
//! Ground: `assets`, `words` and `page`, what all pages have in common. Roof:
//! `routes`.

mod access;
mod activity;
mod address;
mod alerts;
mod assets;
mod audit;
mod compliance;
mod dashboard;
mod data;
mod factors;
mod forgot;
mod home;
mod landing;
mod mail;
mod me;
mod newcomer;
mod page;
mod password;
mod people;
mod person;
mod phone;
mod preferences;
mod profile;
mod recovery;
mod refused;
mod reset;
mod review;
pub mod routes;
mod security;
mod sent_codes;
mod sessions;
mod setup;
mod signin;
mod signout;
mod signup;
mod sites;
mod step_up;
mod strength;
#[cfg(test)]
mod tests;
mod unlock;
mod verify;
mod webhooks;
mod words;

pub use refused::refused;
