//! Stories of our own API, told as its clients live them.

mod document;
