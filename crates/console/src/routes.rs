//! The roof of the pages: which address shows which.

use axum::{
    Router,
    routing::{get, post},
};
use tollgate_web::Web;

use crate::{
    address, assets, forgot, home, landing, me, preferences, reset, setup, signin, signout, signup,
};

/// Every route by method and path, for tests that visit them all.
pub const LISTING: &[(&str, &str)] = &[
    ("GET", "/"),
    ("GET", "/setup"),
    ("POST", "/setup"),
    ("GET", "/setup/address"),
    ("GET", "/setup/done"),
    ("GET", "/signin"),
    ("POST", "/signin"),
    ("GET", "/signup"),
    ("POST", "/signup"),
    ("GET", "/signout"),
    ("POST", "/signout"),
    ("GET", "/forgot"),
    ("POST", "/forgot"),
    ("GET", "/reset"),
    ("POST", "/reset"),
    ("GET", "/enter"),
    ("GET", "/.tollgate/enter"),
    ("GET", "/.tollgate/land"),
    ("GET", "/.tollgate/leave"),
    ("POST", "/preferences"),
    ("GET", "/me"),
    ("GET", "/static/{name}"),
];

/// All pages.
pub fn router() -> Router<Web> {
    Router::new()
        .route("/", get(home::show))
        .route("/setup", get(setup::show).post(setup::submit))
        .route("/setup/address", get(address::show))
        .route("/setup/done", get(setup::done))
        .route("/signin", get(signin::show).post(signin::submit))
        .route("/signup", get(signup::show).post(signup::submit))
        .route("/signout", get(signout::show).post(signout::submit))
        .route("/forgot", get(forgot::show).post(forgot::submit))
        .route("/reset", get(reset::show).post(reset::submit))
        .route("/enter", get(landing::cross))
        .route("/.tollgate/enter", get(landing::begin))
        .route("/.tollgate/land", get(landing::end))
        .route("/.tollgate/leave", get(landing::leave))
        .route("/preferences", post(preferences::submit))
        .route("/me", get(me::show))
        .route("/static/{name}", get(assets::serve))
}
