//! The exponent of a decay, and the integral lengths over the size of the box.

use super::super::Run;
use super::super::decay::Decay;
use super::super::length_scales::{DIRECTIONS, LengthScales};
use super::super::timescale::Timescale;
use super::history::over_time;
use crate::figure::palette::CURVES;
use crate::figure::{Axis, Dash, Layer};
use crate::report::gallery::{RUN, points};
use crate::report::plot::{Figure, Part, Plot};
use crate::report::rows::significant;

/// Dissipation against energy of a flow that decays, and the power law of its later half.
pub fn decay(run: &Run, decay: &Decay) -> Figure {
    let history = &run.history;
    let end = |time: f64| history.time.iter().position(|own| *own == time).map(|i| history.energy[i]);
    let law: Vec<(f64, f64)> =
        decay.window.into_iter().filter_map(end).map(|e| (e, decay.dissipation(e))).collect();
    let [from, to] = decay.window.map(|time| significant(time, 4));
    let label =
        format!("$ε ∝ E^{{1 + 1/n}}$,  $n = {}$,  $t = {from}$ to ${to}$", significant(decay.exponent, 3));
    let own = Part::line("this run", RUN, points(&history.energy, &history.dissipation));
    let x = Axis::logarithmic("Kinetic energy  $E$");
    let plot = Plot::new(x, Axis::logarithmic("Dissipation rate  $ε$"), vec![own]);
    // It belongs to one run alone, and lies above the curve.
    let mark = Layer::thin(label, Dash::Dashed, law).wide(1.6);
    Figure::of("decay", Plot { marks: vec![mark], ..plot })
}

/// The integral lengths of the three components in each direction, over the size of the box.
pub fn length_scales(run: &Run, scales: &LengthScales) -> Option<Figure> {
    let seen = |values: &[f64]| values.iter().filter(|value| value.is_finite()).count() >= 2;
    let scale = Timescale::of(run);
    let plot = |(k, direction): (usize, &str)| {
        let shown = scales.over_box[k].iter().enumerate().filter(|(_, values)| seen(values));
        let part = |(i, values): (usize, &Vec<f64>)| {
            let label = format!("$L_{{{0}{0},{1}}}$", ["u", "v", "w"][i], direction);
            Part::line(label, CURVES[i], points(&scale.all(&scales.time), values))
        };
        let label = format!("$L_{{ii,{direction}}} / L_{direction}$  of the box");
        over_time(&label, &scale, &scales.time, shown.map(part).collect())
    };
    let plots: Vec<Plot> = DIRECTIONS.into_iter().enumerate().map(plot).collect();
    let drawn = scales.time.len() >= 2 && plots.iter().any(|plot| !plot.parts.is_empty());
    drawn.then(|| Figure { name: "length_scales".to_owned(), plots })
}
