//! The roof of the pages: which address shows which.

use axum::{Router, routing::get};
use tollgate_web::Web;

use crate::{assets, home, landing, reset, setup};

/// Every route by method and path, for tests that visit them all.
pub const LISTING: &[(&str, &str)] = &[
    ("GET", "/"),
    ("GET", "/setup"),
    ("POST", "/setup"),
    ("GET", "/reset"),
    ("POST", "/reset"),
    ("GET", "/enter"),
    ("GET", "/.tollgate/enter"),
    ("GET", "/.tollgate/land"),
    ("GET", "/.tollgate/leave"),
    ("GET", "/static/{name}"),
];

/// All pages.
pub fn router() -> Router<Web> {
    Router::new()
        .route("/", get(home::show))
        .route("/setup", get(setup::show).post(setup::submit))
        .route("/reset", get(reset::show).post(reset::submit))
        .route("/enter", get(landing::cross))
        .route("/.tollgate/enter", get(landing::begin))
        .route("/.tollgate/land", get(landing::end))
        .route("/.tollgate/leave", get(landing::leave))
        .route("/static/{name}", get(assets::serve))
}
