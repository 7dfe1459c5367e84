//! `alert`: what operators are told of, and whether it gets through.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tollgate_base::id::AlertId;
use tollgate_flows::{
    Alert as Raised, Ctx,
    alerts::{self, ChannelState},
};

use super::{
    exit::{Exit, Failure},
    office::{OPERATOR, Office},
    shapes,
    terminal::{Answer, plain, table},
};

#[derive(Subcommand)]
pub(crate) enum Alert {
    /// List the alerts that are open, the worst first
    List(List),
    /// Show an alert
    Show(Chosen),
    /// Say that somebody has seen an alert: it is told again only if it gets worse
    Ack(Chosen),
    /// Close an alert
    Close(Chosen),
    /// Send each channel a test and say what came of it
    Test,
}

#[derive(Args)]
pub(crate) struct List {
    /// Those that were closed, newest first
    #[arg(long)]
    closed: bool,
}

#[derive(Args)]
pub(crate) struct Chosen {
    /// Its id, as `alert list` shows it
    #[arg(value_name = "ALERT")]
    alert: AlertId,
}

impl Alert {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        office.work(async |ctx| self.answer(ctx).await).await
    }

    async fn answer(&self, ctx: &Ctx) -> Result<Answer, Failure> {
        match self {
            Self::List(which) => {
                let all = alerts::list(ctx, OPERATOR, !which.closed).await?;
                let rows: Vec<[String; 6]> = all.iter().map(|alert| row(ctx, alert)).collect();
                let data: Vec<Value> = all.iter().map(shapes::alert).collect();
                let heading = ["ID", "SEVERITY", "ALERT", "ABOUT", "COUNT", "LAST"];
                Ok(Answer::new(json!({ "data": data }), table(heading, &rows)))
            }
            Self::Show(chosen) => {
                let alert = alerts::show(ctx, OPERATOR, chosen.alert).await?;
                Ok(shown(ctx, &alert))
            }
            Self::Ack(chosen) => {
                let alert = alerts::acknowledge(ctx, OPERATOR, chosen.alert).await?;
                Ok(shown(ctx, &alert))
            }
            Self::Close(chosen) => {
                let alert = alerts::close(ctx, OPERATOR, chosen.alert).await?;
                Ok(shown(ctx, &alert))
            }
            Self::Test => Ok(tested(&alerts::test(ctx, OPERATOR, ()).await?)),
        }
    }
}

fn tested(all: &[ChannelState]) -> Answer {
    let set: Vec<&ChannelState> = all.iter().filter(|state| state.set).collect();
    let data: Vec<Value> = set
        .iter()
        .map(|state| json!({ "name": state.channel.name(), "fault": state.fault }))
        .collect();
    let json = json!({ "channels": data });
    if set.is_empty() {
        return Answer::new(json, "No channel is set: see [alerts].").exiting(Exit::Failed);
    }
    let says = |state: &&ChannelState| match &state.fault {
        None => format!("{} took it", state.channel.name()),
        Some(fault) => format!("{} FAILED: {}", state.channel.name(), plain(fault)),
    };
    let lines: Vec<String> = set.iter().map(says).collect();
    let failed = set.iter().any(|state| state.fault.is_some());
    let exit = if failed { Exit::Failed } else { Exit::Done };
    Answer::new(json, lines.join("\n")).exiting(exit)
}

fn shown(ctx: &Ctx, alert: &Raised) -> Answer {
    let state = match (&alert.closed, &alert.acknowledged) {
        (Some((by, at)), _) => format!("closed at {at} by {by}"),
        (None, Some((by, at))) => format!("seen at {at} by {by}"),
        (None, None) => "open".to_owned(),
    };
    let text = format!(
        "{}\n{} · {} · {state}\nabout {}\n{} times, from {} to {}",
        alerts::title(ctx, "en", &alert.rule),
        alert.severity,
        alert.rule,
        about(alert),
        alert.count,
        alert.first_at,
        alert.last_at,
    );
    Answer::new(shapes::alert(alert), text)
}

fn row(ctx: &Ctx, alert: &Raised) -> [String; 6] {
    [
        alert.id.to_string(),
        alert.severity.to_string(),
        alerts::title(ctx, "en", &alert.rule),
        about(alert),
        alert.count.to_string(),
        alert.last_at.to_string(),
    ]
}

fn about(alert: &Raised) -> String {
    match alert.subject.as_str() {
        "" => "the installation".to_owned(),
        subject => plain(subject),
    }
}
