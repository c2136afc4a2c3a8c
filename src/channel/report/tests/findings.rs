//! Averages of the known flow through moments and budgets to profiles, numbers and errors.

use super::super::errors::Judged;
use super::super::profiles::{Column, Findings, Setting, find};
use super::super::symmetry::Symmetry;
use super::flow::*;
use crate::channel::case::{ChannelScalar, ScalarBoundary};

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
    for name in "uu vv ww uv uw vw pu pv pw uuu uuv uuw uvv uvw uww vvv vvw vww www".split(' ') {
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
    rms("omega_x_rms", &|jets| (jets[2][2] - jets[1][1]).powi(2), u_tau.powi(2) / NU);
    rms("omega_y_rms", &|jets| (jets[0][1] - jets[2][1]).powi(2), u_tau.powi(2) / NU);
    rms("omega_z_rms", &|jets| (jets[1][1] - jets[0][2]).powi(2), u_tau.powi(2) / NU);
    let flatness = find(&findings.profiles, "flatness_u").unwrap();
    let (second, fourth) =
        (mean(|x| fluctuations(x, 0.0)[0][0].powi(2)), mean(|x| fluctuations(x, 0.0)[0][0].powi(4)));
    assert!((flatness.values[POINTS / 2] - fourth / second.powi(2)).abs() < 1e-8);
    assert!(flatness.values[0].is_nan());
    // The scalar of the slope 1.5 and the Schmidt number 0.5.
    let flux = NU / 0.5 * 1.5;
    compare("v_dye", flux, &|jets| jets[1][0] * jets[4][0]);
    for (name, factors, unit) in [
        ("u_dye", &[0, 4][..], flux),
        ("w_dye", &[2, 4], flux),
        ("p_dye", &[3, 4], flux * u_tau),
        ("uv_dye", &[0, 1, 4], flux * u_tau),
        ("vv_dye", &[1, 1, 4], flux * u_tau),
        ("vw_dye", &[1, 2, 4], flux * u_tau),
        ("v_dye_dye", &[1, 4, 4], flux * flux / u_tau),
    ] {
        compare(name, unit, &|jets| factors.iter().map(|field| jets[*field][0]).product());
    }
    rms("dye_rms", &|jets| jets[4][0].powi(2), flux / u_tau);
    for (name, power) in [("skewness_dye", 3), ("flatness_dye", 4)] {
        let moment = |power: i32| mean(|x| fluctuations(x, 0.0)[4][0].powi(power));
        let exact = moment(power) / moment(2).powf(0.5 * f64::from(power));
        let value = find(&findings.profiles, name).unwrap().values[POINTS / 2];
        assert!((value - exact).abs() < 1e-8, "{name}: {value}, not {exact}");
    }
}

#[test]
fn budgets_are_those_of_the_fluctuations() {
    let findings = Findings::new(&samples(&[1.0], false).all(), &setting(&channel(OMEGA))).unwrap();
    let unit = (2.0 * NU).powi(2) / NU;
    let slopes = |y: f64| [polynomial(MEANS[0], y, 1), 0.0, polynomial(MEANS[1], y, 1)];
    let all = [("uu", 0, 0), ("vv", 1, 1), ("ww", 2, 2), ("uv", 0, 1), ("uw", 0, 2), ("vw", 1, 2)];
    for (stress, i, j) in all {
        let term = |name: &str, exact: &dyn Fn([Jet; 5], f64) -> f64| {
            compare(&findings.budgets, &format!("{name}_{stress}"), unit, exact)
        };
        // d u_i/dx_j, where d/dz is d/dx.
        let gradient = |jets: &[Jet; 5], i: usize, j: usize| jets[i][if j == 1 { 2 } else { 1 }];
        term("production", &|q, y| -q[1][0] * (q[i][0] * slopes(y)[j] + q[j][0] * slopes(y)[i]));
        term("transport", &|q, _| -times(times(q[i], q[j]), q[1])[2]);
        term("viscous", &|q, _| NU * times(q[i], q[j])[3]);
        term("pressure_strain", &|q, _| q[3][0] * (gradient(&q, i, j) + gradient(&q, j, i)));
        let across = |q: &[Jet; 5], i: usize, j: usize| if j == 1 { times(q[3], q[i])[2] } else { 0.0 };
        term("pressure_transport", &|q, _| -across(&q, i, j) - across(&q, j, i));
        term("dissipation", &|q, _| -2.0 * NU * (2.0 * q[i][1] * q[j][1] + q[i][2] * q[j][2]));
        // du/dt = 2 Omega v, dv/dt = -2 Omega u
        let turned = |q: &[Jet; 5], i: usize| 2.0 * OMEGA * [q[1][0], -q[0][0], 0.0][i];
        if stress != "ww" {
            term("rotation", &|q, _| q[i][0] * turned(&q, j) + q[j][0] * turned(&q, i));
        }
    }
    of_scalar(&findings);
    assert!(find(&findings.budgets, "rotation_k").is_none());
    compare(&findings.budgets, "dissipation_k", unit, |q, _| {
        -NU * (0..3).map(|i| 2.0 * q[i][1].powi(2) + q[i][2].powi(2)).sum::<f64>()
    });
    // Continuity: pressure strain has no trace.
    assert!(
        find(&findings.budgets, "pressure_strain_k").unwrap().values.iter().all(|value| value.abs() < 1e-10)
    );
}

