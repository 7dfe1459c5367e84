//! The form of a site, for a new one and for one that is to change. Rules are
//! added, moved and taken away in the form alone: nothing is in force before it
//! is saved, and then all of it at once.

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use tollgate_base::{Error, codes, error::FieldFault, id::SiteId};
use tollgate_flows::{
    Draft, Part, Rule, RuleDraft, Site, Who,
    ctx::Listed,
    sites::{self, CreateSite, EditSite},
};
use tollgate_web::{Problem, Web, input::Id};

use super::{ALL, at};
use crate::page::{Done, Frame, HasToken, Refusal, Submitted, Visitor, go};

/// Everything that is typed. Of each rule the fields have its place in their
/// names, from 0.
#[derive(Deserialize)]
pub(crate) struct Form {
    form_token: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    identity_token: Option<String>,
    #[serde(default)]
    version: String,
    /// The button.
    #[serde(default, rename = "do")]
    button: String,
    #[serde(flatten)]
    rules: BTreeMap<String, String>,
}

#[derive(Template)]
#[template(path = "site_editor.html")]
struct Page<'a> {
    frame: &'a Frame,
    refusal: Refusal,
    /// Where the form goes, and where one goes without it.
    action: String,
    back: String,
    /// The site, if there is one already.
    site: Option<&'a Site>,
    typed: Typed,
    version: String,
    /// Whether the form differs from what is stored.
    unsaved: bool,
    /// Whether what is stored differs from what was read.
    overtaken: bool,
}

/// A site as it stands in the form.
#[derive(Clone)]
struct Typed {
    name: String,
    url: String,
    identity_token: bool,
    rules: Vec<TypedRule>,
}

/// A rule as it stands in the form.
#[derive(Clone)]
struct TypedRule {
    path: String,
    methods: String,
    /// Whom it allows but for single people, as rules write it.
    who: String,
    /// Single people.
    people: String,
}

/// The fields of a rule.
struct RuleFields<'a> {
    number: usize,
    place: usize,
    /// The places around it.
    above: Option<usize>,
    below: Option<usize>,
    rule: &'a TypedRule,
    /// Of path, methods, whom and people.
    names: [String; 4],
}

/// What a button asks for.
enum Wish {
    Save,
    Add,
    Up(usize),
    Down(usize),
    Remove(usize),
}

/// Whom to allow, as rules write it, and the key of the words.
const WHO: [(&str, &str); 5] = [
    ("signed-in", "who-signed-in"),
    ("role:admin", "who-admins"),
    ("role:manager", "who-managers"),
    ("anyone", "who-anyone"),
    ("", "who-only-people"),
];

impl HasToken for Form {
    fn form_token(&self) -> &str {
        &self.form_token
    }
}

impl Form {
    fn wish(&self) -> Wish {
        let place = |text: &str| text.parse().ok();
        let told = self.button.split_once('-');
        let wish = match (self.button.as_str(), told) {
            ("add", _) => Some(Wish::Add),
            (_, Some(("up", at))) => place(at).map(Wish::Up),
            (_, Some(("down", at))) => place(at).map(Wish::Down),
            (_, Some(("remove", at))) => place(at).map(Wish::Remove),
            _ => None,
        };
        wish.unwrap_or(Wish::Save)
    }

    fn typed(&self) -> Typed {
        let field = |name: &str, place: usize| self.rules.get(&format!("{name}-{place}")).cloned();
        let mut rules = Vec::new();
        while let Some(path) = field("path", rules.len()) {
            let other = |name| field(name, rules.len()).unwrap_or_default();
            rules.push(TypedRule {
                path,
                methods: other("methods"),
                who: other("who"),
                people: other("people"),
            });
        }
        Typed {
            name: self.name.clone(),
            url: self.url.clone(),
            identity_token: self.identity_token.is_some(),
            rules,
        }
    }
}

impl Typed {
    /// What is proposed for a new site.
    fn fresh() -> Self {
        Self {
            name: String::new(),
            url: String::new(),
            identity_token: false,
            rules: vec![TypedRule::fresh()],
        }
    }

    fn of(site: &Site) -> Self {
        Self {
            name: site.name.clone(),
            url: site.address.origin().to_owned(),
            identity_token: site.identity_token,
            rules: site.rules.iter().map(TypedRule::of).collect(),
        }
    }

