//! What the doctor finds out about the list of breached passwords.

use std::time::Duration;

use tollgate_base::time::Clock;
use tollgate_outbound::breaches::List;

use crate::config::Config;

use super::Finding;

/// Passwords become known every month; a list of this age lacks many.
const OLD: Duration = Duration::from_hours(24 * 365);

/// Nothing where there is none, which is the default.
pub(super) fn look(config: &Config) -> Option<Finding> {
    let path = config.password.breach_list.clone()?;
    let anew = "Make one: tollgate breach-list build FILE...";
    Some(match List::new(path.clone()).head() {
        Err(fault) => {
            let says = format!(
                "{}: {fault}. New passwords are taken without it.",
                path.display()
            );
            Finding::wrong("breached list", says, anew)
        }
        Ok(head) => {
            let age = Clock::machine().now().since(head.made_at);
            let says = format!("It knows {} passwords.", head.entries);
            if age > OLD {
                let says = format!("{says} It is {} days old.", age.as_secs() / 86_400);
                Finding::remark("breached list", says, anew)
            } else {
                Finding::good("breached list", says)
            }
        }
    })
}
