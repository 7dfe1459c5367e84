//! The page behind a reset link: a new password.

use axum::{extract::State, http::StatusCode, response::Response};
use tollgate_base::{SecretString, access::Principal};
use tollgate_flows::{
    ClientProfile,
    password::{self, ResetPassword},
};
use tollgate_web::{Problem, Web};

use crate::page::{Frame, LinkWords, NewPasswordForm, NewPasswordPage, Note, Submitted};

const WORDS: LinkWords = LinkWords {
    action: "/reset",
    title: "reset-title",
    lead: "reset-lead",
    submit: "reset-submit",
    again: Some(("/forgot", "reset-again")),
};

pub(crate) async fn show(State(web): State<Web>, frame: Frame) -> Result<Response, Problem> {
    let empty = NewPasswordPage::new(&web, &frame, &WORDS);
    frame.send(StatusCode::OK, &empty)
}

pub(crate) async fn submit(
    State(web): State<Web>,
    frame: Frame,
    Submitted(form): Submitted<NewPasswordForm>,
) -> Result<Response, Problem> {
    let request = ResetPassword {
        token: SecretString::from(form.token()),
        new: form.password.clone(),
        client: ClientProfile::NATIVE,
    };
    match password::reset(web.ctx(), &Principal::Anonymous, request).await {
        Ok(()) => {
            let note = Note::good(&frame, "reset-done-title")
                .say(&frame.t("reset-done"))
                .onward("/signin", "signin-submit");
            frame.send(StatusCode::OK, &note)
        }
        Err(fault) => {
            let page = NewPasswordPage::new(&web, &frame, &WORDS);
            frame.send_refusal(&fault, &page.again(&form, &fault))
        }
    }
}
