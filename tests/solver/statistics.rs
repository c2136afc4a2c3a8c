//! What is observed of the homogeneous flow, against sums over points, time derivatives, and fields
//! of known moments.

use crate::collective::{Check, Outcome};
use crate::ensure;
use crate::flows::{advance, parameters, random, started};
use rogallo::flow::{Flow, OutputTable};
use rogallo::homogeneous::case::{Dealiasing, Gradient, Initial, Mean, Scalar, ScalarInitial};
use rogallo::homogeneous::{Homogeneous, Parameters};
use rogallo::parallel::{ExactSum, World};
use rogallo::time::{RungeKutta, StepSize};
use rogallo::transform::{Reals, Values, ValuesMut};
use std::f64::consts::{FRAC_PI_2, TAU};
use std::rc::Rc;

pub static CHECKS: [Check; 8] = [
    Check { name: "stresses_are_means_over_points", ranks: &[1, 3], run: stresses },
    Check { name: "abc_flow_has_its_energy_helicity_and_lengths", ranks: &[1, 3], run: abc },
    Check { name: "spectra_add_up_to_the_series", ranks: &[1, 3], run: sums },
    Check { name: "transfer_conserves_energy", ranks: &[1, 3], run: transfer },
    Check { name: "shells_change_by_transfer_and_dissipation", ranks: &[3], run: shells },
    Check { name: "budgets_close", ranks: &[1, 3], run: budgets },
    Check { name: "known_fields_have_their_skewness_and_flatness", ranks: &[1, 3], run: moments },
    Check { name: "isotropic_skewness_is_that_of_the_transfer", ranks: &[2], run: isotropic },
];

/// A buoyant scalar with a mean gradient.
fn scalar() -> Scalar {
    let initial = ScalarInitial::Zero;
    Scalar {
        name: "heat".into(),
        schmidt: 0.7,
        gradient: [0.2, 0.7, -0.3],
        buoyancy: [0.3, 0.8, -0.4],
        initial,
    }
}

/// The mean flows of the tests: none, shear with rotation, and one that tilts the lattice in all directions.
fn means() -> [Mean; 3] {
    let general = Gradient::General([[0.3, 0.5, -0.2], [0.1, -0.7, 0.4], [0.6, 0.2, 0.4]]);
    [
        Mean::default(),
        Mean { gradient: Gradient::Shear { rate: 1.3 }, rotation: [0.1, 0.0, 0.4], ..Mean::default() },
        Mean { gradient: general, rotation: [0.2, -0.1, 0.3], ..Mean::default() },
    ]
}

/// A random velocity at `time`. The scalars begin as 0.6 u + v.
fn developed(world: &Rc<World>, parameters: Parameters, time: f64) -> Result<Homogeneous<f64>, String> {
    let mut flow = started(world, parameters, &random(1.0))?;
    let fields: Vec<_> = flow.state().iter().map(|(_, values)| modes(values)).collect();
    for (_, values) in flow.state_mut().into_iter().skip(3) {
        let ValuesMut::F64(theta) = values else { continue };
        theta.iter_mut().enumerate().for_each(|(j, theta)| *theta = fields[0][j] * 0.6 + fields[1][j]);
    }
    advance(&mut flow, time)?;
    Ok(flow)
}

fn modes(values: &Values<'_>) -> Vec<num_complex::Complex<f64>> {
    match values {
        Values::F64(modes) => modes.to_vec(),
        Values::F32(_) => Vec::new(),
    }
}

fn value(samples: &[(String, f64)], name: &str) -> f64 {
    samples.iter().find(|(n, _)| n == name).map_or(f64::NAN, |(_, value)| *value)
}

/// A column of an output table, without its empty cells.
fn column(tables: &[OutputTable], sheet: &str, name: &str) -> Vec<f64> {
    let Some(sheet) = tables.iter().find(|s| s.name == sheet) else { return Vec::new() };
    let Some(column) = sheet.columns.iter().position(|c| c == name) else { return Vec::new() };
    sheet.rows.iter().filter_map(|row| row[column]).collect()
}

