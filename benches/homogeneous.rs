//! The yardsticks of the homogeneous flow: time and memory of a right-hand side beside FFTW's 3-D
//! transform, in one run.
//!
//! `cargo bench --bench homogeneous [-- N ...]`; FFTW (libfftw3.so.3,
//! `apt install libfftw3-double3`) is loaded when it is there. Each measurement is a process group
//! of its own (`mpirun -n RANKS` of this program), alone on the machine, and is repeated in turn
//! with the others, so that a disturbance of the machine does not fall upon one of them only; the
//! least time counts.

mod support;

use rogallo::flow::Flow;
use rogallo::homogeneous::case::{Dealiasing, Gradient, Initial, Mean, Scalar, ScalarInitial};
use rogallo::homogeneous::{Homogeneous, Parameters};
use rogallo::parallel::Session;
use rogallo::program::Program;
use rogallo::time::{RungeKutta, StepSize};
use rogallo::transform::Real;
use std::rc::Rc;
use std::time::Instant;
use support::{fftw, peak_memory};

/// What is measured: dealiasing or what is added to two-thirds, precision, points in each direction
/// as a fraction of N, ranks.
const ROWS: [(&str, &str, &str, usize, usize, usize); 12] = [
    ("two-thirds", "two-thirds", "double", 1, 1, 1),
    ("two-thirds, 2 ranks", "two-thirds", "double", 1, 1, 2),
    ("two-thirds, single", "two-thirds", "single", 1, 1, 1),
    ("phase-shift, same grid", "phase-shift", "double", 1, 1, 1),
    ("phase-shift, same k_max", "phase-shift", "double", 45, 64, 1),
    ("phase-shift-exact, same k_max", "phase-shift-exact", "double", 45, 64, 1),
    ("with mean shear", "shear", "double", 1, 1, 1),
    ("with plane strain", "strain", "double", 1, 1, 1),
    ("with rotation", "rotation", "double", 1, 1, 1),
    ("with a general gradient", "general", "double", 1, 1, 1),
    ("with a scalar", "scalar", "double", 1, 1, 1),
    ("FFTW 3-D transform, T", "fftw", "double", 1, 1, 1),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if arguments.first().is_some_and(|a| a == "--measure") {
        return measure(&arguments[1..]);
    }
    let sizes: Vec<usize> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    for n in if sizes.is_empty() { vec![64, 128, 256] } else { sizes } {
        table(n);
    }
}

fn table(n: usize) {
    let rounds = if n > 128 { 2 } else { 4 };
    let mut best = [[f64::INFINITY; 3]; ROWS.len()];
    for _ in 0..rounds {
        for (row, best) in ROWS.iter().zip(&mut best) {
            let (_, dealiasing, precision, numerator, denominator, ranks) = *row;
            let points = n * numerator / denominator;
            if let Some([time, memory, sample]) = launch(dealiasing, precision, points, ranks) {
                *best = [best[0].min(time), memory, best[2].min(sample)];
            }
        }
    }
    let unit = best[ROWS.len() - 1][0];
    println!("\nN = {n}: a right-hand side (whole RK3 step / 3; phase-shift: RK2 / 2)");
    println!(
        "{:32} {:>6} {:>10} {:>8} {:>12} {:>16} {:>12}",
        "", "grid", "ms", "T", "ns/point", "memory / N^3 x 8", "sample, ms"
    );
    for ((name, _, _, numerator, denominator, _), [time, memory, sample]) in ROWS.iter().zip(best) {
        let points = n * numerator / denominator;
        let cube = (points as f64).powi(3);
        let t = if unit.is_finite() { format!("{:8.2}", time / unit) } else { "       -".into() };
        println!(
            "{name:32} {points:>5}^3 {:10.2} {t} {:12.1} {:16.1} {:12.2}",
            time * 1e3,
            time * 1e9 / cube,
            memory / (8.0 * cube),
            sample * 1e3
        );
    }
    println!("speed-up on 2 ranks, time(1) / (2 time(2)): {:.2}", best[0][0] / best[1][0] / 2.0);
    println!(
        "single against double: {:.2}; phase-shift against two-thirds at the same k_max: {:.2}",
        best[0][0] / best[2][0],
        best[0][0] / best[4][0]
    );
    let [shear, strain, rotation, general, scalar] =
        [6, 7, 8, 9, 10].map(|row: usize| best[row][0] / best[0][0]);
    println!(
        "times of two-thirds: shear {shear:.3}, strain {strain:.3}, rotation {rotation:.3}, general \
         {general:.3}, a scalar {scalar:.3}"
    );
}

