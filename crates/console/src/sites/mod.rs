//! The apps behind the gate, for administrators: as a list, one by one, in an
//! editor, and what their proxies are configured with. What a site may be, the
//! verbs say.

mod editor;
mod list;
mod show;
mod snippet;
mod words;

pub(crate) use self::{
    editor::{create, edit, new, save},
    list::{file, list},
    show::{ask_remove, remove, show},
    snippet::snippet,
};

use tollgate_base::id::SiteId;

/// The list.
const ALL: &str = "/admin/sites";

/// The page of a site.
fn at(id: SiteId) -> String {
    format!("{ALL}/{id}")
}
