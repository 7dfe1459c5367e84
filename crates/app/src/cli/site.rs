//! `site`: the apps behind the gate.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tollgate_base::{Error, codes};
use tollgate_flows::{
    Ctx, Draft, Rule, RuleDraft, Site as Registered,
    ctx::Listed,
    sites::{self, CreateSite, TestVisit, Tested},
};

use super::{
    exit::Failure,
    office::{Named, OPERATOR, Office},
    shapes,
    terminal::{Answer, fields, plain, table},
};

#[derive(Subcommand)]
pub(crate) enum Site {
    /// List the sites, those of the configuration among them
    List,
    /// Show a site and its rules
    Show(One),
    /// Register a site
    Add(Add),
    /// Delete a site: whoever asks for it is refused from now on
    Remove(One),
    /// Say which rule decides about a visit, and how
    Test(Test),
}

#[derive(Args)]
pub(crate) struct One {
    /// Id, name or address
    site: String,
}

#[derive(Args)]
pub(crate) struct Add {
    /// What people call it
    name: String,
    /// Its address, such as https://notes.example.org
    url: String,
    /// Who may enter: anyone, signed-in, role:ROLE, user:NAME; signed-in if nothing is said
    #[arg(long, value_name = "WHO", conflicts_with = "rule")]
    allow: Vec<String>,
    /// A rule, in order: '[METHOD,…] PATH WHO,…', such as 'GET /docs anyone'
    #[arg(long, value_name = "RULE", value_parser = rule)]
    rule: Vec<RuleDraft>,
    /// Send it a signed statement of who the visitor is
    #[arg(long)]
    identity_token: bool,
}

#[derive(Args)]
pub(crate) struct Test {
    /// The address that is visited
    url: String,
    /// As whom: id, e-mail address or username; a stranger if nobody is named
    #[arg(long = "as", value_name = "USER", value_parser = Named::parse)]
    user: Option<Named>,
    /// How
    #[arg(long, default_value = "GET")]
    method: String,
}

impl Site {
    pub(crate) async fn run(self, office: &Office) -> Result<Answer, Failure> {
        if matches!(self, Self::Remove(_)) {
            office
                .terminal
                .confirm("Delete this site? Nobody enters it any more.")?;
        }
        office
            .work(async |ctx| match self {
                Self::List => Ok(list(&sites::list(ctx, OPERATOR, ()).await?)),
                Self::Show(one) => Ok(show(&find(ctx, &one.site).await?)),
                Self::Add(add) => {
                    let request = CreateSite {
                        draft: add.draft(),
                        once: None,
                    };
                    Ok(show(&sites::create(ctx, OPERATOR, request).await?))
                }
                Self::Remove(one) => {
                    let id = find(ctx, &one.site).await?.site.id;
                    sites::delete(ctx, OPERATOR, id).await?;
                    let text = format!("{id} is gone.");
                    Ok(Answer::new(json!({ "removed": id.to_string() }), text))
                }
                Self::Test(test) => {
                    let user = match &test.user {
                        Some(named) => Some(named.find(ctx).await?.account.id),
                        None => None,
                    };
                    let request = TestVisit {
                        url: test.url,
                        method: test.method,
                        user,
                    };
                    Ok(tested(&sites::test(ctx, OPERATOR, request).await?))
                }
            })
            .await
    }
}

impl Add {
    fn draft(self) -> Draft {
        let whole = |allow| RuleDraft {
            allow,
            ..RuleDraft::signed_in()
        };
        let rules = match (self.rule.is_empty(), self.allow.is_empty()) {
            (false, _) => Some(self.rule),
            (true, false) => Some(vec![whole(self.allow)]),
            (true, true) => None,
        };
        Draft {
            name: self.name,
            url: self.url,
            identity_token: self.identity_token,
            rules,
        }
    }
}

