//! `mail`: whether mail gets through, what it says, and which mails and texts
//! wait.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::json;
use tollgate_base::{
    Error, ExposeSecret, entropy::Entropy, id::JobId, identifier::Email, time::Clock,
};
use tollgate_flows::{
    Ctx,
    outbox::{self, Undelivered},
};
use tollgate_outbound::{
    letters::{AlertLine, Code, Facts, Kind, Letters, Link},
    mail::Message,
};

use crate::{config::mail::Delivery, wire};

use super::{
    exit::Failure,
    office::{OPERATOR, Office},
    several::several,
    shapes,
    terminal::{Answer, plain, table},
};

#[derive(Subcommand)]
pub(crate) enum Mail {
    /// Send a mail now and say what came of it
    Test(Test),
    /// Show what a mail says, with a link that opens nothing
    Preview(Preview),
    /// List the mails and texts that wait or were given up
    Queue,
    /// Have mails and texts tried again now that failed or were given up
    Retry(Chosen),
    /// Delete mails and texts that failed; notices to owners once they were given up
    Drop(Chosen),
}

#[derive(Args)]
pub(crate) struct Chosen {
    /// Ids, as `mail queue` shows them
    #[arg(value_name = "MAIL", required = true)]
    mails: Vec<JobId>,
}

#[derive(Args)]
pub(crate) struct Test {
    /// Who gets it
    #[arg(value_name = "ADDRESS", value_parser = address)]
    to: Email,
    #[command(flatten)]
    spoken: Spoken,
}

#[derive(Args)]
pub(crate) struct Preview {
    /// Which mail: password-reset, address-verification, sign-in-code, test or another
    #[arg(value_name = "MAIL", value_parser = kind)]
    kind: Kind,
    #[command(flatten)]
    spoken: Spoken,
    /// As HTML
    #[arg(long)]
    html: bool,
}

#[derive(Args)]
struct Spoken {
    /// In which language
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = Letters::languages().collect::<Vec<_>>())]
    lang: String,
}

impl Mail {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        match self {
            Self::Test(test) => test.run(office).await,
            Self::Preview(preview) => preview.run(office),
            Self::Queue => office.work(async |ctx| queue(ctx).await).await,
            Self::Retry(chosen) => {
                let retry = async |ctx: &Ctx, id| outbox::retry(ctx, OPERATOR, id).await;
                office
                    .work(async |ctx| chosen.each(ctx, "retried", retry).await)
                    .await
            }
            Self::Drop(chosen) => {
                office
                    .terminal
                    .confirm("Delete these mails? Nobody gets them.")?;
                let discard = async |ctx: &Ctx, id| outbox::discard(ctx, OPERATOR, id).await;
                office
                    .work(async |ctx| chosen.each(ctx, "deleted", discard).await)
                    .await
            }
        }
    }
}

impl Chosen {
    async fn each(
        &self,
        ctx: &Ctx,
        state: &str,
        act: impl AsyncFn(&Ctx, JobId) -> Result<(), Error>,
    ) -> Result<Answer, Failure> {
        let mut outcomes = Vec::with_capacity(self.mails.len());
        for id in &self.mails {
            let outcome = act(ctx, *id).await;
            outcomes.push(outcome.map(|()| id.to_string()).map_err(Failure::from));
        }
        several(state, outcomes)
    }
}

/// What waits or was given up, oldest first.
async fn queue(ctx: &Ctx) -> Result<Answer, Failure> {
    let mails = outbox::list(ctx, OPERATOR, ()).await?;
    let rows: Vec<[String; 6]> = mails.iter().map(row).collect();
    let data: Vec<_> = mails.iter().map(shapes::mail).collect();
    let heading = ["ID", "MAIL", "TO", "TRIES", "NEXT", "FAULT"];
    Ok(Answer::new(json!({ "data": data }), table(heading, &rows)))
}

fn row(mail: &Undelivered) -> [String; 6] {
    let shown = |text: &Option<String>| text.as_deref().map(plain).unwrap_or_default();
    let next = match mail.given_up_at {
        Some(_) => "given up".to_owned(),
        None => mail.next_at.to_string(),
    };
    [
        mail.id.to_string(),
        plain(&mail.kind),
        shown(&mail.to),
        mail.tries.to_string(),
        next,
        shown(&mail.fault),
    ]
}

impl Test {
    /// Past the queue and the database: this is about the mail server alone.
    async fn run(self, office: &Office) -> Result<Answer, Failure> {
        let config = office.load()?.config;
        let now = Clock::machine().now();
        let id = JobId::new(now, &Entropy)?;
        let site = config.server.address();
        let facts = Facts {
            site: &site,
            ..Facts::default()
        };
        let letters = wire::letters(&config.mail)?;
        let letter = letters.write(Kind::Test, Some(&self.spoken.lang), &facts);
        let message = Message {
            id: id.to_string(),
            at: now,
            to: self.to.shown().to_owned(),
            subject: letter.subject,
            text: letter.text,
            html: letter.html,
        };
        wire::mailer(&config.mail)?.send(message).await?;
        let text = match config.mail.delivery {
            Delivery::Smtp => "The mail server took it. Look whether it arrives.".to_owned(),
            Delivery::Folder => format!("It lies in {}.", config.mail.folder.display()),
            Delivery::Log => "Mail goes to the log of the server; nothing was sent.".to_owned(),
        };
        Ok(Answer::new(json!({ "id": id.to_string() }), text))
    }
}

impl Preview {
    fn run(self, office: &Office) -> Result<Answer, Failure> {
        let config = office.load()?.config;
        let site = config.server.address();
        let link = Link {
            address: format!("{site}/…").into(),
            token: "…".to_owned().into(),
            lives: Duration::from_hours(1),
        };
        let facts = Facts {
            site: &site,
            link: self.kind.has_link().then_some(link),
            code: self.kind.has_code().then(|| Code {
                code: "00000000".to_owned().into(),
                lives: Duration::from_mins(10),
            }),
            at: Some(Clock::machine().now()),
            from: Some("Firefox on Linux, 192.0.2.7".to_owned()),
            left: 3,
            by_other: false,
            alerts: vec![AlertLine {
                id: "alr_…".to_owned(),
                rule: "token-reused",
                next: "person",
                severity: "critical",
                subject: "usr_…".to_owned(),
                name: Some("ann".to_owned()),
                count: 2,
                at: Clock::machine().now(),
            }],
        };
        let letters = wire::letters(&config.mail)?;
        let letter = letters.write(self.kind, Some(&self.spoken.lang), &facts);
        let (text, html) = (letter.text.expose_secret(), letter.html.expose_secret());
        let data = json!({ "subject": letter.subject, "text": text, "html": html });
        let shown = if self.html {
            html.to_owned()
        } else {
            format!("{}\n\n{text}", letter.subject)
        };
        Ok(Answer::new(data, shown))
    }
}

fn kind(text: &str) -> Result<Kind, String> {
    let mut all = Kind::ALL.into_iter();
    all.find(|kind| kind.as_str() == text).ok_or_else(|| {
        let names = Kind::ALL.map(Kind::as_str).join(", ");
        format!("there is no such mail; there are: {names}")
    })
}

fn address(text: &str) -> Result<Email, String> {
    Email::parse(text).map_err(|_| "give an e-mail address such as ann@example.org".to_owned())
}
