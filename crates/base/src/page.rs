//! Keyset paging: a page is asked for by size and by the place where the last
//! one ended, so that rows are neither skipped nor seen twice.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{Error, codes, time::Time};

/// Where a page ended: the last row's time and id. A cursor carries no
/// authority; it only says where to go on in what the asker may see anyway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// When the last row came to be.
    pub at: Time,
    /// Its id, which breaks ties.
    pub id: String,
}

/// How much of a list is wanted.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// Rows, from 1 to [`PageRequest::MOST`].
    pub limit: u32,
    /// Where the last page ended; absent for the first.
    pub after: Option<Cursor>,
}

/// A part of a list, newest first.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where to go on; absent on the last page.
    pub next: Option<Cursor>,
}

impl PageRequest {
    /// Rows of a page when none are asked for.
    pub const USUAL: u32 = 50;
    /// Most rows of one page.
    pub const MOST: u32 = 200;

    /// Parse both parts as they come in a query string.
    ///
    /// # Errors
    /// `cursor.invalid`, or `request.invalid` for a limit outside 1 to 200.
    pub fn parse(limit: Option<u32>, cursor: Option<&str>) -> Result<Self, Error> {
        let limit = limit.unwrap_or(Self::USUAL);
        if !(1..=Self::MOST).contains(&limit) {
            return Err(Error::new(&codes::REQUEST_INVALID).field(
                "/limit",
                "range",
                "From 1 to 200.",
            ));
        }
        Ok(Self {
            limit,
            after: cursor.map(Cursor::parse).transpose()?,
        })
    }

    /// Cut a page out of `limit + 1` rows that were read.
    pub fn cut<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> Cursor) -> Page<T> {
        let more = rows.len() > self.limit as usize;
        rows.truncate(self.limit as usize);
        let next = if more { rows.last().map(key) } else { None };
        Page { rows, next }
    }
}

impl Cursor {
    /// Opaque text for a URL.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}.{}", self.at.micros(), self.id))
    }

    /// Read what [`Cursor::encode`] wrote.
    ///
    /// # Errors
    /// `cursor.invalid` for anything else.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let read = || {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            let (at, id) = std::str::from_utf8(&bytes).ok()?.split_once('.')?;
            let plain =
                id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            plain.then_some(Self {
                at: Time::from_micros(at.parse().ok()?),
                id: id.to_owned(),
            })
        };
        read().ok_or_else(|| Error::new(&codes::CURSOR_INVALID))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_text() {
        let cursor = Cursor {
            at: Time::from_micros(-5),
            id: "usr_1".into(),
        };
        assert_eq!(Cursor::parse(&cursor.encode()).unwrap(), cursor);
        for bad in [
            "",
            "!",
            "AAAA",
            &URL_SAFE_NO_PAD.encode("1.a'b"),
            &URL_SAFE_NO_PAD.encode("x.a"),
        ] {
            assert!(Cursor::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_page_says_where_to_go_on_only_if_there_is_more() {
        let ask = PageRequest::parse(Some(2), None).unwrap();
        let key = |n: &i64| Cursor {
            at: Time::from_micros(*n),
            id: String::new(),
        };
        assert_eq!(
            ask.cut(vec![3, 2, 1], key).next.unwrap().at,
            Time::from_micros(2)
        );
        assert!(ask.cut(vec![3, 2], key).next.is_none());
        assert!(PageRequest::parse(Some(0), None).is_err());
    }
}
