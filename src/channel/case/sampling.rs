//! The batches of the statistics of a channel.

use super::Oscillation;

/// The default of [`batch_length`] in words.
pub const BATCH_LENGTH: &str = "h / u_tau, or the nearest whole number of periods of oscillating walls";

/// The default length of batches: h / u_tau to three digits or, if the walls oscillate, the nearest
/// whole number of periods, at least one.
pub fn batch_length(friction_velocity: f64, oscillation: Option<Oscillation>) -> f64 {
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
