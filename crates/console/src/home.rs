//! The first page: it leads to one's account, to sign-in, or says what to do
//! before there is an administrator.

use axum::{extract::State, http::StatusCode, response::Response};
use tollgate_base::access::Principal;
use tollgate_flows::setup;
use tollgate_web::{Problem, Web};

use crate::page::{Frame, Known, Note, go};

pub(crate) async fn show(
    State(web): State<Web>,
    Known(who): Known,
    frame: Frame,
) -> Result<Response, Problem> {
    if setup::is_open(web.ctx(), &Principal::Anonymous, ()).await? {
        let note = Note::info(&frame, "home-waits-title").say(&frame.t("home-waits"));
        return frame.send(StatusCode::OK, &note);
    }
    Ok(go(if who.is_some() { "/me" } else { "/signin" }))
}