async fn find(ctx: &Ctx, named: &str) -> Result<Listed, Error> {
    let is_it = |listed: &Listed| {
        let site = &listed.site;
        let names = [
            site.name.as_str(),
            site.address.origin(),
            site.address.host(),
        ];
        names.contains(&named) || site.id.to_string() == named
    };
    let all = sites::list(ctx, OPERATOR, ()).await?;
    let found = all.into_iter().find(is_it);
    found.ok_or_else(|| Error::new(&codes::SITE_MISSING))
}

fn list(all: &[Listed]) -> Answer {
    let row = |listed: &Listed| {
        let site = &listed.site;
        let from = if listed.locked { "configuration" } else { "" };
        [
            site.id.to_string(),
            plain(&site.name),
            site.address.origin().to_owned(),
            site.rules.len().to_string(),
            from.to_owned(),
        ]
    };
    let rows: Vec<[String; 5]> = all.iter().map(row).collect();
    let data: Vec<Value> = all.iter().map(shapes::site).collect();
    let text = table(["ID", "NAME", "URL", "RULES", "FROM"], &rows);
    Answer::new(json!({ "data": data }), text)
}

fn show(listed: &Listed) -> Answer {
    let site = &listed.site;
    let yes = |it: bool| if it { "yes" } else { "no" }.to_owned();
    let about = fields(&[
        ("id", site.id.to_string()),
        ("name", plain(&site.name)),
        ("url", site.address.origin().to_owned()),
        ("identity token", yes(site.identity_token)),
        ("set in the configuration", yes(listed.locked)),
    ]);
    let rules = (1..)
        .zip(&site.rules)
        .map(|(place, rule)| format!("\nrule {place}: {}", words(rule)));
    let text = format!("{about}{}", rules.collect::<String>());
    Answer::new(json!({ "site": shapes::site(listed) }), text)
}

fn tested(tested: &Tested) -> Answer {
    let place = tested.judgement.and_then(|found| found.rule);
    let rule = |site: &Registered| place.and_then(|place| site.rules.get(place).map(words));
    let rule = tested.site.as_ref().and_then(|listed| rule(&listed.site));
    let verdict = tested
        .judgement
        .map_or("refused", |found| found.verdict.as_str());
    let (because, why) = match (tested.judgement, place, rule) {
        (None, ..) => (
            "no-site",
            "no site is registered at this address".to_owned(),
        ),
        (Some(found), Some(place), Some(rule)) if found.certain => {
            ("rule", format!("rule {} decides: {rule}", place + 1))
        }
        (Some(_), Some(place), Some(rule)) => (
            "doubt",
            format!(
                "the address can be read in several ways, and in one of them rule {} decides: {rule}",
                place + 1
            ),
        ),
        _ => ("no-rule", "no rule fits".to_owned()),
    };
    let data = json!({
        "verdict": verdict,
        "because": because,
        "rule": place.map(|place| place + 1),
        "path": tested.path.shown(),
        "suspended": tested.suspended,
        "site": tested.site.as_ref().map(shapes::site),
    });
    let who = if tested.suspended {
        "; the account is suspended, so they are a stranger"
    } else {
        ""
    };
    Answer::new(data, format!("{verdict}: {why}{who}"))
}

fn words(rule: &Rule) -> String {
    plain(&rule.to_string())
}

/// For clap. Whether its parts mean something is for the site to say.
fn rule(text: &str) -> Result<RuleDraft, String> {
    let list = |text: &str| -> Vec<String> {
        let parts = text.split(',').filter(|part| !part.is_empty());
        parts.map(ToOwned::to_owned).collect()
    };
    let parts: Vec<&str> = text.split_whitespace().collect();
    let (methods, path, allow) = match parts[..] {
        [path, allow] => (Vec::new(), path, allow),
        [methods, path, allow] => (list(methods), path, allow),
        _ => {
            return Err(
                "write '[METHOD,…] PATH WHO,…', such as '/docs anyone'; WHO may be nobody"
                    .to_owned(),
            );
        }
    };
    Ok(RuleDraft {
        path: path.to_owned(),
        methods,
        allow: if allow == "nobody" {
            Vec::new()
        } else {
            list(allow)
        },
    })
}
