//! Floor 6: pages for people, rendered here without a front-end build. They
//! call verbs and decide nothing.
//!
//! Ground: `assets`, `words` and `page`, what all pages have in common. Roof:
//! `routes`.

mod address;
mod assets;
mod dashboard;
mod data;
mod factors;
mod forgot;
mod home;
mod landing;
mod me;
mod newcomer;
mod page;
mod password;
mod people;
mod person;
mod preferences;
mod profile;
mod refused;
mod reset;
pub mod routes;
mod sessions;
mod setup;
mod signin;
mod signout;
mod signup;
mod sites;
mod strength;
#[cfg(test)]
mod tests;
mod verify;
mod words;

pub use refused::refused;
