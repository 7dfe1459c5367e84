//! Bars by day as inline SVG: only attributes, as no style may be inline.
//! The numbers stand in a table beside it, for whoever reads no picture.

use tollgate_flows::overview::DayFigures;

use super::when::day;

/// Drawn in these units and scaled by the style sheet.
const WIDTH: u32 = 720;
const HEIGHT: u32 = 160;
/// Part of a day's width that its bars leave free, of 10.
const GAP: u32 = 3;

/// Three values for each of several days, one on top of the other.
pub(crate) struct Chart {
    pub(crate) bars: Vec<Bar>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// The largest sum, which reaches to the top.
    pub(crate) most: i64,
}

/// One day.
pub(crate) struct Bar {
    pub(crate) day: String,
    pub(crate) ok: i64,
    pub(crate) failed: i64,
    pub(crate) locked: i64,
    pub(crate) x: u32,
    pub(crate) width: u32,
    pub(crate) ok_y: u32,
    pub(crate) ok_height: u32,
    pub(crate) failed_y: u32,
    pub(crate) failed_height: u32,
    pub(crate) locked_y: u32,
    pub(crate) locked_height: u32,
}

impl Chart {
    /// Sign-ins that succeeded, below those that failed, below accounts that took no
    /// more of them for a while.
    pub(crate) fn of(days: &[DayFigures]) -> Self {
        let sums = days
            .iter()
            .map(|day| day.signins + day.failed + day.blocked);
        let most = sums.max().unwrap_or_default().max(1);
        let step = WIDTH / (days.len().max(1) as u32);
        let tall = |n: i64| scaled(n, most);
        let bar = |(place, figures): (usize, &DayFigures)| {
            let (ok, failed) = (tall(figures.signins), tall(figures.failed));
            let locked = tall(figures.blocked);
            let top = |height: u32| HEIGHT - height.min(HEIGHT);
            Bar {
                day: day(&figures.begins.to_string()).to_owned(),
                ok: figures.signins,
                failed: figures.failed,
                locked: figures.blocked,
                x: place as u32 * step + step * GAP / 20,
                width: step * (10 - GAP) / 10,
                ok_y: HEIGHT - ok,
                ok_height: ok,
                failed_y: top(ok + failed),
                failed_height: failed,
                locked_y: top(ok + failed + locked),
                locked_height: locked,
            }
        };
        Self {
            bars: days.iter().enumerate().map(bar).collect(),
            width: step * days.len() as u32,
            height: HEIGHT,
            most,
        }
    }

    /// The first day and the last.
    pub(crate) fn ends(&self) -> (&str, &str) {
        (
            self.bars.first().map_or("", |bar| &bar.day),
            self.bars.last().map_or("", |bar| &bar.day),
        )
    }

    /// Whether nothing happened at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.bars
            .iter()
            .all(|bar| bar.ok + bar.failed + bar.locked == 0)
    }
}

/// What happened at all is seen, however little it was.
fn scaled(n: i64, most: i64) -> u32 {
    if n <= 0 {
        return 0;
    }
    let height = n.saturating_mul(i64::from(HEIGHT)) / most;
    u32::try_from(height).unwrap_or(HEIGHT).clamp(2, HEIGHT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stay_in_their_frame_and_show_the_little_ones() {
        let figures = |signins, failed| DayFigures {
            signins,
            failed,
            ..DayFigures::default()
        };
        let chart = Chart::of(&[figures(0, 0), figures(1, 0), figures(900, 100)]);
        let [none, one, all] = &chart.bars[..] else {
            panic!("three days")
        };
        assert_eq!((none.ok_height, none.failed_height), (0, 0));
        assert_eq!((one.ok_height, one.ok_y + one.ok_height), (2, HEIGHT));
        assert_eq!(all.failed_y + all.failed_height, all.ok_y);
        assert_eq!((all.failed_y, chart.most), (0, 1000));
        assert!(all.x + all.width <= chart.width && !chart.is_empty());
        assert!(Chart::of(&[figures(0, 0)]).is_empty());
    }
}
