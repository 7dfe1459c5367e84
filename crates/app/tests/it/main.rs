//! The one integration binary: stories from outside, and the house-wide guards.

mod tidy;
