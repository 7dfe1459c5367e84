//! Where the truth is kept.

use std::path::PathBuf;

use super::{key::section, meant::backend::DatabaseUrl};

section! {
    /// The database: a file of SQLite's, or PostgreSQL.
    pub struct Database in "database" + "database." {
        /// Its address. For PostgreSQL, ?sslmode=verify-full encrypts and checks.
        url: DatabaseUrl = "sqlite:{data_dir}/tollgate.db";
        /// Certificates (PEM) that may vouch for PostgreSQL instead of the public ones.
        tls_root_file: Option<PathBuf>, like "/etc/tollgate/database-ca.pem";
    }
}