fn near(what: &str, found: f64, expected: f64, tolerance: f64) -> Outcome {
    ensure!(
        (found - expected).abs() <= tolerance,
        "{what} is {found}, not {expected}: off by {:e}",
        found - expected
    );
    Ok(())
}

const STRESSES: [(&str, usize, usize); 6] =
    [("uu", 0, 0), ("vv", 1, 1), ("ww", 2, 2), ("uv", 0, 1), ("uw", 0, 2), ("vw", 1, 2)];
const COMPONENTS: [&str; 6] = ["xx", "yy", "zz", "xy", "xz", "yz"];

/// Means of products over the points are sums over modes: exact below half the points.
fn stresses(world: &Rc<World>) -> Outcome {
    for mean in means() {
        let gradient = mean.gradient;
        let box_ = Parameters {
            size: [TAU, 5.0, 4.0],
            grid: [18, 24, 20],
            mean,
            scalars: vec![scalar()],
            ..parameters(0)
        };
        let mut flow = developed(world, box_, 0.2)?;
        let samples = flow.observe();
        let points: Vec<Vec<f64>> = (0..3)
            .map(|i| match flow.points(i) {
                Reals::F64(values) => values,
                Reals::F32(_) => Vec::new(),
            })
            .collect();
        let q2 = 2.0 * value(&samples, "energy");
        if let Gradient::Shear { rate } = gradient {
            let parameter = rate.abs() * q2 / value(&samples, "dissipation");
            near("shear_parameter", value(&samples, "shear_parameter"), parameter, 1e-14 * parameter)?;
        }
        for (n, (name, i, j)) in STRESSES.into_iter().enumerate() {
            let mut sum = ExactSum::default();
            points[i].iter().zip(&points[j]).for_each(|(a, b)| sum.add(a * b));
            let r = sum.total(world) / (18.0 * 24.0 * 20.0);
            near(name, value(&samples, name), r, 1e-14 * q2)?;
            let b = r / q2 - if i == j { 1.0 / 3.0 } else { 0.0 };
            near("b", value(&samples, &format!("b_{}", COMPONENTS[n])), b, 1e-14)?;
        }
    }
    // theta = 0.6 u + v at first.
    let samples = developed(world, Parameters { scalars: vec![scalar()], ..parameters(24) }, 0.0)?.observe();
    let r = |name| value(&samples, name);
    let flux = [0.6 * r("uu") + r("uv"), 0.6 * r("uv") + r("vv"), 0.6 * r("uw") + r("vw")];
    for (i, name) in ["heat_flux_x", "heat_flux_y", "heat_flux_z"].into_iter().enumerate() {
        near(name, r(name), flux[i], 1e-14)?;
    }
    near("variance", r("heat_variance"), 0.36 * r("uu") + 1.2 * r("uv") + r("vv"), 1e-14)?;
    near("production", r("heat_production"), -2.0 * (0.2 * flux[0] + 0.7 * flux[1] - 0.3 * flux[2]), 1e-14)?;
    near("buoyancy flux", r("buoyancy_flux"), 0.3 * flux[0] + 0.8 * flux[1] - 0.4 * flux[2], 1e-14)
}

