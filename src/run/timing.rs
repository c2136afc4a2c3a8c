//! Table of run times: seconds of each phase, minimum, mean and maximum over the ranks.

use super::log::Log;
use crate::flow::Flow;
use crate::parallel::World;

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
    let whole = world.gather(total).into_iter().fold(0.0, f64::max);
    for (name, seconds) in rows {
        let all = world.gather(seconds);
        let (least, most) =
            all.iter().fold((f64::INFINITY, 0.0_f64), |(least, most), s| (least.min(*s), most.max(*s)));
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        log.line(&format!("{name:<10} {least:>9.2} {mean:>9.2} {most:>9.2} {:>8.1} %", 100.0 * mean / whole));
    }
}
