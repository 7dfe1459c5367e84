//! Floor 6, our own accent: the JSON API under `/api/v1` with its OpenAPI
//! document, the public keys, and what operators and balancers ask.
//!
//! Each room is in, call, out. Ground: `shapes`. Roof: `routes`.

mod authz;
mod docs;
mod factors;
mod health;
mod me;
mod overview;
mod password;
mod people;
mod picture;
mod refusals;
pub mod routes;
mod session;
mod sessions;
mod shapes;
mod signup;
mod sites;
mod verification;
mod vouching;
mod well_known;

pub use authz::ForwardAuth;