/// |k| = 2 everywhere, and the vorticity is 2 u.
fn abc(world: &Rc<World>) -> Outcome {
    let (a, b, c, nu) = (1.0, 0.7, 0.43, 0.01_f64);
    let mut flow = started(world, parameters(16), &Initial::Abc { a, b, c, wavenumber: 2 })?;
    let samples = flow.observe();
    let energy = 0.5 * (a * a + b * b + c * c);
    let (dissipation, u) = (2.0 * nu * 4.0 * energy, (2.0 * energy / 3.0).sqrt());
    let length = FRAC_PI_2 / (u * u) * energy / 2.0;
    let taylor = u * (15.0 * nu / dissipation).sqrt();
    let expected = [
        ("energy", energy),
        ("dissipation", dissipation),
        ("enstrophy", 4.0 * energy),
        ("helicity", 4.0 * energy),
        ("uu", 0.5 * (a * a + c * c)),
        ("vv", 0.5 * (b * b + a * a)),
        ("ww", 0.5 * (c * c + b * b)),
        ("uv", 0.0),
        ("production", 0.0),
        ("shear_parameter", 0.0),
        ("taylor_length", taylor),
        ("taylor_reynolds", u * taylor / nu),
        ("kolmogorov_length", (nu.powi(3) / dissipation).powf(0.25)),
        ("integral_length", length),
        ("dissipation_coefficient", dissipation * length / u.powi(3)),
        ("remesh_energy", 0.0),
    ];
    expected.into_iter().try_for_each(|(name, expected)| {
        near(name, value(&samples, name), expected, 1e-14 * expected.max(1.0))
    })?;
    // A fluid at rest has nothing, and nothing that is not a number.
    let mut still =
        Homogeneous::<f64>::new(world.clone(), parameters(8)).map_err(|error| error.to_string())?;
    ensure!(still.observe().iter().all(|(_, value)| *value == 0.0), "a fluid at rest: {:?}", still.observe());
    ensure!(still.budget().iter().all(|(_, value)| *value == 0.0), "a fluid at rest: {:?}", still.budget());
    Ok(())
}

fn sums(world: &Rc<World>) -> Outcome {
    for mean in means() {
        for dealiasing in [Dealiasing::TwoThirds, Dealiasing::PhaseShift] {
            let (mean, scalars) = (mean.clone(), vec![scalar()]);
            let box_ = Parameters {
                size: [TAU, 5.0, 4.0],
                grid: [18, 24, 20],
                mean,
                scalars,
                dealiasing,
                ..parameters(0)
            };
            let mut flow = developed(world, box_, 0.2)?;
            let (samples, tables) = (flow.observe(), flow.spectra());
            let (k, width) = (column(&tables, "spectra", "k"), TAU / 4.0);
            ensure!(k.len() > 5 && (k[1] - width).abs() < 1e-14, "shells {k:?}");
            for (spectrum, name) in [
                ("energy", "energy"),
                ("dissipation", "dissipation"),
                ("uu", "uu"),
                ("vv", "vv"),
                ("ww", "ww"),
                ("uv", "uv"),
                ("production", "production"),
                ("heat_variance", "heat_variance"),
                ("heat_flux_y", "heat_flux_y"),
            ] {
                let sum = column(&tables, "spectra", spectrum).iter().sum::<f64>() * width;
                near(spectrum, sum, value(&samples, name), 1e-13)?;
            }
            for i in ["x", "y", "z"] {
                let k = column(&tables, "spectra_1d", &format!("k{i}"));
                for name in ["uu", "vv", "ww"] {
                    // The trapezoidal rule; the last row is of modes, not of an end.
                    let density = column(&tables, "spectra_1d", &format!("{name}_{i}"));
                    let sum = (density.iter().sum::<f64>() - 0.5 * density[0]) * k[1];
                    near(&format!("{name}_{i}"), sum, value(&samples, name), 1e-13)?;
                }
            }
            let budget = flow.budget();
            for (term, name) in
                [("production", "production"), ("buoyancy", "buoyancy_flux"), ("dissipation", "dissipation")]
            {
                near(term, 0.5 * trace(&budget, term), value(&samples, name), 1e-13)?;
            }
            for term in ["rapid", "rotation"] {
                near(term, trace(&budget, term), 0.0, 1e-13)?;
            }
            let of_sheet: Vec<Vec<f64>> =
                budget.iter().map(|(name, _)| column(&tables, "budget", name)).collect();
            ensure!(
                budget.iter().zip(&of_sheet).all(|((_, x), column)| column[..] == [*x]),
                "budget.csv is {of_sheet:?}, not {budget:?}"
            );
        }
    }
    // One mode lies in one row of each direction.
    let initial = Initial::Mode { wavenumber: [1, -2, 3], amplitude: [2.0, 1.0, 0.0], phase: 0.4 };
    let tables = started(world, parameters(16), &initial)?.spectra();
    for (i, n) in [("x", 1), ("y", 2), ("z", 3)] {
        for (name, square) in [("uu", 2.0), ("vv", 0.5), ("ww", 0.0)] {
            let density = column(&tables, "spectra_1d", &format!("{name}_{i}"));
            ensure!(
                (0..6).all(|row| (density[row] - if row == n { square } else { 0.0 }).abs() < 1e-15),
                "{name}_{i}: {density:?}"
            );
        }
    }
    Ok(())
}

