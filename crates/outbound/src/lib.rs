//! Floor 2, hands: calls that we make to other machines. Mail goes to a server,
//! to a folder or to the log; what it says is written here too.
//!
//! Nothing here decides anything or knows a table.

pub mod letters;
pub mod mail;
