//! The compliance rules in one table: their stable names, how bad it is, and what
//! to do. Rules about accounts are decided here; those about the installation by
//! the verb that checks them.

use tollgate_base::{access::Role, time::Time};

use super::Standing;
use crate::ctx::Policy;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Low,
    /// To be looked at.
    Medium,
    /// To be put right soon.
    High,
    /// To be put right now.
    Critical,
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Accounts of any role.
    Accounts,
    /// Accounts of administrators.
    Admins,
    /// Apps behind the gate.
    Sites,
    /// Keys that sign.
    Keys,
    /// The installation as a whole.
    Installation,
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its stable name.
    pub name: &'static str,
    /// How bad a finding is.
    pub severity: Severity,
    /// What it is about.
    pub about: About,
    /// What was found, in a few words.
    pub title: &'static str,
    /// What to do about it.
    pub help: &'static str,
}

/// Fewer recovery codes than this are few.
const CODES_FEW: i64 = 3;

macro_rules! rules {
    ($($id:ident = $name:literal $severity:ident $about:ident, $title:literal, $help:literal;)*) => {
        $(const $id: &Rule = &Rule {
            name: $name,
            severity: Severity::$severity,
            about: About::$about,
            title: $title,
            help: $help,
        };)*

        /// All rules, the worst first.
        pub const ALL: &[&Rule] = &[$($id),*];
    };
}

rules! {
    ADMIN_WITHOUT_FACTOR = "admin-without-factor" Critical Admins,
        "Administrators without a second factor",
        "Have them add a passkey or an app at /me/factors, or set signin.second_factor to admins.";
    BACKUP_OLD = "backup-old" Critical Installation,
        "No backup was written lately",
        "Write one with tollgate db backup, and let a timer do so each day.";
    FACTOR_MISSING = "factor-missing" High Accounts,
        "People who must have a second factor and have none",
        "They are asked to add one when they sign in; remind them, or suspend who does not come.";
    ADMIN_SENT_CODES = "admin-sent-codes" High Admins,
        "Administrators whose only second factor are codes that are sent",
        "Have them add a passkey or an app: mails and texts can be read by others.";
    ADMIN_SUSPENDED = "admin-suspended" High Admins,
        "Suspended accounts that are still administrators",
        "Give them the default role, or delete them: whoever resumes them makes an administrator.";
    SITE_OPEN = "site-open" High Sites,
        "Apps that let in strangers around what is for administrators",
        "Let only the paths in that are public: the order of the rules is all that keeps strangers out.";
    DORMANT = "dormant" Medium Accounts,
        "Accounts that nobody has used for long",
        "Ask their owners; suspend or delete what is not needed.";
    ADMINS_FEW = "admins-few" Medium Installation,
        "There is only one administrator",
        "Make a second one, so that one lost device does not lock everybody out.";
    ADMINS_MANY = "admins-many" Medium Installation,
        "There are many administrators",
        "Give those who only look after people the manager role, or raise compliance.admins.";
    SESSION_OLD = "session-old" Medium Accounts,
        "Sessions that are older than any may become now",
        "End them: they were opened when session.max was longer.";
    PASSWORD_OUTDATED = "password-outdated" Medium Accounts,
        "Passwords that are stored as today's are not",
        "They are stored anew at the next sign-in; ask their owners to sign in, or send them a reset link.";
    KEY_OLD = "key-old" Medium Keys,
        "Keys that have signed for long",
        "Replace them with tollgate signing-key rotate PURPOSE.";
    SITE_RULE_IDLE = "site-rule-idle" Medium Sites,
        "Apps with rules that never decide",
        "Move the rule before the wider one, or take it away.";
    NEVER_USED = "never-used" Low Accounts,
        "Accounts that were never used",
        "Ask their owners; delete what was made by mistake.";
    CODES_FEW_LEFT = "recovery-codes-few" Low Accounts,
        "People with a second factor and few recovery codes",
        "They make new ones at /me/factors, before they lose their device.";
    ADDRESS_UNVERIFIED = "address-unverified" Low Accounts,
        "Addresses that nobody has verified for months",
        "Have their owners verify them, or vouch for them with tollgate user verify.";
    FOUNDER_ADMIN = "founder-admin" Low Admins,
        "Administrators that were made with the setup link",
        "Make sure that one person owns each of them; accept it with a reason if so.";
}

impl Severity {
    /// As it is told: `critical`, `high`, `medium` or `low`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl About {
    /// As it is told.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accounts | Self::Admins => "accounts",
            Self::Sites => "sites",
            Self::Keys => "keys",
            Self::Installation => "installation",
        }
    }

    /// Whether its findings are accounts.
    pub const fn is_accounts(self) -> bool {
        matches!(self, Self::Accounts | Self::Admins)
    }
}

impl Rule {
    /// The rule of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().copied().find(|rule| rule.name == name)
    }
}

/// The rules that find something in an account.
pub fn findings(of: &Standing, policy: &Policy, now: Time) -> Vec<&'static Rule> {
    let (limits, admin) = (&policy.compliance, of.role == Role::Admin);
    let active = of.is_active();
    let required = policy.second_factor.required_of(of.role, of.founder);
    let before = |at: Option<Time>, span| at.is_some_and(|at| at.plus(span) <= now);
    let found = [
        (ADMIN_WITHOUT_FACTOR, active && admin && of.factors() == 0),
        (
            FACTOR_MISSING,
            active && !admin && required && of.factors() == 0,
        ),
        (
            ADMIN_SENT_CODES,
            active && admin && of.sent_codes > 0 && of.apps + of.passkeys == 0,
        ),
        (ADMIN_SUSPENDED, admin && !active),
        (DORMANT, active && before(of.last_used_at, limits.dormant)),
        (SESSION_OLD, before(of.oldest_session, policy.session.max)),
        (PASSWORD_OUTDATED, active && of.outdated_password),
        (
            NEVER_USED,
            active && of.last_used_at.is_none() && before(Some(of.created_at), limits.unused),
        ),
        (
            CODES_FEW_LEFT,
            active && of.factors() > 0 && of.recovery_codes < CODES_FEW,
        ),
        (
            ADDRESS_UNVERIFIED,
            active && before(of.unverified_since, limits.unverified),
        ),
        (FOUNDER_ADMIN, active && admin && of.founder),
    ];
    found
        .into_iter()
        .filter_map(|(rule, found)| found.then_some(rule))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ALL;

    #[test]
    fn each_rule_has_a_name_of_its_own_and_the_worst_come_first() {
        let names: BTreeSet<_> = ALL.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), ALL.len());
        assert!(ALL.is_sorted_by(|one, next| one.severity >= next.severity));
        for rule in ALL {
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
            assert!(rule.name.bytes().all(plain), "{}", rule.name);
            assert!(rule.help.ends_with('.') && !rule.title.ends_with('.'));
        }
    }
}
