//! The batches of the statistics of a channel, and what they hold besides profiles and spectra over one
//! direction.

use super::{Nominal, Oscillation, Walls};
use crate::case::Sampling;
use crate::case::codec::{at_least, non_negative, several};
use crate::case::document::Node;
use crate::case::keys::{Key, Keys};
use crate::case::sampling::{self, Further};

/// What the statistics hold if the case asks for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Details {
    /// y+ of the spectra over k_x and k_z, in units of the nominal friction velocity.
    pub spectra_2d_at: Vec<f64>,
    /// Number of phases of oscillating walls at which there are averages.
    pub phases: Option<usize>,
}

/// Visits `statistics`.
pub fn visit(
    keys: &mut Keys,
    sampling: &mut Sampling,
    details: &mut Details,
    walls: &Walls,
    (nominal, viscosity): (Nominal, f64),
) {
    let (re_tau, oscillates) = (nominal.friction_velocity / viscosity, walls.oscillation.is_some());
    let visit = |details: &mut Details, keys: &mut Keys, is_sampled: bool| {
        let within = move |node: &Node, y_plus: f64| match y_plus > re_tau {
            true => Err(vec![
                node.problem(format!("y+ = {y_plus} lies beyond the centre of the channel"))
                    .help(format!("y+ of the centre is {re_tau:.1}, with the nominal friction velocity")),
            ]),
            false => Ok(y_plus),
        };
        let key = Key::or("spectra_2d_at", several(non_negative().checked(within)), Vec::new());
        let says = "y+ at which spectra over both k_x and k_z are sampled, near either wall, in units of the \
            nominal friction velocity.";
        keys.key(&mut details.spectra_2d_at, key.written(is_sampled).says(says));
        let periodic = move |node: &Node, phases: usize| match oscillates {
            true => Ok(phases),
            false => Err(vec![
                node.problem("the walls do not oscillate, and have no phases")
                    .help("remove this key, or set walls.oscillation"),
            ]),
        };
        let key = Key::optional("phases", at_least(2).checked(periodic), "16");
        let says = "Number of phases over the period of oscillating walls at which mean velocities and \
            stresses are averaged.";
        keys.key(&mut details.phases, key.written(is_sampled).says(says));
    };
    let further = Further { value: details, names: &["spectra_2d_at", "phases"], visit: &visit };
    let length = batch_length(nominal.friction_velocity, walls.oscillation);
    sampling::visit(keys, sampling, further, length, BATCH_LENGTH);
}

/// The default of [`batch_length`] in words.
const BATCH_LENGTH: &str = "h / u_tau, or the nearest whole number of periods of oscillating walls";

/// The default length of batches: h / u_tau to three digits or, if the walls oscillate, the nearest
/// whole number of periods, at least one.
fn batch_length(friction_velocity: f64, oscillation: Option<Oscillation>) -> f64 {
    let is_time = |time: &f64| time.is_finite() && *time > 0.0;
    // Without a drive there is no time scale, nor in a case that could not be read.
    let length = Some(to_digits(1.0 / friction_velocity, 3)).filter(is_time);
    let whole = |period: f64| to_digits((length.unwrap_or(period) / period).round().max(1.0) * period, 12);
    let periods = oscillation.map(|wall| whole(wall.period)).filter(is_time);
    periods.or(length).unwrap_or(1.0)
}

/// Rounds a number to `digits` decimal digits.
fn to_digits(x: f64, digits: usize) -> f64 {
    format!("{x:.*e}", digits - 1).parse().unwrap_or(x)
}
