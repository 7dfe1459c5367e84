//! Spans that tell on what a request spends its time. Whoever makes one names
//! this target; the log never shows them, and where nobody traces they are not
//! made: their level is below what any log is at.

/// The target of such spans.
pub const TARGET: &str = "tollgate::spans";
