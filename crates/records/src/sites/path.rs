//! Paths as rules compare them. What a proxy, this server and the app could
//! read differently is kept in all its readings, which are `readings`'.

use std::borrow::Cow;

use super::readings;

/// The path that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Path<'a> {
    /// There is one way to read it.
    Clear(Reading<'a>),
    /// There are several, all of which count.
    Several(Vec<Reading<'static>>),
    /// Nobody can say what somebody else makes of it.
    Unreadable,
}

/// A path as one reader reads it. Most are neither decoded nor folded, and cost
/// nothing to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading<'a> {
    text: Cow<'a, str>,
    /// Without capitals, where it has some.
    folded: Option<String>,
}

/// A path in a rule, which stands for everything below it too. Without a slash
/// at its end; `""` for the whole site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulePath(Reading<'static>);

/// Whether a path lies where a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lies {
    /// Beyond doubt.
    Within,
    /// For one reader or another.
    Perhaps,
    /// No.
    Outside,
}

impl<'a> Path<'a> {
    /// Read a request target: what is after `?` does not count.
    pub fn read(target: &'a str) -> Self {
        let path = target.split('?').next().unwrap_or_default();
        let several = || match readings::of(path) {
            Some(texts) => Self::Several(texts.into_iter().map(Reading::from).collect()),
            None => Self::Unreadable,
        };
        decoded(path).map_or_else(several, |text| Self::Clear(text.into()))
    }

    /// The same, kept for longer than the request.
    pub fn into_owned(self) -> Path<'static> {
        match self {
            Self::Several(readings) => Path::Several(readings),
            Self::Unreadable => Path::Unreadable,
            Self::Clear(path) => Path::Clear(Reading {
                text: path.text.into_owned().into(),
                folded: path.folded,
            }),
        }
    }

    /// As rules compare it; nothing where there are several ways to read it.
    pub fn shown(&self) -> Option<&str> {
        match self {
            Self::Clear(path) => Some(&path.text),
            Self::Several(_) | Self::Unreadable => None,
        }
    }
}

impl<'a, T: Into<Cow<'a, str>>> From<T> for Reading<'a> {
    fn from(text: T) -> Self {
        let text = text.into();
        let capitals = |byte: &u8| byte.is_ascii_uppercase() || !byte.is_ascii();
        let folded = text
            .as_bytes()
            .iter()
            .any(capitals)
            .then(|| text.to_lowercase());
        Self { text, folded }
    }
}

impl Reading<'_> {
    /// As it is compared where case counts.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn folded(&self) -> &str {
        self.folded.as_deref().unwrap_or(&self.text)
    }
}

impl RulePath {
    /// Most bytes of one.
    const MOST: usize = 500;

    /// Parse such as `/admin`.
    ///
    /// # Errors
    /// A sentence.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if !text.starts_with('/') {
            return Err("A path begins with a slash.");
        }
        if text.len() > Self::MOST {
            return Err("A path of 500 bytes at most.");
        }
        if text.contains('?') {
            return Err("A path without a query: queries never decide.");
        }
        let text = decoded(text).ok_or(
            "A path that can be read in one way only: no //, no dot segments, no ; or \\, no encoded slash.",
        )?;
        Ok(Self(text.trim_end_matches('/').to_owned().into()))
    }

    /// As it is shown: the whole site is `/`.
    pub fn shown(&self) -> &str {
        if self.0.text.is_empty() {
            "/"
        } else {
            &self.0.text
        }
    }

    /// Whether the other one lies at this one or below it.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.0.text.is_empty() || is_below(&other.0.text, &self.0.text)
    }

    pub(super) fn holds(&self, path: &Path<'_>) -> Lies {
        match path {
            _ if self.0.text.is_empty() => Lies::Within,
            Path::Unreadable => Lies::Perhaps,
            Path::Several(readings) => {
                let within = |reading: &Reading<'_>| is_below(&reading.text, &self.0.text);
                let perhaps = |reading: &Reading<'_>| is_below(reading.folded(), self.0.folded());
                if readings.iter().all(within) {
                    Lies::Within
                } else if readings.iter().any(perhaps) {
                    Lies::Perhaps
                } else {
                    Lies::Outside
                }
            }
            Path::Clear(path) if is_below(&path.text, &self.0.text) => Lies::Within,
            Path::Clear(path) if is_below(path.folded(), self.0.folded()) => Lies::Perhaps,
            Path::Clear(_) => Lies::Outside,
        }
    }
}

/// Whether a redirect to it stays on the site that it is sent from: a path with
/// or without a query, nothing that a browser reads as another host.
pub fn is_local(target: &str) -> bool {
    target.starts_with('/')
        && !target.starts_with("//")
        && target
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

fn is_below(path: &str, top: &str) -> bool {
    path.strip_prefix(top)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Decoded, if it can be read in one way only.
fn decoded(path: &str) -> Option<Cow<'_, str>> {
    let text = if path.contains('%') {
        Cow::Owned(unescaped(path)?)
    } else {
        let plain = !path.bytes().any(|byte| is_meant(byte) && byte != b'/');
        plain.then_some(Cow::Borrowed(path))?
    };
    let mut segments = text.strip_prefix('/')?.split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        // Some systems drop dots and spaces at the end of a name.
        if segment.is_empty() && !last || segment.ends_with(['.', ' ']) {
            return None;
        }
    }
    (!text.chars().any(char::is_control)).then_some(text)
}

