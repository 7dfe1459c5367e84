//! A site as somebody writes it, in a file, a request or a command, before it
//! is understood. Understood once; all that is wrong is told at once.

use tollgate_base::{Error, Result, codes, id::SiteId, time::Time};
use tollgate_crypto::mac::digest;

use super::{Address, Rule, RulePath, Site, Who};

/// A site as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// Whether it is sent a signed statement of who the visitor is.
    pub identity_token: bool,
    /// Its rules; without any said, everybody with an account may enter.
    pub rules: Option<Vec<RuleDraft>>,
}

/// A part of a draft, to say what is wrong with which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The name.
    Name,
    /// The address.
    Url,
    /// The rules as a whole.
    Rules,
    /// The rule at that place, from 0.
    Rule(usize),
}

/// Something that is wrong with a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub part: Part,
    /// A stable word for programs, such as `site_path`.
    pub rule: &'static str,
    /// A sentence for people.
    pub detail: String,
}

/// A rule as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleDraft {
    /// Such as `/admin`.
    pub path: String,
    /// Such as `GET`.
    pub methods: Vec<String>,
    /// Such as `role:admin`.
    pub allow: Vec<String>,
}

impl Draft {
    /// Most characters of a name.
    pub const NAME_MOST: usize = 64;
    /// Most rules of a site.
    pub const RULES_MOST: usize = 100;
    /// Most methods, and most who are allowed, of a rule.
    pub const LIST_MOST: usize = 100;

    /// What it means, as a site of that id.
    ///
    /// # Errors
    /// `request.invalid` with every field that is wrong.
    pub fn understood(&self, id: SiteId, now: Time) -> Result<Site> {
        self.read(id, now).map_err(|faults| {
            let invalid = Error::new(&codes::REQUEST_INVALID);
            faults.into_iter().fold(invalid, |error, fault| {
                let Fault { part, rule, detail } = fault;
                match part {
                    Part::Name => error.field("/name", rule, detail),
                    Part::Url => error.field("/url", rule, detail),
                    Part::Rules => error.field("/rules", rule, detail),
                    Part::Rule(place) => {
                        error.field("/rules", rule, format!("Rule {}: {detail}", place + 1))
                    }
                }
            })
        })
    }

    /// All that is wrong with it, each with its place.
    pub fn faults(&self) -> Vec<Fault> {
        let never = Time::default();
        self.read(SiteId::from_bits(0), never)
            .err()
            .unwrap_or_default()
    }

    /// What it means in the configuration, where the id follows from the name.
    ///
    /// # Errors
    /// Everything that is wrong, and where.
    pub fn configured(&self) -> Result<Site, Vec<Fault>> {
        let mut chance = [0; 16];
        let name = digest(&[b"configured site", self.name.as_bytes()]);
        chance.copy_from_slice(&name[..16]);
        let never = Time::default();
        self.read(SiteId::with_chance(never, chance), never)
    }

    fn read(&self, id: SiteId, now: Time) -> Result<Site, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut wrong = |part, rule, detail: String| faults.push(Fault { part, rule, detail });
        let length = self.name.chars().count();
        let clean = self.name.trim() == self.name && !self.name.chars().any(char::is_control);
        if !(1..=Self::NAME_MOST).contains(&length) || !clean {
            let detail = "1 to 64 characters, no space at the ends.";
            wrong(Part::Name, "site_name", detail.to_owned());
        }
        let address = Address::parse(&self.url);
        if let Err(fault) = address {
            wrong(Part::Url, "site_url", fault.to_owned());
        }
        let usual = [RuleDraft::signed_in()];
        let drafts = self.rules.as_deref().unwrap_or(&usual);
        if drafts.len() > Self::RULES_MOST {
            let detail = format!("{} rules at most.", Self::RULES_MOST);
            wrong(Part::Rules, "site_rules", detail);
        }
        let mut rules = Vec::new();
        for (place, draft) in drafts.iter().enumerate().take(Self::RULES_MOST) {
            match draft.understood() {
                Ok(rule) => rules.push(rule),
                Err(all) => {
                    for (rule, detail) in all {
                        wrong(Part::Rule(place), rule, detail);
                    }
                }
            }
        }
        match address {
            Ok(address) if faults.is_empty() => Ok(Site {
                id,
                name: self.name.clone(),
                address,
                identity_token: self.identity_token,
                rules,
                created_at: now,
                updated_at: now,
                version: 1,
            }),
            _ => Err(faults),
        }
    }
}

