//! What must not be lost when things break: the real binary under load, with
//! its database taken away or itself killed. Small here; whole lengths in the
//! campaign, which sets `TOLLGATE_CAMPAIGN`.

mod backup;
#[cfg(target_os = "linux")]
mod clock;
mod crash;
#[cfg(target_os = "linux")]
mod disk;
mod load;
mod locked;
mod restart;
mod signals;
mod visitor;
