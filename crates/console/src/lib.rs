//! Floor 6: pages for people, rendered here without a front-end build. They
//! call verbs and decide nothing.
//!
//! Ground: `page`, what all pages have in common. Roof: `routes`.

mod assets;
mod home;
mod landing;
mod page;
mod reset;
pub mod routes;
mod setup;
