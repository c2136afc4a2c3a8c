//! A flow that is known everywhere, two harmonics of the wavelength on a laminar profile, through
//! averages, moments and budgets.

use super::*;
use crate::case::{ChannelScalar, ScalarBoundary};
use crate::statistics::{Axis, Batch, Record, Tally};
use crate::test_data;
use profiles::find;
use std::f64::consts::TAU;

const POINTS: usize = 33;
const NU: f64 = 0.01;
const OMEGA: f64 = 0.3;

/// What a case says; without rotation and with walls at rest its halves are alike.
fn case(rotation: f64) -> String {
    format!(
        "flow.kind = \"channel\"\ndomain = \
         {{ size = [\"2 pi\", 2, \"pi\"], grid = [16, {POINTS}, 16] }}\nfluid.viscosity = {NU}\n\
         drive = {{ kind = \"pressure-gradient\", gradient = 0.02, rotation = {rotation} }}\ninitial.kind \
         = \"turbulent\"\n\
         time = {{ cfl = 0.8, end = 10.0 }}\noutput.statistics = {{ every_steps = 10, from = 3.0 }}\n\
         scalar.dye = {{ schmidt = 0.5, values = [-1.0, 2.0] }}\nscalar.heat = \
         {{ schmidt = 0.7, source = 1.0 }}\n"
    )
}

fn channel(rotation: f64) -> Channel {
    let parsed = case::parse("case.toml", &case(rotation), Path::new(""), &[])
        .unwrap_or_else(|error| panic!("{error}"));
    match parsed.flow {
        FlowKind::Channel(flow) => flow,
        FlowKind::Homogeneous(_) => panic!("not a channel"),
    }
}

/// A polynomial and its derivatives at y.
fn polynomial(coefficients: &[f64], y: f64, derivative: i32) -> f64 {
    let falling = |n: i32| (0..derivative).map(|m| f64::from(n - m)).product::<f64>();
    coefficients
        .iter()
        .zip(0..)
        .filter(|(_, n)| *n >= derivative)
        .map(|(a, n)| a * falling(n) * y.powi(n - derivative))
        .sum()
}

/// A field and its derivatives at a point: f, f_x, f_y, f_yy.
type Jet = [f64; 4];

fn times(a: Jet, b: Jet) -> Jet {
    [
        a[0] * b[0],
        a[1] * b[0] + a[0] * b[1],
        a[2] * b[0] + a[0] * b[2],
        a[3] * b[0] + 2.0 * a[2] * b[2] + a[0] * b[3],
    ]
}

/// Fluctuations of u, v, w, p and a scalar:
///
/// ```text
///     v = f cos x + g sin x + h cos 2x,   u = -f' sin x + g' cos x - h' sin 2x / 2
/// ```
fn fluctuations(x: f64, y: f64) -> [Jet; 5] {
    // (1 - y^2)^2 (1 + y/2), (1 - y^2)^2 y, 0.4 (1 - y^2)^2
    let f = [1.0, 0.5, -2.0, -1.0, 1.0, 0.5];
    let g = [0.0, 1.0, 0.0, -2.0, 0.0, 1.0];
    let h = [0.4, 0.0, -0.8, 0.0, 0.4];
    let term = |line: &[f64], first: i32, [c, dc]: [f64; 2]| -> Jet {
        let of = |derivative| polynomial(line, y, first + derivative);
        [of(0) * c, of(0) * dc, of(1) * c, of(2) * c]
    };
    let (cos, sin, minus_sin) = ([x.cos(), -x.sin()], [x.sin(), x.cos()], [-x.sin(), -x.cos()]);
    let (cos2, minus_sin2) =
        ([(2.0 * x).cos(), -2.0 * (2.0 * x).sin()], [-0.5 * (2.0 * x).sin(), -(2.0 * x).cos()]);
    let sum = |parts: &[Jet]| -> Jet { std::array::from_fn(|i| parts.iter().map(|part| part[i]).sum()) };
    let v = sum(&[term(&f, 0, cos), term(&g, 0, sin), term(&h, 0, cos2)]);
    let u = sum(&[term(&f, 1, minus_sin), term(&g, 1, cos), term(&h, 1, minus_sin2)]);
    let w = sum(&[term(&[0.5, 0.2, -0.5, -0.2], 0, cos), term(&[0.1, 0.0, -0.1], 0, cos2)]);
    let p = sum(&[term(&[0.3, 0.2, 0.1], 0, cos), term(&[-0.1, 0.4], 0, sin), term(&[0.2], 0, cos2)]);
    let s = sum(&[term(&[1.0, 0.3, -1.0, -0.3], 0, cos), term(&[0.2, 0.0, -0.2], 0, cos2)]);
    [u, v, w, p, s]
}

