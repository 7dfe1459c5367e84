//! Who is to be told what.

use super::{key::section, meant::web::ContactUrl};

section! {
    /// Contacts that anybody may read.
    pub struct Contact in "contact" + "contact." {
        /// Where faults of security are told. With it, /.well-known/security.txt says so.
        security: Option<ContactUrl>, like "mailto:security@example.org" => AtOnce;
    }
}