/// The budgets of the scalar of the slope 1.5 and the Schmidt number 0.5.
fn of_scalar(findings: &Findings) {
    let (u_tau, flux, kappa) = ((2.0 * NU).sqrt(), NU / 0.5 * 1.5, NU / 0.5);
    let unit = flux * u_tau.powi(2) / NU;
    let term = |name: &str, unit: f64, exact: &dyn Fn([Jet; 5], f64) -> f64| {
        compare(&findings.budgets, name, unit, exact);
    };
    let of_variance = flux * flux / NU;
    term("production_dye_dye", of_variance, &|q, _| -2.0 * q[1][0] * q[4][0] * 1.5);
    term("transport_dye_dye", of_variance, &|q, _| -times(times(q[4], q[4]), q[1])[2]);
    term("molecular_dye_dye", of_variance, &|q, _| kappa * times(q[4], q[4])[3]);
    term("dissipation_dye_dye", of_variance, &|q, _| {
        -2.0 * kappa * (2.0 * q[4][1] * q[4][1] + q[4][2] * q[4][2])
    });
    for (i, field) in ["u", "v", "w"].into_iter().enumerate() {
        let term = |name: &str, exact: &dyn Fn([Jet; 5], f64) -> f64| {
            term(&format!("{name}_{field}_dye"), unit, exact);
        };
        let slopes = |y: f64| [polynomial(MEANS[0], y, 1), 0.0, polynomial(MEANS[1], y, 1)];
        term("production", &|q, y| -q[1][0] * (1.5 * q[i][0] + q[4][0] * slopes(y)[i]));
        term("transport", &|q, _| -times(times(q[i], q[4]), q[1])[2]);
        // d(nu s du/dy + kappa u ds/dy)/dy
        term("molecular", &|q, _| {
            NU * (q[4][0] * q[i][3] + q[4][2] * q[i][2]) + kappa * (q[i][0] * q[4][3] + q[i][2] * q[4][2])
        });
        term("pressure_scrambling", &|q, _| q[3][0] * q[4][if i == 1 { 2 } else { 1 }]);
        term("pressure_transport", &|q, _| if i == 1 { -times(q[3], q[4])[2] } else { 0.0 });
        term("dissipation", &|q, _| -(NU + kappa) * (2.0 * q[i][1] * q[4][1] + q[i][2] * q[4][2]));
        if i < 2 {
            term("rotation", &|q, _| 2.0 * OMEGA * [q[1][0], -q[0][0]][i] * q[4][0]);
        }
    }
    let is_there = |name: &str| find(&findings.budgets, name).is_some();
    assert!(is_there("residual_dye_dye") && is_there("residual_w_heat"));
    assert!(!is_there("pressure_scrambling_dye_dye") && !is_there("rotation_w_dye"));
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

/// Points next to a wall that are not compared: skewness and flatness divide by variances that vanish there.
fn margin(column: &Column) -> usize {
    if column.name.starts_with("skewness") || column.name.starts_with("flatness") { 3 } else { 0 }
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
        for (a, b) in one.values.iter().zip(&other.values).skip(margin(one)) {
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
            let margin = margin(one);
            for (a, b) in one.values.iter().zip(&other.values).skip(margin).rev().skip(margin) {
                let near = (a - b).abs() < 1e-7 * (1.0 + a.abs());
                assert!(near || a.is_nan() && b.is_nan(), "{}: {a} {b}", one.name);
            }
        }
    }
}

/// What is linear in the averages has the error of their mean, u_tau half of it. The flow-throughs are
/// short and the turnovers long.
#[test]
fn errors_are_those_of_the_mean_of_the_batches() {
    let factors: Vec<f64> = (0..120)
        .map(|i| 1.0 + 0.03 * [0.7, -0.4, 0.2, -0.9, 1.0, -0.6][i % 6] * [1.0, -0.5][i / 6 % 2])
        .collect();
    let mean = factors.iter().sum::<f64>() / 120.0;
    let judge =
        |factors: &[f64]| Judged::new(&samples(factors, false), &setting(&channel(OMEGA)), 2.0, 6.0).unwrap();
    let Judged { findings, sampling, series, .. } = judge(&factors);
    assert!(sampling.is_long(), "{sampling:?}");
    let error = sampling.error(&factors);
    let number = |name: &str| find(&findings.numbers, name).unwrap();
    let bulk = number("bulk");
    let near = |a: f64, b: f64, part: f64| (a / b - 1.0).abs() < part;
    assert!(near(bulk.values[0], 2.0 / 3.0 * mean, 1e-12) && near(bulk.errors[0], 2.0 / 3.0 * error, 1e-9));
    let u_tau = number("u_tau");
    assert!(near(u_tau.errors[0] / u_tau.values[0], 0.5 * error, 0.01), "{u_tau:?}");
    // Pseudo-values are the batches themselves, less their mean.
    assert!((series.of("bulk")[0][4] - 2.0 / 3.0 * (factors[4] - mean)).abs() < 1e-12);
    // <uv>/u_tau^2 has the same factor above and below.
    let uv = find(&findings.profiles, "uv").unwrap();
    assert!(uv.errors.iter().all(|error| *error < 1e-10));
    // 5 h/u_tau are 35 units of time, 18 batches.
    let short = judge(&factors[..17]);
    assert!(short.findings.columns().all(|column| column.errors.iter().all(|error| error.is_nan())));
    assert!(!short.sampling.is_long(), "{:?}", short.sampling);
    assert!(judge(&factors[..1]).findings.columns().all(|column| column.errors.iter().all(|e| e.is_nan())));
}