/// Means of u, w, p and a scalar of the values -1 and 2 at the walls: neither even nor odd.
const MEANS: [&[f64]; 4] =
    [&[1.0, 0.1, -1.0, -0.1], &[0.3, 0.0, 0.0, 0.0, -0.3], &[0.2, 0.1, 0.7], &[0.5, 1.5]];

/// The flow of the laboratory; seen in the mirror y -> -y if `mirrored`, where the scalar is 1 - s.
fn flow(x: f64, y: f64, mirrored: bool) -> [Jet; 5] {
    let at = if mirrored { -y } else { y };
    let [mut u, mut v, mut w, mut p, mut s] = fluctuations(x, at);
    for (field, mean) in [&mut u, &mut w, &mut p, &mut s].into_iter().zip(MEANS) {
        [0, 2, 3]
            .into_iter()
            .zip(0..)
            .for_each(|(i, derivative)| field[i] += polynomial(mean, at, derivative));
    }
    if mirrored {
        for field in [&mut u, &mut v, &mut w, &mut p, &mut s] {
            field[2] = -field[2];
        }
        v = v.map(|v| -v);
        s = [1.0 - s[0], -s[1], -s[2], -s[3]];
    }
    [u, v, w, p, s]
}

/// The mean of f over x.
fn mean(f: impl Fn(f64) -> f64) -> f64 {
    (0..16).map(|i| f(TAU * f64::from(i) / 16.0)).sum::<f64>() / 16.0
}

const NAMES: &str = "u v w uuu uuv uvv vvv vww uww www uuuu vvvv wwww uu vv ww uv uw vw p pp pu pv pw e_uu \
    e_vv e_ww e_uv e_uw e_vw p_ux p_vx p_wx \
    p_uz p_vz p_wz oyoy oy d_uu d_vv d_ww d_uv d_uw d_vw p_uy p_vy p_wy oxox ozoz ox oz s ss us vs e_ss d_ss";

/// The average of a name in the statistics at y, in a frame of this velocity.
fn raw(name: &str, y: f64, mirrored: bool, frame_velocity: f64) -> f64 {
    mean(|x| {
        let [mut u, v, w, p, s] = flow(x, y, mirrored);
        u[0] -= frame_velocity;
        let of = |letter: char| match letter {
            'u' => u,
            'v' => v,
            'w' => w,
            'p' => p,
            _ => s,
        };
        let all = |letters: &str, i: usize| letters.chars().map(|letter| of(letter)[i]).product::<f64>();
        match name.split_once('_') {
            Some(("e", letters)) => all(letters, 1),
            Some(("d", letters)) => all(letters, 2),
            Some((_, what)) => match what.split_at(1) {
                (letters, "x") => p[0] * all(letters, 1),
                (letters, "y") => p[0] * all(letters, 2),
                _ => 0.0,
            },
            None => match name.strip_prefix('o') {
                Some(axes) => {
                    let vorticity = [w[2], -w[1], v[1] - u[2]]["xyz".find(&axes[..1]).unwrap()];
                    if axes.len() > 1 { vorticity * vorticity } else { vorticity }
                }
                None => all(name, 0),
            },
        }
    })
}

