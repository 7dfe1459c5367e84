//! The roof of the pages: which address shows which.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use tollgate_web::Web;

use crate::{
    address, assets, dashboard, data, factors, forgot, home, landing, me, newcomer, password,
    people, person, preferences, profile, reset, sessions, setup, signin, signout, signup, sites,
    strength, verify,
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
    ("GET", "/signin/code"),
    ("POST", "/signin/code"),
    ("GET", "/signup"),
    ("POST", "/signup"),
    ("GET", "/signout"),
    ("POST", "/signout"),
    ("GET", "/forgot"),
    ("POST", "/forgot"),
    ("GET", "/reset"),
    ("POST", "/reset"),
    ("POST", "/password/strength"),
    ("GET", "/verify"),
    ("POST", "/verify"),
    ("GET", "/enter"),
    ("GET", "/.tollgate/enter"),
    ("GET", "/.tollgate/land"),
    ("GET", "/.tollgate/leave"),
    ("GET", "/.tollgate/refused"),
    ("GET", "/.tollgate/static/{name}"),
    ("POST", "/preferences"),
    ("GET", "/me"),
    ("GET", "/me/profile"),
    ("POST", "/me/profile"),
    ("POST", "/me/picture"),
    ("POST", "/me/picture/remove"),
    ("POST", "/me/names"),
    ("POST", "/me/names/remove"),
    ("POST", "/me/names/verify"),
    ("GET", "/me/password"),
    ("POST", "/me/password"),
    ("GET", "/me/factors"),
    ("POST", "/me/factors"),
    ("POST", "/me/factors/{id}/confirm"),
    ("GET", "/me/factors/{id}/remove"),
    ("POST", "/me/factors/{id}/remove"),
    ("POST", "/me/recovery-codes"),
    ("GET", "/me/sessions"),
    ("POST", "/me/sessions/end"),
    ("POST", "/me/sessions/{session}/end"),
    ("GET", "/me/data"),
    ("GET", "/admin"),
    ("GET", "/admin/people"),
    ("GET", "/admin/people.csv"),
    ("GET", "/admin/people/new"),
    ("POST", "/admin/people/new"),
    ("GET", "/admin/people/{id}"),
    ("GET", "/admin/people/{id}/suspend"),
    ("POST", "/admin/people/{id}/suspend"),
    ("POST", "/admin/people/{id}/resume"),
    ("POST", "/admin/people/{id}/role"),
    ("POST", "/admin/people/{id}/reset-link"),
    ("GET", "/admin/people/{id}/end-sessions"),
    ("POST", "/admin/people/{id}/end-sessions"),
    ("POST", "/admin/people/{id}/sessions/{session}/end"),
    ("POST", "/admin/people/{id}/picture/remove"),
    ("GET", "/admin/people/{id}/delete"),
    ("POST", "/admin/people/{id}/delete"),
    ("GET", "/admin/sites"),
    ("GET", "/admin/sites.csv"),
    ("GET", "/admin/sites/new"),
    ("POST", "/admin/sites/new"),
    ("GET", "/admin/sites/{id}"),
    ("GET", "/admin/sites/{id}/edit"),
    ("POST", "/admin/sites/{id}/edit"),
    ("GET", "/admin/sites/{id}/remove"),
    ("POST", "/admin/sites/{id}/remove"),
    ("GET", "/admin/sites/{id}/snippet"),
    ("POST", "/me/delete"),
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
        .route("/signin/code", get(signin::again).post(signin::finish))
        .route("/signup", get(signup::show).post(signup::submit))
        .route("/signout", get(signout::show).post(signout::submit))
        .route("/forgot", get(forgot::show).post(forgot::submit))
        .route("/reset", get(reset::show).post(reset::submit))
        .route("/password/strength", post(strength::weigh))
        .route("/verify", get(verify::show).post(verify::submit))
        .route("/enter", get(landing::cross))
        .route("/.tollgate/enter", get(landing::begin))
        .route("/.tollgate/land", get(landing::end))
        .route("/.tollgate/leave", get(landing::leave))
        .route("/.tollgate/refused", get(landing::refuse))
        .route("/.tollgate/static/{name}", get(assets::serve))
        .route("/preferences", post(preferences::submit))
        .merge(account())
        .merge(administration())
        .route("/static/{name}", get(assets::serve))
}

/// Pages about one's own account.
fn account() -> Router<Web> {
    // The extractor of the picture knows its own limit.
    let picture = post(profile::upload).layer(DefaultBodyLimit::disable());
    Router::new()
        .route("/me", get(me::show))
        .route("/me/profile", get(profile::show).post(profile::save))
        .route("/me/picture", picture)
        .route("/me/picture/remove", post(profile::remove_picture))
        .route("/me/names", post(profile::add_name))
        .route("/me/names/remove", post(profile::remove_name))
        .route("/me/names/verify", post(profile::verify_name))
        .route("/me/password", get(password::show).post(password::submit))
        .route("/me/factors", get(factors::show).post(factors::begin))
        .route("/me/factors/{id}/confirm", post(factors::confirm))
        .route(
            "/me/factors/{id}/remove",
            get(factors::ask_remove).post(factors::remove),
        )
        .route("/me/recovery-codes", post(factors::renew_codes))
        .route("/me/sessions", get(sessions::show))
        .route("/me/sessions/end", post(sessions::end_others))
        .route("/me/sessions/{session}/end", post(sessions::end))
        .route("/me/data", get(data::show))
        .route("/me/delete", post(data::delete))
}

/// Pages for those who look after people and apps.
fn administration() -> Router<Web> {
    let person = Router::new()
        .route("/", get(person::show))
        .route("/suspend", get(person::ask_suspend).post(person::suspend))
        .route("/resume", post(person::resume))
        .route("/role", post(person::assign_role))
        .route("/reset-link", post(person::make_reset_link))
        .route(
            "/end-sessions",
            get(person::ask_end_sessions).post(person::end_sessions),
        )
        .route("/sessions/{session}/end", post(person::end_session))
        .route("/picture/remove", post(person::remove_picture))
        .route("/delete", get(person::ask_delete).post(person::delete));
    let site = Router::new()
        .route("/", get(sites::show))
        .route("/edit", get(sites::edit).post(sites::save))
        .route("/remove", get(sites::ask_remove).post(sites::remove))
        .route("/snippet", get(sites::snippet));
    Router::new()
        .route("/admin", get(dashboard::show))
        .route("/admin/people", get(people::list))
        .route("/admin/people.csv", get(people::file))
        .route(
            "/admin/people/new",
            get(newcomer::show).post(newcomer::submit),
        )
        .nest("/admin/people/{id}", person)
        .route("/admin/sites", get(sites::list))
        .route("/admin/sites.csv", get(sites::file))
        .route("/admin/sites/new", get(sites::new).post(sites::create))
        .nest("/admin/sites/{id}", site)
}
