//! What becomes of text messages.

use std::{path::PathBuf, time::Duration};

use tollgate_outbound::hook;

use super::{
    key::section,
    meant::{Verdict, backend::WebUrl, plain::Secret, value::words},
};

words! {
    /// Where texts go.
    pub enum Delivery: "off, hook, folder or log" {
        /// Nowhere: phones are not asked for.
        Off = "off",
        /// To a hook.
        Hook = "hook",
        /// Into a folder, one file for each.
        Folder = "folder",
        /// Into the log.
        Log = "log",
    }
}

section! {
    /// Text messages, for phones that people add and for codes as second factors.
    pub struct Sms in "sms" + "sms." {
        /// Where texts go: nowhere, to the hook in url, to a folder, or to the log. In
        /// the log stand whole texts, codes among them.
        delivery: Delivery = "off";
        /// The hook: an address of yours that takes each text as signed JSON and hands it
        /// to a carrier. It may be on a private network.
        url: Option<WebUrl>, like "https://sms.example.org/send";
        /// What the hook checks signatures with (Standard Webhooks): whsec_ and 24 to 64
        /// random bytes in base 64. Best given as a file.
        secret: Option<Secret>;
        /// A PEM file of the authorities that vouch for the hook, in place of the public
        /// ones.
        tls_root_file: Option<PathBuf>, like "ca.pem";
        /// Speak in the clear to an http:// hook on another machine. Whoever is on the way
        /// can then read the codes.
        allow_plain: bool = "false";
        /// How long handing over one text may take.
        timeout: Duration = "10s" in "1s"..="20s";
        /// Where texts lie with `delivery = "folder"`.
        folder: PathBuf = "{data_dir}/texts";
    }
}

impl Sms {
    pub(super) fn check(&self, verdict: &mut Verdict) {
        if self.delivery != Delivery::Hook {
            return;
        }
        let Some(url) = &self.url else {
            let hint = "Set it to such as \"https://sms.example.org/send\".";
            let keys = ["sms.url", "sms.delivery"];
            return verdict.fault(&keys, "delivery by hook needs sms.url", Some(hint));
        };
        let draw = "Draw one: echo whsec_$(head -c 32 /dev/urandom | base64)";
        match &self.secret {
            None => {
                let keys = ["sms.secret", "sms.delivery"];
                verdict.fault(&keys, "delivery by hook needs sms.secret", Some(draw));
            }
            Some(secret) => {
                if let Err(why) = hook::key(secret) {
                    let message = format!("the secret of the hook {why}");
                    verdict.fault(&["sms.secret"], message, Some(draw));
                }
            }
        }
        if !url.is_tls() && !url.is_loopback() {
            if self.allow_plain {
                let host = url.host();
                verdict.note(format!("sms.allow_plain: texts go to {host} unencrypted."));
            } else {
                let message = "an http:// hook is on another machine";
                let hint = "Use https://, or set sms.allow_plain = true.";
                verdict.fault(&["sms.url"], message, Some(hint));
            }
        }
    }
}