    /// Do what a button asks for, as far as it makes sense.
    fn grant(&mut self, wish: &Wish) {
        let rules = &mut self.rules;
        match *wish {
            Wish::Add if rules.len() < Draft::RULES_MOST => rules.push(TypedRule::fresh()),
            Wish::Up(place) if 0 < place && place < rules.len() => rules.swap(place, place - 1),
            Wish::Down(place) if place + 1 < rules.len() => rules.swap(place, place + 1),
            Wish::Remove(place) if place < rules.len() => {
                rules.remove(place);
            }
            _ => {}
        }
    }

    fn draft(&self) -> Draft {
        Draft {
            name: self.name.trim().to_owned(),
            url: self.url.trim().to_owned(),
            identity_token: self.identity_token,
            rules: Some(self.rules.iter().map(TypedRule::draft).collect()),
        }
    }
}

impl TypedRule {
    /// Everything, for everybody with an account.
    fn fresh() -> Self {
        let usual = RuleDraft::signed_in();
        Self {
            path: usual.path,
            methods: String::new(),
            who: usual.allow.join(","),
            people: String::new(),
        }
    }

    fn of(rule: &Rule) -> Self {
        let shown = rule.allow.iter().map(Who::shown);
        let (people, who): (Vec<String>, Vec<String>) =
            shown.partition(|who| who.starts_with("user:"));
        let names = people.iter().map(|who| who.trim_start_matches("user:"));
        Self {
            path: rule.path.shown().to_owned(),
            methods: rule.methods.join(", "),
            who: who.join(","),
            people: names.collect::<Vec<_>>().join(", "),
        }
    }

    fn draft(&self) -> RuleDraft {
        let people = parts(&self.people).map(|name| format!("user:{name}"));
        RuleDraft {
            path: self.path.trim().to_owned(),
            methods: parts(&self.methods).map(str::to_uppercase).collect(),
            allow: parts(&self.who)
                .map(ToOwned::to_owned)
                .chain(people)
                .collect(),
        }
    }

    /// Whom to choose from. What was written in another way stays as it is.
    fn choices(&self, frame: &Frame) -> Vec<(String, String)> {
        let named = |(value, key): &(&'static str, &'static str)| {
            ((*value).to_owned(), frame.t(key).to_string())
        };
        let mut all: Vec<_> = WHO.iter().map(named).collect();
        if all.iter().all(|(value, _)| *value != self.who) {
            all.push((self.who.clone(), self.who.replace(',', ", ")));
        }
        all
    }
}

impl Page<'_> {
    fn title(&self) -> String {
        match self.site {
            Some(site) => {
                let title = self.frame.t("site-edit-title");
                title.with("name", site.name.as_str()).to_string()
            }
            None => self.frame.t("site-new").to_string(),
        }
    }

    fn rows(&self) -> Vec<RuleFields<'_>> {
        let last = self.typed.rules.len().saturating_sub(1);
        let row = |(place, rule)| RuleFields {
            number: place + 1,
            place,
            above: place.checked_sub(1),
            below: (place < last).then_some(place + 1),
            rule,
            names: ["path", "methods", "who", "people"].map(|name| format!("{name}-{place}")),
        };
        self.typed.rules.iter().enumerate().map(row).collect()
    }

    fn is_full(&self) -> bool {
        self.typed.rules.len() >= Draft::RULES_MOST
    }
}

/// What stands between commas or spaces.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|letter: char| letter == ',' || letter.is_whitespace());
    parts.filter(|part| !part.is_empty())
}

/// An empty form, for who may send it.
pub(crate) async fn new(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    sites::list(web.ctx(), &visitor.who, ()).await?;
    let page = blank(&visitor, Typed::fresh());
    visitor.frame.send(StatusCode::OK, &page)
}

fn blank(visitor: &Visitor, typed: Typed) -> Page<'_> {
    Page {
        frame: &visitor.frame,
        refusal: Refusal::default(),
        action: format!("{ALL}/new"),
        back: ALL.to_owned(),
        site: None,
        typed,
        version: String::new(),
        unsaved: false,
        overtaken: false,
    }
}

