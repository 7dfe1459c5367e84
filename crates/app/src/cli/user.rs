//! `user`: other people's accounts.

mod list;
mod many;
mod review;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tollgate_base::{Error, ExposeSecret, access::Role, codes, identifier::Identifier, time::Time};
use tollgate_flows::{
    AccountView, Ctx, StoredIdentifier, account, factors, people,
    people::CreatePerson,
    signin::{self, IssueToken, TOKEN_MINUTES},
    unlock, vouch,
};

use super::{
    exit::Failure,
    office::{OPERATOR, Office},
    person::{self, One, Person},
    session, shapes,
    terminal::{Answer, fields, plain, write_new},
};

pub(crate) use list::List;
pub(crate) use many::Many;

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
    /// Make a link with which somebody signs in once
    SigninLink(SigninLink),
    /// Take all second factors from somebody who has lost them; their sessions end
    ResetFactors(One),
    /// End a lock-out after wrong passwords or codes
    Unlock(One),
    /// Let accounts sign in no longer; their sessions end
    Suspend(Many),
    /// Let accounts sign in again
    Resume(Many),
    /// Delete accounts for good
    Delete(Many),
    /// Give an account another role
    Role(GiveRole),
    /// Note that an address or username is known to be its owner's
    Verify(Verify),
    /// Show what the rules find in an account, what happened and what is open
    Review(review::Review),
    /// List an account's sign-ins
    Sessions(One),
    /// Take out all that there is of an account, as JSON
    Export(Export),
}

#[derive(Args)]
pub(crate) struct Create {
    #[command(flatten)]
    person: Person,
    /// admin, manager or default
    #[arg(long, default_value = "default", value_parser = role)]
    role: Role,
}

#[derive(Args)]
pub(crate) struct SigninLink {
    #[command(flatten)]
    one: One,
    /// For how long it works: from 1 to 60
    #[arg(long, default_value_t = TOKEN_MINUTES)]
    minutes: u32,
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
pub(crate) struct Verify {
    #[command(flatten)]
    one: One,
    /// Which of their addresses and usernames; their e-mail address if left out
    #[arg(value_name = "IDENTIFIER", value_parser = person::identifier)]
    name: Option<Identifier>,
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
                        let locked = unlock::locked_until(ctx, OPERATOR, view.account.id).await?;
                        let json = json!({
                            "user": shapes::account(&view),
                            "locked_until": locked.map(|until| until.to_string()),
                        });
                        Ok(Answer::new(json, described(&view, locked)))
                    })
                    .await
            }
            Self::Create(create) => office.work(async |ctx| create.run(office, ctx).await).await,
            Self::ResetLink(one) => {
                office
                    .work(async |ctx| person::link(office, ctx, &one.user.find(ctx).await?).await)
                    .await
            }
            Self::SigninLink(link) => office.work(async |ctx| link.run(office, ctx).await).await,
            Self::ResetFactors(one) => {
                office
                    .work(async |ctx| {
                        let id = one.user.find(ctx).await?.account.id;
                        let gone = factors::reset(ctx, OPERATOR, id).await?;
                        let text = match gone {
                            0 => format!("{id} has no second factor."),
                            _ => format!("{id} signs in with the password alone now."),
                        };
                        Ok(Answer::new(
                            json!({ "id": id.to_string(), "removed": gone }),
                            text,
                        ))
                    })
                    .await
            }
            Self::Unlock(one) => {
                office
                    .work(async |ctx| {
                        let id = one.user.find(ctx).await?.account.id;
                        unlock::unlock(ctx, OPERATOR, id).await?;
                        let text = format!("{id} may sign in again.");
                        Ok(Answer::new(json!({ "id": id.to_string() }), text))
                    })
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
            Self::Verify(verify) => {
                office
                    .work(async |ctx| {
                        let found = verify.one.user.find(ctx).await?;
                        let name = verify.name.map_or_else(|| address(&found), Ok)?;
                        let view = vouch::verify(ctx, OPERATOR, (found.account.id, name)).await?;
                        let json = json!({ "user": shapes::account(&view) });
                        Ok(Answer::new(json, described(&view, None)))
                    })
                    .await
            }
            Self::Review(review) => review.run(office).await,
            Self::Export(export) => office.work(async |ctx| export.run(ctx).await).await,
        }
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
        person::link(office, ctx, &view).await
    }
}

impl SigninLink {
    async fn run(self, office: &Office, ctx: &Ctx) -> Result<Answer, Failure> {
        let account = self.one.user.find(ctx).await?.account.id;
        let minutes = self.minutes;
        let issued = signin::issue_token(ctx, OPERATOR, IssueToken { account, minutes }).await?;
        let (home, token) = (&ctx.policy().public_url, issued.token.expose_secret());
        let url = format!("{home}/signin/token#{token}");
        office.terminal.words(&format!(
            "{account} signs in with this link; it works once, within {minutes} minutes:"
        ));
        let json = json!({ "id": account.to_string(), "signin_url": url, "minutes": minutes });
        Ok(Answer::new(json, url))
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

/// The e-mail address of an account.
fn address(view: &AccountView) -> Result<Identifier, Error> {
    let missing = || {
        let fault = Error::new(&codes::REQUEST_INVALID);
        fault.field("/identifier", "required", "They have no e-mail address.")
    };
    Identifier::parse(&view.email().ok_or_else(missing)?.shown)
}

/// An account for people, and until when it is locked for strangers.
fn described(view: &AccountView, locked: Option<Time>) -> String {
    let account = &view.account;
    let names = |name: &StoredIdentifier| {
        let known = match (name.kind.as_str(), name.verified_at) {
            ("email", Some(_)) => " (verified)",
            ("email", None) => " (not verified)",
            _ => "",
        };
        format!("{}{known}", plain(&name.shown))
    };
    let identifiers: Vec<String> = view.identifiers.iter().map(names).collect();
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
    if let Some(until) = locked {
        rows.push(("locked", format!("for strangers, until {until}")));
    }
    fields(&rows)
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

pub(super) fn role(text: &str) -> Result<Role, String> {
    text.parse()
        .map_err(|_| "one of admin, manager, default".to_owned())
}
