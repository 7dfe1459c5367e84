//! Floor 2, hands: makes profile pictures of what people upload.
//!
//! An upload is hostile until it is decoded. Its kind is read from its bytes,
//! it is measured before it is unpacked, and only pixels leave this crate:
//! they are encoded anew, so that nothing else of the file is ever stored.

mod avatar;
mod container;
mod studio;

pub use avatar::{Avatar, SIDE};
pub use studio::Studio;

/// Largest upload, in bytes.
pub const UPLOAD_MOST: usize = 5 * 1024 * 1024;
