//! The variables by which `cargo xtask` tells tests what they may use.

use std::path::PathBuf;

/// The PostgreSQL to make databases on, if there is one. The superuser's URL.
pub fn database_url() -> Option<String> {
    variable("TEST_DATABASE_URL")
}

/// The Redis to use, if there is one. Tests share it: prefix your keys.
pub fn redis_url() -> Option<String> {
    variable("TEST_REDIS_URL")
}

/// Whether the long fault tests are wanted (`cargo xtask campaign`), or a small
/// number of each.
pub fn campaign() -> bool {
    variable("TOLLGATE_CAMPAIGN").is_some()
}

/// Where pictures of the pages are wanted (`cargo xtask screenshots`), if they are.
pub fn screenshots() -> Option<PathBuf> {
    variable("TOLLGATE_SCREENSHOTS").map(PathBuf::from)
}

/// The value of `name`, unless it is empty.
pub(super) fn variable(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where tests read it"
    )]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
