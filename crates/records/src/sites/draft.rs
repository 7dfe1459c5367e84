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
            faults
                .into_iter()
                .fold(invalid, |error, fault| match fault {
                    (Part::Name, detail) => error.field("/name", "site", detail),
                    (Part::Url, detail) => error.field("/url", "site", detail),
                    (Part::Rules, detail) => error.field("/rules", "site", detail),
                    (Part::Rule(place), detail) => {
                        error.field("/rules", "site", format!("Rule {}: {detail}", place + 1))
                    }
                })
        })
    }

    /// What it means in the configuration, where the id follows from the name.
    ///
    /// # Errors
    /// Everything that is wrong, and where.
    pub fn configured(&self) -> Result<Site, Vec<(Part, String)>> {
        let mut chance = [0; 16];
        let name = digest(&[b"configured site", self.name.as_bytes()]);
        chance.copy_from_slice(&name[..16]);
        let never = Time::default();
        self.read(SiteId::with_chance(never, chance), never)
    }

    fn read(&self, id: SiteId, now: Time) -> Result<Site, Vec<(Part, String)>> {
        let mut faults = Vec::new();
        let length = self.name.chars().count();
        let clean = self.name.trim() == self.name && !self.name.chars().any(char::is_control);
        if !(1..=Self::NAME_MOST).contains(&length) || !clean {
            let detail = "1 to 64 characters, no space at the ends.";
            faults.push((Part::Name, detail.to_owned()));
        }
        let address = Address::parse(&self.url);
        if let Err(fault) = address {
            faults.push((Part::Url, fault.to_owned()));
        }
        let usual = [RuleDraft::signed_in()];
        let drafts = self.rules.as_deref().unwrap_or(&usual);
        if drafts.len() > Self::RULES_MOST {
            faults.push((Part::Rules, format!("{} rules at most.", Self::RULES_MOST)));
        }
        let mut rules = Vec::new();
        for (place, draft) in drafts.iter().enumerate().take(Self::RULES_MOST) {
            match draft.understood() {
                Ok(rule) => rules.push(rule),
                Err(fault) => faults.push((Part::Rule(place), fault)),
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

    fn understood(&self) -> Result<Rule, String> {
        let quoted = |text: &str, fault: &str| {
            let short: String = text.chars().take(80).collect();
            format!("{short:?}: {fault}")
        };
        let path = RulePath::parse(&self.path).map_err(|fault| quoted(&self.path, fault))?;
        if self.methods.len().max(self.allow.len()) > Draft::LIST_MOST {
            return Err(format!("lists of {} at most.", Draft::LIST_MOST));
        }
        for method in &self.methods {
            let fits = (1..=20).contains(&method.len())
                && method
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte == b'-');
            if !fits {
                return Err(quoted(method, "Not a method such as GET."));
            }
        }
        let who = |text: &String| text.parse::<Who>().map_err(|fault| quoted(text, fault));
        Ok(Rule {
            path,
            methods: self.methods.clone(),
            allow: self.allow.iter().map(who).collect::<Result<_, _>>()?,
        })
    }
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
