//! An account with all that surfaces show of it.

use tollgate_base::{Error, Result, codes, id::UserId};
use tollgate_records::{
    accounts::{self, Account, ExternalId, StoredIdentifier},
    aliases::{self, Aliases},
    pictures,
};

use crate::ctx::Ctx;

/// An account as surfaces show it.
#[derive(Clone, Debug)]
pub struct AccountView {
    /// The account.
    pub account: Account,
    /// What it signs in with, the primary one first.
    pub identifiers: Vec<StoredIdentifier>,
    /// Its names in foreign dialects.
    pub aliases: Aliases,
    /// Its names in other systems.
    pub external_ids: Vec<ExternalId>,
    /// The tag of the picture that it uploaded.
    pub picture: Option<String>,
}

impl AccountView {
    /// What it signs in with: the address, otherwise the username.
    pub fn login(&self) -> &str {
        let name = self.email().or_else(|| self.username());
        name.map_or("", |name| &name.shown)
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        let name = self.account.profile.display_name.as_deref();
        name.unwrap_or_else(|| self.login())
    }

    /// The first e-mail address.
    pub fn email(&self) -> Option<&StoredIdentifier> {
        self.identifiers
            .iter()
            .find(|identifier| identifier.kind == "email")
    }

    /// The first username.
    pub fn username(&self) -> Option<&StoredIdentifier> {
        self.identifiers
            .iter()
            .find(|identifier| identifier.kind == "username")
    }
}

/// Read it.
///
/// # Errors
/// `person.missing`.
pub(crate) async fn view(ctx: &Ctx, id: UserId) -> Result<AccountView> {
    let missing = || Error::new(&codes::PERSON_MISSING);
    complete(
        ctx,
        accounts::find(ctx.db(), id).await?.ok_or_else(missing)?,
    )
    .await
}

/// Read what belongs to an account that is known.
pub(crate) async fn complete(ctx: &Ctx, account: Account) -> Result<AccountView> {
    let id = account.id;
    let aliases = aliases::find(ctx.db(), id)
        .await?
        .ok_or_else(|| Error::new(&codes::PERSON_MISSING))?;
    let identifiers = accounts::identifiers(ctx.db(), id).await?;
    let external_ids = accounts::external_ids(ctx.db(), id).await?;
    let picture = pictures::tag(ctx.db(), id).await?;
    Ok(AccountView {
        account,
        identifiers,
        aliases,
        external_ids,
        picture,
    })
}
