//! Who plays in the demo. Invented, at addresses that are reserved for examples.

use tollgate_base::access::Role;

/// One invented person.
pub(super) struct Part {
    pub(super) name: &'static str,
    /// Their username, and what stands before `@example.org`.
    pub(super) handle: &'static str,
    pub(super) role: Role,
    pub(super) locale: &'static str,
    pub(super) bio: &'static str,
    pub(super) browser: &'static str,
    /// The last number of their address in 203.0.113.0/24.
    pub(super) host: u8,
    /// The day on which their account is made.
    pub(super) joins: u32,
    /// They sign in about once in so many days.
    pub(super) every: u32,
}

macro_rules! cast {
    ($($name:literal, $handle:literal, $role:ident, $locale:literal, $browser:literal, $host:literal, day $joins:literal, every $every:literal: $bio:literal;)+) => {
        &[$(Part {
            name: $name,
            handle: $handle,
            role: Role::$role,
            locale: $locale,
            bio: $bio,
            browser: $browser,
            host: $host,
            joins: $joins,
            every: $every,
        }),+]
    };
}

/// The administrator comes first.
pub(super) const CAST: &[Part] = cast! {
    "Ada Sample", "ada", Admin, "en", "Firefox on Linux", 10, day 0, every 2: "Looks after this server.";
    "Bruno Sample", "bruno", Manager, "de", "Chrome on Windows 10", 11, day 0, every 2: "Helps people back in.";
    "Carmen Sample", "carmen", Manager, "es", "Safari on Mac OSX", 12, day 1, every 3: "Looks after the evening team.";
    "Dalia Sample", "dalia", Default, "ar", "Firefox on Mac OSX", 13, day 1, every 3: "Reads and translates.";
    "Emre Sample", "emre", Default, "tr", "Chrome on Android", 14, day 2, every 4: "";
    "Freya Sample", "freya", Default, "da", "Firefox on Windows 10", 15, day 2, every 3: "Draws.";
    "Goran Sample", "goran", Default, "hr", "Edge on Windows 10", 16, day 3, every 5: "";
    "Hana Sample", "hana", Default, "ja", "Safari on iPhone", 17, day 4, every 3: "Writes the weekly letter.";
    "Ivo Sample", "ivo", Default, "pt", "Chrome on Linux", 18, day 5, every 4: "";
    "Jasmin Sample", "jasmin", Default, "de", "Firefox on Linux", 19, day 6, every 4: "Keeps the archive.";
    "Kofi Sample", "kofi", Default, "en", "Chrome on Android", 20, day 8, every 3: "";
    "Lena Sample", "lena", Default, "de", "Safari on iPad", 21, day 9, every 5: "";
    "Mateo Sample", "mateo", Default, "es", "Chrome on Windows 10", 22, day 11, every 3: "Tests everything twice.";
    "Nadia Sample", "nadia", Default, "fr", "Firefox on Windows 10", 23, day 13, every 4: "";
    "Omar Sample", "omar", Default, "ar", "Chrome on Linux", 24, day 15, every 3: "Builds the voice app.";
    "Priya Sample", "priya", Default, "en", "Edge on Windows 10", 25, day 17, every 3: "";
    "Quentin Sample", "quentin", Default, "fr", "Safari on Mac OSX", 26, day 19, every 4: "";
    "Rosa Sample", "rosa", Default, "pt", "Chrome on Android", 27, day 22, every 2: "New here.";
    "Sven Sample", "sven", Default, "sv", "Firefox on Linux", 28, day 25, every 2: "";
    "Tomoko Sample", "tomoko", Default, "ja", "Safari on iPhone", 29, day 27, every 2: "";
};
