//! The program as a user meets it: the real binary, under mpirun, on more ranks than cores.

#[path = "../support/mod.rs"]
mod support;

mod averages;
mod bits;
mod blowups;
mod channel;
mod check;
mod cluster;
mod comparisons;
mod damage;
mod disks;
mod going_on;
mod hostile;
mod locks;
mod memory;
mod numbers;
mod output;
mod place;
mod precision;
mod python;
mod readers;
mod readme;
mod refusals;
mod regrid;
mod retained;
mod slurm;
mod snapshots;
mod status;
mod steps;
mod stopping;
mod submit;
mod tables;
mod trouble;
mod vectors;
mod view;
mod watchdog;

use libtest_mimic::Arguments;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Under `nohup` the programs would inherit that they ignore it.
    // SAFETY: there is no other thread yet, and the default action is no code of ours.
    unsafe { libc::signal(libc::SIGHUP, libc::SIG_DFL) };
    let mut arguments = Arguments::from_args();
    // A trial waits for half of its time; more than two disturb each other on few cores.
    arguments.test_threads = Some(2);
    let trials = [
        bits::trials(),
        vectors::trials(),
        precision::trials(),
        channel::trials(),
        averages::trials(),
        comparisons::trials(),
        damage::trials(),
        refusals::trials(),
        trouble::trials(),
        disks::trials(),
        hostile::trials(),
        locks::trials(),
        memory::trials(),
        going_on::trials(),
        stopping::trials(),
        output::trials(),
        check::trials(),
        snapshots::trials(),
        view::trials(),
        readers::trials(),
        readme::trials(),
        python::trials(),
        numbers::trials(),
        regrid::trials(),
        retained::trials(),
        blowups::trials(),
        status::trials(),
        steps::trials(),
        tables::trials(),
        watchdog::trials(),
        submit::trials(),
        slurm::trials(),
    ];
    libtest_mimic::run(&arguments, trials.into_iter().flatten().collect()).exit_code()
}
