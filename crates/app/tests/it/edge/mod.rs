//! The edge of the house: how much may come, from where, and in which form.

mod limits;
mod networks;
mod quotes;
mod smuggling;
mod surface;
mod tls;
mod well_known;
