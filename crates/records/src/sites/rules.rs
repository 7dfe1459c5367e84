//! Who may enter what. Pure: the rules of a site in order, the first that fits
//! decides. A rule that fits for some readers of the request and not for others
//! must allow it too; then the next ones are asked.

use std::{fmt, str::FromStr};

use tollgate_base::{
    Error,
    access::Role,
    identifier::{Email, Identifier, Username},
};

use super::{Path, Rule, Site, Visitor, Who, path::Lies};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Where.
    pub path: &'a Path<'a>,
    /// How.
    pub method: &'a str,
}

/// What the rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Come in.
    Allowed,
    /// A stranger: there are people who may.
    SignIn,
    /// No.
    Refused,
}

/// What the rules say, and which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The answer.
    pub verdict: Verdict,
    /// The place of the rule that decided; none if no rule fits.
    pub rule: Option<usize>,
    /// Whether that rule fits beyond doubt.
    pub certain: bool,
}

impl Verdict {
    /// As it is told: `allowed`, `sign-in` or `refused`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::SignIn => "sign-in",
            Self::Refused => "refused",
        }
    }
}

impl Site {
    /// May they? `visitor` is none for a stranger.
    pub fn judge(&self, request: Request<'_>, visitor: Option<&Visitor>) -> Judgement {
        for (place, rule) in self.rules.iter().enumerate() {
            let fits = rule.fits(request);
            let verdict = match fits {
                Lies::Outside => continue,
                _ => rule.verdict(visitor),
            };
            let certain = fits == Lies::Within;
            if certain || verdict != Verdict::Allowed {
                return Judgement {
                    verdict,
                    rule: Some(place),
                    certain,
                };
            }
        }
        Judgement {
            verdict: Verdict::Refused,
            rule: None,
            certain: true,
        }
    }
}

impl Rule {
    fn fits(&self, request: Request<'_>) -> Lies {
        match (self.takes(request.method), self.path.holds(request.path)) {
            (Lies::Outside, _) | (_, Lies::Outside) => Lies::Outside,
            (Lies::Within, Lies::Within) => Lies::Within,
            _ => Lies::Perhaps,
        }
    }

    /// Methods are told apart by case (RFC 9110); not every app does.
    fn takes(&self, method: &str) -> Lies {
        let get = if method == "HEAD" { "GET" } else { method };
        let named = |name: &str| self.methods.iter().any(|known| known == name);
        let alike = |known: &String| known.eq_ignore_ascii_case(method);
        if self.methods.is_empty() || named(method) || named(get) {
            Lies::Within
        } else if self.methods.iter().any(alike) {
            Lies::Perhaps
        } else {
            Lies::Outside
        }
    }

    /// Whether it lets them in where it fits.
    pub(super) fn allows(&self, visitor: Option<&Visitor>) -> bool {
        self.allow.iter().any(|who| who.is(visitor))
    }

    fn verdict(&self, visitor: Option<&Visitor>) -> Verdict {
        if self.allows(visitor) {
            Verdict::Allowed
        } else if visitor.is_none() && !self.allow.is_empty() {
            Verdict::SignIn
        } else {
            Verdict::Refused
        }
    }
}

/// Such as `GET,POST /admin for role:admin`.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.methods.is_empty() {
            write!(f, "{} ", self.methods.join(","))?;
        }
        let allow: Vec<String> = self.allow.iter().map(Who::shown).collect();
        let allow = if allow.is_empty() {
            "nobody".to_owned()
        } else {
            allow.join(",")
        };
        write!(f, "{} for {allow}", self.path.shown())
    }
}

impl Who {
    fn is(&self, visitor: Option<&Visitor>) -> bool {
        let Some(visitor) = visitor else {
            return *self == Self::Anyone;
        };
        match self {
            Self::Anyone | Self::SignedIn => true,
            Self::Role(role) => visitor.role >= *role,
            Self::User(user) => visitor.user == *user,
            Self::Known(name) => visitor.names.iter().any(|known| known == name.canonical()),
        }
    }

