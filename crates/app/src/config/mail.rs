//! What becomes of mail.

use std::{path::PathBuf, time::Duration};

use super::{
    key::section,
    meant::{
        Verdict,
        backend::MailUrl,
        plain::{Mailbox, Secret},
        value::words,
    },
};

words! {
    /// Where mail goes.
    pub enum Delivery: "smtp, folder or log" {
        /// To a mail server.
        Smtp = "smtp",
        /// Into a folder, one file for each.
        Folder = "folder",
        /// Into the log.
        Log = "log",
    }
}

section! {
    /// Mail.
    pub struct Mail in "mail" + "mail." {
        /// Where mail goes: to the server in url, to a folder, or to the log. In the log
        /// stand whole mails, links that set a password among them.
        delivery: Delivery = "folder";
        /// Who it is from. A mail server wants an address of a domain that it sends for.
        from: Mailbox = "Tollgate <tollgate@localhost>";
        /// The mail server. With smtps:// all is encrypted; with smtp:// the server is
        /// asked to encrypt (STARTTLS), and without that nothing is sent. Only a server
        /// on this machine is spoken to in the clear.
        url: Option<MailUrl>, like "smtps://tollgate@smtp.example.org:465";
        /// The password of the user in url.
        password: Option<Secret>;
        /// A PEM file of the authorities that vouch for the mail server, in place of the
        /// public ones.
        tls_root_file: Option<PathBuf>, like "ca.pem";
        /// Speak in the clear to an smtp:// server on another machine. Whoever is on the
        /// way can then read the links, and the password.
        allow_plain: bool = "false";
        /// How long handing over one mail may take.
        timeout: Duration = "20s" in "1s"..="20s";
        /// A folder with words and templates of your own, in place of ours of the same
        /// name: en.ftl, de.ftl, es.ftl, ar.ftl, layout.html, button.html and code.html.
        templates: Option<PathBuf>, like "mail-templates";
        /// Where mails lie with `delivery = "folder"`.
        folder: PathBuf = "{data_dir}/mail";
    }
}

impl Mail {
    pub(super) fn check(&self, verdict: &mut Verdict) {
        if self.delivery != Delivery::Smtp {
            return;
        }
        let Some(url) = &self.url else {
            let hint = "Set it to such as \"smtps://tollgate@smtp.example.org:465\".";
            let keys = ["mail.url", "mail.delivery"];
            return verdict.fault(&keys, "delivery by smtp needs mail.url", Some(hint));
        };
        if !verdict.is_set("mail.from") {
            let hint = "Set it to an address that the server sends for.";
            let keys = ["mail.from", "mail.delivery"];
            verdict.fault(&keys, "delivery by smtp needs mail.from", Some(hint));
        }
        if url.user().is_some() != self.password.is_some() {
            let message = "a user in mail.url and mail.password belong together";
            verdict.fault(&["mail.password", "mail.url"], message, None);
        }
        if self.allow_plain && !url.is_tls() && !url.is_loopback() {
            let message = format!("mail.allow_plain: mail goes to {} unencrypted.", url.host());
            verdict.note(message);
        }
    }
}
