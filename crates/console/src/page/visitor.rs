//! Who looks at a page. A page for people who are signed in takes a
//! [`Visitor`]; everybody else is sent to sign in, as every refusal is told.

use axum::{extract::FromRequestParts, http::request::Parts};
use tollgate_base::{
    Kind,
    access::{Principal, Role},
};
use tollgate_flows::{AccountView, account};
use tollgate_web::{Problem, Web, Who};

use super::{Frame, look};
use crate::words::Locale;

/// Somebody who is signed in, and the frame of a page for them.
pub(crate) struct Visitor {
    /// Who asks, for the verbs.
    pub(crate) who: Principal,
    /// Their account.
    pub(crate) account: AccountView,
    /// With their name and language.
    pub(crate) frame: Frame,
}

/// Whoever is signed in, if anybody is: for pages that are for all. A session
/// that has ended is nobody's.
pub(crate) struct Known(pub(crate) Option<Principal>);

/// How the reader is greeted.
pub(crate) struct Me {
    /// Their name, or what they sign in with.
    pub(crate) name: String,
    /// What they sign in with.
    pub(crate) login: String,
    /// What they may see.
    pub(crate) role: Role,
    /// A second factor is wanted before anything else.
    pub(crate) limited: bool,
}

impl FromRequestParts<Web> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let Who(who) = Who::from_request_parts(parts, web).await?;
        let account = account::me(web.ctx(), &who, ()).await?;
        let person = who.person()?;
        let (session, limited) = (Some(person.session), person.limited);
        let mut frame = Frame::new(web, &parts.headers, &parts.uri, session)?;
        let theirs = account.account.profile.locale.as_deref();
        if let Some(locale) = look::chosen(&parts.headers).or_else(|| Locale::by_tag(theirs?)) {
            frame.locale = locale;
        }
        frame.me = Some(Me::of(&account, limited));
        Ok(Self {
            who,
            account,
            frame,
        })
    }
}

impl FromRequestParts<Web> for Known {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        match Who::from_request_parts(parts, web).await {
            Ok(Who(who)) => Ok(Self(Some(who))),
            Err(problem) if problem.kind() == Kind::Stranger => Ok(Self(None)),
            Err(problem) => Err(problem),
        }
    }
}

impl Visitor {
    /// On the page at `path`, after sending one of its forms elsewhere.
    pub(crate) fn at(self, path: &str) -> Self {
        Self {
            frame: self.frame.at(path),
            ..self
        }
    }
}

impl Me {
    fn of(view: &AccountView, limited: bool) -> Self {
        Self {
            name: view.name().to_owned(),
            login: view.login().to_owned(),
            role: view.account.role,
            limited,
        }
    }

    /// Up to two letters for a picture.
    pub(crate) fn initials(&self) -> String {
        initials(&self.name)
    }
}

/// The first letters of up to two words.
pub(crate) fn initials(name: &str) -> String {
    let words = name.split_whitespace().take(2);
    words
        .filter_map(|word| word.chars().next())
        .flat_map(char::to_uppercase)
        .collect()
}
