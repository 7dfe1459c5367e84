//! Who may sign up, whether mail signs in, and how often somebody may try to sign in.

use std::time::Duration;

use super::{
    key::section,
    meant::{Verdict, value::words},
    server::Profile,
    sms,
};

words! {
    /// Who may make an account for themselves.
    pub enum Registration: "off or open" {
        /// Nobody.
        Off = "off",
        /// Everybody.
        Open = "open",
    }
}

words! {
    /// Whether people may sign in by mail.
    pub enum ByMail: "off, link or code" {
        /// They may not.
        Off = "off",
        /// With a link.
        Link = "link",
        /// With a code.
        Code = "code",
    }
}

words! {
    /// Who must have a second factor.
    pub enum SecondFactor: "off, offered, founder, admins, managers or all" {
        /// Nobody may add one.
        Off = "off",
        /// Nobody must.
        Offered = "offered",
        /// Administrators who were made with the setup link.
        Founder = "founder",
        /// Administrators.
        Admins = "admins",
        /// Managers and administrators.
        Managers = "managers",
        /// Everybody.
        All = "all",
    }
}

words! {
    /// Whether strangers prove that they worked.
    pub enum Proof: "off or auto" {
        /// Never.
        Off = "off",
        /// While passwords are tried at many accounts.
        Auto = "auto",
    }
}

section! {
    /// Sign-up and sign-in.
    pub struct Signin in "signin" + "signin." {
        /// Who may make an account for themselves.
        registration: Registration = "off" => AtOnce;
        /// Whether people may sign in by a mail to a verified address, without their
        /// password: with a link, which opens in the browser that asked for it, or with
        /// a code of eight digits, which is typed there wherever the mail is read. Whoever
        /// reads the mail is then that person, unless there is a second factor. Not in the
        /// strict profile.
        by_mail: ByMail = "off" => AtOnce;
        /// Whether people may have a code mailed as a second factor. Whoever reads their
        /// mail has it too: apps and passkeys are stronger. Not in the strict profile.
        email_codes: bool = "false" => AtOnce;
        /// The same by text message, which needs [sms]. Numbers can be taken over, and
        /// texts be read on the way.
        sms_codes: bool = "false" => AtOnce;
        /// Who must have a second factor: nobody and nobody may add an app (off), nobody
        /// (offered), administrators made with the setup link (founder), administrators,
        /// managers too, or all, as in the strict profile. Without it they may only add one.
        second_factor: SecondFactor = "{required}" => AtOnce;
        /// Whether strangers have to let their machine work for a moment before a password
        /// is looked at, while stolen passwords are tried here at many accounts: by
        /// themselves (auto), or never (off). People on devices and networks that their
        /// account knows are never asked.
        proof: Proof = "auto" => AtOnce;
    }
}

impl Signin {
    pub(super) fn check(&self, (profile, sms): (Profile, &sms::Sms), verdict: &mut Verdict) {
        let sends = self.email_codes || self.sms_codes || self.by_mail != ByMail::Off;
        if profile == Profile::Strict && sends {
            let message = "signin.by_mail, signin.email_codes, signin.sms_codes: \
                the strict profile sends nothing to sign in with.";
            verdict.note(message.to_owned());
        }
        if self.sms_codes && sms.delivery == sms::Delivery::Off {
            let keys = ["signin.sms_codes", "sms.delivery"];
            let hint = "Set [sms] delivery = \"hook\", and where the hook is.";
            verdict.fault(&keys, "codes by text need [sms]", Some(hint));
        }
    }
}

section! {
    /// How often a password may be tried.
    pub struct Attempts in "signin.attempts" + "signin.attempts." {
        /// Failed tries at one account in a row, by whoever it does not know: the next
        /// waits. Each device and each network that it knows has as many of its own.
        per_account: u32 = "10" in "1"..="100" => AtOnce;
        /// The first wait. Each further failure doubles it, up to a day; after a hundred
        /// in a row only its owner or an administrator opens the account again.
        window: Duration = "15m" in "1m"..="1d" => AtOnce;
        /// Accounts at which strangers from one network may fail in an hour: then it is
        /// shut for an hour to whoever is not known.
        per_network: u32 = "20" in "5"..="40" => AtOnce;
        /// Accounts at which strangers from several networks may fail in ten minutes:
        /// then the house is on guard for a quarter of an hour. See signin.proof.
        in_all: u32 = "100" in "10"..="100000" => AtOnce;
        /// Tries from one address that may come all at once.
        address_burst: u32 = "20" in "1"..="10000" => AtOnce;
        /// Tries from one address in a minute, after that.
        address_per_minute: u32 = "60" in "1"..="10000" => AtOnce;
    }
}
