//! The production of turbulence by a mean gradient: its ratio to the dissipation, the shear parameter, the
//! growth rate.

use super::super::Run;
use super::super::balance::{LEAST_SAMPLES, peak};
use super::super::timescale::Timescale;
use super::history::{derivative, over_time};
use crate::figure::{Dash, Layer};
use crate::report::gallery::{RUN, points};
use crate::report::plot::{Figure, Part, Plot};

/// `P/eps`, `S* = S q^2/eps` with `S = (2 S_ij S_ij)^(1/2)` of the mean flow, and the growth rate
/// `d ln K / d(S t)`, or over t where the mean flow is no shear. None without production.
pub fn production(of: &Run) -> Option<Figure> {
    let Run { history: run, energy: budget, .. } = of;
    let increasing = run.time.is_sorted_by(|a, b| a < b);
    let largest = peak(&budget.production);
    if run.time.len() < LEAST_SAMPLES || !increasing || largest <= 1e-12 * peak(&run.dissipation) {
        return None;
    }
    let scale = Timescale::of(of);
    let time = scale.all(&run.time);
    let plot = |label: &str, time: &[f64], values: &[f64]| {
        over_time(label, &scale, &run.time, vec![Part::line("", RUN, points(time, values))])
    };
    let ratio: Vec<f64> = budget.production.iter().zip(&run.dissipation).map(|(p, eps)| p / eps).collect();
    let (from, to) = (time[0], time[time.len() - 1]);
    let equal = Layer::thin("", Dash::Dashed, vec![(from, 1.0), (to, 1.0)]);
    let mut plots =
        vec![Plot { laws: vec![equal], ..plot("Production over dissipation  $P / ε$", &time, &ratio) }];
    if let Some(parameter) = of.column("shear_parameter").filter(|values| peak(values) > 0.0) {
        plots.push(plot("Shear parameter  $S^* = S q^2 / ε$", &time, parameter));
    }
    // What remeshing dropped is no decay.
    let stored: Vec<f64> = match of.column("remesh_energy") {
        Some(dropped) => run.energy.iter().zip(dropped).map(|(energy, dropped)| energy + dropped).collect(),
        None => run.energy.clone(),
    };
    let (inner, growth) = derivative(&time, &stored);
    let growth: Vec<f64> =
        growth.iter().zip(&run.energy[1..]).map(|(slope, energy)| slope / energy).collect();
    let label = match scale {
        Timescale::Shear { .. } => "Growth rate  $d (\"ln\" K) / d (S t)$",
        _ => "Growth rate  $d (\"ln\" K) / d t$",
    };
    plots.push(plot(label, &inner, &growth).with_zero());
    Some(Figure { name: "production".to_owned(), plots })
}
