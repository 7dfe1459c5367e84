//! What is logged, and how.

use super::{
    key::section,
    meant::{plain::Filter, value::words},
};

words! {
    /// How log lines look.
    pub enum Format: "auto, text or json" {
        /// Text on a terminal, JSON otherwise.
        Auto = "auto",
        /// Text for people.
        Text = "text",
        /// One JSON object for each line.
        Json = "json",
    }
}

section! {
    /// The log.
    pub struct Log in "log" + "log." {
        /// How lines look.
        format: Format = "auto";
        /// Which lines are written.
        level: Filter = "info" => AtOnce;
    }
}