impl RuleDraft {
    /// Everything, for everybody with an account.
    pub fn signed_in() -> Self {
        Self {
            path: "/".into(),
            methods: Vec::new(),
            allow: vec!["signed-in".into()],
        }
    }

    /// What it means, or one fault for each field that is wrong.
    fn understood(&self) -> Result<Rule, Vec<(&'static str, String)>> {
        let quoted = |text: &str, fault: &str| {
            let short: String = text.chars().take(80).collect();
            format!("{short:?}: {fault}")
        };
        let bound = |list: &[String]| {
            let most = Draft::LIST_MOST;
            let fits = list.len() <= most;
            fits.then_some(())
                .ok_or(format!("lists of {most} at most."))
        };
        let path = RulePath::parse(&self.path).map_err(|fault| quoted(&self.path, fault));
        let methods = bound(&self.methods).and_then(|()| {
            let odd = self.methods.iter().find(|method| !is_method(method));
            odd.map_or(Ok(()), |odd| Err(quoted(odd, "Not a method such as GET.")))
        });
        let who = |text: &String| text.parse::<Who>().map_err(|fault| quoted(text, fault));
        let allow = bound(&self.allow).and_then(|()| self.allow.iter().map(who).collect());
        match (path, methods, allow) {
            (Ok(path), Ok(()), Ok(allow)) => Ok(Rule {
                path,
                methods: self.methods.clone(),
                allow,
            }),
            (path, methods, allow) => {
                let faults = [
                    path.err().map(|fault| ("site_path", fault)),
                    methods.err().map(|fault| ("site_methods", fault)),
                    allow.err().map(|fault| ("site_allow", fault)),
                ];
                Err(faults.into_iter().flatten().collect())
            }
        }
    }
}

/// Whether a method is written as rules name them.
pub fn is_method(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte == b'-';
    (1..=20).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let rule = |path: &str, method: &str, who: &str| RuleDraft {
            path: path.into(),
            methods: vec![method.into()],
            allow: vec![who.into()],
        };
        let draft = Draft {
            name: " notes".into(),
            url: "notes".into(),
            identity_token: false,
            rules: Some(vec![
                rule("/", "GET", "anyone"),
                rule("x", "GET", "anyone"),
                rule("/", "get", "anyone"),
                rule("/", "GET", "all"),
            ]),
        };
        let refused = draft
            .understood(SiteId::from_bits(1), Time::default())
            .unwrap_err();
        let told: Vec<_> = refused
            .fields()
            .iter()
            .map(|fault| {
                (
                    &*fault.pointer,
                    fault
                        .detail
                        .split(' ')
                        .take(2)
                        .collect::<Vec<_>>()
                        .join(" "),
                )
            })
            .collect();
        let told: Vec<_> = told
            .iter()
            .map(|(pointer, words)| (*pointer, words.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("/name", "1 to"),
                ("/url", "Not a"),
                ("/rules", "Rule 2:"),
                ("/rules", "Rule 3:"),
                ("/rules", "Rule 4:")
            ]
        );
    }

    #[test]
    fn a_site_without_rules_is_for_people_with_an_account() {
        let draft = |rules| Draft {
            name: "notes".into(),
            url: "https://notes.example.org".into(),
            identity_token: false,
            rules,
        };
        let rules = |it: Draft| it.configured().unwrap().rules;
        assert_eq!(rules(draft(None))[0].allow, [Who::SignedIn]);
        assert!(rules(draft(Some(Vec::new()))).is_empty());
    }
}
