//! What the kernel has counted for a process or a thread (proc(5)).

use std::fs;

use crate::Result;

/// Clock ticks in a second, as the kernel shows times to programs.
const TICKS: f64 = 100.0;
/// Operations between two looks at the clock.
const TIMES: u32 = 20_000;

/// Seconds of user and system time of a process with all its threads, to 10 ms.
pub(crate) fn cpu(process: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name, in brackets, may hold anything.
    let (_, fields) = stat.rsplit_once(") ").ok_or("no process")?;
    let mut ticks = fields.split(' ').skip(11).take(2).map(str::parse::<f64>);
    let (user, system) = (ticks.next().ok_or("short")??, ticks.next().ok_or("short")??);
    Ok((user + system) / TICKS)
}

/// Seconds on a processor of the thread that asks.
pub(crate) fn thread_cpu() -> Result<f64> {
    let stat = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos: f64 = stat.split(' ').next().ok_or("short")?.parse()?;
    Ok(nanos / 1e9)
}

/// Processor seconds of one operation of the thread that asks.
pub(crate) fn each(mut one: impl FnMut() -> Result<()>) -> Result<f64> {
    let before = thread_cpu()?;
    for _ in 0..TIMES {
        one()?;
    }
    Ok((thread_cpu()? - before) / f64::from(TIMES))
}

/// Resident memory of a process in megabytes.
pub(crate) fn resident(process: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: f64 = line
        .and_then(|rest| rest.trim().strip_suffix(" kB"))
        .ok_or("no VmRSS")?
        .parse()?;
    Ok(kib * 1024.0 / 1e6)
}
