//! Table of run times: seconds of each phase, minimum, mean and maximum over the ranks.

use super::log::Log;
use crate::flow::Flow;
use crate::parallel::{Spread, World};

/// Logs the table; collective.
pub fn summary(world: &World, flow: &dyn Flow, output: f64, total: f64, log: &mut Log) {
    let phases = flow.phases();
    let rows = [
        ("transform", phases.transform),
        ("exchange", phases.exchange),
        ("products", phases.products),
        ("update", phases.update),
        ("output", output),
        ("total", total),
    ];
    log.line("seconds          min      mean       max   of the run");
    let whole = world.max(total);
    for (name, seconds) in rows {
        let Spread { least, mean, largest } = world.spread(seconds);
        log.line(&format!(
            "{name:<10} {least:>9.2} {mean:>9.2} {largest:>9.2} {:>8.1} %",
            100.0 * mean / whole
        ));
    }
}
