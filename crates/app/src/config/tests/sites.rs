//! The list of sites, gathered from all files, and what is told of its faults.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Desk;
use crate::config::{
    init_text, reloadable,
    said::sites::{RULE, SITE},
    schema,
};

#[track_caller]
fn sites(desk: &Desk) -> Vec<(String, String, usize)> {
    let loaded = desk.load().unwrap_or_else(|faults| panic!("{faults:?}"));
    let told = loaded.config.sites.0.iter();
    told.map(|site| {
        (
            site.name.clone(),
            site.address.origin().to_owned(),
            site.rules.len(),
        )
    })
    .collect()
}

#[test]
fn every_file_adds_to_the_sites() {
    let main = "
        [[sites]]
        name = 'notes'
        url = 'https://Notes.example.org/'
        [[sites.rules]]
        path = '/admin'
        methods = ['GET']
        allow = ['role:admin']
        [[sites.rules]]
        allow = []
        [log]
        level = 'info'
    ";
    let piece =
        "sites = [{ name = 'wiki', url = 'https://wiki.example.org', identity_token = true }]";
    let desk = Desk::new()
        .file("tollgate.toml", main)
        .file("conf.d/wiki.toml", piece);
    let site = |name: &str, url: &str, rules| (name.to_owned(), url.to_owned(), rules);
    assert_eq!(
        sites(&desk),
        [
            site("notes", "https://notes.example.org", 2),
            site("wiki", "https://wiki.example.org", 1),
        ]
    );
    let (with, without) = (desk.load().unwrap(), Desk::new().load().unwrap());
    assert!(with.config.sites.0[1].identity_token);
    let changes = reloadable(&without.config, &with.config);
    assert_eq!(changes.applied, ["sites"]);
}

#[test]
fn editors_are_told_what_a_site_may_say() {
    let schema = schema();
    let site = schema.pointer("/properties/sites/items").unwrap();
    let rule = site.pointer("/properties/rules/items").unwrap();
    let names = |of: &Value| -> BTreeSet<String> {
        of["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    };
    assert_eq!(names(site), SITE.map(str::to_owned).into());
    assert_eq!(names(rule), RULE.map(str::to_owned).into());
    assert_eq!(
        (&site["additionalProperties"], &rule["additionalProperties"]),
        (&json!(false), &json!(false))
    );
    let (whole, whole_rule) = (
        [
            ("name", "'notes'"),
            ("url", "'https://notes.example.org'"),
            ("identity_token", "true"),
        ],
        [
            ("path", "'/'"),
            ("methods", "['GET']"),
            ("allow", "['signed-in']"),
        ],
    );
    let loads = |left_out: &str| {
        let lines = |of: &[(&str, &str)]| {
            let kept = of.iter().filter(|(name, _)| *name != left_out);
            let lines: Vec<String> = kept
                .map(|(name, value)| format!("{name} = {value}"))
                .collect();
            lines.join("\n")
        };
        let file = format!(
            "[[sites]]\n{}\n[[sites.rules]]\n{}",
            lines(&whole),
            lines(&whole_rule)
        );
        Desk::new().file("tollgate.toml", file).load().is_ok()
    };
    assert!(loads("nothing"));
    for (of, schema) in [(&whole, site), (&whole_rule, rule)] {
        for (name, _) in of {
            let required = schema["required"]
                .as_array()
                .unwrap()
                .contains(&json!(name));
            assert_eq!(loads(name), !required, "{name}");
        }
    }
}

#[test]
fn every_fault_of_a_site_is_told_with_its_line() {
    let file = "
[[sites]]
name = 'notes'
url = 'notes.example.org'
colour = 'red'
[[sites.rules]]
path = '/a/../b'
allow = ['anyone']
[[sites.rules]]
alow = ['anyone']
[[sites]]
url = 7
identity_token = 'yes'
[[sites]]
name = 'own'
url = 'http://localhost:9000'
[[sites]]
name = 'one'
url = 'https://one.example.org'
[[sites.rules]]
allow = ['everybody']
[[sites]]
name = 'two'
url = 'https://two.example.org'
[[sites]]
name = 'three'
url = 'https://TWO.example.org:443'
[[sites.rules]]
methods = 'GET'
allow = ['anyone', 1]
";
    let faults = Desk::new().file("tollgate.toml", file).faults();
    let told: Vec<&str> = faults.lines().collect();
    let expected = [
        "tollgate.toml:4: sites.url: Not a web address",
        "tollgate.toml:5: `sites.colour` is not a setting",
        "tollgate.toml:6: sites.rules: \"/a/../b\": A path that can be read in one way only",
        "tollgate.toml:9: sites.rules: does not say whom to allow",
        "tollgate.toml:10: `sites.rules.alow` is not a setting. Did you mean `sites.rules.allow`?",
        "tollgate.toml:11: sites: has no name",
        "tollgate.toml:12: sites.url: is not a text in quotes",
        "tollgate.toml:13: sites.identity_token: is neither true nor false",
        "tollgate.toml:16: sites.url: is this server's own host",
        "tollgate.toml:20: sites.rules: \"everybody\": Not one of anyone, signed-in, role:ROLE, user:NAME",
        "tollgate.toml:25: sites: has the name or the host of the site at tollgate.toml:22",
        "tollgate.toml:29: sites.rules.methods: is not a list of texts",
        "tollgate.toml:30: sites.rules.allow: is not a list of texts",
    ];
    assert_eq!(told.len(), expected.len(), "{faults}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "{told}\n{expected}");
    }
}

#[test]
fn what_is_no_list_of_sites_is_a_fault() {
    for bad in [
        "sites = 1",
        "[sites]\nname = 'x'",
        "sites = ['x']",
        "sites = [1]",
    ] {
        let faults = Desk::new().file("tollgate.toml", bad).faults();
        assert_eq!(
            faults,
            "tollgate.toml:1: sites: is not a list of tables: write [[sites]]."
        );
    }
    assert!(sites(&Desk::new().file("tollgate.toml", "sites = []")).is_empty());
}

/// The example in the file of all settings is one.
#[test]
fn the_example_is_a_site() {
    let text = init_text();
    let example = text.split_once("# [[sites]]").unwrap().1;
    let lines = example.lines().map(|line| line.trim_start_matches("# "));
    let file = format!("[[sites]]{}", lines.collect::<Vec<_>>().join("\n"));
    assert_eq!(sites(&Desk::new().file("tollgate.toml", file))[0].2, 2);
}