fn trace(budget: &[(String, f64)], term: &str) -> f64 {
    ["xx", "yy", "zz"].iter().map(|c| value(budget, &format!("{term}_{c}"))).sum()
}

/// Without aliasing the products move energy, and make none: what is left is round-off.
fn transfer(world: &Rc<World>) -> Outcome {
    for dealiasing in [Dealiasing::TwoThirds, Dealiasing::PhaseShiftExact, Dealiasing::PhaseShift] {
        for mean in means() {
            let mut flow = developed(world, Parameters { dealiasing, mean, ..parameters(24) }, 0.3)?;
            let tables = flow.spectra();
            let transfer = column(&tables, "spectra", "transfer");
            let flux = column(&tables, "spectra", "flux");
            let size: f64 = transfer.iter().map(|t| t.abs()).sum();
            let sum: f64 = transfer.iter().sum();
            println!("{dealiasing:?}: transfer adds up to {:.1e} of its size {size:.2}", sum / size);
            ensure!(size > 0.1, "no transfer");
            near("the sum of the transfer", sum, 0.0, 1e-14 * size)?;
            near("the flux at the end", flux[flux.len() - 1], 0.0, 1e-14 * size)?;
            near("the trace of the slow pressure", trace(&flow.budget(), "slow"), 0.0, 1e-14 * size)?;
        }
    }
    let mut linear = developed(world, Parameters { nonlinear: false, ..parameters(16) }, 0.1)?;
    ensure!(
        column(&linear.spectra(), "spectra", "transfer").iter().all(|t| *t == 0.0),
        "a linear run has transfer"
    );
    ensure!(
        COMPONENTS.iter().all(|c| value(&linear.budget(), &format!("slow_{c}")) == 0.0),
        "a linear run has slow pressure"
    );
    Ok(())
}

/// Interval of the time derivatives. The difference of fourth order is off by `h^4 / 30` of the
/// fifth derivative: 2e-10 at a rate of change of 10 a time, that of eddies of k u = 10. Round-off
/// is `1e-16 / h`.
const INTERVAL: f64 = 5e-4;
const CLOSES: f64 = 1e-9;

/// `f` at five times, one interval apart from 0.1 on: its time derivative, and in the middle `at_middle`.
fn derivative<R>(
    flow: &mut Homogeneous<f64>,
    f: impl Fn(&mut Homogeneous<f64>) -> Vec<f64>,
    at_middle: impl FnOnce(&mut Homogeneous<f64>) -> R,
) -> Result<(Vec<f64>, Vec<f64>, R), String> {
    let mut values = Vec::new();
    let (mut middle, mut at_middle) = (None, Some(at_middle));
    for n in 0..5 {
        advance(flow, 0.1 + f64::from(n) * INTERVAL)?;
        values.push(f(flow));
        if n == 2 {
            middle = at_middle.take().map(|at_middle| at_middle(flow));
        }
    }
    let slope = |i: usize| {
        (values[0][i] - 8.0 * values[1][i] + 8.0 * values[3][i] - values[4][i]) / (12.0 * INTERVAL)
    };
    let slopes = (0..values[2].len()).map(slope).collect();
    Ok((slopes, values.swap_remove(2), middle.ok_or("no middle")?))
}

