//! Ground of the dialects that speak as Django REST framework does: how it
//! reads requests, in which words it refuses, and what its answers carry.
//! Compared last with DRF 3.15.2 and 3.18.3, SimpleJWT 5.3.1 and 5.5.1.
//!
//! Which endpoints there are, and what they mean, is each dialect's own.

mod bearer;
mod fields;
mod form;
mod json;
mod media;
mod refusal;
pub(crate) mod simplejwt;
mod view;

pub(crate) use bearer::bearer;
pub(crate) use fields::Faults;
pub(crate) use form::Form;
pub(crate) use media::{Negotiated, negotiate};
pub(crate) use refusal::{Refusal, json, unasked};
pub(crate) use view::{Input, View, mount};
