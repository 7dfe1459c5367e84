//! What becomes of mail.

use std::path::PathBuf;

use super::{
    key::section,
    meant::{plain::Mailbox, value::words},
};

words! {
    /// Where mail goes.
    pub enum Delivery: "log or folder" {
        /// Into the log.
        Log = "log",
        /// Into a folder, one file for each.
        Folder = "folder",
    }
}

section! {
    /// Mail.
    pub struct Mail in "mail" + "mail." {
        /// Where mail goes: nowhere but to a folder or the log, for now. In the log
        /// stand whole mails, links that set a password among them.
        delivery: Delivery = "folder";
        /// The folder.
        folder: PathBuf = "{data_dir}/mail";
        /// Who it is from.
        from: Mailbox = "Tollgate <tollgate@localhost>";
    }
}
