//! `user`: other people's accounts.

mod list;
mod many;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tollgate_base::{
    access::Role,
    identifier::{Email, Identifier, Username},
};
use tollgate_flows::{AccountView, Applicant, Ctx, account, people, people::CreatePerson};

use super::{
    admin,
    exit::Failure,
    office::{Named, OPERATOR, Office},
    session, shapes,
    terminal::{Answer, fields, plain, secret, write_new},
};

pub(crate) use list::List;
pub(crate) use many::{Many, several};

#[derive(Subcommand)]
pub(crate) enum User {
    /// List accounts, newest first
    List(List),
    /// Show an account
    Show(One),
    /// Make an account
    Create(Create),
    /// Make a link by which its owner sets a new password
    ResetLink(One),
    /// Let accounts sign in no longer; their sessions end
    Suspend(Many),
    /// Let accounts sign in again
    Resume(Many),
    /// Delete accounts for good
    Delete(Many),
    /// Give an account another role
    Role(GiveRole),
    /// List an account's sign-ins
    Sessions(One),
    /// Take out all that there is of an account, as JSON
    Export(Export),
}

#[derive(Args)]
pub(crate) struct One {
    /// Id, e-mail address or username
    #[arg(value_name = "USER", value_parser = Named::parse)]
    pub(super) user: Named,
}

#[derive(Args)]
pub(crate) struct Create {
    #[command(flatten)]
    person: Person,
    /// admin, manager or default
    #[arg(long, default_value = "default", value_parser = role)]
    role: Role,
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

#[derive(Args)]
pub(crate) struct GiveRole {
    #[command(flatten)]
    one: One,
    /// admin, manager or default
    #[arg(value_parser = role)]
    role: Role,
}

#[derive(Args)]
pub(crate) struct Export {
    #[command(flatten)]
    one: One,
    /// Write to this new file, readable by its owner alone, instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl User {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        match self {
            Self::List(list) => list.run(office).await,
            Self::Suspend(many) => many.run(office, many::Change::Suspend).await,
            Self::Resume(many) => many.run(office, many::Change::Resume).await,
            Self::Delete(many) => many.run(office, many::Change::Delete).await,
            Self::Sessions(one) => session::list(office, &one.user).await,
            Self::Show(one) => {
                office
                    .work(async |ctx| {
                        let view = one.user.find(ctx).await?;
                        Ok(Answer::new(
                            json!({ "user": shapes::account(&view) }),
                            described(&view),
                        ))
                    })
                    .await
            }
            Self::Create(create) => office.work(async |ctx| create.run(office, ctx).await).await,
            Self::ResetLink(one) => {
                office
                    .work(async |ctx| admin::link(office, ctx, &one.user.find(ctx).await?).await)
                    .await
            }
            Self::Role(give) => {
                office
                    .work(async |ctx| {
                        let id = give.one.user.find(ctx).await?.account.id;
                        people::assign_role(ctx, OPERATOR, (id, give.role)).await?;
                        let view = people::show(ctx, OPERATOR, id).await?;
                        let text = format!("{id} has role {} now.", give.role);
                        Ok(Answer::new(json!({ "user": shapes::account(&view) }), text))
                    })
                    .await
            }
            Self::Export(export) => office.work(async |ctx| export.run(ctx).await).await,
        }
    }
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

impl Create {
    async fn run(self, office: &Office, ctx: &Ctx) -> Result<Answer, Failure> {
        let applicant = self.person.applicant()?;
        let with_password = applicant.password.is_some();
        let request = CreatePerson {
            applicant,
            role: self.role,
            once: None,
        };
        let view = people::create(ctx, OPERATOR, request).await?;
        if with_password {
            let text = view.account.id.to_string();
            return Ok(Answer::new(json!({ "user": shapes::account(&view) }), text));
        }
        admin::link(office, ctx, &view).await
    }
}

impl Export {
    async fn run(self, ctx: &Ctx) -> Result<Answer, Failure> {
        let id = self.one.user.find(ctx).await?.account.id;
        let export = shapes::export(&account::export(ctx, OPERATOR, id).await?);
        let Some(path) = &self.output else {
            return Ok(Answer::new(export.clone(), pretty(&export)));
        };
        write_new(path, &pretty(&export))?;
        let json = json!({ "file": path.display().to_string() });
        Ok(Answer::new(json, format!("Wrote {}.", path.display())))
    }
}

/// An account for people.
fn described(view: &AccountView) -> String {
    let account = &view.account;
    let identifiers: Vec<String> = view
        .identifiers
        .iter()
        .map(|identifier| plain(&identifier.shown))
        .collect();
    let mut rows = vec![
        ("id", account.id.to_string()),
        ("signs in as", identifiers.join(", ")),
        ("role", account.role.to_string()),
        ("made", account.created_at.to_string()),
    ];
    if let Some(name) = &account.profile.display_name {
        rows.insert(1, ("name", plain(name)));
    }
    if let Some(at) = account.suspended_at {
        rows.push(("suspended", at.to_string()));
    }
    fields(&rows)
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
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

pub(super) fn role(text: &str) -> Result<Role, String> {
    text.parse()
        .map_err(|_| "one of admin, manager, default".to_owned())
}
