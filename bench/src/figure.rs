//! A figure with its aim, and the table of all of them. What is compared is a
//! ratio of two measurements of the same run, round by round.

use std::fmt::{self, Write};

/// One line of the table.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    name: String,
    /// The measurements themselves, in words.
    measured: String,
    value: f64,
    unit: Unit,
    aim: Aim,
}

/// What the value is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit {
    /// Of the peer, 1 is as good.
    Share,
    /// How many times the other.
    Times,
    /// A number by itself.
    Plain,
    Milliseconds,
    Microseconds,
    Megabytes,
}

/// Where the value should be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aim {
    AtLeast(f64),
    AtMost(f64),
    /// Told for itself.
    None,
}

/// The rounds of one measurement, in the order in which they ran.
#[derive(Clone, Debug)]
pub(crate) struct Rounds(Vec<f64>);

impl Figure {
    pub(crate) fn new(
        name: impl Into<String>,
        value: f64,
        unit: Unit,
        aim: Aim,
        measured: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            measured: measured.into(),
            value,
            unit,
            aim,
        }
    }

    /// All figures in Markdown, as the documentation shows them.
    pub(crate) fn table(figures: &[Self]) -> String {
        let mut table = "| figure | found | aim | | measured |\n|---|---|---|---|---|\n".to_owned();
        for figure in figures {
            let Self { name, measured, .. } = figure;
            let (found, aim, verdict) = (figure.found(), figure.aim(), figure.verdict());
            let line = writeln!(
                table,
                "| {name} | {found} | {aim} | {verdict} | {measured} |"
            );
            line.expect("a String takes everything");
        }
        table
    }

    fn found(&self) -> String {
        self.shown(self.value)
    }

    fn aim(&self) -> String {
        match self.aim {
            Aim::AtLeast(least) => format!("≥ {}", self.shown(least)),
            Aim::AtMost(most) => format!("≤ {}", self.shown(most)),
            Aim::None => String::new(),
        }
    }

    fn verdict(&self) -> &'static str {
        match self.aim {
            Aim::None => "",
            Aim::AtLeast(least) if self.value >= least => "met",
            Aim::AtMost(most) if self.value <= most => "met",
            _ => "**missed**",
        }
    }

    fn shown(&self, value: f64) -> String {
        match self.unit {
            Unit::Share => format!("{:.0} %", value * 100.0),
            Unit::Times => format!("{value:.2}×"),
            Unit::Plain => digits(value),
            Unit::Milliseconds if value < 10.0 => format!("{} ms", digits(value)),
            Unit::Milliseconds => format!("{value:.0} ms"),
            Unit::Microseconds => format!("{} µs", digits(value)),
            Unit::Megabytes => format!("{value:.1} MB"),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, found, aim) = (&self.name, self.found(), self.aim());
        write!(
            f,
            "{name}: {found} {aim} {} ({})",
            self.verdict(),
            self.measured
        )
    }
}

impl Rounds {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    pub(crate) fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn least(&self) -> f64 {
        self.0.iter().copied().fold(f64::INFINITY, f64::min)
    }

    pub(crate) fn most(&self) -> f64 {
        self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }

    /// How far the means are apart, in standard errors of their difference.
    pub(crate) fn welch(&self, other: &Self) -> f64 {
        let [one, two] = [self, other].map(Self::mean_and_error);
        (one.0 - two.0) / (one.1 + two.1).sqrt()
    }

    /// The mean, and the square of its standard error.
    fn mean_and_error(&self) -> (f64, f64) {
        let count = self.0.len() as f64;
        let mean = self.0.iter().sum::<f64>() / count;
        let squares = self.0.iter().map(|value| (value - mean).powi(2));
        (mean, squares.sum::<f64>() / (count - 1.0) / count)
    }

    /// How often a value of this is greater than one of that (Mann and Whitney's
    /// U as a share).
    pub(crate) fn slower(&self, other: &Self) -> f64 {
        let mut sorted = other.0.clone();
        sorted.sort_by(f64::total_cmp);
        let below: usize = self
            .0
            .iter()
            .map(|value| sorted.partition_point(|other| other < value))
            .sum();
        below as f64 / (self.0.len() * sorted.len()) as f64
    }

    /// Round by round, this over that.
    pub(crate) fn over(&self, other: &Self) -> Self {
        Self(
            self.0
                .iter()
                .zip(&other.0)
                .map(|(one, two)| one / two)
                .collect(),
        )
    }

    /// Median, least and most, with a scale and a unit.
    pub(crate) fn told(&self, scale: f64, unit: &str) -> String {
        let [median, least, most] =
            [self.median(), self.least(), self.most()].map(|value| digits(value * scale));
        format!("{median} {unit} ({least}–{most})")
    }
}

/// Three digits that count.
fn digits(value: f64) -> String {
    let whole = value.abs();
    let places = match whole {
        _ if whole >= 100.0 => 0,
        _ if whole >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.places$}")
}
