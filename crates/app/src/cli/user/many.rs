//! `user suspend|resume|delete`: the same for several accounts, each by itself.

use clap::Args;
use serde_json::json;
use tollgate_base::Error;
use tollgate_flows::{Ctx, account, people};

use crate::cli::{
    exit::{Exit, Failure},
    office::{Named, OPERATOR, Office},
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

/// The answer for several things: `{"results": [{"id", "state"} | {"error"}]}`.
/// One that failed alone fails as itself.
pub(crate) fn several(
    state: &str,
    mut outcomes: Vec<Result<String, Failure>>,
) -> Result<Answer, Failure> {
    if outcomes.len() == 1
        && let Some(failure) = outcomes
            .pop_if(|outcome| outcome.is_err())
            .and_then(Result::err)
    {
        return Err(failure);
    }
    let failed = outcomes.iter().any(Result::is_err);
    let mut lines = Vec::new();
    let mut results = Vec::new();
    for outcome in &outcomes {
        match outcome {
            Ok(id) => {
                lines.push(format!("{id} {state}"));
                results.push(json!({ "id": id, "state": state }));
            }
            Err(failure) => {
                lines.push(format!("failed: {}", failure.words()));
                results.push(json!({ "error": failure.inside() }));
            }
        }
    }
    let answer = Answer::new(json!({ "results": results }), lines.join("\n"));
    Ok(if failed {
        answer.exiting(Exit::Some)
    } else {
        answer
    })
}

#[cfg(test)]
mod tests {
    use tollgate_base::{Error, codes};

    use super::several;
    use crate::cli::exit::{Exit, Failure};

    #[test]
    fn some_of_many_have_their_own_exit_code() {
        let good = || Ok("usr_1".to_owned());
        let bad = || Err(Failure::from(Error::new(&codes::PERSON_MISSING)));
        let exit = |outcomes| match several("active", outcomes) {
            Ok(answer) => answer.exit,
            Err(failure) => failure.exit(),
        };
        assert_eq!(exit(vec![good(), good()]), Exit::Done);
        assert_eq!(exit(vec![good(), bad()]), Exit::Some);
        assert_eq!(exit(vec![bad(), bad()]), Exit::Some);
        assert_eq!(exit(vec![bad()]), Exit::Missing);
    }
}
