//! Spans of time such as `1h30m`, sizes such as `1MiB` and shares such as `10%`.

use std::time::Duration;

use super::value::{Word, quoted};

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(u64);

/// How much of a whole, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share(u32);

impl Share {
    /// From 0 to 1.
    pub fn as_fraction(self) -> f64 {
        f64::from(self.0) / f64::from(WHOLE)
    }
}

impl Size {
    /// The number of bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

/// Units of time in microseconds' thousands, longest first.
const SPANS: [(&str, u64); 5] = [
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];
/// Units of size in bytes, largest first.
const SIZES: [(&str, u64); 4] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("B", 1),
];
/// All of it, a hundredth, and how many digits a hundredth has behind its point.
const WHOLE: u32 = 1_000_000;
const PERCENT: u32 = WHOLE / 100;
const PLACES: usize = 4;
/// A hundred years in milliseconds; nothing here lasts longer.
const LONGEST: u64 = 36_500 * 86_400_000;

impl Word for Duration {
    const FORM: &'static str = "a duration such as 90s, 15m, 1h30m or 14d";

    fn parse(text: &str) -> Result<Self, String> {
        let millis = total(text, &SPANS)?;
        if millis > LONGEST {
            return Err(format!("{} is longer than a hundred years", quoted(text)));
        }
        Ok(Self::from_millis(millis))
    }

    fn shown(&self) -> String {
        let mut rest = u64::try_from(self.as_millis()).unwrap_or(u64::MAX);
        let mut parts = Vec::new();
        for (unit, worth) in SPANS {
            if rest >= worth {
                parts.push(format!("{}{unit}", rest / worth));
                rest %= worth;
            }
        }
        if parts.is_empty() {
            "0s".to_owned()
        } else {
            parts.concat()
        }
    }
}

impl Word for Size {
    const FORM: &'static str = "a size such as 512KiB, 1MiB or 2GiB";

    fn parse(text: &str) -> Result<Self, String> {
        total(text, &SIZES).map(Self)
    }

    fn shown(&self) -> String {
        let fitting = SIZES
            .iter()
            .find(|(_, worth)| self.0 >= *worth && self.0.is_multiple_of(*worth));
        fitting.map_or_else(
            || "0B".to_owned(),
            |(unit, worth)| format!("{}{unit}", self.0 / worth),
        )
    }
}

impl Word for Share {
    const FORM: &'static str = "a share such as 100%, 10% or 0.1%";

    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{} is no share", quoted(text));
        let number = text.strip_suffix('%').ok_or_else(wrong)?;
        let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.is_empty() || part.len() > PLACES {
            return Err(wrong());
        }
        let part: u32 = format!("{part:0<PLACES$}").parse().map_err(|_| wrong())?;
        let whole: u32 = whole.parse().map_err(|_| wrong())?;
        let millionths = whole
            .checked_mul(PERCENT)
            .and_then(|it| it.checked_add(part));
        let fits = millionths.filter(|it| *it <= WHOLE);
        fits.map(Self)
            .ok_or_else(|| format!("{} is more than all", quoted(text)))
    }

    fn shown(&self) -> String {
        let text = format!("{}.{:0PLACES$}", self.0 / PERCENT, self.0 % PERCENT);
        format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// The sum of numbers with units, which have to come largest first, each once.
fn total(text: &str, units: &[(&str, u64)]) -> Result<u64, String> {
    let mut sum: u64 = 0;
    let mut left = units;
    let mut rest = text;
    if text.is_empty() {
        return Err("is empty".to_owned());
    }
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, tail) = rest.split_at(digits);
        let letters = tail
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        if number.is_empty() {
            return Err(format!(
                "{} has no number before {}",
                quoted(text),
                quoted(rest)
            ));
        }
        if unit.is_empty() {
            return Err(format!("{} has no unit after {number}", quoted(text)));
        }
        let Some(at) = left.iter().position(|(name, _)| *name == unit) else {
            let known = units.iter().any(|(name, _)| *name == unit);
            let problem = if known {
                "comes twice or too late"
            } else {
                "is not a unit"
            };
            return Err(format!("{}: {} {problem}", quoted(text), quoted(unit)));
        };
        let (_, worth) = left[at];
        let part = number
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(worth));
        sum = part
            .and_then(|part| sum.checked_add(part))
            .ok_or_else(|| format!("{} is too large", quoted(text)))?;
        left = &left[at + 1..];
        rest = tail;
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{Share, Size, Word};

    fn check<T: Word>(text: &str, shown: Result<&str, &str>) {
        let found = T::parse(text).map(|value| value.shown());
        assert_eq!(found.as_deref().map_err(String::as_str), shown, "{text}");
    }

    #[test]
    fn durations_have_units_in_order() {
        check::<Duration>("14d", Ok("14d"));
        check::<Duration>("90m", Ok("1h30m"));
        check::<Duration>("1h30m", Ok("1h30m"));
        check::<Duration>("1500ms", Ok("1s500ms"));
        check::<Duration>("0s", Ok("0s"));
        check::<Duration>("", Err("is empty"));
        check::<Duration>("15", Err("\"15\" has no unit after 15"));
        check::<Duration>("m", Err("\"m\" has no number before \"m\""));
        check::<Duration>("1h 30m", Err("\"1h 30m\" has no number before \" 30m\""));
        check::<Duration>("15min", Err("\"15min\": \"min\" is not a unit"));
        check::<Duration>("30m1h", Err("\"30m1h\": \"h\" comes twice or too late"));
        check::<Duration>("-1s", Err("\"-1s\" has no number before \"-1s\""));
        check::<Duration>("40000d", Err("\"40000d\" is longer than a hundred years"));
        check::<Duration>(
            "99999999999999999999s",
            Err("\"99999999999999999999s\" is too large"),
        );
    }

    #[test]
    fn sizes_count_in_powers_of_two() {
        check::<Size>("1MiB", Ok("1MiB"));
        check::<Size>("1024KiB", Ok("1MiB"));
        check::<Size>("1500B", Ok("1500B"));
        check::<Size>("0B", Ok("0B"));
        check::<Size>("1MB", Err("\"1MB\": \"MB\" is not a unit"));
        check::<Size>("1", Err("\"1\" has no unit after 1"));
        assert_eq!(Size::parse("1MiB").unwrap().bytes(), 1_048_576);
    }

    #[test]
    fn shares_are_parts_of_a_hundred() {
        check::<Share>("100%", Ok("100%"));
        check::<Share>("0%", Ok("0%"));
        check::<Share>("12.50%", Ok("12.5%"));
        check::<Share>("0.0001%", Ok("0.0001%"));
        check::<Share>("100.1%", Err("\"100.1%\" is more than all"));
        for bad in [
            "",
            "1",
            "%",
            "-1%",
            "1.%",
            ".5%",
            "0.00001%",
            "1e1%",
            "99999999999%",
        ] {
            assert!(Share::parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_can_be_read(millis in 0..3_153_600_000_000_u64, bytes in any::<u64>()) {
            let span = Duration::from_millis(millis);
            prop_assert_eq!(Duration::parse(&span.shown()), Ok(span));
            prop_assert_eq!(Size::parse(&Size(bytes).shown()), Ok(Size(bytes)));
        }
    }
}
