//! A flow that is known everywhere, two harmonics of the wavelength on a laminar profile, and its averages.

use super::super::profiles::Setting;
use super::super::samples::Samples;
use super::super::symmetry::Symmetry;
use crate::case::{self, Precision};
use crate::channel::case::Channel;
use crate::channel::catalogue::{Factor, Field, Moment};
use crate::channel::sampled;
use crate::chebyshev::{Differences, Points};
use crate::statistics::{Axis, Batch, Record, Tally};
use std::f64::consts::TAU;
use std::path::Path;

pub const POINTS: usize = 33;
pub const NU: f64 = 0.01;
pub const OMEGA: f64 = 0.3;

/// What a case says; without rotation and with walls at rest its halves are alike.
pub fn case(rotation: f64) -> String {
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

pub fn channel(rotation: f64) -> Channel {
    let parsed = case::parse(crate::FLOWS, "case.toml", &case(rotation), Path::new(""), &[])
        .unwrap_or_else(|error| panic!("{error}"));
    parsed.flow.of::<Channel>().unwrap().clone()
}

/// A polynomial and its derivatives at y.
pub fn polynomial(coefficients: &[f64], y: f64, derivative: i32) -> f64 {
    let falling = |n: i32| (0..derivative).map(|m| f64::from(n - m)).product::<f64>();
    coefficients
        .iter()
        .zip(0..)
        .filter(|(_, n)| *n >= derivative)
        .map(|(a, n)| a * falling(n) * y.powi(n - derivative))
        .sum()
}

/// A field and its derivatives at a point: f, f_x, f_y, f_yy.
pub type Jet = [f64; 4];

pub fn times(a: Jet, b: Jet) -> Jet {
    [
        a[0] * b[0],
        a[1] * b[0] + a[0] * b[1],
        a[2] * b[0] + a[0] * b[2],
        a[3] * b[0] + 2.0 * a[2] * b[2] + a[0] * b[3],
    ]
}

/// Fluctuations of u, v, w, p and a scalar, functions of x + z and y. At z = 0:
///
/// ```text
///     v = f cos x + g sin x + h cos 2x,   u + w = -f' sin x + g' cos x - h' sin 2x / 2
/// ```
pub fn fluctuations(x: f64, y: f64) -> [Jet; 5] {
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
    let u = std::array::from_fn(|i| u[i] - w[i]);
    let p = sum(&[term(&[0.3, 0.2, 0.1], 0, cos), term(&[-0.1, 0.4], 0, sin), term(&[0.2], 0, cos2)]);
    let s = sum(&[term(&[1.0, 0.3, -1.0, -0.3], 0, cos), term(&[0.2, 0.0, -0.2], 0, cos2)]);
    [u, v, w, p, s]
}

/// Means of u, w, p and a scalar of the values -1 and 2 at the walls: neither even nor odd.
pub const MEANS: [&[f64]; 4] =
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
pub fn mean(f: impl Fn(f64) -> f64) -> f64 {
    (0..16).map(|i| f(TAU * f64::from(i) / 16.0)).sum::<f64>() / 16.0
}

/// A moment at y, in a frame of this velocity.
fn raw(moment: Moment, y: f64, mirrored: bool, frame_velocity: f64) -> f64 {
    mean(|x| {
        let [mut u, v, w, p, s] = flow(x, y, mirrored);
        u[0] -= frame_velocity;
        let of = |field: Field| match field {
            Field::U => u,
            Field::V => v,
            Field::W => w,
            Field::P => p,
            Field::Scalar(_) => s,
        };
        let factor = |factor: Factor| match factor {
            Factor::Value(field) => of(field)[0],
            Factor::Dx(field) | Factor::Dz(field) => of(field)[1],
            Factor::Dy(field) => of(field)[2],
            Factor::OmegaX => w[2] - v[1],
            Factor::OmegaY => u[1] - w[1],
            Factor::OmegaZ => v[1] - u[2],
        };
        match moment {
            Moment::InPlane([a, b]) => 2.0 * of(a)[1] * of(b)[1],
            Moment::Product(_) => moment.factors().map(factor).product(),
        }
    })
}

/// A batch of the length `length` whose samples weigh `weight` in all, with sums over `y`.
pub fn batch(number: u64, length: f64, weight: f64, y: &[f64], sums: &[(String, Vec<f64>)]) -> Batch {
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
pub fn samples(factors: &[f64], mirrored: bool) -> Samples {
    in_frame(factors, mirrored, 0.0)
}

pub fn in_frame(factors: &[f64], mirrored: bool, frame_velocity: f64) -> Samples {
    let y = Points::new(POINTS).y;
    let flow = channel(OMEGA);
    let average = |moment: Moment| {
        let profile = y.iter().map(|y| raw(moment, *y, mirrored, frame_velocity)).collect();
        (moment.name(&flow.scalars), profile)
    };
    let averages: Vec<(String, Vec<f64>)> = sampled(flow.scalars.len()).into_iter().map(average).collect();
    let of_batch = |(number, factor): (usize, &f64)| {
        let sum = |profile: &[f64]| profile.iter().map(|average| 2.0 * factor * average).collect();
        let sums: Vec<(String, Vec<f64>)> =
            averages.iter().map(|(name, profile)| (name.clone(), sum(profile))).collect();
        let mut batch = batch(number as u64, 2.0, 2.0, &y, &sums);
        batch
            .records
            .iter_mut()
            .filter(|record| record.name == "frame_velocity")
            .for_each(|frame| frame.values[0] = frame_velocity);
        batch
    };
    Samples::new(&factors.iter().enumerate().map(of_batch).collect::<Vec<_>>(), &flow.scalars).unwrap()
}

pub fn setting(flow: &Channel) -> Setting {
    Setting {
        precision: Precision::Double,
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
