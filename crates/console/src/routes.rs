//! The roof of the pages: which address shows which.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use tollgate_web::Web;

use crate::{
    access, activity, address, alerts, assets, audit, compliance, dashboard, data, factors, forgot,
    home, landing, mail, me, newcomer, password, people, person, phone, preferences, profile,
    recovery, reset, review, security, sent_codes, sessions, setup, signin, signout, signup, sites,
    step_up, strength, unlock, verify, webhooks,
};

/// Every route by method and path, for tests that visit them all.
pub const LISTING: &[(&str, &str)] = &[
    ("GET", "/"),
    ("GET", "/setup"),
    ("POST", "/setup"),
    ("POST", "/setup/passkey"),
    ("POST", "/setup/passkey/confirm"),
    ("GET", "/setup/address"),
    ("GET", "/setup/done"),
    ("GET", "/signin"),
    ("POST", "/signin"),
    ("GET", "/signin/code"),
    ("POST", "/signin/code"),
    ("GET", "/signin/confirm"),
    ("POST", "/signin/confirm"),
    ("GET", "/signin/mail"),
    ("POST", "/signin/mail"),
    ("GET", "/signin/mail/code"),
    ("POST", "/signin/mail/code"),
    ("GET", "/signin/link"),
    ("POST", "/signin/link"),
    ("GET", "/signin/token"),
    ("POST", "/signin/token"),
    ("POST", "/signin/code/send"),
    ("POST", "/signin/passkey"),
    ("POST", "/signin/passkey/begin"),
    ("GET", "/signup"),
    ("POST", "/signup"),
    ("POST", "/signup/passkey"),
    ("POST", "/signup/passkey/confirm"),
    ("GET", "/signout"),
    ("POST", "/signout"),
    ("GET", "/forgot"),
    ("POST", "/forgot"),
    ("GET", "/reset"),
    ("POST", "/reset"),
    ("GET", "/unlock"),
    ("POST", "/unlock"),
    ("GET", "/unlock/mail"),
    ("POST", "/unlock/mail"),
    ("GET", "/recover"),
    ("POST", "/recover"),
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
    ("GET", "/me/factors/codes"),
    ("POST", "/me/factors/codes"),
    ("POST", "/me/factors/codes/off"),
    ("GET", "/me/phone"),
    ("POST", "/me/phone"),
    ("POST", "/me/phone/code"),
    ("POST", "/me/phone/confirm"),
    ("POST", "/me/phone/remove"),
    ("GET", "/me/step-up"),
    ("POST", "/me/step-up"),
    ("POST", "/me/step-up/code"),
    ("POST", "/me/step-up/passkey"),
    ("POST", "/me/step-up/passkey/begin"),
    ("POST", "/me/factors/passkeys"),
    ("POST", "/me/factors/passkeys/confirm"),
    ("GET", "/me/factors/passkeys/{id}"),
    ("POST", "/me/factors/passkeys/{id}/rename"),
    ("POST", "/me/factors/passkeys/{id}/remove"),
    ("POST", "/me/recovery-codes"),
    ("GET", "/me/sessions"),
    ("POST", "/me/sessions/end"),
    ("POST", "/me/sessions/{session}/end"),
    ("POST", "/me/devices/forget"),
    ("POST", "/me/devices/{device}/forget"),
    ("GET", "/me/activity"),
    ("GET", "/me/lockdown"),
    ("POST", "/me/lockdown"),
    ("POST", "/me/recovery/stop"),
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
    ("POST", "/admin/people/{id}/unlock"),
    ("POST", "/admin/people/{id}/recovery"),
    ("POST", "/admin/people/{id}/recovery/stop"),
    ("POST", "/admin/people/{id}/sign-in-link"),
    ("GET", "/admin/people/{id}/end-sessions"),
    ("POST", "/admin/people/{id}/end-sessions"),
    ("POST", "/admin/people/{id}/sessions/{session}/end"),
    ("POST", "/admin/people/{id}/devices/forget"),
    ("POST", "/admin/people/{id}/devices/{device}/forget"),
    ("POST", "/admin/people/{id}/picture/remove"),
    ("GET", "/admin/people/{id}/delete"),
    ("POST", "/admin/people/{id}/delete"),
    ("GET", "/admin/people/{id}/review"),
    ("POST", "/admin/people/{id}/review"),
    ("POST", "/admin/people/{id}/review/end-sessions"),
    ("POST", "/admin/people/{id}/review/forget-devices"),
    ("POST", "/admin/people/{id}/review/void-links"),
    ("POST", "/admin/people/{id}/review/stop-recovery"),
    ("POST", "/admin/people/{id}/review/reset-link"),
    ("GET", "/admin/security"),
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
    ("GET", "/admin/audit"),
    ("GET", "/admin/audit.csv"),
    ("GET", "/admin/alerts"),
    ("POST", "/admin/alerts/test"),
    ("POST", "/admin/alerts/{id}/acknowledge"),
    ("POST", "/admin/alerts/{id}/close"),
    ("GET", "/admin/webhooks"),
    ("POST", "/admin/webhooks"),
    ("GET", "/admin/webhooks/{id}"),
    ("POST", "/admin/webhooks/{id}"),
    ("POST", "/admin/webhooks/{id}/rotate"),
    ("POST", "/admin/webhooks/{id}/test"),
    ("POST", "/admin/webhooks/{id}/replay"),
    ("GET", "/admin/webhooks/{id}/remove"),
    ("POST", "/admin/webhooks/{id}/remove"),
    ("POST", "/admin/webhooks/{id}/deliveries/{delivery}/retry"),
    ("GET", "/admin/access"),
    ("GET", "/admin/compliance"),
    ("POST", "/admin/compliance/check"),
    ("GET", "/admin/compliance/{rule}"),
    ("POST", "/admin/compliance/{rule}/accept"),
    ("POST", "/admin/compliance/{rule}/withdraw"),
    ("GET", "/admin/mail"),
    ("POST", "/admin/mail/{id}/retry"),
    ("POST", "/admin/mail/{id}/drop"),
    ("POST", "/me/delete"),
    ("GET", "/static/{name}"),
];

