//! The yardsticks of the plane channel: time and memory of a substep beside FFTW's 3-D transform of
//! 192 x 128 x 192 points, in one run.
//!
//! `cargo bench --bench channel`; see `benches/homogeneous.rs` for how it is measured.

mod support;

use rogallo::channel::case::{ChannelInitial, ChannelScalar, Drive, ScalarBoundary};
use rogallo::channel::{Channel, Parameters};
use rogallo::flow::{Clock, Flow};
use rogallo::parallel::Session;
use rogallo::program::Program;
use rogallo::time::StepSize;
use rogallo::transform::Real;
use std::f64::consts::PI;
use std::rc::Rc;
use std::time::Instant;
use support::{fftw, launch, peak_memory};

const GRID: [usize; 3] = [192, 129, 192];

/// Name, what is measured, precision, ranks.
const ROWS: [(&str, &str, &str, usize); 6] = [
    ("channel", "channel", "double", 1),
    ("channel, 2 ranks", "channel", "double", 2),
    ("channel, single", "channel", "single", 1),
    ("with rotation", "rotation", "double", 1),
    ("with a scalar", "scalar", "double", 1),
    ("FFTW 3-D transform, T", "fftw", "double", 1),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [measure, what, precision] = &arguments[..]
        && measure == "--measure"
    {
        return self::measure(what, precision);
    }
    let mut best = [[f64::INFINITY; 3]; ROWS.len()];
    for _ in 0..4 {
        for ((_, what, precision, ranks), best) in ROWS.iter().zip(&mut best) {
            if let Some([time, memory, sample]) = launch(*ranks, &["--measure", what, precision]) {
                *best = [best[0].min(time), memory, best[2].min(sample)];
            }
        }
    }
    let (unit, points) = (best[ROWS.len() - 1][0], GRID.iter().product::<usize>() as f64);
    println!("{GRID:?} points: one substep (step / 3)");
    println!(
        "{:24} {:>10} {:>8} {:>12} {:>12} {:>28}",
        "", "ms", "T", "ns/point", "memory, MB", "one sample of statistics, ms"
    );
    for ((name, ..), [time, memory, sample]) in ROWS.iter().zip(best) {
        let (ms, nanoseconds, sample) = (time * 1e3, time * 1e9 / points, sample * 1e3);
        println!(
            "{name:24} {ms:10.2} {:8.2} {nanoseconds:12.1} {:12.0} {sample:28.1}",
            time / unit,
            memory / 1e6
        );
    }
    println!("speed-up on 2 ranks, time(1) / (2 time(2)): {:.2}", best[0][0] / best[1][0] / 2.0);
}

fn measure(what: &str, precision: &str) {
    match (what, precision) {
        ("fftw", _) => {
            let [nx, ny, nz] = GRID;
            if let Some(time) = fftw([nx, ny - 1, nz]) {
                println!("{time} 0 0");
            }
        }
        (_, "single") => flow::<f32>(what),
        _ => flow::<f64>(what),
    }
}

fn flow<T: Real>(what: &str) {
    let session = Session::start(Program { version: "0.1.0", commit: "bench" }).unwrap();
    let world = Rc::new(session.world());
    let scalar =
        ChannelScalar { name: "t".into(), schmidt: 0.7, boundary: ScalarBoundary::Source { rate: 1.0 } };
    let parameters = Parameters {
        viscosity: 1.0 / 180.0,
        drive: Drive::MassFlux { bulk_velocity: 15.6 },
        frame_velocity: 15.6,
        rotation: if what == "rotation" { 1.0 } else { 0.0 },
        scalars: if what == "scalar" { vec![scalar] } else { Vec::new() },
        initial: Some(ChannelInitial::Turbulent { amplitude: 0.1 }),
        step_size: StepSize::Courant(0.8),
        ..Parameters::at_rest([4.0 * PI, 2.0, 4.0 / 3.0 * PI], GRID)
    };
    let mut flow = Channel::<T>::new(world.clone(), parameters).unwrap();
    flow.start(&mut |_| Ok(())).unwrap();
    flow.advance(f64::INFINITY).unwrap();
    let mut best = f64::INFINITY;
    for _ in 0..6 {
        world.barrier();
        let start = Instant::now();
        flow.advance(f64::INFINITY).unwrap();
        world.barrier();
        best = best.min(start.elapsed().as_secs_f64() / 3.0);
    }
    let phases = flow.phases();
    let memory: f64 = world.gather_at_root(&[peak_memory()]).iter().sum();
    world.barrier();
    // The first sample opens the window and costs nothing.
    flow.sample();
    let Clock { step, time } = flow.clock();
    flow.resume(Clock { step: step + 1, time: time + 1e-6 }, &[]);
    let start = Instant::now();
    flow.sample();
    let sample = start.elapsed().as_secs_f64();
    if world.is_root() {
        println!("{best} {memory} {sample}");
        eprintln!(
            "{what}: transform {:.3} exchange {:.3} products {:.3} update {:.3} s in 7 steps",
            phases.transform, phases.exchange, phases.products, phases.update
        );
    }
}