/// A batch of the length `length` whose samples weigh `weight` in all, with sums over `y`.
pub fn batch(number: u64, length: f64, weight: f64, y: &[f64], sums: &[(&str, Vec<f64>)]) -> Batch {
    let begin = number as f64 * length;
    let line = |name: &str, values: &[f64]| {
        let (units, description) = (String::new(), String::new());
        Record {
            name: name.into(),
            units,
            description,
            axes: vec!["y".into()],
            shape: vec![values.len()],
            values: values.to_vec(),
        }
    };
    let lines = sums.iter().map(|(name, values)| line(name, values));
    let records =
        [line("y", y), Record::scalar("frame_velocity", "", "", 0.0)].into_iter().chain(lines).collect();
    let moments = Tally { begin, end: begin + weight, samples: 2, weight, squares: 0.5 * weight * weight };
    Batch { number, axis: Axis::new(length), moments, spectra_batches: 1, spectra: None, records }
}

/// As many batches of the length 2 as there are factors, each the averages times its factor; both
/// scalars are the same one.
fn samples(factors: &[f64], mirrored: bool) -> Samples {
    in_frame(factors, mirrored, 0.0)
}

fn in_frame(factors: &[f64], mirrored: bool, frame_velocity: f64) -> Samples {
    let y = Points::new(POINTS).y;
    let mut averages: Vec<(String, Vec<f64>)> = Vec::new();
    for name in NAMES.split_whitespace() {
        let profile: Vec<f64> = y.iter().map(|y| raw(name, *y, mirrored, frame_velocity)).collect();
        for scalar in ["[dye]", "[heat]"] {
            match name.contains('s') {
                true => averages.push((name.replace('s', scalar), profile.clone())),
                false if scalar == "[dye]" => averages.push((name.to_owned(), profile.clone())),
                false => {}
            }
        }
    }
    let of_batch = |(number, factor): (usize, &f64)| {
        let sums: Vec<(&str, Vec<f64>)> = averages
            .iter()
            .map(|(name, profile)| (&**name, profile.iter().map(|average| 2.0 * factor * average).collect()))
            .collect();
        let mut batch = batch(number as u64, 2.0, 2.0, &y, &sums);
        batch
            .records
            .iter_mut()
            .filter(|record| record.name == "frame_velocity")
            .for_each(|frame| frame.values[0] = frame_velocity);
        batch
    };
    Samples::new(&factors.iter().enumerate().map(of_batch).collect::<Vec<_>>()).unwrap()
}

fn setting(flow: &Channel) -> Setting {
    Setting {
        viscosity: NU,
        rotation: flow.rotation,
        frame_velocity: 0.0,
        walls: flow.walls.velocity,
        scalars: flow.scalars.clone(),
        symmetry: Symmetry::of(flow),
        grid: Points::new(POINTS),
        differences: Differences::new(POINTS),
    }
}

/// At every point a column must be what a function of x makes of the fluctuations, in the mean over x.
fn compare(columns: &[Column], name: &str, unit: f64, exact: impl Fn([Jet; 5], f64) -> f64) {
    let column = find(columns, name).unwrap_or_else(|| panic!("no column {name}"));
    assert_eq!(column.values.len(), POINTS);
    for (y, value) in columns[0].values.iter().map(|y| y - 1.0).zip(&column.values) {
        let exact = mean(|x| exact(fluctuations(x, y), y)) / unit;
        assert!(
            (value - exact).abs() < 1e-10 * (1.0 + exact.abs()),
            "{name} at y = {y}: {value}, not {exact}"
        );
    }
}

