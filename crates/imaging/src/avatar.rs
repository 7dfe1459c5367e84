//! From an upload to a small square picture. Pure; may take a second.

use std::io::Cursor;

use image::{
    DynamicImage, GenericImageView, ImageDecoder, ImageEncoder, ImageError, Limits, Rgba,
    RgbaImage,
    codecs::{
        jpeg::{JpegDecoder, JpegEncoder},
        png::{CompressionType, FilterType, PngDecoder, PngEncoder},
        webp::WebPDecoder,
    },
    imageops::{self, FilterType as Kernel},
    metadata::Orientation,
};
use tollgate_base::{Error, Result, codes};

use crate::container::{Kind, broken, examine};

/// Height and width of every avatar, in pixels.
pub const SIDE: u32 = 256;

/// Most pixels of an upload.
const PIXELS_MOST: u64 = 40_000_000;
/// Most memory that an unpacked upload may take: four bytes a pixel.
const MEMORY_MOST: u64 = 4 * PIXELS_MOST;
/// Where a photograph looks no better with more bytes.
const JPEG_QUALITY: u8 = 85;

/// A square picture without any trace of the file that it was made from.
#[derive(Clone, Debug)]
pub struct Avatar {
    /// `image/jpeg` or `image/png`, whichever shows it in fewer bytes.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Avatar {
    /// Make one.
    ///
    /// # Errors
    /// `picture.kind`, `picture.broken`, `picture.animated`,
    /// `picture.too_large`.
    pub(crate) fn make(upload: &[u8]) -> Result<Self> {
        let file = Cursor::new(upload);
        let (picture, orientation) = match examine(upload)? {
            Kind::Jpeg { progressive } => {
                // All coefficients of a progressive file are held beside its pixels.
                let weight = if progressive { 2 } else { 1 };
                unpack(JpegDecoder::new(file).map_err(unreadable)?, weight)?
            }
            Kind::Png => unpack(
                PngDecoder::with_limits(file, limits()).map_err(unreadable)?,
                1,
            )?,
            Kind::WebP => unpack(WebPDecoder::new(file).map_err(unreadable)?, 1)?,
        };
        let mut small = DynamicImage::ImageRgba8(square(&picture));
        small.apply_orientation(orientation);
        encode(small)
    }
}

/// Measure, then unpack.
fn unpack(mut decoder: impl ImageDecoder, weight: u64) -> Result<(DynamicImage, Orientation)> {
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let too_large = pixels * weight > PIXELS_MOST || decoder.total_bytes() > MEMORY_MOST;
    if too_large {
        return Err(Error::new(&codes::PICTURE_TOO_LARGE));
    }
    if pixels == 0 {
        return Err(broken());
    }
    decoder.set_limits(limits()).map_err(unreadable)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    Ok((picture, orientation))
}

fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MEMORY_MOST);
    limits
}

/// The middle of it: averaged down to twice the size, then resampled.
fn square(picture: &DynamicImage) -> RgbaImage {
    let (width, height) = picture.dimensions();
    let side = width.min(height);
    let middle = imageops::crop_imm(picture, (width - side) / 2, (height - side) / 2, side, side);
    if side > 2 * SIDE {
        let near = imageops::thumbnail(&*middle, 2 * SIDE, 2 * SIDE);
        imageops::resize(&near, SIDE, SIDE, Kernel::Lanczos3)
    } else {
        imageops::resize(&*middle, SIDE, SIDE, Kernel::Lanczos3)
    }
}

fn encode(picture: DynamicImage) -> Result<Avatar> {
    let opaque = picture
        .pixels()
        .all(|(_, _, Rgba([.., alpha]))| alpha == u8::MAX);
    let picture = if opaque {
        DynamicImage::ImageRgb8(picture.into_rgb8())
    } else {
        picture
    };
    let failed = |fault| Error::new(&codes::INTERNAL).because(fault);
    let mut png = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::Adaptive);
    let color = picture.color().into();
    encoder
        .write_image(picture.as_bytes(), SIDE, SIDE, color)
        .map_err(failed)?;
    let mut smallest = Avatar {
        media_type: "image/png",
        bytes: png,
    };
    if opaque {
        let mut jpeg = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY);
        encoder
            .write_image(picture.as_bytes(), SIDE, SIDE, color)
            .map_err(failed)?;
        if jpeg.len() < smallest.bytes.len() {
            smallest = Avatar {
                media_type: "image/jpeg",
                bytes: jpeg,
            };
        }
    }
    Ok(smallest)
}

fn unreadable(fault: ImageError) -> Error {
    match fault {
        ImageError::Limits(_) => Error::new(&codes::PICTURE_TOO_LARGE),
        _ => broken(),
    }
    .because(fault)
}