    /// As it is written: `anyone`, `signed-in`, `role:admin`, `user:ann`.
    pub fn shown(&self) -> String {
        match self {
            Self::Anyone => "anyone".to_owned(),
            Self::SignedIn => "signed-in".to_owned(),
            Self::Role(role) => format!("role:{role}"),
            Self::User(user) => format!("user:{user}"),
            Self::Known(name) => format!("user:{}", name.shown()),
        }
    }
}

impl FromStr for Who {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let form = "Not one of anyone, signed-in, role:ROLE, user:NAME.";
        match text.split_once(':') {
            None if text == "anyone" => Ok(Self::Anyone),
            None if text == "signed-in" => Ok(Self::SignedIn),
            Some(("role", role)) => role
                .parse::<Role>()
                .map(Self::Role)
                .map_err(|_| "No such role: there are admin, manager and default."),
            Some(("user", name)) => {
                person(name).map_err(|_| "Not an id, an e-mail address or a username.")
            }
            _ => Err(form),
        }
    }
}

fn person(name: &str) -> Result<Who, Error> {
    if let Ok(id) = name.parse() {
        return Ok(Who::User(id));
    }
    let known = if name.contains('@') {
        Identifier::Email(Email::parse(name)?)
    } else {
        Identifier::Username(Username::parse(name)?)
    };
    Ok(Who::Known(known))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};
    use tollgate_base::{access::Role, entropy::Entropy, id::UserId, time::Time};

    use super::{
        super::{Draft, Reading, RuleDraft},
        *,
    };

    fn rule(path: &str, methods: &[&str], allow: &[&str]) -> RuleDraft {
        let texts = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        RuleDraft {
            path: path.to_owned(),
            methods: texts(methods),
            allow: texts(allow),
        }
    }

    fn site(rules: Vec<RuleDraft>) -> Site {
        let draft = Draft {
            name: "notes".into(),
            url: "https://notes.example.org".into(),
            identity_token: false,
            rules: Some(rules),
        };
        draft.configured().unwrap()
    }

    fn somebody(role: Role, names: &[&str]) -> Visitor {
        Visitor {
            user: UserId::new(Time::from_secs(1), &Entropy).unwrap(),
            role,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    /// The verdict on `METHOD target` and the rule that decided, from 1.
    #[track_caller]
    fn check(site: &Site, visitor: Option<&Visitor>, asked: &str, verdict: Verdict, rule: usize) {
        let (method, target) = asked.split_once(' ').unwrap();
        let path = Path::read(target);
        let found = site.judge(
            Request {
                path: &path,
                method,
            },
            visitor,
        );
        assert_eq!(
            (found.verdict, found.rule.map_or(0, |at| at + 1)),
            (verdict, rule),
            "{asked}"
        );
    }

    use Verdict::{Allowed, Refused, SignIn};

    #[test]
    fn the_first_rule_that_fits_decides() {
        let site = site(vec![
            rule("/public", &[], &["anyone"]),
            rule("/admin", &[], &["role:admin"]),
            rule("/api", &["GET"], &["signed-in"]),
            rule("/closed", &[], &[]),
            rule("/ann", &[], &["user:ann@example.org", "user:ann"]),
        ]);
        let (ann, boss) = (
            somebody(Role::Default, &["ann@example.org"]),
            somebody(Role::Admin, &[]),
        );
        check(&site, None, "GET /public/x", Allowed, 1);
        check(&site, None, "GET /admin", SignIn, 2);
        check(&site, Some(&ann), "GET /admin", Refused, 2);
        check(&site, Some(&boss), "POST /admin/x", Allowed, 2);
        check(&site, Some(&ann), "GET /api", Allowed, 3);
        check(&site, Some(&ann), "HEAD /api", Allowed, 3);
        check(&site, Some(&ann), "POST /api", Refused, 0);
        check(&site, None, "OPTIONS /api", Refused, 0);
        check(&site, None, "GET /closed", Refused, 4);
        check(&site, Some(&boss), "GET /closed", Refused, 4);
        check(&site, Some(&ann), "GET /ann", Allowed, 5);
        check(&site, Some(&boss), "GET /ann", Refused, 5);
        check(&site, Some(&boss), "GET /", Refused, 0);
    }

    /// vuln:98, vuln:103: whatever the app makes of it, no rule may be passed by.
    #[test]
    fn a_doubtful_request_must_please_every_rule() {
        let mixed = site(vec![
            rule("/admin", &[], &["role:admin"]),
            rule("/", &["GET"], &["anyone"]),
            rule("/", &[], &["signed-in"]),
        ]);
        let (ann, boss) = (somebody(Role::Default, &[]), somebody(Role::Admin, &[]));
        for odd in [
            "/x/..;/admin",
            "/%61dmin",
            "//admin",
            "/ADMIN",
            "/Admin/x",
            "/x%2f..%2fadmin",
            "/x\\..\\admin",
            "/admin%20",
            "/x%00",
        ] {
            check(&mixed, None, &format!("GET {odd}"), SignIn, 1);
            check(&mixed, Some(&ann), &format!("GET {odd}"), Refused, 1);
            check(&mixed, Some(&boss), &format!("GET {odd}"), Allowed, 2);
        }
        check(&mixed, None, "get /", SignIn, 3);
        let open = site(vec![rule("/", &[], &["anyone"])]);
        check(&open, None, "GET /a;b/..", Allowed, 1);
        let parts = site(vec![
            rule("/a", &[], &["anyone"]),
            rule("/b", &[], &["anyone"]),
        ]);
        check(&parts, None, "GET /a//b", Allowed, 1);
        check(&parts, None, "GET /a/..//b", Refused, 0);
        check(&parts, None, "GET /a%0a", Refused, 0);
        // No reading of these is below /admin.
        for plain in [
            "/wiki/AC%2FDC",
            "/a%25b",
            "/a%23b",
            "/a;b=1",
            "/a.",
            "/a%7Eb",
        ] {
            check(&mixed, None, &format!("GET {plain}"), Allowed, 2);
        }
    }

    #[test]
    fn a_role_includes_the_higher_ones() {
        let site = site(vec![rule("/", &[], &["role:manager"])]);
        check(
            &site,
            Some(&somebody(Role::Admin, &[])),
            "GET /",
            Allowed,
            1,
        );
        check(
            &site,
            Some(&somebody(Role::Manager, &[])),
            "GET /",
            Allowed,
            1,
        );
        check(
            &site,
            Some(&somebody(Role::Default, &[])),
            "GET /",
            Refused,
            1,
        );
    }

    #[test]
    fn who_is_written_as_it_is_read() {
        for text in [
            "anyone",
            "signed-in",
            "role:admin",
            "user:ann",
            "user:ann@example.org",
            "user:usr_01k3bq7k3vf0q8s6r2c4e5g6h7",
        ] {
            assert_eq!(text.parse::<Who>().unwrap().shown(), text);
        }
        for bad in [
            "",
            "Anyone",
            "role:",
            "role:root",
            "user:",
            "user:a@b@c.org",
            "group:x",
            "signed-in:x",
            "*",
        ] {
            assert!(bad.parse::<Who>().is_err(), "{bad}");
        }
    }

    proptest! {
        /// Whoever is allowed a path that can be read in several ways is
        /// allowed everything that it could mean.
        #[test]
        fn doubt_never_opens_a_door(
            rules in proptest::collection::vec((0..4_usize, 0..3_usize, 0..4_usize), 0..6),
            role in 0..3_usize,
            known in proptest::bool::ANY,
            target in "/([aAb./;\\\\]|%2f|%2e|%25|%61|%5c){0,8}",
        ) {
            let paths = ["/", "/a", "/a/a", "/b"];
            let methods: [&[&str]; 3] = [&[], &["GET"], &["POST"]];
            let allows: [&[&str]; 4] = [&[], &["anyone"], &["signed-in"], &["role:manager"]];
            let rules = rules.iter().map(|(path, method, allow)| rule(paths[*path], methods[*method], allows[*allow]));
            let site = site(rules.collect());
            let visitor = known.then(|| somebody(Role::ALL[role], &[]));
            let allowed = |target: &str| {
                let path = Path::read(target);
                site.judge(Request { path: &path, method: "GET" }, visitor.as_ref()).verdict == Allowed
            };
            if let Path::Several(readings) = Path::read(&target) && allowed(&target) {
                for reading in readings.iter().map(Reading::text).filter(|reading| Path::read(reading).shown().is_some()) {
                    prop_assert!(allowed(reading), "{target} but not {reading}");
                }
            }
        }
    }
}