#[test]
fn moments_are_those_of_the_fluctuations() {
    let findings = Findings::new(&samples(&[1.0], false).all(), &setting(&channel(OMEGA))).unwrap();
    let u_tau = (2.0 * NU).sqrt();
    let compare = |name: &str, unit: f64, exact: &dyn Fn([Jet; 5]) -> f64| {
        compare(&findings.profiles, name, unit, |jets, _| exact(jets))
    };
    let letters = "uvwp";
    for name in "uu vv ww uv uw vw pu pv uuu uuv uvv vvv vww uww www".split(' ') {
        // A pressure is the square of a velocity.
        let power = name.len() as i32 + i32::from(name.contains('p'));
        compare(name, u_tau.powi(power), &|jets| {
            name.chars().map(|c| jets[letters.find(c).unwrap()][0]).product()
        });
    }
    let total = |q: [Jet; 5], y: f64| NU * polynomial(MEANS[0], y, 1) - q[0][0] * q[1][0];
    self::compare(&findings.profiles, "total_stress", u_tau.powi(2), total);
    let line = |y: f64| 0.5 * NU * (1.8 * (1.0 - y) - 2.2 * (1.0 + y));
    self::compare(&findings.profiles, "stress_off_line", u_tau.powi(2), |q, y| total(q, y) - line(y));
    let rms = |name: &str, square: &dyn Fn([Jet; 5]) -> f64, unit: f64| {
        let column = find(&findings.profiles, name).unwrap();
        for (y, value) in findings.profiles[0].values.iter().zip(&column.values) {
            let exact = mean(|x| square(fluctuations(x, y - 1.0))) / (unit * unit);
            assert!((value * value - exact).abs() < 1e-10 * (1.0 + exact), "{name} at y = {y}");
        }
    };
    rms("p_rms", &|jets| jets[3][0].powi(2), u_tau.powi(2));
    rms("omega_x_rms", &|jets| jets[2][2].powi(2), u_tau.powi(2) / NU);
    rms("omega_y_rms", &|jets| jets[2][1].powi(2), u_tau.powi(2) / NU);
    rms("omega_z_rms", &|jets| (jets[1][1] - jets[0][2]).powi(2), u_tau.powi(2) / NU);
    let flatness = find(&findings.profiles, "flatness_u").unwrap();
    let (second, fourth) =
        (mean(|x| fluctuations(x, 0.0)[0][0].powi(2)), mean(|x| fluctuations(x, 0.0)[0][0].powi(4)));
    assert!((flatness.values[POINTS / 2] - fourth / second.powi(2)).abs() < 1e-8);
    assert!(flatness.values[0].is_nan());
    // The scalar of the slope 1.5 and the Schmidt number 0.5.
    let flux = NU / 0.5 * 1.5;
    compare("v_dye", flux, &|jets| jets[1][0] * jets[4][0]);
    compare("u_dye", flux, &|jets| jets[0][0] * jets[4][0]);
    rms("dye_rms", &|jets| jets[4][0].powi(2), flux / u_tau);
}

#[test]
fn budgets_are_those_of_the_fluctuations() {
    let findings = Findings::new(&samples(&[1.0], false).all(), &setting(&channel(OMEGA))).unwrap();
    let unit = (2.0 * NU).powi(2) / NU;
    let slopes = |y: f64| [polynomial(MEANS[0], y, 1), 0.0, polynomial(MEANS[1], y, 1)];
    for (stress, i, j) in [("uu", 0, 0), ("vv", 1, 1), ("ww", 2, 2), ("uv", 0, 1)] {
        let term = |name: &str, exact: &dyn Fn([Jet; 5], f64) -> f64| {
            compare(&findings.budgets, &format!("{name}_{stress}"), unit, exact)
        };
        // d u_i/dx_j, there being no d/dz.
        let gradient = |jets: &[Jet; 5], i: usize, j: usize| if j < 2 { jets[i][1 + j] } else { 0.0 };
        term("production", &|q, y| -q[1][0] * (q[i][0] * slopes(y)[j] + q[j][0] * slopes(y)[i]));
        term("transport", &|q, _| -times(times(q[i], q[j]), q[1])[2]);
        term("viscous", &|q, _| NU * times(q[i], q[j])[3]);
        term("pressure_strain", &|q, _| q[3][0] * (gradient(&q, i, j) + gradient(&q, j, i)));
        let across = |q: &[Jet; 5], i: usize, j: usize| if j == 1 { times(q[3], q[i])[2] } else { 0.0 };
        term("pressure_transport", &|q, _| -across(&q, i, j) - across(&q, j, i));
        term("dissipation", &|q, _| -2.0 * NU * (q[i][1] * q[j][1] + q[i][2] * q[j][2]));
        // du/dt = 2 Omega v, dv/dt = -2 Omega u
        let turned = |q: &[Jet; 5], i: usize| 2.0 * OMEGA * [q[1][0], -q[0][0], 0.0][i];
        if stress != "ww" {
            term("rotation", &|q, _| q[i][0] * turned(&q, j) + q[j][0] * turned(&q, i));
        }
    }
    assert!(find(&findings.budgets, "rotation_k").is_none());
    compare(&findings.budgets, "dissipation_k", unit, |q, _| {
        -NU * (0..3).map(|i| q[i][1].powi(2) + q[i][2].powi(2)).sum::<f64>()
    });
    // Continuity: pressure strain has no trace.
    assert!(
        find(&findings.budgets, "pressure_strain_k").unwrap().values.iter().all(|value| value.abs() < 1e-10)
    );
}

