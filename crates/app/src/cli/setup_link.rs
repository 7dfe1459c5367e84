//! `setup-link`: a new link with which the first administrator is made.

use serde_json::json;
use tollgate_base::ExposeSecret;
use tollgate_flows::setup;

use super::{
    exit::Failure,
    office::{OPERATOR, Office},
    terminal::Answer,
};

pub(crate) async fn run(office: &Office) -> Result<Answer, Failure> {
    office
        .work(async |ctx| {
            let token = setup::link(ctx, OPERATOR, ()).await?;
            let url = format!(
                "{}/setup#{}",
                ctx.policy().public_url,
                token.expose_secret()
            );
            office
                .terminal
                .words("Open this link within 30 minutes; it works once, and voids earlier ones:");
            Ok(Answer::new(json!({ "url": url }), url))
        })
        .await
}
