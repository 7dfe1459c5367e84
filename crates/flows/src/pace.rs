//! Whether the machine's clock goes at the pace of time: lives and limits are
//! counted by it, so that somebody should hear of a jump.

use std::time::{Duration, Instant};

use tollgate_base::{Result, access::Principal, time::Time};
use tollgate_records::events::EventKind;
use tollgate_store::sql::Tx;

use crate::{
    ctx::Ctx,
    steps::note::{Details, Log, change},
};

/// Smaller steps are how clocks are kept right.
const STEP: Duration = Duration::from_mins(1);

/// The last look at both clocks.
#[derive(Debug)]
pub struct Pace {
    told: Time,
    real: Instant,
}

impl Pace {
    /// Look for the first time.
    pub fn begin(ctx: &Ctx) -> Self {
        Self {
            told: ctx.now(),
            real: Instant::now(),
        }
    }

    /// Look again, and note it if the clock jumped meanwhile.
    ///
    /// # Errors
    /// What the database says; the step is then noted at the next look.
    pub async fn check(&mut self, ctx: &Ctx, by: &Principal) -> Result<()> {
        let now = Self::begin(ctx);
        let due = self.told.plus(now.real.duration_since(self.real));
        let (ahead, behind) = (now.told.since(due), due.since(now.told));
        let (step, way) = if ahead > behind {
            (ahead, "forward")
        } else {
            (behind, "back")
        };
        if step > STEP {
            change(ctx, by, async move |_: &mut Tx<'_>, log: &mut Log| {
                let mut details = Details::default();
                details.data.say("seconds", step.as_secs());
                details.data.say("way", way);
                log.note(EventKind::ClockStepped, details);
                Ok(())
            })
            .await?;
        }
        *self = now;
        Ok(())
    }
}
