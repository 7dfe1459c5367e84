//! Floor 5: how a verb meets HTTP. Extractors, problems, cookies, and the
//! layers that every answer of every surface goes through.
//!
//! And what a reverse proxy is configured with, to ask us.
//!
//! There is no route here, no SQL and no wire shape but that of a problem.

pub mod body;
pub mod conditional;
pub mod cookies;
mod cors;
pub mod credentials;
pub mod csv;
mod device;
mod finish;
pub mod form;
mod gate;
mod headers;
pub mod idempotency;
pub mod input;
mod limits;
mod networks;
mod observe;
pub mod origin;
pub mod packed;
pub mod pages;
pub mod paging;
mod peer;
pub mod problem;
pub mod proxies;
pub mod request_id;
mod site_cookies;
mod state;
pub mod unread;
pub mod upload;
mod who;

pub use device::{device, place};
pub use finish::{bare, finish};
pub use headers::CSP_NOTHING;
pub use limits::{Limits, Rates, Routes, note_asker};
pub use networks::Networks;
pub use observe::Trace;
pub use peer::Peer;
pub use problem::Problem;
pub use site_cookies::SiteCookie;
pub use state::{Http, Web};
pub use who::{MaybeWho, Who, session};
