//! Where passkeys of this server may be used beside its own pages.

use super::{key::section, meant::web::WebOrigin};

section! {
    /// Passkeys.
    pub struct Passkeys in "passkeys" + "passkeys." {
        /// Other origins whose pages may use the passkeys of this server, each such as
        /// https://app.example.net. Browsers take at most five different names.
        related_origins: Vec<WebOrigin> = "" => AtOnce;
    }
}
