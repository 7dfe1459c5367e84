//! The chatbot's shapes, exactly: names, order, and numbers where it has
//! numbers.

use serde::Serialize;

/// What most of its refusals are.
#[derive(Serialize)]
pub(super) struct Fault {
    pub(super) error: &'static str,
}

/// What an endpoint says that has nothing to give.
#[derive(Serialize)]
pub(super) struct Message {
    pub(super) message: &'static str,
}

/// The answer to a sign-in.
#[derive(Serialize)]
pub(super) struct LoggedIn<'a> {
    pub(super) access_token: &'a str,
    pub(super) refresh_token: &'a str,
    pub(super) user_id: i64,
    pub(super) email: &'a str,
}

/// The answer to `GET /auth/status/`.
#[derive(Serialize)]
pub(super) struct Status<'a> {
    pub(super) authenticated: bool,
    pub(super) user: User<'a>,
}

/// Who is signed in.
#[derive(Serialize)]
pub(super) struct User<'a> {
    pub(super) id: i64,
    pub(super) email: &'a str,
}

/// The answer to a sign-out.
#[derive(Serialize)]
pub(super) struct LoggedOut {
    pub(super) status: &'static str,
    pub(super) message: &'static str,
}

/// A pair of tokens, as SimpleJWT gives it.
#[derive(Serialize)]
pub(super) struct Pair<'a> {
    pub(super) refresh: &'a str,
    pub(super) access: &'a str,
}

/// A renewed access token, as SimpleJWT gives it.
#[derive(Serialize)]
pub(super) struct Access<'a> {
    pub(super) access: &'a str,
}