/// dE(k)/dt = T(k) - D(k), shell by shell.
fn shells(world: &Rc<World>) -> Outcome {
    for dealiasing in [Dealiasing::TwoThirds, Dealiasing::PhaseShiftExact] {
        let parameters = Parameters { scheme: RungeKutta::Rk4, dealiasing, ..parameters(24) };
        let mut flow = developed(world, parameters, 0.1)?;
        let energy = |flow: &mut Homogeneous<f64>| column(&flow.spectra(), "spectra", "energy");
        let (slopes, _, tables) = derivative(&mut flow, energy, |flow| flow.spectra())?;
        let [transfer, dissipation] =
            ["transfer", "dissipation"].map(|name| column(&tables, "spectra", name));
        for (shell, slope) in slopes.into_iter().enumerate() {
            near(
                &format!("{dealiasing:?}: dE/dt of shell {shell}"),
                slope,
                transfer[shell] - dissipation[shell],
                CLOSES,
            )?;
        }
    }
    Ok(())
}

/// dR_ij/dt is the sum of the terms, component by component.
fn budgets(world: &Rc<World>) -> Outcome {
    for (dealiasing, nonlinear) in
        [(Dealiasing::TwoThirds, true), (Dealiasing::PhaseShiftExact, true), (Dealiasing::TwoThirds, false)]
    {
        for mean in means() {
            let scalars = vec![scalar()];
            let parameters = Parameters {
                scheme: RungeKutta::Rk4,
                dealiasing,
                nonlinear,
                mean,
                scalars,
                ..parameters(24)
            };
            let mut flow = developed(world, parameters, 0.1)?;
            let stresses = |flow: &mut Homogeneous<f64>| {
                let samples = flow.observe();
                STRESSES.iter().map(|(name, ..)| value(&samples, name)).collect()
            };
            let (slopes, r, budget) = derivative(&mut flow, stresses, |flow| flow.budget())?;
            let mut worst = 0.0_f64;
            for (n, c) in COMPONENTS.into_iter().enumerate() {
                let term = |name: &str| value(&budget, &format!("{name}_{c}"));
                near("R", term("R"), r[n], 1e-14)?;
                let sum: f64 = ["production", "rapid", "slow", "rotation", "buoyancy", "injection"]
                    .into_iter()
                    .map(term)
                    .sum();
                let expected = sum - term("dissipation");
                near(
                    &format!("{dealiasing:?}, nonlinear {nonlinear}: dR/dt of {c}"),
                    slopes[n],
                    expected,
                    CLOSES,
                )?;
                worst = worst.max((slopes[n] - expected).abs());
            }
            println!("{dealiasing:?}, nonlinear {nonlinear}: closes to {worst:.1e}, xy: {:.3}", slopes[3]);
        }
    }
    Ok(())
}

/// The sum of some fields.
fn superposed(
    world: &Rc<World>,
    parameters: Parameters,
    initial: &[Initial],
) -> Result<Homogeneous<f64>, String> {
    let mut sum = started(world, parameters.clone(), &initial[0])?;
    for initial in &initial[1..] {
        let other = started(world, parameters.clone(), initial)?;
        for ((_, to), (_, from)) in sum.state_mut().into_iter().zip(other.state()) {
            if let (ValuesMut::F64(to), Values::F64(from)) = (to, from) {
                to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
            }
        }
    }
    Ok(sum)
}

