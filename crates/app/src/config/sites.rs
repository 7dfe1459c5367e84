//! The apps behind the gate. Not settings with names but a list: what it may
//! hold is declared by `records::sites`, and no other source adds to the files.

use tollgate_records::sites::{Address, Fault, Part, Site};

use super::{
    fault::Origin,
    key::{Effect, Key, Section, Shape, Table},
    meant::Reader,
};

/// The sites, in the order of the files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sites(pub Vec<Site>);

/// How a changed list is told.
const LIST: Key = Key {
    name: "sites",
    doc: &[],
    form: "a list of tables",
    shape: Shape::List,
    choices: &[],
    default: None,
    example: None,
    range: None,
    secret: false,
    effect: Effect::AtOnce,
};

impl Section for Sites {
    const TABLE: Table = Table {
        name: "sites",
        doc: &[
            "Apps behind the gate. Of the rules of a site the first that fits decides;",
            "what no rule fits is refused. Without rules everybody with an account may",
            "enter. A path covers everything below it; allow takes anyone, signed-in,",
            "role:ROLE and user:NAME. A reload is enough.",
            "",
            "[[sites]]",
            "name = \"notes\"",
            "url = \"https://notes.example.org\"",
            "identity_token = false      # true: the app gets a signed Tollgate-Identity",
            "",
            "[[sites.rules]]",
            "path = \"/admin\"",
            "allow = [\"role:admin\"]",
            "",
            "[[sites.rules]]",
            "methods = [\"GET\"]           # left out: all",
            "allow = [\"signed-in\"]",
        ],
        keys: &[],
    };

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let mut sites: Vec<(Site, Origin)> = Vec::new();
        for said in reader.take_sites() {
            let site = match said.draft.configured() {
                Ok(site) => site,
                Err(faults) => {
                    for Fault { part, detail, .. } in faults {
                        let rule = |place: usize| said.rules.get(place).unwrap_or(&said.origin);
                        let (key, origin) = match part {
                            Part::Name => ("sites.name", &said.origin),
                            Part::Url => ("sites.url", &said.url),
                            Part::Rules => ("sites.rules", &said.origin),
                            Part::Rule(place) => ("sites.rules", rule(place)),
                        };
                        let message = detail.trim_end_matches('.').to_owned();
                        reader.blame(key, origin.clone(), message);
                    }
                    continue;
                }
            };
            let own = Address::parse(&reader.address());
            if own.is_ok_and(|own| own.hostname() == site.address.hostname()) {
                let message = "is this server's own host: its sign-in cookie would reach the app. Give the app a host name of its own";
                reader.blame("sites.url", said.url.clone(), message.to_owned());
            }
            let same = |(other, _): &&(Site, Origin)| {
                other.name == site.name || other.address.host() == site.address.host()
            };
            if let Some((_, other)) = sites.iter().find(same) {
                let message = format!("has the name or the host of the site at {other}");
                reader.blame("sites", said.origin.clone(), message);
            }
            sites.push((site, said.origin));
        }
        Some(Self(sites.into_iter().map(|(site, _)| site).collect()))
    }

    fn shown(&self) -> Vec<(&'static Key, String)> {
        Vec::new()
    }

    fn changed(&self, other: &Self) -> Vec<&'static Key> {
        if self == other {
            Vec::new()
        } else {
            vec![&LIST]
        }
    }
}
