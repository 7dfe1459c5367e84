//! The page behind a link that an administrator made to let somebody sign in.
//!
//! Looking at it uses nothing up; only the submitted form presents the token.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use tollgate_base::access::Principal;
use tollgate_flows::{
    Opening,
    signin::{self, UseToken},
};
use tollgate_web::{Peer, Problem, Web, device};

use crate::page::{Frame, Refusal, Submitted};

use super::{
    go_on,
    mail::{LinkForm, LinkPage},
};

pub(crate) async fn show(frame: Frame) -> Result<Response, Problem> {
    frame.send(StatusCode::OK, &page(&frame))
}

pub(crate) async fn submit(
    State(web): State<Web>,
    peer: Peer,
    headers: HeaderMap,
    frame: Frame,
    Submitted(form): Submitted<LinkForm>,
) -> Result<Response, Problem> {
    let (token, remember) = (form.token.trim(), form.remember.is_some());
    let request = UseToken {
        token: token.to_owned().into(),
        device: device(&web, &headers, peer).keeping(true),
        address: peer.0,
        opening: Opening::Cookie { remember },
    };
    match signin::use_token(web.ctx(), &Principal::Anonymous, request).await {
        Ok(step) => go_on(&web, &frame, step, ("", remember)).await,
        Err(fault) => {
            let again = LinkPage {
                refusal: Refusal::of(&fault, frame.locale),
                token,
                remember,
                ..page(&frame)
            };
            frame.send_refusal(&fault, &again)
        }
    }
}

fn page(frame: &Frame) -> LinkPage<'_> {
    LinkPage {
        frame,
        refusal: Refusal::default(),
        at: "/signin/token",
        token: "",
        remember: false,
        again: None,
    }
}
