//! What the doctor finds out about mail: where it goes, and whether its server
//! lets us in.

use std::fs;

use crate::{
    config::{Config, devices::Confirm, mail::Delivery},
    wire,
};

use super::Finding;

pub(super) async fn look(config: &Config) -> Finding {
    let mail = &config.mail;
    if mail.delivery != Delivery::Smtp && config.devices.confirm != Confirm::Off {
        return Finding::wrong(
            "mail",
            "Sign-ins are to be confirmed by mail (devices.confirm), and no mail is sent.",
            "Set [mail] delivery = \"smtp\", or [devices] confirm = \"off\".",
        );
    }
    match mail.delivery {
        Delivery::Log => Finding::remark(
            "mail",
            "Whole mails stand in the log, links that set a password among them.",
            "Set [mail] delivery = \"folder\" or \"smtp\".",
        ),
        Delivery::Folder => {
            let count = fs::read_dir(&mail.folder).map_or(0, Iterator::count);
            let says = format!(
                "{count} mails lie in {}; nothing is sent.",
                mail.folder.display()
            );
            Finding::remark(
                "mail",
                says,
                "Set [mail] delivery = \"smtp\", or pass links on yourself: tollgate user reset-link.",
            )
        }
        Delivery::Smtp => {
            let reached = match wire::mailer(mail) {
                Ok(mailer) => mailer.reach().await,
                Err(fault) => Err(fault),
            };
            match reached {
                Ok(()) => Finding::good("mail", "The mail server lets us in."),
                Err(fault) => Finding::wrong(
                    "mail",
                    fault.public(),
                    "Check mail.url and the password: tollgate mail test YOUR-ADDRESS tells more.",
                ),
            }
        }
    }
}
