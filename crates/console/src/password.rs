//! Changing one's password, knowing the current one.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::SecretString;
use tollgate_flows::{
    ClientProfile,
    ctx::EndSessions,
    password::{self, ChangePassword},
    signout,
};
use tollgate_web::{Problem, Web};

use crate::page::{Done, Frame, HasToken, Query, Refusal, StepUp, Submitted, Visitor, go, renew};

const HERE: &str = "/me/password";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    form_token: String,
    current_password: Option<SecretString>,
    new_password: SecretString,
    /// A tick; left out where the operator insists.
    end_others: Option<String>,
    #[serde(default, rename = "username")]
    _username: String,
}

#[derive(Template)]
#[template(path = "password.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    done: Done,
    least: usize,
    /// Other sessions.
    others: usize,
    /// Whether they end in any case.
    insists: bool,
    /// What is to be shown first.
    asks: StepUp,
}

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

pub(crate) async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let page = page(&web, &visitor, Refusal::default(), done).await?;
    visitor.frame.send(StatusCode::OK, &page)
}

pub(crate) async fn submit(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let ended = form.end_others.is_some() || insists(&web);
    let request = ChangePassword {
        current: form.current_password,
        new: form.new_password,
        end_others: form.end_others.is_some(),
        client: ClientProfile::NATIVE,
    };
    match password::change_own(web.ctx(), &visitor.who, request).await {
        Ok(renewed) => {
            let said = if ended {
                "password-changed"
            } else {
                "password-alone-changed"
            };
            Ok(renew(&web, &renewed, go(&Done::at(HERE, said))))
        }
        Err(fault) => {
            let fault = fault.renamed("/password", "/new_password");
            let refusal = Refusal::of(&fault, visitor.frame.locale);
            let again = page(&web, &visitor, refusal, Done::default()).await?;
            visitor.frame.send_refusal(&fault, &again)
        }
    }
}

fn insists(web: &Web) -> bool {
    web.ctx().policy().password.end_sessions == EndSessions::Always
}

async fn page<'a>(
    web: &Web,
    visitor: &'a Visitor,
    refusal: Refusal,
    done: Done,
) -> Result<Page<'a>, Problem> {
    let me = visitor.who.person()?.user;
    let live = signout::list(web.ctx(), &visitor.who, me).await?;
    Ok(Page {
        frame: &visitor.frame,
        refusal,
        done,
        least: web.ctx().policy().password.least,
        others: live.len().saturating_sub(1),
        insists: insists(web),
        asks: StepUp::of(web, &visitor.who).await?,
    })
}