/// All pages.
pub fn router() -> Router<Web> {
    Router::new()
        .route("/", get(home::show))
        .route("/setup", get(setup::show).post(setup::submit))
        .route("/setup/passkey", post(setup::passkey::begin))
        .route("/setup/passkey/confirm", post(setup::passkey::finish))
        .route("/setup/address", get(address::show))
        .route("/setup/done", get(setup::done))
        .route("/signin", get(signin::show).post(signin::submit))
        .route("/signin/code", get(signin::again).post(signin::finish))
        .route(
            "/signin/confirm",
            get(signin::again).post(signin::confirm::submit),
        )
        .route(
            "/signin/mail",
            get(signin::mail::show).post(signin::mail::ask),
        )
        .route(
            "/signin/mail/code",
            get(signin::mail::again).post(signin::mail::finish),
        )
        .route(
            "/signin/link",
            get(signin::mail::open).post(signin::mail::follow),
        )
        .route(
            "/signin/token",
            get(signin::token::show).post(signin::token::submit),
        )
        .route("/signin/code/send", post(signin::send_code))
        .route("/signin/passkey", post(signin::passkey::finish))
        .route("/signin/passkey/begin", post(signin::passkey::begin))
        .route("/signup", get(signup::show).post(signup::submit))
        .route("/signup/passkey", post(signup::passkey::begin))
        .route("/signup/passkey/confirm", post(signup::passkey::finish))
        .route("/signout", get(signout::show).post(signout::submit))
        .route("/forgot", get(forgot::show).post(forgot::submit))
        .route("/reset", get(reset::show).post(reset::submit))
        .route("/recover", get(recovery::show).post(recovery::submit))
        .route("/unlock", get(unlock::show).post(unlock::submit))
        .route("/unlock/mail", get(unlock::show_ask).post(unlock::ask))
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
        .route("/me/factors/passkeys", post(factors::passkeys::begin))
        .route(
            "/me/factors/passkeys/confirm",
            post(factors::passkeys::finish),
        )
        .route("/me/factors/passkeys/{id}", get(factors::passkeys::show))
        .route(
            "/me/factors/passkeys/{id}/rename",
            post(factors::passkeys::rename),
        )
        .route(
            "/me/factors/passkeys/{id}/remove",
            post(factors::passkeys::remove),
        )
        .route(
            "/me/factors/codes",
            get(sent_codes::show).post(sent_codes::turn_on),
        )
        .route("/me/factors/codes/off", post(sent_codes::turn_off))
        .route("/me/phone", get(phone::show).post(phone::begin))
        .route("/me/phone/code", post(phone::resend))
        .route("/me/phone/confirm", post(phone::confirm))
        .route("/me/phone/remove", post(phone::remove))
        .route("/me/recovery-codes", post(factors::renew_codes))
        .route("/me/step-up", get(step_up::show).post(step_up::submit))
        .route("/me/step-up/code", post(step_up::send_code))
        .route("/me/step-up/passkey", post(step_up::passkey::finish))
        .route("/me/step-up/passkey/begin", post(step_up::passkey::begin))
        .route("/me/sessions", get(sessions::show))
        .route("/me/sessions/end", post(sessions::end_others))
        .route("/me/sessions/{session}/end", post(sessions::end))
        .route("/me/devices/forget", post(sessions::forget_other_devices))
        .route("/me/devices/{device}/forget", post(sessions::forget_device))
        .route("/me/activity", get(activity::show))
        .route("/me/lockdown", get(activity::ask).post(activity::lock_down))
        .route("/me/recovery/stop", post(recovery::stop_mine))
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
        .route("/unlock", post(unlock::unlock))
        .route("/recovery", post(recovery::start))
        .route("/recovery/stop", post(recovery::stop))
        .route("/sign-in-link", post(person::make_sign_in_link))
        .route(
            "/end-sessions",
            get(person::ask_end_sessions).post(person::end_sessions),
        )
        .route("/sessions/{session}/end", post(person::end_session))
        .route("/devices/forget", post(person::forget_devices))
        .route("/devices/{device}/forget", post(person::forget_device))
        .route("/picture/remove", post(person::remove_picture))
        .route("/review", get(review::show).post(review::close))
        .route("/review/end-sessions", post(review::end_sessions))
        .route("/review/forget-devices", post(review::forget_devices))
        .route("/review/void-links", post(review::void_links))
        .route("/review/stop-recovery", post(review::stop_recovery))
        .route("/review/reset-link", post(review::make_reset_link))
        .route("/delete", get(person::ask_delete).post(person::delete));
    let site = Router::new()
        .route("/", get(sites::show))
        .route("/edit", get(sites::edit).post(sites::save))
        .route("/remove", get(sites::ask_remove).post(sites::remove))
        .route("/snippet", get(sites::snippet));
    let webhook = Router::new()
        .route("/", get(webhooks::show).post(webhooks::save))
        .route("/rotate", post(webhooks::rotate))
        .route("/test", post(webhooks::test))
        .route("/replay", post(webhooks::replay))
        .route("/remove", get(webhooks::ask_remove).post(webhooks::remove))
        .route("/deliveries/{delivery}/retry", post(webhooks::retry));
    Router::new()
        .route("/admin", get(dashboard::show))
        .route("/admin/people", get(people::list))
        .route("/admin/people.csv", get(people::file))
        .route(
            "/admin/people/new",
            get(newcomer::show).post(newcomer::submit),
        )
        .nest("/admin/people/{id}", person)
        .route("/admin/audit", get(audit::list))
        .route("/admin/audit.csv", get(audit::file))
        .route("/admin/alerts", get(alerts::list))
        .route("/admin/alerts/test", post(alerts::test))
        .route("/admin/alerts/{id}/acknowledge", post(alerts::acknowledge))
        .route("/admin/alerts/{id}/close", post(alerts::close))
        .route(
            "/admin/webhooks",
            get(webhooks::list).post(webhooks::create),
        )
        .nest("/admin/webhooks/{id}", webhook)
        .route("/admin/security", get(security::show))
        .route("/admin/access", get(access::show))
        .route("/admin/compliance", get(compliance::list))
        .route("/admin/compliance/check", post(compliance::check))
        .route("/admin/compliance/{rule}", get(compliance::show))
        .route("/admin/compliance/{rule}/accept", post(compliance::accept))
        .route(
            "/admin/compliance/{rule}/withdraw",
            post(compliance::withdraw),
        )
        .route("/admin/mail", get(mail::list))
        .route("/admin/mail/{id}/retry", post(mail::retry))
        .route("/admin/mail/{id}/drop", post(mail::discard))
        .route("/admin/sites", get(sites::list))
        .route("/admin/sites.csv", get(sites::file))
        .route("/admin/sites/new", get(sites::new).post(sites::create))
        .nest("/admin/sites/{id}", site)
}
