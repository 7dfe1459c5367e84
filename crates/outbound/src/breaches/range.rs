//! Asking a service about a password by k-anonymity: it is told the first five
//! hexadecimal digits of the hash, as hundreds of others share them, and answers
//! with all that begin so.

use std::{fmt, path::Path, time::Duration};

use http_body_util::Full;
use hyper::{Request, StatusCode, body::Bytes};
use tollgate_base::{Result, hex::hex};
use url::Url;

use crate::http::{Http, Most};

use super::Hash;

/// Digits that the service is told.
const TOLD: usize = 5;
/// Most bytes of an answer, which has a thousand lines with its padding.
const ANSWER_MOST: usize = 256 * 1024;

/// A service that knows breached passwords.
pub struct Ranges {
    url: Url,
    http: Http,
}

impl Ranges {
    /// Get ready; nothing is asked. The digits are put behind `url`.
    ///
    /// # Errors
    /// `config.invalid` if the file of authorities is none.
    pub fn new(url: Url, roots: Option<&Path>, patience: Duration) -> Result<Self> {
        let http = Http::new(roots, patience)?;
        Ok(Self { url, http })
    }

    /// Whether it knows a hash.
    ///
    /// # Errors
    /// Why it did not say.
    pub(super) async fn holds(&self, hash: &Hash) -> Result<bool, String> {
        let digits = hex(hash).to_uppercase();
        let (told, rest) = digits.split_at(TOLD);
        let mut url = self.url.clone();
        url.path_segments_mut()
            .map_err(|()| "Its address has no path.")?
            .pop_if_empty()
            .push(told);
        let request = Request::get("/")
            .header("add-padding", "true")
            .body(Full::new(Bytes::new()))
            .map_err(|fault| fault.to_string())?;
        let answer = self
            .http
            .call(&url, request, Most::Whole(ANSWER_MOST))
            .await;
        let answer = answer.map_err(|fault| fault.says)?;
        if answer.status != StatusCode::OK {
            return Err(format!("It answered {}.", answer.status.as_u16()));
        }
        let text = str::from_utf8(&answer.body).map_err(|_| "It cannot be understood.")?;
        Ok(text.lines().any(|line| is_hit(line, rest)))
    }
}

/// Whether a line is of that hash, and not padding, which was seen never.
fn is_hit(line: &str, rest: &str) -> bool {
    let Some((digits, count)) = line.trim().split_once(':') else {
        return false;
    };
    digits.eq_ignore_ascii_case(rest) && count.trim().parse().is_ok_and(|count: u64| count > 0)
}

impl fmt::Debug for Ranges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ranges({})", self.url.host_str().unwrap_or_default())
    }
}
