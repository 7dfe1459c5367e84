//! What the rules of a site come to as a whole: which of them can never decide,
//! by which somebody gets in somewhere, and where everybody is let in beside
//! what is for administrators. Pure.

use tollgate_base::access::Role;

use super::{Rule, Site, Visitor, Who};

impl Site {
    /// The places of the rules that decide nothing, as an earlier one fits wherever
    /// they do.
    pub fn idle_rules(&self) -> Vec<usize> {
        let idle = |place: &usize| {
            let (before, rest) = self.rules.split_at(*place);
            rest.first()
                .is_some_and(|rule| before.iter().any(|earlier| earlier.covers(rule)))
        };
        (0..self.rules.len()).filter(idle).collect()
    }

    /// The places of the rules by which somebody gets in.
    pub fn entries(&self, visitor: &Visitor) -> Vec<usize> {
        let idle = self.idle_rules();
        let lets_in = |place: &usize| {
            let rule = self.rules.get(*place);
            let allows = rule.is_some_and(|rule| rule.allows(Some(visitor)));
            allows && !idle.contains(place)
        };
        (0..self.rules.len()).filter(lets_in).collect()
    }

    /// Whether strangers are let in to a part that holds what is for administrators:
    /// the order of the rules is then all that keeps them apart.
    pub fn is_open_around_admins(&self) -> bool {
        let for_admins = |rule: &&Rule| rule.allow.contains(&Who::Role(Role::Admin));
        let open = |rule: &Rule| rule.allow.contains(&Who::Anyone);
        let mut guarded = self.rules.iter().filter(for_admins);
        guarded.any(|inner| {
            let around = |outer: &Rule| open(outer) && outer.path.covers(&inner.path);
            self.rules.iter().any(around)
        })
    }
}

impl Rule {
    /// Whether it fits wherever the other one does.
    fn covers(&self, other: &Self) -> bool {
        let takes = |method: &String| {
            let known = |name: &str| self.methods.iter().any(|own| own == name);
            known(method) || (method == "HEAD" && known("GET"))
        };
        let methods = self.methods.is_empty()
            || (!other.methods.is_empty() && other.methods.iter().all(takes));
        methods && self.path.covers(&other.path)
    }
}

#[cfg(test)]
mod tests {
    use tollgate_base::{entropy::Entropy, id::UserId, time::Time};

    use super::{
        super::{Draft, RuleDraft},
        *,
    };

    fn site(rules: &[(&str, &[&str], &str)]) -> Site {
        let rule = |(path, methods, who): &(&str, &[&str], &str)| RuleDraft {
            path: (*path).to_owned(),
            methods: methods.iter().map(|method| (*method).to_owned()).collect(),
            allow: vec![(*who).to_owned()],
        };
        let draft = Draft {
            name: "notes".into(),
            url: "https://notes.example.org".into(),
            identity_token: false,
            rules: Some(rules.iter().map(rule).collect()),
        };
        draft.configured().unwrap()
    }

    #[test]
    fn a_rule_behind_a_wider_one_is_idle() {
        let it = site(&[
            ("/", &["GET"], "signed-in"),
            ("/admin", &[], "role:admin"),
            ("/admin/x", &["POST"], "anyone"),
            ("/notes", &["HEAD"], "anyone"),
            ("/administer", &["POST"], "anyone"),
        ]);
        assert_eq!(it.idle_rules(), [2, 3]);
        assert!(
            site(&[("/a", &[], "anyone"), ("/", &[], "signed-in")])
                .idle_rules()
                .is_empty()
        );
    }

    #[test]
    fn somebody_gets_in_by_the_rules_that_are_reached() {
        let it = site(&[
            ("/admin", &[], "role:admin"),
            ("/", &[], "signed-in"),
            ("/late", &[], "user:ann"),
        ]);
        let somebody = |role| Visitor {
            user: UserId::new(Time::from_secs(1), &Entropy).unwrap(),
            role,
            names: vec!["ann".into()],
        };
        assert_eq!(it.entries(&somebody(Role::Default)), [1]);
        assert_eq!(it.entries(&somebody(Role::Admin)), [0, 1]);
    }

    #[test]
    fn strangers_around_what_is_for_administrators_are_seen() {
        let open = [("/admin", &[][..], "role:admin"), ("/", &[], "anyone")];
        assert!(site(&open).is_open_around_admins());
        let apart = [
            ("/admin", &[][..], "role:admin"),
            ("/public", &[], "anyone"),
        ];
        assert!(!site(&apart).is_open_around_admins());
    }
}
