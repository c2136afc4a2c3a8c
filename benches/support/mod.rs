//! What the yardsticks share.
#![allow(dead_code)] // each yardstick uses a part of it

use rogallo::memory::HugePages;
use std::ffi::{c_int, c_uint, c_void};
use std::process::Command;
use std::time::Instant;

#[global_allocator]
static MEMORY: HugePages = HugePages;

/// The three numbers that this program prints first when it runs with these arguments on so many ranks.
pub fn launch(ranks: usize, arguments: &[&str]) -> Option<[f64; 3]> {
    let program = std::env::current_exe().ok()?;
    let mut command = Command::new("mpirun");
    command.args(["-quiet", "-n", &ranks.to_string()]).arg(program).args(arguments);
    for name in ["OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] {
        command.env(name, "1");
    }
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text.split_whitespace().filter_map(|word| word.parse::<f64>().ok());
    Some([numbers.next()?, numbers.next()?, numbers.next()?])
}

/// Largest resident memory of this process so far, in bytes.
pub fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(f64::NAN) * 1024.0
}

/// Seconds of one real-to-complex transform by FFTW: double, out of place, `FFTW_MEASURE`, one thread.
pub fn fftw([nx, ny, nz]: [usize; 3]) -> Option<f64> {
    type Plan = unsafe extern "C" fn(c_int, c_int, c_int, *mut f64, *mut c_void, c_uint) -> *mut c_void;
    type Execute = unsafe extern "C" fn(*mut c_void);
    // SAFETY: the names and types are those of fftw3.h; the arrays have the sizes that FFTW's
    // manual asks for and outlive the plan.
    unsafe {
        let library = libloading::Library::new("libfftw3.so.3").ok()?;
        let plan = library.get::<Plan>(b"fftw_plan_dft_r2c_3d").ok()?;
        let execute = library.get::<Execute>(b"fftw_execute").ok()?;
        let (mut points, mut modes) = (vec![0.0_f64; nx * ny * nz], vec![0.0_f64; nz * ny * (nx + 2)]);
        let plan =
            plan(nz as c_int, ny as c_int, nx as c_int, points.as_mut_ptr(), modes.as_mut_ptr().cast(), 0);
        points.iter_mut().enumerate().for_each(|(i, x)| *x = (i % 97) as f64);
        let mut best = f64::INFINITY;
        for _ in 0..(40_000_000 / (nx * ny * nz)).clamp(5, 100) {
            let start = Instant::now();
            execute(plan);
            best = best.min(start.elapsed().as_secs_f64());
        }
        Some(best)
    }
}
