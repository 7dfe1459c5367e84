//! `user suspend|resume|delete`: the same for several accounts, each by itself.

use clap::Args;
use tollgate_base::Error;
use tollgate_flows::{Ctx, account, people};

use crate::cli::{
    exit::Failure,
    office::{Named, OPERATOR, Office},
    several::several,
    terminal::Answer,
};

#[derive(Args)]
pub(crate) struct Many {
    /// Ids, e-mail addresses or usernames
    #[arg(value_name = "USER", required = true, value_parser = Named::parse)]
    users: Vec<Named>,
}

/// What is to become of them.
#[derive(Clone, Copy)]
pub(super) enum Change {
    Suspend,
    Resume,
    Delete,
}

impl Many {
    pub(super) async fn run(self, office: &Office, change: Change) -> Result<Answer, Failure> {
        let count = self.users.len();
        match change {
            Change::Delete => office
                .terminal
                .confirm(&format!("Delete {count} account(s) for good?"))?,
            Change::Suspend | Change::Resume => {}
        }
        office
            .work(async |ctx| {
                let mut outcomes = Vec::with_capacity(count);
                for user in &self.users {
                    outcomes.push(change.make(ctx, user).await.map_err(Failure::from));
                }
                several(change.done(), outcomes)
            })
            .await
    }
}

impl Change {
    async fn make(self, ctx: &Ctx, user: &Named) -> Result<String, Error> {
        let id = user.find(ctx).await?.account.id;
        match self {
            Self::Suspend => people::suspend(ctx, OPERATOR, id).await?,
            Self::Resume => people::resume(ctx, OPERATOR, id).await?,
            Self::Delete => account::delete(ctx, OPERATOR, id).await?,
        }
        Ok(id.to_string())
    }

    const fn done(self) -> &'static str {
        match self {
            Self::Suspend => "suspended",
            Self::Resume => "active",
            Self::Delete => "deleted",
        }
    }
}