pub(crate) async fn create(
    State(web): State<Web>,
    visitor: Visitor,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let (frame, wish) = (&visitor.frame, form.wish());
    let mut typed = form.typed();
    if !matches!(wish, Wish::Save) {
        sites::list(web.ctx(), &visitor.who, ()).await?;
        typed.grant(&wish);
        return frame.send(StatusCode::OK, &blank(&visitor, typed));
    }
    let draft = typed.draft();
    let request = CreateSite {
        draft: draft.clone(),
        once: None,
    };
    match sites::create(web.ctx(), &visitor.who, request).await {
        Ok(made) => Ok(go(&Done::at(&at(made.site.id), "site-added"))),
        Err(fault) => {
            let page = Page {
                refusal: refusal(&fault, &draft, frame),
                ..blank(&visitor, typed)
            };
            frame.send_refusal(&fault, &page)
        }
    }
}

/// The form with what is stored.
pub(crate) async fn edit(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<SiteId>,
) -> Result<Response, Problem> {
    let listed = stored(&web, &visitor, id).await?;
    let page = filled(&visitor, &listed, Typed::of(&listed.site));
    visitor.frame.send(StatusCode::OK, &page)
}

fn filled<'a>(visitor: &'a Visitor, listed: &'a Listed, typed: Typed) -> Page<'a> {
    let site = &listed.site;
    Page {
        action: format!("{}/edit", at(site.id)),
        back: at(site.id),
        site: Some(site),
        version: site.version.to_string(),
        ..blank(visitor, typed)
    }
}

/// A site that may be changed here.
async fn stored(web: &Web, visitor: &Visitor, id: SiteId) -> Result<Listed, Problem> {
    let listed = sites::show(web.ctx(), &visitor.who, id).await?;
    if listed.locked {
        return Err(Error::new(&codes::SITE_LOCKED).into());
    }
    Ok(listed)
}

pub(crate) async fn save(
    State(web): State<Web>,
    visitor: Visitor,
    Id(id): Id<SiteId>,
    Submitted(form): Submitted<Form>,
) -> Result<Response, Problem> {
    let (frame, wish) = (&visitor.frame, form.wish());
    let mut typed = form.typed();
    let listed = stored(&web, &visitor, id).await?;
    if !matches!(wish, Wish::Save) {
        typed.grant(&wish);
        let page = Page {
            unsaved: true,
            version: form.version,
            ..filled(&visitor, &listed, typed)
        };
        return frame.send(StatusCode::OK, &page);
    }
    let draft = typed.draft();
    let request = EditSite {
        id,
        draft: draft.clone(),
        // What is no version is nobody's.
        if_version: Some(form.version.parse().unwrap_or_default()),
    };
    match sites::edit(web.ctx(), &visitor.who, request).await {
        Ok(_) => Ok(go(&Done::at(&at(id), "saved"))),
        Err(fault) => {
            // Saving once more replaces what the other one saved.
            let overtaken = fault.code().name == codes::VERSION_MISMATCH.name;
            let listed = stored(&web, &visitor, id).await?;
            let version = if overtaken {
                listed.site.version.to_string()
            } else {
                form.version
            };
            let page = Page {
                refusal: refusal(&fault, &draft, frame),
                unsaved: true,
                overtaken,
                version,
                ..filled(&visitor, &listed, typed)
            };
            frame.send_refusal(&fault, &page)
        }
    }
}

/// What is told, the faults of rules beside their fields.
fn refusal(fault: &Error, draft: &Draft, frame: &Frame) -> Refusal {
    let mut refusal = Refusal::of(fault, frame.locale);
    if fault.code().name != codes::REQUEST_INVALID.name {
        return refusal;
    }
    let faults = draft.faults();
    if faults.iter().all(|fault| fault.part != Part::Rules) {
        refusal = refusal.without("rules");
    }
    for fault in faults {
        if let Part::Rule(place) = fault.part {
            let field = match fault.rule {
                "site_path" => "path",
                "site_methods" => "methods",
                _ => "people",
            };
            let told = FieldFault {
                pointer: "/rules".into(),
                rule: fault.rule,
                detail: fault.detail.into(),
            };
            refusal = refusal.with(format!("{field}-{place}"), frame.locale.fault(&told));
        }
    }
    refusal
}
