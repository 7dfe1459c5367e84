//! `admin`: administrators before there is one, and when all are lost.

use clap::{Args, Subcommand};
use serde_json::json;
use tollgate_base::identifier::Identifier;
use tollgate_flows::setup::{self, Condition};

use super::{
    exit::Failure,
    office::{OPERATOR, Office},
    person::{Person, identifier, link},
    shapes,
    terminal::Answer,
};

#[derive(Subcommand)]
pub(crate) enum Admin {
    /// Make an administrator
    Create(Create),
    /// Make an existing account an administrator who can sign in again
    Recover(Recover),
}

#[derive(Args)]
pub(crate) struct Create {
    #[command(flatten)]
    person: Person,
}

#[derive(Args)]
pub(crate) struct Recover {
    /// Their e-mail address or username
    #[arg(value_name = "IDENTIFIER", value_parser = identifier)]
    identifier: Identifier,
}

impl Admin {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        office
            .work(async |ctx| match self {
                Self::Create(create) => {
                    let applicant = create.person.applicant()?;
                    let with_password = applicant.password.is_some();
                    let view =
                        setup::create_admin(ctx, OPERATOR, (applicant, Condition::Always)).await?;
                    if with_password {
                        let text = format!("{} is an administrator.", view.account.id);
                        return Ok(Answer::new(json!({ "user": shapes::account(&view) }), text));
                    }
                    link(office, ctx, &view).await
                }
                Self::Recover(recover) => {
                    let view = setup::recover(ctx, OPERATOR, recover.identifier).await?;
                    link(office, ctx, &view).await
                }
            })
            .await
    }
}
