//! What an upload is, and whether it is all there: the containers of the three
//! formats, walked without unpacking anything.

use tollgate_base::{Error, Result, codes};

/// A format that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Jpeg { progressive: bool },
    Png,
    WebP,
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The kind of a file that is complete and shows one picture. Its name and its
/// declared type are not asked.
///
/// # Errors
/// `picture.kind`, `picture.broken`, `picture.animated`.
pub(crate) fn examine(file: &[u8]) -> Result<Kind> {
    if file.starts_with(b"\xff\xd8\xff") {
        jpeg(file).ok_or_else(broken)
    } else if file.starts_with(PNG) {
        single(png(file)).map(|()| Kind::Png)
    } else if file.starts_with(b"RIFF") && file.get(8..12) == Some(b"WEBP") {
        single(webp(file)).map(|()| Kind::WebP)
    } else {
        Err(Error::new(&codes::PICTURE_KIND))
    }
}

pub(crate) fn broken() -> Error {
    Error::new(&codes::PICTURE_BROKEN)
}

/// Whether it moves, if it is whole.
fn single(moves: Option<bool>) -> Result<()> {
    match moves {
        Some(false) => Ok(()),
        Some(true) => Err(Error::new(&codes::PICTURE_ANIMATED)),
        None => Err(broken()),
    }
}

/// Chunks up to `IEND`, which is the end of the file.
fn png(file: &[u8]) -> Option<bool> {
    let (mut rest, mut moves) = (file.get(PNG.len()..)?, false);
    loop {
        let length = u32::from_be_bytes(rest.first_chunk().copied()?) as usize;
        let name = rest.get(4..8)?;
        moves |= name == b"acTL";
        let end = name == b"IEND";
        rest = rest.get(length.checked_add(12)?..)?;
        if end {
            return rest.is_empty().then_some(moves);
        }
    }
}

/// Chunks of even length that fill the file.
fn webp(file: &[u8]) -> Option<bool> {
    let word = |at: usize| {
        let bytes = file.get(at..)?.first_chunk().copied()?;
        Some(u32::from_le_bytes(bytes) as usize)
    };
    if word(4)?.checked_add(8)? != file.len() {
        return None;
    }
    let (mut at, mut moves) = (12, false);
    while at < file.len() {
        moves |= matches!(file.get(at..at + 4)?, b"ANIM" | b"ANMF");
        let length = word(at + 4)?;
        at = at
            .checked_add(8)?
            .checked_add(length)?
            .checked_add(length % 2)?;
    }
    (at == file.len()).then_some(moves)
}

/// Segments and scans up to the end of the image. What cameras append to it is
/// left behind.
fn jpeg(file: &[u8]) -> Option<Kind> {
    let (mut at, mut progressive) = (2, false);
    loop {
        if *file.get(at)? != 0xff {
            return None;
        }
        match *file.get(at + 1)? {
            0xff => at += 1,
            0xd9 => return Some(Kind::Jpeg { progressive }),
            marker => {
                progressive |= marker == 0xc2;
                let length = file.get(at + 2..)?.first_chunk().copied()?;
                at += 2 + usize::from(u16::from_be_bytes(length));
                if marker == 0xda {
                    at = scan_end(file, at)?;
                }
            }
        }
    }
}

/// The next marker that is neither a stuffed byte nor a restart.
fn scan_end(file: &[u8], from: usize) -> Option<usize> {
    let mut pairs = file.get(from..)?.windows(2);
    let marker =
        pairs.position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xff | 0xd0..=0xd7));
    marker.map(|offset| from + offset)
}
