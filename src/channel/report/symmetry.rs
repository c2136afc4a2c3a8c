//! The symmetry of a channel about its centre. If walls and drive are the same seen from either wall,
//! and the frame does not rotate, the mirrored flow is an equally valid sample: averages are then
//! over both, and one half is kept.

use super::samples::Averages;
use crate::channel::case::{Channel, ChannelScalar, ScalarBoundary};
use crate::channel::catalogue::{Factor, Field, Moment};
use crate::error::Result;

/// Whether the halves are alike, and the scalars of the flow.
pub struct Symmetry {
    pub holds: bool,
    scalars: Vec<ChannelScalar>,
}

impl Symmetry {
    pub fn of(flow: &Channel) -> Self {
        let [lower, upper] = flow.walls.velocity;
        let holds = lower == upper && flow.walls.transpiration.is_empty() && flow.rotation == 0.0;
        Self { holds, scalars: flow.scalars.clone() }
    }

    /// Returns how many of `points` points are kept.
    pub fn kept(&self, points: usize) -> usize {
        if self.holds { points.div_ceil(2) } else { points }
    }

    /// The largest size that a mean profile has at the points which are averaged with this one.
    pub fn largest(&self, mean: &[f64], j: usize) -> f64 {
        let here = mean[j].abs();
        if self.holds { here.max(mean[mean.len() - 1 - j].abs()) } else { here }
    }

    /// The averages over both halves, if they are alike.
    pub fn average(&self, averages: &Averages) -> Result<Averages> {
        match self.holds {
            true => averages.with_mirror(&|all, moment| self.mirrored(all, moment)),
            false => Ok(averages.clone()),
        }
    }

    /// The factor by which mirroring multiplies the average of a product of fluctuations: v changes
    /// its sign, and so does a scalar with given wall values.
    pub fn sign_of_fluctuations(&self, moment: Moment) -> f64 {
        if moment.is_odd(|s| self.sum_at_walls(s).is_some()) { -1.0 } else { 1.0 }
    }

    /// The mean of a field in the mirrored flow.
    pub fn mirrored_mean(&self, field: Field, value: f64) -> f64 {
        match field {
            Field::Scalar(s) => self.sum_at_walls(s).map_or(value, |sum| sum - value),
            _ => value,
        }
    }

    /// The sum of the wall values of a scalar, if they are given.
    fn sum_at_walls(&self, s: usize) -> Option<f64> {
        match self.scalars.get(s)?.boundary {
            ScalarBoundary::Values { lower, upper } => Some(lower + upper),
            ScalarBoundary::Source { .. } => None,
        }
    }

    /// An average in the mirrored flow, with y, v and d/dy reversed. A scalar s with given wall values
    /// becomes `2 m - s`, where m is the mean of the two; with R for the other factors
    ///
    /// ```text
    ///     <R s^n> becomes +-<R (s - 2 m)^n> = +-sum_k C(n, k) (-2 m)^(n-k) <R s^k>
    /// ```
    fn mirrored(&self, all: &Averages, moment: Moment) -> Result<Vec<f64>> {
        let sign = self.sign_of_fluctuations(moment);
        let twice_mean = |factor: &Factor| match factor {
            Factor::Value(Field::Scalar(s)) => self.sum_at_walls(*s),
            _ => None,
        };
        let (shifted, others): (Vec<Factor>, Vec<Factor>) =
            moment.factors().partition(|factor| twice_mean(factor).is_some());
        // [`Moment::InPlane`] has derivatives only.
        let (Some(twice), n) = (shifted.first().and_then(twice_mean), shifted.len()) else {
            return Ok(all.get(moment)?.iter().rev().map(|value| sign * value).collect());
        };
        let mut mirrored = vec![0.0; all.get(moment)?.len()];
        let mut weight = 1.0;
        for k in (0..=n).rev() {
            let factors = [&others[..], &shifted[..k]].concat();
            let term = match factors[..] {
                [] => vec![1.0; mirrored.len()],
                // <v> is zero.
                [Factor::Value(Field::V)] => vec![0.0; mirrored.len()],
                _ => all.get(Moment::product(&factors))?.to_vec(),
            };
            mirrored.iter_mut().zip(term.iter().rev()).for_each(|(sum, value)| *sum += sign * weight * value);
            // C(n, k-1) / C(n, k) = k / (n - k + 1)
            weight *= -twice * k as f64 / (n - k + 1) as f64;
        }
        Ok(mirrored)
    }
}
