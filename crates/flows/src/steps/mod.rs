//! What several verbs share. Steps know nouns and the context, never a verb.

pub(crate) mod current;
pub(crate) mod enrol;
pub(crate) mod facts;
pub(crate) mod keys;
pub(crate) mod land;
pub(crate) mod mint;
pub(crate) mod note;
pub(crate) mod once;
pub(crate) mod places;
pub(crate) mod profile;
pub(crate) mod queue;
pub(crate) mod repeat;
pub(crate) mod second;
pub(crate) mod strikes;
pub(crate) mod vet;
pub(crate) mod view;
pub(crate) mod visit;
