//! The way of a state to another grid or box, and from another case.

use super::case::{Channel, Drive};
use super::profiles::unpack;
use super::stretch::{Stretch, has_wall_values, keep_wall_values};
use super::{FluxChange, MeanChange, Parameters};
use crate::case::Case;
use crate::chebyshev::bulk;
use crate::conversion::{Change, Conversion, ReadMean};
use crate::error::Result;
use num_complex::Complex;

/// From one case of this flow to another.
pub struct FromCase {
    from: Channel,
    to: Channel,
    /// Where wavenumbers change.
    stretch: Option<Stretch>,
    /// Whether the field is repeated in x and in z.
    repeated: [bool; 2],
}

impl FromCase {
    /// The way of the state of `from` at a time to `to`.
    pub fn new((from, time): (&Case, f64), to: &Case, of: [&Channel; 2], changes: [Change; 3]) -> Self {
        let stretched = changes.iter().any(|change| !change.repeats());
        let stretch = || {
            let [old, new] = [Parameters::new(from, of[0]), Parameters::new(to, of[1])];
            Stretch::new(&old, &new, time)
        };
        Self {
            from: of[0].clone(),
            to: of[1].clone(),
            stretch: stretched.then(stretch),
            repeated: [0, 2].map(|i: usize| changes[i].repeats()),
        }
    }
}

impl Conversion for FromCase {
    fn keep(&self, field: &str, labels: [i64; 2], old: &[Complex<f64>], new: &mut [Complex<f64>]) {
        if has_wall_values(field, labels) {
            keep_wall_values(old, new);
        }
    }

    fn stretch(&mut self, from: [i64; 2], to: [i64; 2], fields: &mut [(&str, &mut [Complex<f64>])]) {
        let Some(stretch) = &mut self.stretch else { return };
        for (_, phi) in fields.iter_mut().filter(|(name, _)| *name == "laplacian_v") {
            stretch.column(from, to, self.repeated, phi);
        }
    }

    fn notes(&self, mean: ReadMean) -> Result<Vec<String>> {
        let Some(packed) = mean("laplacian_v")? else { return Ok(Vec::new()) };
        Ok(notes_of_mean(bulk(packed.into_iter().map(unpack)), &self.from, &self.to))
    }
}

/// Remarks on the change of the mean profile of a file with the bulk velocity `found`.
fn notes_of_mean(found: f64, before: &Channel, now: &Channel) -> Vec<String> {
    let MeanChange { walls: [from, to], flux } =
        MeanChange::new(found, before.walls.velocity, now.drive, now.walls.velocity);
    let mut notes = Vec::new();
    if from != to {
        notes.push(format!(
            "the walls of initial.file move with {from:?}, those of the case with {to:?}: the mean profile \
             moves with them; the fluctuations are unchanged"
        ));
    }
    let what = match flux {
        FluxChange::Nothing => return notes,
        FluxChange::Scaled(factor) => {
            format!("the mean profile relative to the walls is multiplied by {factor:.6}")
        }
        FluxChange::Added(more) => {
            format!("a parabola with the bulk velocity {more:.6} is added to the mean profile")
        }
    };
    if let Drive::MassFlux { bulk_velocity } = now.drive {
        // Round-off must not show as -0.000000.
        let found = if found.abs() < 1e-6 * bulk_velocity.abs() { 0.0 } else { found };
        notes.push(format!(
            "initial.file has the bulk velocity {found:.6}, the case {bulk_velocity:.6}: {what}; the \
             fluctuations are unchanged"
        ));
    }
    notes
}