#[test]
fn velocities_are_relative_to_the_walls() {
    let walls = [-0.5, 0.8];
    let findings =
        Findings::new(&samples(&[1.0], false).all(), &Setting { walls, ..setting(&channel(OMEGA)) }).unwrap();
    let u_tau = (2.0 * NU).sqrt();
    compare(&findings.profiles, "U", u_tau, |_, y| {
        polynomial(MEANS[0], y, 0) - walls[usize::from(y > 1e-12)]
    });
    let number = |name: &str, exact: f64| {
        let found = find(&findings.numbers, name).unwrap().values[0];
        assert!((found - exact).abs() < 1e-12 * exact.abs(), "{name}: {found}, not {exact}");
    };
    number("bulk", 2.0 / 3.0 - 0.15);
    number("re_bulk", (2.0 / 3.0 - 0.15) / NU);
    number("u_tau_lower", (1.8 * NU).sqrt());
    number("u_tau_upper", (2.2 * NU).sqrt());
}

/// A flow and its mirror image give the same halves; the mean over both is what a symmetric one would be.
#[test]
fn the_halves_are_averaged_where_they_are_alike() {
    let mut flow = channel(0.0);
    flow.scalars = vec![ChannelScalar {
        name: "dye".into(),
        schmidt: 0.5,
        boundary: ScalarBoundary::Values { lower: -1.0, upper: 2.0 },
    }];
    let setting = setting(&flow);
    let [one, other] =
        [false, true].map(|mirrored| Findings::new(&samples(&[1.0], mirrored).all(), &setting).unwrap());
    for (one, other) in one.columns().zip(other.columns()) {
        assert!(one.values.len() == POINTS / 2 + 1 || one.values.len() == 1);
        for (a, b) in one.values.iter().zip(&other.values) {
            assert!(
                (a - b).abs() < 1e-9 * (1.0 + a.abs()) || (a.is_nan() && b.is_nan()),
                "{}: {a} {b}",
                one.name
            );
        }
    }
    for walls in [[0.0, 0.1], [-1.0, 1.0]] {
        flow.walls.velocity = walls;
        assert!(!Symmetry::of(&flow).holds);
    }
}

/// u measured in a frame that moves gives the same findings, those of the laboratory.
#[test]
fn the_frame_of_the_averages_does_not_matter() {
    for rotation in [0.0, OMEGA] {
        let mut flow = channel(rotation);
        // As a source's this scalar has no flux through the walls in the mean of the halves, so
        // that its unit is round-off.
        flow.scalars.retain(|scalar| scalar.name == "dye" || rotation != 0.0);
        let setting = |frame_velocity: f64| Setting { frame_velocity, ..setting(&flow) };
        let [at_rest, moving] =
            [0.0, 7.0].map(|c| Findings::new(&in_frame(&[1.0], false, c).all(), &setting(c)).unwrap());
        for (one, other) in at_rest.columns().zip(moving.columns()) {
            // Both divide by variances that vanish at the walls.
            let quotient = one.name.starts_with("skewness") || one.name.starts_with("flatness");
            let margin = if quotient { 3 } else { 0 };
            for (a, b) in one.values.iter().zip(&other.values).skip(margin).rev().skip(margin) {
                let near = (a - b).abs() < 1e-7 * (1.0 + a.abs());
                assert!(near || a.is_nan() && b.is_nan(), "{}: {a} {b}", one.name);
            }
        }
    }
}

