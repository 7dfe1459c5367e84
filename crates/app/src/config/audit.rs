//! How long personal data stay in the audit trail, how often it is signed, and
//! which log server gets it.

use std::{path::PathBuf, time::Duration};

use super::{
    key::section,
    meant::{Verdict, backend::SyslogUrl, network::OrOff},
};

section! {
    /// The audit trail. What expires is personal: addresses, devices, names. That
    /// something happened, who did it by their id, and the proof of it stay.
    pub struct Audit in "audit" + "audit." {
        /// How long personal data of sign-ins and sessions are kept, or off for ever.
        keep_sign_ins: OrOff<Duration> = "90d" => AtOnce;
        /// The same of changes of passwords, factors, names and recoveries.
        keep_security: OrOff<Duration> = "400d" => AtOnce;
        /// The same of what administrators and operators do.
        keep_administration: OrOff<Duration> = "400d" => AtOnce;
        /// The same of how the server does: backups, mail, its clock.
        keep_operation: OrOff<Duration> = "90d" => AtOnce;
        /// How often the head of the trail is signed and written to the log, while there
        /// are new events.
        checkpoint_every: Duration = "10m" in "10s"..="1d" => AtOnce;
        /// After how many new events it is signed sooner.
        checkpoint_events: u32 = "1000" in "1"..="1000000" => AtOnce;
    }
}

section! {
    /// A log server that gets every event (RFC 5424), in order and at least once.
    pub struct Syslog in "audit.syslog" + "audit.syslog." {
        /// Where it is: tls:// (RFC 5425), tcp:// with octet counting, or udp://, which
        /// may lose events without anybody knowing.
        url: Option<SyslogUrl>, like "tls://logs.example.org:6514" => AtOnce;
        /// A PEM file of the authorities that vouch for it, in place of the public ones.
        tls_root_file: Option<PathBuf>, like "ca.pem" => AtOnce;
        /// Speak in the clear to a tcp:// or udp:// server on another machine. Whoever is
        /// on the way can then read and change what it gets.
        allow_plain: bool = "false" => AtOnce;
        /// Which facility its messages are of: 13 is log audit.
        facility: u32 = "13" in "0"..="23" => AtOnce;
        /// How long handing over one batch may take.
        timeout: Duration = "10s" in "1s"..="20s" => AtOnce;
    }
}

/// An hour, so that nothing expires before it could be looked at.
const KEEP_LEAST: Duration = Duration::from_hours(1);

impl Audit {
    pub(super) fn check(&self, verdict: &mut Verdict) {
        let all = [
            ("audit.keep_sign_ins", &self.keep_sign_ins),
            ("audit.keep_security", &self.keep_security),
            ("audit.keep_administration", &self.keep_administration),
            ("audit.keep_operation", &self.keep_operation),
        ];
        for (key, keep) in all {
            if keep.0.is_some_and(|keep| keep < KEEP_LEAST) {
                verdict.fault(&[key], format!("{key} is shorter than an hour"), None);
            }
        }
    }
}

impl Syslog {
    pub(super) fn check(&self, verdict: &mut Verdict) {
        let Some(url) = &self.url else { return };
        if url.scheme() == "tls" || url.is_loopback() {
            return;
        }
        if self.allow_plain {
            let host = url.host();
            verdict.note(format!(
                "audit.syslog.allow_plain: events go to {host} unencrypted."
            ));
        } else {
            let message = "a log server in the clear is on another machine";
            let hint = "Use tls://, or set audit.syslog.allow_plain = true.";
            verdict.fault(&["audit.syslog.url"], message, Some(hint));
        }
    }
}
