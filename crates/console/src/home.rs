//! The first page: what to do before there is an administrator, and where
//! things are afterwards.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use tollgate_base::access::Principal;
use tollgate_flows::setup;
use tollgate_web::{Problem, Web};

use crate::page;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    waits_for_setup: bool,
}

pub(crate) async fn show(State(web): State<Web>) -> Result<Response, Problem> {
    let waits_for_setup = setup::is_open(web.ctx(), &Principal::Anonymous, ()).await?;
    page::send(StatusCode::OK, &Home { waits_for_setup })
}

#[cfg(test)]
mod tests {
    use super::{Home, Template};

    #[test]
    fn before_setup_the_page_says_which_command_to_type() {
        let page = |waits_for_setup| Home { waits_for_setup }.render().unwrap();
        assert!(page(true).contains("tollgate setup-link"));
        assert!(!page(false).contains("setup"));
        assert_eq!(page(false).matches("<h1").count(), 1);
    }
}
