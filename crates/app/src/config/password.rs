//! What a password has to be, and what a hash of it costs (Argon2id, RFC 9106).

use std::{path::PathBuf, time::Duration};

use tollgate_base::ExposeSecret;

use super::{
    key::section,
    meant::{Verdict, backend::WebUrl, plain::Secret, value::words},
    secrets::weakness,
};

words! {
    /// A kind of character that a password may have to contain.
    pub enum Class: "a list of upper, lower, digit and symbol" {
        /// A capital letter.
        Upper = "upper",
        /// A small letter.
        Lower = "lower",
        /// A digit.
        Digit = "digit",
        /// Anything else.
        Symbol = "symbol",
    }
}

words! {
    /// What a change of a password does to the person's other sessions.
    pub enum EndSessions: "offer or always" {
        /// They choose.
        Offer = "offer",
        /// It ends them.
        Always = "always",
    }
}

section! {
    /// Passwords and their hashes.
    pub struct Password in "password" + "password." {
        /// Fewest characters of a new password; 15 in the strict profile.
        min_length: u32 = "{shortest}" in "8"..="64" => AtOnce;
        /// Kinds of characters that have to be in a new password. Such rules
        /// make passwords easier to guess; set them only if you must.
        require: Vec<Class> = "" => AtOnce;
        /// Words that must not be in a new password, such as the names of your
        /// company and its products. Names and addresses of the person and of
        /// this server are refused anyway.
        context_words: Vec<String> = "" => AtOnce;
        /// How many passwords before the current one must not come back; 5 in
        /// the strict profile. Each costs a hash when a password is changed.
        history: u32 = "{remembered}" in "0"..="24" => AtOnce;
        /// Whether somebody who changes their password is offered to sign out
        /// their other sessions, or these always end. A reset ends all.
        end_sessions: EndSessions = "offer" => AtOnce;
        /// Peppers: secrets of at least 32 random bytes that go into each hash, so
        /// that a stolen database alone is nothing to guess from. The first is for
        /// new hashes; those of the others and hashes without one are renewed at
        /// the next sign-in, those of former passwords never. Whoever loses a pepper
        /// loses the passwords made with it: keep it in a backup of its own. Best
        /// given as a file, separated by commas.
        peppers: Vec<Secret> = "";
        /// A list of breached passwords on this machine, made by tollgate breach-list
        /// build. New passwords that are on it are refused.
        breach_list: Option<PathBuf>, like "breached.list";
        /// A service of breached passwords, which is told the first five digits of the
        /// SHA-1 of each new password and answers with hundreds that begin so. If it does
        /// not answer, the password is taken and an event is noted.
        breach_url: Option<WebUrl>, like "https://api.pwnedpasswords.com/range";
        /// How long that service may take.
        breach_timeout: Duration = "2s" in "100ms"..="10s";
        /// Memory of one hash in KiB. Old hashes are renewed at the next sign-in.
        memory_kib: u32 = "19456" in "7168"..="262144";
        /// Passes over that memory.
        passes: u32 = "2" in "1"..="20";
        /// Lanes of one hash.
        lanes: u32 = "1" in "1"..="16";
        /// Hashes at a time; by default one for each core, less one
        /// where there are more than two.
        slots: usize = "{cores}" in "1"..="1024";
        /// Hashes that may wait for a slot; more are answered with 503.
        queue: usize = "64" in "1"..="10000";
    }
}

/// Least memory in KiB for 1, 2, … passes: the choices of OWASP's Password
/// Storage Cheat Sheet, which are equally strong.
const LEAST_MEMORY: [u32; 5] = [47_104, 19_456, 12_288, 9_216, 7_168];

impl Password {
    pub(super) fn check(&self, verdict: &mut Verdict) {
        let weak = |pepper: &Secret| weakness(pepper.expose_secret());
        if let Some(why) = self.peppers.iter().find_map(weak) {
            let hint = Some("Draw one: head -c 32 /dev/urandom | base64");
            verdict.fault(&["password.peppers"], format!("a pepper {why}"), hint);
        }
        let passes = usize::try_from(self.passes)
            .unwrap_or(usize::MAX)
            .clamp(1, LEAST_MEMORY.len());
        let least = LEAST_MEMORY[passes - 1];
        if self.memory_kib < least {
            let message = format!(
                "{} KiB is too little for {} passes: at least {least}",
                self.memory_kib, self.passes
            );
            verdict.fault(&["password.memory_kib", "password.passes"], message, None);
        }
    }
}
