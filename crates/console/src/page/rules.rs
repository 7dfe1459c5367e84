//! The compliance rules in the reader's words. What they find is not here.

use tollgate_flows::rules::Rule;

use super::Frame;

/// What there are words for: what each rule finds, and what to do.
const KNOWN: [&str; 34] = [
    "finds-admin-without-factor",
    "finds-admin-without-factor-do",
    "finds-backup-old",
    "finds-backup-old-do",
    "finds-factor-missing",
    "finds-factor-missing-do",
    "finds-admin-sent-codes",
    "finds-admin-sent-codes-do",
    "finds-admin-suspended",
    "finds-admin-suspended-do",
    "finds-site-open",
    "finds-site-open-do",
    "finds-dormant",
    "finds-dormant-do",
    "finds-admins-few",
    "finds-admins-few-do",
    "finds-admins-many",
    "finds-admins-many-do",
    "finds-session-old",
    "finds-session-old-do",
    "finds-password-outdated",
    "finds-password-outdated-do",
    "finds-key-old",
    "finds-key-old-do",
    "finds-site-rule-idle",
    "finds-site-rule-idle-do",
    "finds-never-used",
    "finds-never-used-do",
    "finds-recovery-codes-few",
    "finds-recovery-codes-few-do",
    "finds-address-unverified",
    "finds-address-unverified-do",
    "finds-founder-admin",
    "finds-founder-admin-do",
];

impl Frame {
    /// What a rule finds, or with `-do` what to do, in the reader's words.
    pub(crate) fn finds(&self, rule: &Rule, part: &str) -> String {
        let wanted = format!("finds-{}{part}", rule.name);
        let known = KNOWN.iter().find(|key| **key == wanted);
        known.map_or_else(|| rule.title.to_owned(), |key| self.t(key).to_string())
    }
}

#[cfg(test)]
mod tests {
    use tollgate_flows::rules;

    use super::KNOWN;

    #[test]
    fn there_are_words_for_all_rules() {
        let words = |rule: &&rules::Rule| {
            [
                format!("finds-{}", rule.name),
                format!("finds-{}-do", rule.name),
            ]
        };
        let wanted: Vec<String> = rules::ALL.iter().flat_map(words).collect();
        assert_eq!(wanted, KNOWN);
    }
}
