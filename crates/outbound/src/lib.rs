//! Floor 2, hands: calls that we make to other machines. Mail goes to a server,
//! to a folder or to the log, texts go to a hook of the operator's; what they
//! say is written here too. Passwords that became known are looked up in a list
//! on the disk, or asked for by the beginning of their hash. Events go to a log
//! server, traces to a collector. Which country an address is in is read in a file.
//!
//! Nothing here decides anything or knows a table.

pub mod breaches;
pub mod channels;
pub mod collector;
pub mod countries;
pub mod courier;
pub mod hook;
mod http;
pub mod letters;
pub mod mail;
pub mod reach;
pub mod sms;
pub mod syslog;