/// What is linear in the averages has the standard error of their mean, u_tau half of it.
#[test]
fn errors_are_those_of_the_mean_of_the_batches() {
    let factors = [1.02, 0.99, 1.01, 0.97, 1.03, 0.98];
    let findings = errors::findings(&samples(&factors, false), &setting(&channel(OMEGA))).unwrap();
    let error = (factors.iter().map(|factor| (factor - 1.0f64).powi(2)).sum::<f64>() / 5.0 / 6.0).sqrt();
    let number = |name: &str| find(&findings.numbers, name).unwrap();
    let bulk = number("bulk");
    assert!(
        (bulk.values[0] - 2.0 / 3.0).abs() < 1e-12 && (bulk.errors[0] - 2.0 / 3.0 * error).abs() < 1e-12,
        "{bulk:?}"
    );
    let u_tau = number("u_tau");
    assert!((u_tau.errors[0] / u_tau.values[0] / (0.5 * error) - 1.0).abs() < 0.01, "{u_tau:?}");
    // <uv>/u_tau^2 has the same factor above and below.
    let uv = find(&findings.profiles, "uv").unwrap();
    assert!(uv.errors.iter().all(|error| *error < 1e-12));
    let one = errors::findings(&samples(&[1.0], false), &setting(&channel(OMEGA))).unwrap();
    assert!(one.columns().all(|column| column.errors.iter().all(|error| error.is_nan())));
}

fn run_dir(rotation: f64) -> (tempfile::TempDir, Labels, Table) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("case.toml"), case(rotation)).unwrap();
    let mut series = String::from("step,time,re_tau,pressure_gradient\n");
    for i in 0..=100 {
        let t = 0.1 * f64::from(i);
        series += &format!("{i},{t},{},{}\n", 14.0 + t.sin(), if i == 0 { 0.0 } else { 0.02 });
    }
    std::fs::write(dir.path().join("series.csv"), series).unwrap();
    let labels = Labels::read(dir.path());
    let table = Table::read(&dir.path().join("series.csv")).unwrap();
    (dir, labels, table)
}

