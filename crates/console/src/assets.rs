//! The few files that pages load: style, one script and the mark, embedded.
//! Their addresses carry a hash of the content, so that browsers may keep them
//! for good and never mix two versions.
//!
//! On an app's own host `/static/` is the app's: pages there load the same
//! files from below `/.tollgate/`.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::LazyLock,
};

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use tollgate_base::{Error, codes};
use tollgate_web::Problem;

/// For an address with the hash of what is there.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// For one with another hash: a node of another version made the page.
const FOR_NOW: &str = "public, max-age=60";

/// Where a page is that loads them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    /// On our host.
    Ours,
    /// Below `/.tollgate/`, which may be on an app's host.
    Site,
}

/// A file by what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asset {
    Style,
    Script,
    Mark,
}

struct File {
    asset: Asset,
    stem: &'static str,
    extension: &'static str,
    media_type: &'static str,
    content: &'static str,
}

const FILES: [File; 3] = [
    File {
        asset: Asset::Style,
        stem: "pages",
        extension: "css",
        media_type: "text/css; charset=utf-8",
        content: concat!(
            include_str!("../static/css/colours.css"),
            include_str!("../static/css/ground.css"),
            include_str!("../static/css/forms.css"),
            include_str!("../static/css/parts.css"),
            include_str!("../static/css/tables.css"),
            include_str!("../static/css/layouts.css"),
        ),
    },
    File {
        asset: Asset::Script,
        stem: "pages",
        extension: "js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("../static/pages.js"),
    },
    File {
        asset: Asset::Mark,
        stem: "mark",
        extension: "svg",
        media_type: "image/svg+xml",
        content: include_str!("../static/mark.svg"),
    },
];

/// Where each is: its address on our host, and on an app's.
static ADDRESSES: LazyLock<[[String; 2]; FILES.len()]> = LazyLock::new(|| {
    FILES.each_ref().map(|file| {
        let name = file.name();
        [
            format!("/static/{name}"),
            format!("/.tollgate/static/{name}"),
        ]
    })
});

impl Ground {
    /// Where the page at `path` is.
    pub(crate) fn of(path: &str) -> Self {
        if path.starts_with("/.tollgate/") {
            Self::Site
        } else {
            Self::Ours
        }
    }
}

impl Asset {
    /// Its address for a page.
    pub(crate) fn address(self, ground: Ground) -> &'static str {
        let place = FILES.iter().position(|file| file.asset == self);
        let addresses = place.map(|place| &ADDRESSES[place]);
        addresses.map_or("", |[ours, site]| match ground {
            Ground::Ours => ours,
            Ground::Site => site,
        })
    }
}

impl File {
    /// The same on every node of a version: the hash has no key of its own.
    fn name(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.content.hash(&mut hasher);
        format!("{}.{:016x}.{}", self.stem, hasher.finish(), self.extension)
    }

    /// Whether a name is this file's, of whatever version.
    fn is_meant(&self, name: &str) -> bool {
        let hash = name
            .strip_prefix(self.stem)
            .and_then(|rest| rest.strip_suffix(self.extension));
        hash.is_some_and(|hash| hash.len() == 18 && hash.starts_with('.') && hash.ends_with('.'))
    }
}

pub(crate) async fn serve(Path(name): Path<String>) -> Result<Response, Problem> {
    let file = FILES.iter().find(|file| file.is_meant(&name));
    let file = file.ok_or_else(|| Error::new(&codes::ROUTE_MISSING))?;
    let cache = if name == file.name() {
        FOR_GOOD
    } else {
        FOR_NOW
    };
    let headers = [
        (header::CONTENT_TYPE, file.media_type),
        (header::CACHE_CONTROL, cache),
    ];
    Ok((headers, file.content).into_response())
}

#[cfg(test)]
mod tests {
    use axum::{extract::Path, http::header};

    use super::{Asset, FILES, FOR_GOOD, FOR_NOW, Ground, serve};

    #[tokio::test]
    async fn what_pages_load_is_kept_for_good_and_never_mixed_up() {
        for file in &FILES {
            let address = file.asset.address(Ground::Ours);
            let name = address.strip_prefix("/static/").unwrap();
            let on_site = file.asset.address(Ground::Site);
            assert_eq!(on_site, format!("/.tollgate{address}"));
            let cached = async |name: String| {
                let answer = serve(Path(name)).await.unwrap();
                answer.headers()[header::CACHE_CONTROL].clone()
            };
            assert_eq!(cached(name.to_owned()).await, FOR_GOOD);
            let other = format!("{}.{}.{}", file.stem, "0".repeat(16), file.extension);
            assert_eq!(cached(other).await, FOR_NOW);
            assert!(serve(Path(format!("{name}x"))).await.is_err());
        }
        let address = |asset: Asset| asset.address(Ground::Ours);
        assert_ne!(address(Asset::Style), address(Asset::Script));
    }

    /// What the sign-in page loads stays small.
    #[test]
    fn it_is_little() {
        let size = |wanted| {
            FILES
                .iter()
                .find(|file| file.asset == wanted)
                .unwrap()
                .content
                .len()
        };
        assert!(size(Asset::Script) < 12_000, "{}", size(Asset::Script));
        assert!(size(Asset::Style) + size(Asset::Script) + size(Asset::Mark) < 50_000);
    }
}
