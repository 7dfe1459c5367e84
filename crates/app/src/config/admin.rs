//! A first administrator without a setup link.

use tollgate_base::identifier::{Email, Username};

use super::{
    key::section,
    meant::{Verdict, plain::Secret},
};

section! {
    /// The administrator to make at first start, if there is none yet.
    pub struct Admin in "admin" + "admin." {
        /// Their e-mail address.
        email: Option<Email>, like "ann@example.org";
        /// Their username.
        username: Option<Username>, like "ann";
        /// Their password; best given as a file.
        password: Option<Secret>;
    }
}

impl Admin {
    pub(super) fn check(&self, verdict: &mut Verdict) {
        let named = self.email.is_some() || self.username.is_some();
        if named && self.password.is_none() {
            verdict.fault(
                &["admin.password", "admin.email", "admin.username"],
                "an administrator is named, but there is no admin.password",
                Some("Set admin.password_file (TOLLGATE_ADMIN__PASSWORD_FILE)."),
            );
        }
        if self.password.is_some() && !named {
            verdict.fault(
                &["admin.password", "admin.email", "admin.username"],
                "belongs to nobody",
                Some("Set admin.email or admin.username too."),
            );
        }
    }
}
