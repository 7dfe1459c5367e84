//! How somebody likes pages to be: the language and the light, kept in two
//! cookies that hold nothing else and decide nothing.

use axum::http::{HeaderMap, HeaderValue, header};
use tollgate_base::ExposeSecret;
use tollgate_web::{Http, cookies};

use crate::words::Locale;

/// The cookies' names.
pub(crate) const LANG: &str = "lang";
pub(crate) const THEME: &str = "theme";

/// As long as browsers keep a cookie at most, in seconds: 400 days.
const KEPT: u64 = 400 * 24 * 60 * 60;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the device has it.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub(crate) const ALL: &'static [Self] = &[Self::Light, Self::Dark, Self::System];

    /// As it stands in the cookie, in `data-theme` and in the keys of messages.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What `color-scheme` says of it.
    pub(crate) const fn schemes(self) -> &'static str {
        match self {
            Self::System => "light dark",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The key of its name.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::System => "theme-system",
            Self::Light => "theme-light",
            Self::Dark => "theme-dark",
        }
    }

    /// Its picture.
    pub(crate) const fn icon(self) -> &'static str {
        match self {
            Self::System => "screen",
            Self::Light => "sun",
            Self::Dark => "moon",
        }
    }

    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|theme| theme.name() == name)
    }
}

/// The language: the one that was chosen here, otherwise what the browser asks
/// for, otherwise the first.
pub(super) fn locale(headers: &HeaderMap) -> Locale {
    let accepted = || {
        let header = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        Locale::accepted(header)
    };
    chosen(headers).or_else(accepted).unwrap_or(Locale::English)
}

/// The language that was chosen in this browser.
pub(super) fn chosen(headers: &HeaderMap) -> Option<Locale> {
    Locale::by_tag(&cookie(headers, LANG)?)
}

pub(super) fn theme(headers: &HeaderMap) -> Theme {
    let named = cookie(headers, THEME);
    named
        .and_then(|name| Theme::by_name(&name))
        .unwrap_or_default()
}

/// The header that keeps a choice. Its value is one of ours.
pub(crate) fn preference(http: &Http, name: &str, value: &'static str) -> HeaderValue {
    let secure = if http.is_https() { "; Secure" } else { "" };
    // Scripts may read it: the manual is made of files and puts the theme on by itself.
    let text = format!("{name}={value}; Path=/; SameSite=Lax; Max-Age={KEPT}{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Two of a name choose nothing.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = cookies::find(headers, name).ok()??;
    Some(value.expose_secret().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(header::HeaderName, &str)]) -> HeaderMap {
        let line = |(name, value): &(header::HeaderName, &str)| {
            (name.clone(), HeaderValue::from_str(value).unwrap())
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn what_was_chosen_comes_before_what_the_browser_asks_for() {
        let german = (header::ACCEPT_LANGUAGE, "fr, de-AT;q=0.9, en;q=0.5");
        let of = |cookies: &'static str| {
            let headers = headers(&[german.clone(), (header::COOKIE, cookies)]);
            (locale(&headers).tag(), theme(&headers))
        };
        assert_eq!(of("lang=ar; theme=dark"), ("ar", Theme::Dark));
        assert_eq!(of("lang=xx; theme=pink"), ("de", Theme::System));
        assert_eq!(of("lang=ar; lang=es"), ("de", Theme::System));
        assert_eq!(locale(&HeaderMap::new()), Locale::English);
    }
}
