//! Floor 6, our own accent: the JSON API under `/api/v1` with its OpenAPI
//! document, the public keys, and what operators and balancers ask.
//!
//! Each room is in, call, out. Ground: `shapes`. Roof: `routes`.

mod access;
mod activity;
mod alerts;
mod audit;
mod authz;
mod compliance;
mod devices;
mod docs;
mod factors;
mod health;
mod me;
mod outbox;
mod overview;
mod passkeys;
mod password;
mod people;
mod phone;
mod picture;
mod recovery;
mod refusals;
mod review;
pub mod routes;
mod sent_codes;
mod session;
mod sessions;
mod shapes;
mod signup;
mod sites;
mod unlock;
mod verification;
mod vouching;
mod webhooks;
mod well_known;

pub use authz::ForwardAuth;
