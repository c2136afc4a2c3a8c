//! Profiles at phases of oscillating walls, in the wall units of the whole average. Moments are those of the
//! fluctuations about the mean of the phase, `u'' = u - <u>_phase`:
//!
//! ```text
//!     <u_i'' u_j''> = <u_i u_j>_phase - <u_i>_phase <u_j>_phase
//! ```
//!
//! The bins have a width, T/N: the mean of a harmonic of the period T/m is smaller than its value by the
//! factor `sin(m pi/N) / (m pi/N)`.

use super::columns::{explain, title};
use super::figures::Places;
use super::profiles::{Column, Findings, Make, Setting};
use super::samples::Averages;
use crate::channel::catalogue::*;
use crate::error::Result;
use crate::figure::palette::in_time;
use crate::report::plot::Figure;
use crate::report::tables::{Dimension, Quantity, ReportTable};

/// The profiles, as they are called in the table.
pub const NAMES: [&str; 8] = ["U", "W", "uu", "vv", "ww", "uv", "uw", "vw"];
/// The most phases that a figure shows.
const MOST: usize = 8;

/// Profiles at a phase.
pub struct AtPhase {
    /// The mean phase t/T of the samples, less whole periods.
    pub phase: f64,
    /// The profiles of [`NAMES`]; the names of the columns begin with the number of the phase.
    pub profiles: Vec<Column>,
}

/// The profiles at all phases, with `u_tau` as the unit of velocity.
///
/// # Errors
/// A moment that was not sampled.
pub fn profiles(averages: &Averages, setting: &Setting, u_tau: f64, column: &Make) -> Result<Vec<AtPhase>> {
    let at = |(n, (phase, averages)): (usize, &(f64, Averages))| {
        let raw = |moment: Moment| averages.get(moment);
        let (u, w, uu, vv) = (raw(U)?, raw(W)?, raw(UU)?, raw(VV)?);
        let (ww, uv, uw, vw) = (raw(WW)?, raw(UV)?, raw(UW)?, raw(VW)?);
        let value: [&dyn Fn(usize) -> f64; 8] = [
            &|j| u[j] + setting.frame_velocity - setting.nearer_wall(j),
            &|j| w[j],
            &|j| uu[j] - u[j] * u[j],
            &|j| vv[j],
            &|j| ww[j] - w[j] * w[j],
            &|j| uv[j],
            &|j| uw[j] - u[j] * w[j],
            &|j| vw[j],
        ];
        let of = |(name, value): (&str, &dyn Fn(usize) -> f64)| {
            let unit = if name.len() == 1 { u_tau } else { u_tau * u_tau };
            column(&format!("{n} {name}"), unit, value)
        };
        Ok(AtPhase { phase: *phase, profiles: NAMES.into_iter().zip(value).map(of).collect() })
    };
    averages.phases.iter().enumerate().map(at).collect()
}

/// The table `phases`; none without phases. `y` are the places of the profiles.
pub fn table<'a>(findings: &Findings, y: &Dimension<'a>) -> Option<ReportTable<'a>> {
    let phases = &findings.phases;
    let phase: Vec<f64> = phases.iter().map(|at| at.phase).collect();
    let phase = Dimension { at: Quantity::exact(explain("phase", &[]), phase), beside: Vec::new() };
    let quantity = |(i, name): (usize, &str)| {
        let all = |of: fn(&Column) -> &Vec<f64>| {
            phases.iter().flat_map(|at| of(&at.profiles[i])).copied().collect::<Vec<f64>>()
        };
        Quantity {
            column: explain(name, &[]),
            variable: None,
            values: all(|column| &column.values).into(),
            errors: Some(all(|column| &column.errors).into()),
        }
    };
    let quantities = NAMES.into_iter().enumerate().map(quantity).collect();
    let over = vec![phase, y.clone()];
    (!phases.is_empty()).then(|| ReportTable { name: "phases", title: title("phases.csv"), over, quantities })
}

/// W and the stresses at some of the phases; nothing without phases.
pub fn figures(phases: &[AtPhase], places: &Places) -> Vec<Figure> {
    let step = phases.len().div_ceil(MOST).max(1);
    let shown: Vec<&AtPhase> = phases.iter().step_by(step).filter(|at| at.phase.is_finite()).collect();
    let figure = |(name, label): (&str, &str)| {
        let i = NAMES.iter().position(|other| *other == name).unwrap_or(0);
        let part = |(n, at): (usize, &&AtPhase)| {
            let colour = in_time(n, shown.len());
            // Zero has no sign.
            let phase = (100.0 * at.phase).round() / 100.0 + 0.0;
            places.part(&at.profiles[i], &format!("$t/T = {phase:.2}$"), colour, 1.0)
        };
        let plot = places.plot_of(label, shown.iter().enumerate().map(part).collect());
        Figure::of(format!("phases_{name}"), plot.with_zero())
    };
    let quantities = [
        ("W", "Spanwise velocity  $⟨w⟩ / u_τ$"),
        ("uu", "$⟨u''^2⟩ / u_τ^2$"),
        ("ww", "$⟨w''^2⟩ / u_τ^2$"),
        ("uv", "$⟨u''v''⟩ / u_τ^2$"),
    ];
    quantities.into_iter().filter(|_| !shown.is_empty()).map(figure).collect()
}
