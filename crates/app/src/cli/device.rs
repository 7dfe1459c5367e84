//! `device`: the browsers and apps that an account knows.

use clap::{Args, Subcommand};
use serde_json::json;
use tollgate_base::{Error, id::DeviceId};
use tollgate_flows::devices::{self, KnownDevice, Which};

use super::{
    exit::Failure,
    office::{Named, OPERATOR, Office},
    person::One,
    several::several,
    shapes,
    terminal::{Answer, plain, table},
};

#[derive(Subcommand)]
pub(crate) enum Device {
    /// List the devices that an account knows
    List(One),
    /// Have devices of an account forgotten; sessions that were opened on them end
    Forget(Forget),
}

#[derive(Args)]
pub(crate) struct Forget {
    /// Id, e-mail address or username
    #[arg(value_name = "USER", value_parser = Named::parse)]
    user: Named,
    /// Ids, as `device list` shows them
    #[arg(
        value_name = "DEVICE",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    devices: Vec<DeviceId>,
    /// All of them, and the networks that the account was used from
    #[arg(long)]
    all: bool,
}

impl Device {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        match self {
            Self::List(one) => list(office, &one.user).await,
            Self::Forget(forget) => forget.run(office).await,
        }
    }
}

impl Forget {
    async fn run(self, office: &Office) -> Result<Answer, Failure> {
        if self.all {
            office
                .terminal
                .confirm("Forget all devices of this account?")?;
        }
        office
            .work(async |ctx| {
                let user = self.user.find(ctx).await?.account.id;
                if self.all {
                    let request = (user, Which::All);
                    let count = devices::forget_several(ctx, OPERATOR, request).await?;
                    let text = format!("Forgot {count} device(s).");
                    return Ok(Answer::new(json!({ "forgotten": count }), text));
                }
                let mut outcomes = Vec::with_capacity(self.devices.len());
                for id in &self.devices {
                    let outcome = devices::forget(ctx, OPERATOR, (user, *id)).await;
                    let outcome = outcome.map(|()| id.to_string());
                    outcomes.push(outcome.map_err(|error: Error| error.into()));
                }
                several("forgotten", outcomes)
            })
            .await
    }
}

async fn list(office: &Office, user: &Named) -> Result<Answer, Failure> {
    office
        .work(async |ctx| {
            let user = user.find(ctx).await?.account.id;
            let known = devices::list(ctx, OPERATOR, user).await?;
            let rows: Vec<[String; 5]> = known.iter().map(row).collect();
            let data: Vec<_> = known.iter().map(shapes::device).collect();
            let text = table(["ID", "LAST USED", "TRUSTED", "BROWSER", "ADDRESS"], &rows);
            Ok(Answer::new(json!({ "data": data }), text))
        })
        .await
}

fn row(known: &KnownDevice) -> [String; 5] {
    let stored = &known.stored;
    let shown = |text: &Option<String>| text.as_deref().map(plain).unwrap_or_default();
    let trusted = known.trusted_until.map(shapes::time);
    [
        stored.id.to_string(),
        shapes::time(known.last_used_at),
        trusted.unwrap_or_default(),
        shown(if stored.name.is_some() {
            &stored.name
        } else {
            &stored.browser
        }),
        shown(&stored.address),
    ]
}