fn moments(world: &Rc<World>) -> Outcome {
    let wave = |wavenumber, amplitude, phase| Initial::Mode { wavenumber, amplitude, phase };
    // A single wave: skewness 0, flatness 3/2. A component without a derivative has none.
    let budget = started(world, parameters(18), &wave([1, 2, 0], [2.0, -1.0, 3.0], 0.3))?.budget();
    for (name, expected) in [
        ("skewness_x", 0.0),
        ("flatness_x", 1.5),
        ("skewness_y", 0.0),
        ("flatness_y", 1.5),
        ("flatness_z", 0.0),
    ] {
        near(name, value(&budget, name), expected, 1e-13)?;
    }
    // w = sin s + b/2 sin 2 s: dw/dz = k_z (cos s + b cos 2 s), with <d^2> = (1 + b^2) / 2, <d^3> = 3 b / 4,
    // <d^4> = 3/8 (1 + b^4) + 3/2 b^2.
    let b: f64 = 0.8;
    let waves = [
        wave([0, 1, 1], [0.0, -1.0, 1.0], -FRAC_PI_2),
        wave([0, 2, 2], [0.0, -0.5 * b, 0.5 * b], -FRAC_PI_2),
    ];
    let budget = superposed(world, parameters(18), &waves)?.budget();
    let square = 0.5 * (1.0 + b * b);
    let (skewness, flatness) =
        (0.75 * b / square.powf(1.5), (0.375 * (1.0 + b.powi(4)) + 1.5 * b * b) / (square * square));
    for (name, expected) in [
        ("skewness_z", skewness),
        ("flatness_z", flatness),
        ("skewness_y", -skewness),
        ("flatness_y", flatness),
    ] {
        near(name, value(&budget, name), expected, 1e-13)?;
    }
    // In the plane du/dx = -dv/dy at all times, with the wavenumbers of that time: here in a tilted box.
    let waves = [
        wave([1, 1, 0], [1.0, -1.0, 0.0], 0.2),
        wave([1, -2, 0], [2.0, 1.0, 0.0], 0.5),
        wave([2, -1, 0], [-0.5, -1.0, 0.0], -0.4),
    ];
    let sheared = Parameters { nonlinear: false, mean: means()[1].clone(), ..parameters(18) };
    let sheared = Parameters { mean: Mean { rotation: [0.0; 3], ..sheared.mean.clone() }, ..sheared };
    let mut flow = superposed(world, sheared, &waves)?;
    advance(&mut flow, 0.3)?;
    let budget = flow.budget();
    let skewness = value(&budget, "skewness_x");
    ensure!(skewness.abs() > 0.1, "skewness {skewness}");
    near("skewness_y", value(&budget, "skewness_y"), -skewness, 1e-12)?;
    near("flatness_y", value(&budget, "flatness_y"), value(&budget, "flatness_x"), 1e-12)
}

/// `-S = (3 sqrt(30) / 14) int k^2 T dk / (int k^2 E dk)^(3/2)` in isotropic turbulence. A sample
/// is not isotropic: the deviation is random, and its mean over independent fields within four of
/// its standard errors, which the fields themselves tell.
fn isotropic(world: &Rc<World>) -> Outcome {
    let (mut deviations, mut sum) = (Vec::new(), 0.0);
    for seed in 1..=8 {
        let parameters =
            Parameters { viscosity: 0.02, seed, step_size: StepSize::Courant(0.5), ..parameters(32) };
        let mut flow = started(world, parameters, &random(0.5))?;
        advance(&mut flow, 2.0)?;
        let tables = flow.spectra();
        let of = |name: &str| column(&tables, "spectra", name);
        // The shells are of width 1; that k^2 varies within one is an error of `1 / (12 k^2)`, a
        // per cent where the transfer is.
        let budget = flow.budget();
        let skewness =
            ["x", "y", "z"].iter().map(|i| value(&budget, &format!("skewness_{i}"))).sum::<f64>() / 3.0;
        let stretching: f64 = of("k").iter().zip(of("transfer")).map(|(k, t)| k * k * t).sum();
        let enstrophy = value(&flow.observe(), "enstrophy");
        let from_transfer = -3.0 * 30f64.sqrt() / 14.0 * stretching / enstrophy.powf(1.5);
        deviations.push(skewness - from_transfer);
        sum += skewness / 8.0;
    }
    let mean = deviations.iter().sum::<f64>() / 8.0;
    let error = (deviations.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / 7.0 / 8.0).sqrt();
    println!("skewness {sum:.3}, off that of the transfer by {mean:.4} +- {error:.4}");
    ensure!((-0.7..-0.3).contains(&sum), "skewness {sum}");
    ensure!(mean.abs() < 4.0 * error && error < 0.05 * sum.abs(), "off by {mean} +- {error}");
    Ok(())
}
