//! The memory that the ranks took, beside what was predicted.

use super::log::Log;
use crate::case::Case;
use crate::error::Result;
use crate::parallel::{Spread, World};
use crate::plan;

/// Logs the most that the root and the other ranks took; nothing where the system does not say it.
/// Collective.
///
/// # Errors
/// A process grid that does not fit the ranks.
pub fn summary(world: &World, case: &Case, log: &mut Log) -> Result<()> {
    let predicted =
        plan::memory_of_rank(case, world.size(), world.ranks_per_node(), world.rank())?.most() / 1e6;
    let measured = most_resident().map_or(f64::NAN, |bytes| bytes / 1e6);
    let Spread { least, largest, .. } = world.spread(measured / predicted);
    let of = |here: bool| world.maxima([predicted, measured].map(|value| if here { value } else { 0.0 }));
    let [root, others] = [of(world.is_root()), of(!world.is_root())];
    if largest.is_nan() {
        return Ok(());
    }
    log.line("memory, MB     predicted  measured");
    let ranks = [("root", root), ("others, most", others)];
    for (name, [predicted, measured]) in ranks.into_iter().take(if world.size() > 1 { 2 } else { 1 }) {
        log.line(&format!("{name:<14} {predicted:>9.1} {measured:>9.1}"));
    }
    log.line(&format!("measured / predicted of all ranks: {least:.3} to {largest:.3}"));
    Ok(())
}

/// The most bytes of this process that were ever in memory, with those of libraries.
fn most_resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}

#[cfg(test)]
mod tests {
    use super::most_resident;

    #[test]
    #[cfg(target_os = "linux")]
    fn what_was_in_memory_counts_when_it_is_gone() {
        let before = most_resident().unwrap();
        let block = std::hint::black_box(vec![1_u8; 200 << 20]);
        drop(block);
        let after = most_resident().unwrap();
        assert!(before > 1e6 && after > 200e6, "{before} to {after} bytes");
    }
}
