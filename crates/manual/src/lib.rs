//! Floor 6, a surface: the manual at `/docs`, as `cargo xtask book` rendered it
//! into `book/`. It knows no verb: whoever reads it may be nobody.

mod errors;
mod files;
pub mod routes;