fn unescaped(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let (two, after) = rest.split_at_checked(2)?;
            let byte = digit(two[0])? << 4 | digit(two[1])?;
            // What needs no encoding is encoded to be overlooked; what is
            // decoded to a sign with a meaning means it to some readers.
            if is_unreserved(byte) || is_meant(byte) {
                return None;
            }
            bytes.push(byte);
            rest = after;
        } else if is_meant(byte) && byte != b'/' {
            return None;
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Signs that divide paths, or begin something else, for one reader or another.
const fn is_meant(byte: u8) -> bool {
    byte.is_ascii_control() || matches!(byte, b'/' | b'\\' | b';' | b'%' | b'?' | b'#')
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{Lies, Path, RulePath, is_local};

    /// vuln:98, vuln:103, asvs:V1.1.1
    #[test]
    fn what_can_be_read_in_two_ways_is_not_clear() {
        for bad in [
            "",
            "a",
            "*",
            "//",
            "//a",
            "/a//b",
            "/.",
            "/..",
            "/a/../b",
            "/a/./b",
            "/a/..",
            "/a.",
            "/a ",
            "/a./b",
            "/%2e%2e/a",
            "/%2E./a",
            "/a%2fb",
            "/a%2Fb",
            "/a%5cb",
            "/a\\b",
            "/a;b",
            "/a;/b",
            "/;x=1/a",
            "/a%3bb",
            "/a%00",
            "/a%0a",
            "/a\n",
            "/a\0",
            "/a\x7f",
            "/a%252fb",
            "/%61dmin",
            "/a%2",
            "/a%",
            "/a%zz",
            "/a%ff",
            "/a%c0%af",
            "/a%ed%a0%80",
            "/a#b",
            "/a%23b",
            "/a%3fb",
            "/a\u{85}b",
            "http://a/b",
        ] {
            assert_eq!(Path::read(bad).shown(), None, "{bad:?}");
        }
        for (good, read) in [
            ("/", "/"),
            ("/a", "/a"),
            ("/a/", "/a/"),
            ("/a?b", "/a"),
            ("/a?x=/public;//../", "/a"),
            ("/a%20b", "/a b"),
            ("/%C3%A4", "/ä"),
            ("/ä", "/ä"),
            ("/a.b", "/a.b"),
            ("/.git", "/.git"),
            ("/a:b@c", "/a:b@c"),
            ("/a+b", "/a+b"),
        ] {
            assert_eq!(Path::read(good).shown(), Some(read), "{good}");
        }
    }

    /// asvs:V1.2.9
    #[test]
    fn a_rule_is_about_a_path_and_what_is_below() {
        let check = |rule: &str, path: &str, lies| {
            assert_eq!(
                RulePath::parse(rule).unwrap().holds(&Path::read(path)),
                lies,
                "{rule} {path}"
            );
        };
        check("/", "/", Lies::Within);
        check("/", "/a", Lies::Within);
        check("/", "/a;b", Lies::Within);
        check("/admin", "/admin", Lies::Within);
        check("/admin/", "/admin", Lies::Within);
        check("/admin", "/admin/", Lies::Within);
        check("/admin", "/admin/x?y", Lies::Within);
        check("/admin", "/administrator", Lies::Outside);
        check("/admin", "/", Lies::Outside);
        check("/admin", "/Admin/x", Lies::Perhaps);
        check("/admin", "/a;b", Lies::Outside);
        check("/admin", "/admin;b/c", Lies::Perhaps);
        check("/admin", "/admin/a;b", Lies::Within);
        check("/admin", "/wiki/AC%2FDC", Lies::Outside);
        check("/admin", "/x%252f..%252fADMIN", Lies::Perhaps);
        check("/admin", "/a%00", Lies::Perhaps);
        check("/%C3%A4", "/ä/x", Lies::Within);
        for bad in [
            "",
            "admin",
            "/a//b",
            "/a/..",
            "/a?b",
            "/a;b",
            "/%2f",
            &format!("/{}", "a".repeat(500)),
        ] {
            assert!(RulePath::parse(bad).is_err(), "{bad}");
        }
    }

    /// vuln:46
    #[test]
    fn only_a_path_of_this_site_is_local() {
        for good in ["/", "/a", "/a?b=https://x", "/a//b", "/%5c"] {
            assert!(is_local(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "//x",
            "/\\x",
            "\\/x",
            "https://x",
            "/a\nb",
            "/a\tb",
            "/ä",
            "/ a",
            " /a",
            "javascript:1",
        ] {
            assert!(!is_local(bad), "{bad:?}");
        }
    }

    proptest! {
        /// vuln:98: a clear path means the same after another decoding.
        #[test]
        fn a_clear_path_is_clear_to_everybody(text in any::<String>(), near in "/[a-zA-Z0-9./%;?\\\\#]{0,20}") {
            for text in [text, near] {
                let read = Path::read(&text);
                if let Some(path) = read.shown() {
                    let again = Path::read(path);
                    prop_assert_eq!(again.shown(), Some(path));
                    prop_assert!(!path.contains("/../") && !path.contains("//") && path.starts_with('/'));
                }
            }
        }
    }
}
