//! What must not be lost when things break: the real binary under load, with
//! its database taken away or itself killed. Small here; whole lengths in the
//! campaign, which sets `TOLLGATE_CAMPAIGN`.

mod backup;
#[cfg(target_os = "linux")]
mod clock;
mod crash;
#[cfg(target_os = "linux")]
mod descriptors;
#[cfg(target_os = "linux")]
mod disk;
#[cfg(target_os = "linux")]
mod heads;
mod load;
mod locked;
#[cfg(target_os = "linux")]
mod memory;
mod nodes;
mod redis;
mod restart;
mod signals;
mod visitor;
