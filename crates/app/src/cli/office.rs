//! What commands work with: the terminal, the configuration, and the
//! installation opened as the operator, also while a server runs.

use std::path::PathBuf;

use tollgate_base::{Error, access::Principal, id::UserId, identifier::Identifier};
use tollgate_flows::{AccountView, Ctx, people};
use url::Url;

use crate::{
    config::{self, Config, Loaded, fault::Fault, sources::Sources},
    wire::{self, Use},
};

use super::{exit::Failure, terminal::Terminal};

/// File access is their credential.
pub(crate) const OPERATOR: &Principal = &Principal::Operator;

/// What a command is given.
pub(crate) struct Office {
    pub(crate) terminal: Terminal,
    file: Option<PathBuf>,
    settings: Vec<(String, String)>,
}

/// An account as somebody names it on the command line: by its id, address or
/// username.
#[derive(Clone, Debug)]
pub(crate) enum Named {
    Id(UserId),
    Identifier(Identifier),
}

impl Office {
    pub(crate) fn new(
        terminal: Terminal,
        file: Option<PathBuf>,
        settings: Vec<(String, String)>,
    ) -> Self {
        Self {
            terminal,
            file,
            settings,
        }
    }

    /// Read the configuration, now.
    pub(crate) fn load(&self) -> Result<Loaded, Failure> {
        self.configuration().map_err(Failure::Config)
    }

    /// The same, or its faults.
    pub(crate) fn configuration(&self) -> Result<Loaded, Vec<Fault>> {
        config::load(&Sources::from_process(
            self.file.clone(),
            self.settings.clone(),
        ))
    }

    /// Open the installation, work, and close it again.
    pub(crate) async fn work<T>(
        &self,
        work: impl AsyncFnOnce(&Ctx) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let loaded = self.load()?;
        let (ctx, opening) = wire::open(&loaded.config, Use::Command).await?;
        for warning in &opening.warnings {
            self.terminal.words(&format!("warning: {warning}"));
        }
        let outcome = work(&ctx).await;
        ctx.db().close().await;
        outcome
    }
}

impl Named {
    /// For clap.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        Identifier::parse(text)
            .map(Self::Identifier)
            .map_err(|_| "give an id (usr_…), an e-mail address or a username".to_owned())
    }

    /// The account of that name.
    pub(crate) async fn find(&self, ctx: &Ctx) -> Result<AccountView, Error> {
        match self {
            Self::Id(id) => people::show(ctx, OPERATOR, *id).await,
            Self::Identifier(identifier) => people::find(ctx, OPERATOR, identifier.clone()).await,
        }
    }
}

/// `NAME=VALUE`, unless the value is a secret: other users can see arguments.
pub(super) fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("write NAME=VALUE, such as listen=127.0.0.1:8700")?;
    let mut keys = Config::TABLES.iter().flat_map(|table| table.keys);
    let secret = keys.any(|key| key.name == name && key.secret);
    let password = Url::parse(value).is_ok_and(|url| url.password().is_some());
    if secret || password {
        return Err(format!(
            "a secret must not be an argument: give {name}_file=PATH"
        ));
    }
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::setting;

    #[test]
    fn a_secret_is_no_argument() {
        assert_eq!(
            setting("listen=127.0.0.1:1").unwrap(),
            ("listen".to_owned(), "127.0.0.1:1".to_owned())
        );
        for bad in [
            "listen",
            "admin.password=hunter2",
            "dialects.chatbot.secret=hunter2",
            "database.url=postgres://u:hunter2@db/t",
        ] {
            let fault = setting(bad).unwrap_err();
            assert!(!fault.contains("hunter2"), "{fault}");
        }
    }
}