#[test]
fn a_channel_is_known_by_its_case_and_reported_before_its_first_average() {
    let (dir, ..) = run_dir(0.0);
    let text = crate::report::report(dir.path(), &[]).unwrap();
    for part in ["time reached", "nothing yet: samples are taken from t = 3 on", "(friction; .svg and .png)"]
    {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    assert!(!text.contains("energy"), "{text}");
}

#[test]
fn tables_and_figures_of_like_and_of_unlike_halves() {
    for (rotation, parts) in [
        (
            0.0,
            &[
                "10  (",
                "t = 4 to 10, 0.8 h/u_tau; 12 samples, errors from 3 batches of 2\n",
                "left out: 1 batch(es)",
                "C_f",
                "U_centre / U_b",
                "  uv+",
            ][..],
        ),
        (
            OMEGA,
            &[
                "lower wall 0.018",
                "upper wall -0.022",
                "both halves are kept",
                "wall units are those of 0.14",
                "not compared",
            ],
        ),
    ] {
        let (dir, labels, series) = run_dir(rotation);
        let flow = channel(rotation);
        let findings =
            errors::findings(&samples(&[1.02, 0.99, 1.01, 0.97, 1.03, 0.98], false), &setting(&flow))
                .unwrap();
        write(&dir.path().join("profiles.csv"), &findings.profiles).unwrap();
        let written = Table::read(&dir.path().join("profiles.csv")).unwrap();
        assert_eq!(written.column("U").unwrap(), findings.profiles[2].values);
        assert!(written.column("flatness_u_error").unwrap()[0].is_nan());

        let reference = dir.path().join("published.txt");
        std::fs::write(&reference, "# y/h y+ U+ uv+\n0 0 0 0\n0.0714 1 1 -0.1\n0.143 2 2 -0.3\n1 14 6 0\n")
            .unwrap();
        let tally = Tally { begin: 4.0, end: 10.0, samples: 12, weight: 6.0, squares: 3.0 };
        let averaged = Some(Averaged { findings, lines: None, tally, batches: 3, batch_length: 2.0 });
        let notes = vec!["left out: 1 batch(es) that begin before output.statistics.from = 3".to_owned()];
        let (references, _) = reference::read(&[reference.into()]).unwrap();
        let run = Run {
            labels: &labels,
            series: &series,
            flow,
            averaged,
            notes,
            references,
            published_lines: Vec::new(),
        };
        let figures = figures_directory(dir.path()).unwrap();
        let drawn = figures::draw(&figures, &run, NU).unwrap();
        assert_eq!(
            drawn,
            ["mean_velocity", "stresses", "vorticity", "budget_k", "scalar_mean", "scalar_rms", "friction"]
        );
        for name in drawn {
            let svg = std::fs::read_to_string(figures.join(name).with_extension("svg")).unwrap();
            let compared = ["mean_velocity", "stresses"].contains(&name) && rotation == 0.0;
            assert_eq!(svg.contains("published"), compared, "{name}");
            assert!(std::fs::read(figures.join(name).with_extension("png")).unwrap().starts_with(b"\x89PNG"));
        }
        let text = table::table(&run, &figures, &["friction"]).unwrap();
        for part in parts {
            assert!(text.contains(part), "no `{part}` in\n{text}");
        }
    }
}

/// At y+ = 10, and at the wall: the figures of the cross-check that comes with the data.
#[test]
fn published_channels_are_read_as_distributed() {
    for (files, u, uu_peak, wall, re_tau) in [
        (
            &[
                "MKM1999/chan180/profiles/chan180.means",
                "MKM1999/chan180/profiles/chan180.reystress",
                "MKM1999/chan180/balances/chan180.kbal",
            ][..],
            8.5345,
            7.0806,
            0.17146,
            178.12,
        ),
        (
            &["UPM_HoyasJimenez/Re180/profiles/Re180.prof", "UPM_HoyasJimenez/Re180/balances/Re180.bal.kbal"],
            8.5165,
            7.0724,
            0.17746,
            186.34,
        ),
        (&["LeeMoser2015/LM_Channel_0180_stress_k_eps.dat"], 8.5216, 7.1385, 0.17778, 182.088),
        (
            &["LeeMoser2015/LM_Channel_1000_mean_prof.dat", "LeeMoser2015/LM_Channel_1000_stress_k_eps.dat"],
            8.4389,
            8.1034,
            0.25171,
            1000.512,
        ),
    ] {
        let paths: Vec<Given> = files.iter().map(|file| test_data("channel").join(file).into()).collect();
        let (published, _) = reference::read(&paths).unwrap();
        let profile = |name: &str| {
            published
                .iter()
                .find_map(|source| source.find(name))
                .unwrap_or_else(|| panic!("no {name} in {files:?}"))
        };
        let at = |name: &str, y_plus: f64| {
            crate::report::cubic::interpolate(&profile(name).y_plus, &profile(name).values, y_plus)
        };
        assert!((at("U", 10.0) - u).abs() < 2e-3, "{files:?}: U+(10) = {}", at("U", 10.0));
        let peak = (0..400).map(|i| at("uu", 10.0 + 0.025 * f64::from(i))).fold(0.0, f64::max);
        assert!((peak / uu_peak - 1.0).abs() < 2e-3, "{files:?}: {peak}");
        assert!((profile("dissipation_k").values[0] / -wall - 1.0).abs() < 1e-3, "{files:?}");
        assert!(
            (published[0].re_tau.unwrap() / re_tau - 1.0).abs() < 1e-3,
            "{files:?}: {:?}",
            published[0].re_tau
        );
        assert!(profile("uv").values.iter().all(|uv| *uv < 1e-3));
    }
    for (file, name, at_the_wall) in [
        ("MKM1999/chan180/profiles/chan180.vortvar", "omega_z_rms", 0.13229f64.sqrt()),
        ("MKM1999/chan180/balances/chan180.uvbal", "pressure_strain_uv", 5.1549e-2),
        ("MKM1999/chan590/balances/chan590.uubal", "production_uu", 0.0),
        ("UPM_HoyasJimenez/Re2000/balances/Re2000.bal.ww", "transport_ww", 0.0),
    ] {
        let (published, _) = reference::read(&[test_data("channel").join(file).into()]).unwrap();
        let wall = published[0].find(name).unwrap_or_else(|| panic!("no {name} in {file}")).values[0];
        assert!((wall - at_the_wall).abs() < 1e-4, "{file}: {wall}");
    }
    let deviations = test_data("channel/UPM_HoyasJimenez/Re180/profiles/Re180.std");
    assert!(
        reference::read(&[deviations.into()]).err().unwrap().message.contains("It holds standard deviations")
    );
}
