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
    let (inner, growth) = growth(&time, &run.energy, of.column("remesh_energy"));
    let label = match scale {
        Timescale::Shear { .. } => "Growth rate  $d (\"ln\" K) / d (S t)$",
        _ => "Growth rate  $d (\"ln\" K) / d t$",
    };
    plots.push(plot(label, &inner, &growth).with_zero());
    Some(Figure { name: "production".to_owned(), plots })
}

/// `d ln K / dx` at the inner samples; what remeshing has dropped up to a sample is no decay.
fn growth(x: &[f64], energy: &[f64], dropped: Option<&[f64]>) -> (Vec<f64>, Vec<f64>) {
    let stored: Vec<f64> = match dropped {
        Some(dropped) => energy.iter().zip(dropped).map(|(energy, dropped)| energy + dropped).collect(),
        None => energy.to_vec(),
    };
    let (inner, slopes) = derivative(x, &stored);
    (inner, slopes.iter().zip(&energy[1..]).map(|(slope, energy)| slope / energy).collect())
}

#[cfg(test)]
mod tests {
    use super::growth;

    #[test]
    fn energy_that_is_dropped_is_no_decay() {
        let time: Vec<f64> = (0..=400).map(|i| 0.025 * f64::from(i)).collect();
        // It grows as exp(0.2 t), and loses a tenth at t = 5.
        let dropped = |t: f64| if t > 5.0 { 0.1 * 1f64.exp() } else { 0.0 };
        let energy = |t: f64| if t > 5.0 { 0.9 } else { 1.0 } * (0.2 * t).exp();
        let of = |value: &dyn Fn(f64) -> f64| time.iter().map(|t| value(*t)).collect::<Vec<f64>>();
        let (energy, dropped) = (of(&energy), of(&dropped));
        let (inner, rates) = growth(&time, &energy, Some(&dropped));
        assert_eq!((inner.len(), inner[0]), (399, 0.025));
        for (t, rate) in inner.iter().zip(&rates) {
            // The jump itself costs a tenth of the rate beside it, the scheme 1e-5.
            let allowed = if (t - 5.0).abs() < 0.05 { 0.03 } else { 1e-5 };
            assert!((rate - 0.2).abs() < allowed, "{t}: {rate}");
        }
        let (_, without) = growth(&time, &energy, None);
        assert!(without.iter().any(|rate| *rate < -1.0), "{without:?}");
    }
}
