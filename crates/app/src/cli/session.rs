//! `session`: who is signed in where.

use clap::{Args, Subcommand};
use serde_json::json;
use tollgate_base::{Error, id::SessionId};
use tollgate_flows::{
    Ctx, Session as Signin,
    signout::{self, Which},
};

use super::{
    exit::Failure,
    office::{Named, OPERATOR, Office},
    person::One,
    several::several,
    shapes,
    terminal::{Answer, plain, table},
};

#[derive(Subcommand)]
pub(crate) enum Session {
    /// List the live sessions of an account
    List(One),
    /// End sessions of an account, at once and on every node
    End(End),
}

#[derive(Args)]
pub(crate) struct End {
    /// Ids, as `session list` shows them
    #[arg(
        value_name = "SESSION",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    sessions: Vec<SessionId>,
    /// All of this account, and every token that was issued to it before
    #[arg(long, value_name = "USER", value_parser = Named::parse)]
    all: Option<Named>,
}

impl Session {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        match self {
            Self::List(one) => list(office, &one.user).await,
            Self::End(end) => end.run(office).await,
        }
    }
}

impl End {
    async fn run(self, office: &Office) -> Result<Answer, Failure> {
        let Some(user) = self.all else {
            return office
                .work(async |ctx| end(ctx, &self.sessions).await)
                .await;
        };
        office
            .terminal
            .confirm("End all sessions of this account?")?;
        office
            .work(async |ctx| {
                let user = user.find(ctx).await?.account.id;
                let count = signout::end_all(ctx, OPERATOR, (user, Which::All)).await?;
                let text = format!("Ended {count} session(s).");
                Ok(Answer::new(json!({ "ended": count }), text))
            })
            .await
    }
}

async fn end(ctx: &Ctx, sessions: &[SessionId]) -> Result<Answer, Failure> {
    let one = async |id| {
        let owner = signout::owner(ctx, OPERATOR, id).await?;
        signout::end(ctx, OPERATOR, (owner, id)).await?;
        Ok(id.to_string())
    };
    let mut outcomes = Vec::with_capacity(sessions.len());
    for id in sessions {
        outcomes.push(one(*id).await.map_err(|error: Error| error.into()));
    }
    several("ended", outcomes)
}

/// The live sessions of an account, newest first.
pub(super) async fn list(office: &Office, user: &Named) -> Result<Answer, Failure> {
    office
        .work(async |ctx| {
            let user = user.find(ctx).await?.account.id;
            let sessions = signout::list(ctx, OPERATOR, user).await?;
            let rows: Vec<[String; 5]> = sessions.iter().map(row).collect();
            let data: Vec<_> = sessions.iter().map(shapes::session).collect();
            let text = table(["ID", "KIND", "LAST SEEN", "BROWSER", "ADDRESS"], &rows);
            Ok(Answer::new(json!({ "data": data }), text))
        })
        .await
}

fn row(session: &Signin) -> [String; 5] {
    let shown = |text: &Option<String>| text.as_deref().map(plain).unwrap_or_default();
    [
        session.id.to_string(),
        session.kind.as_str().to_owned(),
        session.last_seen_at.to_string(),
        shown(&session.device.browser),
        shown(&session.device.address),
    ]
}
