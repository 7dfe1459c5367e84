//! How commands name people, who have an account or are to have one.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use tollgate_base::{
    ExposeSecret,
    identifier::{Email, Identifier, Username},
};
use tollgate_flows::{AccountView, Applicant, Ctx, password};

use super::{
    exit::Failure,
    office::{Named, OPERATOR, Office},
    shapes,
    terminal::{Answer, secret},
};

/// Somebody who has an account.
#[derive(Args)]
pub(crate) struct One {
    /// Id, e-mail address or username
    #[arg(value_name = "USER", value_parser = Named::parse)]
    pub(super) user: Named,
}

/// Somebody who is to have an account.
#[derive(Args)]
pub(crate) struct Person {
    /// Their e-mail address or username
    #[arg(value_name = "IDENTIFIER", value_parser = identifier)]
    identifier: Identifier,
    /// Their username, beside an address
    #[arg(long, value_parser = username)]
    username: Option<Username>,
    /// Their e-mail address, beside a username
    #[arg(long, value_parser = email)]
    email: Option<Email>,
    /// What they are called
    #[arg(long)]
    name: Option<String>,
    /// The file that holds their password, or - for standard input; without it a link is printed
    /// by which they set one
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl Person {
    pub(super) fn applicant(self) -> Result<Applicant, Failure> {
        let (email, username) = match self.identifier {
            Identifier::Email(email) => (Some(email), self.username),
            Identifier::Username(username) => (self.email, Some(username)),
        };
        let password = self.password_file.as_deref().map(secret).transpose()?;
        Ok(Applicant {
            email,
            username,
            display_name: self.name,
            password,
        })
    }
}

/// The account with a link by which its owner sets a password.
pub(super) async fn link(
    office: &Office,
    ctx: &Ctx,
    view: &AccountView,
) -> Result<Answer, Failure> {
    let link = password::reset_link(ctx, OPERATOR, view.account.id).await?;
    let url = format!(
        "{}/reset#{}",
        ctx.policy().public_url,
        link.token.expose_secret()
    );
    let id = view.account.id;
    office.terminal.words(&format!(
        "{id} sets a password by this link; it works once:"
    ));
    Ok(Answer::new(
        json!({ "user": shapes::account(view), "reset_url": url }),
        url,
    ))
}

pub(super) fn identifier(text: &str) -> Result<Identifier, String> {
    Identifier::parse(text).map_err(|_| "not an e-mail address or a username".to_owned())
}

fn email(text: &str) -> Result<Email, String> {
    Email::parse(text).map_err(|_| "not an e-mail address".to_owned())
}

fn username(text: &str) -> Result<Username, String> {
    Username::parse(text).map_err(|_| "not a username".to_owned())
}
