//! Paths as rules compare them. What a proxy, this server and the app could
//! read differently has no place in the order of rules: it is ambiguous.

/// The path that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Path {
    /// There is one way to read it; decoded.
    Clear(String),
    /// There are several.
    Ambiguous,
}

/// A path in a rule, which stands for everything below it too. Without a slash
/// at its end; `""` for the whole site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulePath(String);

/// Whether a path lies where a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lies {
    /// Beyond doubt.
    Within,
    /// For a reader who does not tell upper from lower case.
    Perhaps,
    /// No.
    Outside,
}

impl Path {
    /// Read a request target: what is after `?` does not count.
    pub fn read(target: &str) -> Self {
        let path = target.split('?').next().unwrap_or_default();
        decoded(path).map_or(Self::Ambiguous, Self::Clear)
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
        let path = decoded(text).ok_or(
            "A path that can be read in one way only: no //, no dot segments, no ; or \\, no encoded slash.",
        )?;
        Ok(Self(path.trim_end_matches('/').to_owned()))
    }

    /// As it is shown: the whole site is `/`.
    pub fn shown(&self) -> &str {
        if self.0.is_empty() { "/" } else { &self.0 }
    }

    pub(super) fn holds(&self, path: &Path) -> Lies {
        let Path::Clear(path) = path else {
            return if self.0.is_empty() {
                Lies::Within
            } else {
                Lies::Perhaps
            };
        };
        if is_below(path, &self.0) {
            Lies::Within
        } else if is_below(&path.to_lowercase(), &self.0.to_lowercase()) {
            Lies::Perhaps
        } else {
            Lies::Outside
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
fn decoded(path: &str) -> Option<String> {
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
    let path = String::from_utf8(bytes).ok()?;
    let mut segments = path.strip_prefix('/')?.split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        // Some systems drop dots and spaces at the end of a name.
        if segment.is_empty() && !last || segment.ends_with(['.', ' ']) {
            return None;
        }
    }
    (!path.chars().any(char::is_control)).then_some(path)
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
    fn what_can_be_read_in_two_ways_is_ambiguous() {
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
            assert_eq!(Path::read(bad), Path::Ambiguous, "{bad:?}");
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
            assert_eq!(Path::read(good), Path::Clear(read.to_owned()), "{good}");
        }
    }

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
        check("/admin", "/a;b", Lies::Perhaps);
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
                if let Path::Clear(path) = Path::read(&text) {
                    prop_assert_eq!(Path::read(&path), Path::Clear(path.clone()));
                    prop_assert!(!path.contains("/../") && !path.contains("//") && path.starts_with('/'));
                }
            }
        }
    }
}