/// Seconds a right-hand side, bytes of all ranks, and seconds a sample of the series.
fn launch(dealiasing: &str, precision: &str, points: usize, ranks: usize) -> Option<[f64; 3]> {
    support::launch(ranks, &["--measure", dealiasing, precision, &points.to_string()])
}

fn measure(arguments: &[String]) {
    let [what, precision, points] = arguments else { return };
    let points: usize = points.parse().unwrap();
    match (what.as_str(), precision.as_str()) {
        ("fftw", _) => {
            if let Some(time) = fftw([points; 3]) {
                println!("{time} 0 0");
            }
        }
        (name, "single") => flow::<f32>(name, points),
        (name, _) => flow::<f64>(name, points),
    }
}

fn flow<T: Real>(what: &str, points: usize) {
    let session = Session::start(Program { version: "0.1.0", commit: "bench" }).unwrap();
    let world = Rc::new(session.world());
    let (dealiasing, scheme) = match what {
        "phase-shift" => (Dealiasing::PhaseShift, RungeKutta::Rk2),
        "phase-shift-exact" => (Dealiasing::PhaseShiftExact, RungeKutta::Rk2),
        _ => (Dealiasing::TwoThirds, RungeKutta::Rk3),
    };
    let gradient = match what {
        "shear" => Gradient::Shear { rate: 1.0 },
        "strain" => Gradient::PlaneStrain { rate: 0.1 },
        "general" => Gradient::General([[0.0, 0.1, 0.1], [0.1, 0.0, 0.1], [0.1, 0.1, 0.0]]),
        _ => Gradient::None,
    };
    let rotation = if what == "rotation" { [0.0, 0.0, 1.0] } else { [0.0; 3] };
    let scalar = Scalar {
        name: "t".into(),
        schmidt: 1.0,
        gradient: [0.0, 1.0, 0.0],
        buoyancy: [0.0; 3],
        initial: ScalarInitial::Zero,
    };
    let parameters = Parameters {
        viscosity: 1.0 / 1600.0,
        mean: Mean { gradient, rotation, ..Mean::default() },
        scalars: if what == "scalar" { vec![scalar] } else { Vec::new() },
        dealiasing,
        scheme,
        step_size: StepSize::Courant(0.5),
        ..Parameters::at_rest([points; 3])
    };
    let mut flow = Homogeneous::<T>::new(world.clone(), parameters).unwrap();
    flow.set(&Initial::TaylorGreen { amplitude: 1.0, dimensions: 3 }).unwrap();
    flow.advance(f64::INFINITY).unwrap();
    let steps = (20_000_000 / points.pow(3)).clamp(2, 40);
    // The least of many steps, as the least of many transforms is taken for the yardstick.
    let mut best = f64::INFINITY;
    for _ in 0..3 * steps {
        world.barrier();
        let start = Instant::now();
        flow.advance(f64::INFINITY).unwrap();
        world.barrier();
        best = best.min(start.elapsed().as_secs_f64() / scheme.stages().len() as f64);
    }
    let mut sample = f64::INFINITY;
    for _ in 0..steps {
        world.barrier();
        let start = Instant::now();
        flow.observe();
        sample = sample.min(start.elapsed().as_secs_f64());
    }
    let memory: f64 = world.gather_at_root(&[peak_memory()]).iter().sum();
    if world.is_root() {
        println!("{best} {memory} {sample}");
        let phases = flow.phases();
        eprintln!(
            "{points} {what}: transform {:.3} exchange {:.3} products {:.3} update {:.3} s; velocity fields \
             at {:?}",
            phases.transform,
            phases.exchange,
            phases.products,
            phases.update,
            flow.clock()
        );
    }
}
