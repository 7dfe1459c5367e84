//! Texts that are part of the program and are kept compressed (gzip, RFC 1952):
//! most clients take them as they are. Build scripts make them.

use std::io::Read;

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use flate2::read::GzDecoder;

const GZIP: HeaderValue = HeaderValue::from_static("gzip");
const ACCEPT_ENCODING: HeaderValue = HeaderValue::from_static("accept-encoding");

/// A text that is kept compressed.
#[derive(Clone, Copy, Debug)]
pub struct Packed(&'static [u8]);

impl Packed {
    /// From what a build script compressed.
    pub const fn new(gzip: &'static [u8]) -> Self {
        Self(gzip)
    }

    /// As it was before. Empty if it was not compressed.
    pub fn unpacked(self) -> Vec<u8> {
        let mut plain = Vec::new();
        match GzDecoder::new(self.0).read_to_end(&mut plain) {
            Ok(_) => plain,
            Err(_) => Vec::new(),
        }
    }

    /// 200 with this as its body, compressed for who takes that (RFC 9110,
    /// section 12.5.3).
    pub fn answer(self, asker: &HeaderMap) -> Response {
        let mut response = if takes_gzip(asker) {
            let mut response = self.0.into_response();
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, GZIP);
            response
        } else {
            self.unpacked().into_response()
        };
        response.headers_mut().insert(header::VARY, ACCEPT_ENCODING);
        response
    }
}

fn takes_gzip(asker: &HeaderMap) -> bool {
    let lists = asker.get_all(header::ACCEPT_ENCODING).iter();
    let mut codings = lists
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','));
    codings.any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
        name.trim().eq_ignore_ascii_case("gzip")
            && weight.parse::<f32>().is_ok_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_for_who_takes_it() {
        let takes = |list: &'static str| {
            let list = HeaderValue::from_static(list);
            takes_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, list)]))
        };
        for yes in ["gzip", "br, GZIP", "deflate, gzip;q=0.5", "gzip; q=1.0"] {
            assert!(takes(yes), "{yes}");
        }
        for no in [
            "",
            "br",
            "gzip;q=0",
            "gzip; q=0.000",
            "gzip;q=x",
            "xgzip",
            "*;q=0",
        ] {
            assert!(!takes(no), "{no}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
