//! `sms`: whether texts get through.

use clap::{Args, Subcommand};
use serde_json::json;
use tollgate_base::{entropy::Entropy, id::JobId, phone::Phone, time::Clock};
use tollgate_outbound::{
    letters::{Facts, Letters, Words},
    sms::Text,
};

use crate::{config::sms::Delivery, wire};

use super::{exit::Failure, office::Office, terminal::Answer};

#[derive(Subcommand)]
pub(crate) enum Sms {
    /// Send a text now and say what came of it
    Test(Test),
}

#[derive(Args)]
pub(crate) struct Test {
    /// Who gets it, with the country, such as +49301234567
    #[arg(value_name = "NUMBER", value_parser = number)]
    to: Phone,
    /// In which language
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = Letters::languages().collect::<Vec<_>>())]
    lang: String,
}

impl Sms {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        match self {
            Self::Test(test) => test.run(office).await,
        }
    }
}

impl Test {
    /// Past the queue and the database: this is about the hook alone.
    async fn run(self, office: &Office) -> Result<Answer, Failure> {
        let config = office.load()?.config;
        let now = Clock::machine().now();
        let id = JobId::new(now, &Entropy)?;
        let site = config.server.address();
        let facts = Facts {
            site: &site,
            ..Facts::default()
        };
        let text = Text {
            id: id.to_string(),
            at: now,
            to: self.to,
            text: wire::letters(&config.mail)?.text(Words::Test, Some(&self.lang), &facts),
        };
        wire::texter(&config.sms)?.send(text).await?;
        let says = match config.sms.delivery {
            Delivery::Folder => format!("It lies in {}.", config.sms.folder.display()),
            Delivery::Log => "Texts go to the log of the server; nothing was sent.".to_owned(),
            Delivery::Hook | Delivery::Off => {
                "The hook took it. Look whether it arrives.".to_owned()
            }
        };
        Ok(Answer::new(json!({ "id": id.to_string() }), says))
    }
}

fn number(text: &str) -> Result<Phone, String> {
    Phone::parse(text).map_err(|_| "give a number with its country such as +49301234567".to_owned())
}
