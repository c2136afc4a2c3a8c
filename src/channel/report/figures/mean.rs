//! The mean velocity of a channel over y+, and its logarithmic law.

use super::super::profiles::{Column, find};
use super::super::reference::Published;
use super::super::{Averaged, Run};
use super::curve::Curve;
use super::{MOST_MARKERS, apart};
use crate::figure::palette::{CURVES, Colour};
use crate::figure::{Axis, Dash, Layer, Scale};
use crate::report::gallery::{RUN, axis, points};
use crate::report::plot::{Figure, Part, Plot};

/// The logarithmic law, `U+ = 1/KAPPA ln y+ + INTERCEPT` (Pope 2000, section 7.1.4), and the y+ from
/// which it is drawn.
const KAPPA: f64 = 0.41;
const INTERCEPT: f64 = 5.2;
const LOGARITHMIC_FROM: f64 = 20.0;
/// The y+ from which the mean velocity is drawn.
const NEAREST: f64 = 0.5;

/// U+ relative to the nearer wall over y+, with `U+ = y+` and the logarithmic law; and its indicator
/// `y+ dU+/dy+`, which is constant where the law holds.
pub fn velocity(run: &Run, averaged: &Averaged, references: &[Published]) -> Option<Figure> {
    let profiles = &averaged.findings.profiles;
    let (y, y_plus) = (&profiles[0].values, &profiles[1].values);
    let mean = find(profiles, "U")?;
    // y is 1 and y+ is Re_tau in the centre.
    let to = averaged.number("re_tau").map_or(1.0, |re_tau| re_tau.0);
    let from = NEAREST.min(0.1 * to);
    let slope = find(profiles, "dU")?;
    let halves: &[(&str, Colour, usize)] = match run.symmetric() {
        true => &[("this run", RUN, 0)],
        false => &[("this run, lower wall", RUN, 0), ("upper wall", CURVES[1], 1)],
    };
    // Both halves have a curve of their own, which is no polynomial.
    let curve = run.symmetric().then(|| Curve::new(y));
    let drawn = |values: &[f64], of: fn(&Curve, &[f64]) -> Vec<f64>| {
        curve.as_ref().map_or_else(|| values.to_vec(), |curve| of(curve, values))
    };
    let (all_y, all_y_plus) = match &curve {
        Some(curve) => {
            (curve.distances.clone(), curve.distances.iter().map(|d| d * y_plus[1] / y[1]).collect())
        }
        None => (y.clone(), y_plus.clone()),
    };
    // Of a column: the values times a weight, their errors, and the published ones.
    let part = |&(label, colour, wall): &(&str, Colour, usize), column: &Column, weight: fn(f64) -> f64| {
        let shown = |i: &usize| all_y_plus[*i] >= from && (all_y[*i] > 1.0) == (wall == 1);
        let mut places: Vec<usize> = (0..all_y.len()).filter(shown).collect();
        if wall == 1 {
            places.reverse();
        }
        let of = |value: &dyn Fn(usize) -> f64| places.iter().map(|&i| value(i)).collect::<Vec<f64>>();
        let scaled = |values: Vec<f64>| of(&|i| weight(all_y_plus[i]) * values[i].abs());
        let (values, error) =
            (scaled(drawn(&column.values, Curve::values)), scaled(drawn(&column.errors, Curve::linear)));
        let x = of(&|i| all_y_plus[i]);
        let mut part = Part::line(label, colour, points(&x, &values)).within(&x, &values, &error).wide(1.6);
        for (source, reference) in references.iter().enumerate() {
            let Some(profile) = reference.find(&column.name) else { continue };
            let within = points(&profile.y_plus, &profile.values).into_iter();
            let within = within.filter(|(y, _)| (from..=to).contains(y)).map(|(y, u)| (y, weight(y) * u));
            part = part.published(source, apart(within, (to / from).ln() / MOST_MARKERS, f64::ln));
        }
        part
    };
    let viscous = (0..=40).map(|i| from * (12.0f64.min(to) / from).powf(f64::from(i) / 40.0));
    let mut laws = vec![Layer::thin("$U^+ = y^+$", Dash::Dotted, viscous.map(|y| (y, y)).collect())];
    if to > 2.0 * LOGARITHMIC_FROM {
        let law = [LOGARITHMIC_FROM, to].map(|y| (y, y.ln() / KAPPA + INTERCEPT)).to_vec();
        laws.push(Layer::thin(format!("$(\"ln\" y^+) / {KAPPA} + {INTERCEPT}$"), Dash::Dashed, law));
    }
    let label = match run.symmetric() {
        true => "Mean velocity  $U^+$",
        false => "Mean velocity relative to the nearer wall  $U^+$,  in $u_τ$ of both",
    };
    let x = || axis("Distance from the wall  $y^+$", Scale::Logarithmic, (from, to));
    let sources: Vec<String> = references.iter().map(|reference| reference.label.clone()).collect();
    let parts = |column: &Column, weight| halves.iter().map(|half| part(half, column, weight)).collect();
    let velocity = Plot::new(x(), Axis::linear(label), parts(mean, |_| 1.0));
    let indicator = Plot::new(x(), Axis::linear("Indicator  $y^+ dU^+/dy^+$"), parts(slope, |y| y));
    let mut constant = Vec::new();
    if to > 2.0 * LOGARITHMIC_FROM {
        let law = [LOGARITHMIC_FROM, to].map(|y| (y, 1.0 / KAPPA)).to_vec();
        constant.push(Layer::thin(format!("$1 / {KAPPA}$"), Dash::Dashed, law));
    }
    let plots = vec![
        Plot { laws, sources: sources.clone(), ..velocity },
        Plot { laws: constant, sources, ..indicator },
    ];
    Some(Figure { name: "mean_velocity".to_owned(), plots })
}
