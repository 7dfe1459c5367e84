//! How often something may happen: `600/1m`.

use std::time::Duration;

use tollgate_base::id::UserId;

use super::{
    network::OrOff,
    value::{Word, quoted},
};

/// So many at once, and as many again over a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How many.
    pub count: u32,
    /// Over which time.
    pub per: Duration,
}

/// The pace of one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountPace {
    /// Whose.
    pub account: UserId,
    /// How often.
    pub pace: Pace,
}

/// The shortest and the longest time.
const PER: (Duration, Duration) = (Duration::from_secs(1), Duration::from_hours(24));

impl Word for Pace {
    const FORM: &'static str = "a number and a time such as 600/1m";

    fn parse(text: &str) -> Result<Self, String> {
        let (count, per) = text
            .split_once('/')
            .ok_or_else(|| format!("{} has no time after a slash", quoted(text)))?;
        let count = count.parse().ok().filter(|count| *count > 0);
        let count =
            count.ok_or_else(|| format!("{} begins with no number from 1 on", quoted(text)))?;
        let per = Duration::parse(per)?;
        if per < PER.0 || per > PER.1 {
            return Err(format!(
                "{}: its time is not between 1s and 1d",
                quoted(text)
            ));
        }
        Ok(Self { count, per })
    }

    fn shown(&self) -> String {
        format!("{}/{}", self.count, self.per.shown())
    }
}

impl Word for OrOff<Pace> {
    const FORM: &'static str = "a number and a time such as 600/1m, or off";

    fn parse(text: &str) -> Result<Self, String> {
        Self::read(text)
    }

    fn shown(&self) -> String {
        self.written()
    }
}

impl Word for AccountPace {
    const FORM: &'static str = "accounts with their paces such as usr_…=6000/1m";

    fn parse(text: &str) -> Result<Self, String> {
        let (account, pace) = text
            .split_once('=')
            .ok_or_else(|| format!("{} has no = after an account", quoted(text)))?;
        let account = account
            .parse()
            .map_err(|_| format!("{} is not the id of an account", quoted(account)))?;
        Pace::parse(pace).map(|pace| Self { account, pace })
    }

    fn shown(&self) -> String {
        format!("{}={}", self.account, self.pace.shown())
    }
}

#[cfg(test)]
mod tests {
    use super::{AccountPace, OrOff, Pace, Word};

    fn check<T: Word>(text: &str, shown: Option<&str>) {
        let found = T::parse(text).ok().map(|value| value.shown());
        assert_eq!(found.as_deref(), shown, "{text}");
    }

    #[test]
    fn a_pace_is_a_number_over_a_time() {
        check::<Pace>("600/1m", Some("600/1m"));
        check::<Pace>("1/90s", Some("1/1m30s"));
        for bad in [
            "600",
            "/1m",
            "0/1m",
            "-1/1m",
            "600/",
            "600/0s",
            "600/2d",
            "99999999999/1m",
        ] {
            check::<Pace>(bad, None);
        }
        check::<OrOff<Pace>>("off", Some("off"));
        let own = "usr_01jd3jfsm0000000000000000a=6000/1m";
        check::<AccountPace>(own, Some(own));
        check::<AccountPace>("ann=6000/1m", None);
        check::<AccountPace>("6000/1m", None);
    }
}
