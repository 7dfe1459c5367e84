//! What must not be lost when things break: the real binary under load, with
//! its database taken away or itself killed. Small here; whole lengths in the
//! campaign, which sets `TOLLGATE_CAMPAIGN`.

mod abuse;
mod backup;
#[cfg(target_os = "linux")]
mod clock;
mod crash;
#[cfg(target_os = "linux")]
mod descriptors;
#[cfg(target_os = "linux")]
mod disk;
mod guessing;
#[cfg(target_os = "linux")]
mod heads;
#[cfg(debug_assertions)]
mod keys;
mod liars;
mod load;
mod locked;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(debug_assertions)]
mod model;
mod nodes;
#[cfg(debug_assertions)]
mod orders;
#[cfg(debug_assertions)]
mod panics;
#[cfg(target_os = "linux")]
mod partition;
#[cfg(debug_assertions)]
mod points;
mod redis;
mod restart;
#[cfg(debug_assertions)]
mod script;
mod signals;
#[cfg(target_os = "linux")]
mod slow;
#[cfg(target_os = "linux")]
mod soak;
mod trail;
mod visitor;
