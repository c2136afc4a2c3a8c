//! The solver on several ranks: each trial starts this program again under mpirun, where all ranks
//! run one check together.

#[path = "../support/mod.rs"]
mod support;

mod allocations;
mod balance;
mod channel;
mod collective;
mod deformation;
mod engine;
mod exact;
mod fields;
mod flows;
mod forcing;
mod laminar;
mod moving_frame;
mod physics;
mod precision;
mod statistics;

use collective::Subject;
use std::process::ExitCode;

static SUBJECTS: [Subject; 11] = [
    Subject { name: "allocations", limit: 60, checks: &allocations::CHECKS },
    Subject { name: "engine", limit: 120, checks: &engine::CHECKS },
    Subject { name: "physics", limit: 600, checks: &physics::CHECKS },
    Subject { name: "precision", limit: 120, checks: &precision::CHECKS },
    Subject { name: "deformation", limit: 300, checks: &deformation::CHECKS },
    Subject { name: "fields", limit: 60, checks: &fields::CHECKS },
    Subject { name: "forcing", limit: 300, checks: &forcing::CHECKS },
    Subject { name: "statistics", limit: 300, checks: &statistics::CHECKS },
    Subject { name: "channel", limit: 600, checks: &channel::CHECKS },
    Subject { name: "laminar", limit: 60, checks: &laminar::CHECKS },
    Subject { name: "moving_frame", limit: 60, checks: &moving_frame::CHECKS },
];

fn main() -> ExitCode {
    collective::main(&SUBJECTS)
}

/// A number in [-1, 1) of an index: the same on any rank.
pub fn noise(index: u64) -> f64 {
    let mut x = index.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}
