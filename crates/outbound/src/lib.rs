//! Floor 2, hands: calls that we make to other machines. Mail goes to a folder
//! or to the log for now; real delivery stands here when it comes.
//!
//! Nothing here decides anything or knows a table.

pub mod mail;
