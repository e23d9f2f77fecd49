//! What the machine tells about itself and about a process, from `/proc`.

use std::time::Duration;

use anyhow::{Context, Result};

/// The kernel counts the time of a process in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// Time that a process has spent on a core so far.
pub(crate) fn cpu(process: u32) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name stands in brackets and may hold spaces; user and system time are fields 14 and 15.
    let (_, rest) = stat.rsplit_once(')').context("the form of /proc/…/stat")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |field: usize| -> Result<u32> {
        Ok(fields.get(field).context("the form of /proc/…/stat")?.parse()?)
    };
    Ok(TICK * (ticks(11)? + ticks(12)?))
}

/// Load of the whole machine over the last minute, and its cores.
pub(super) fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let minute = load.split(' ').next().unwrap_or("unknown").to_owned();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("load {minute} on {cores} cores")
}
