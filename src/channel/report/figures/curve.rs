//! Profiles between their points, for smooth curves.

use crate::report::cubic::interpolate;
use std::f64::consts::PI;

/// Least number of points of a curve.
const POINTS: usize = 400;

/// The points of a curve: those of the profile, and others evenly between them in the angle
/// `theta = arccos(1 - d)` of the distance d from the lower wall.
pub struct Curve {
    /// The distances of the profile, to the centre or to the upper wall.
    known: Vec<f64>,
    /// Those of the curve.
    pub distances: Vec<f64>,
    /// N of the Gauss-Lobatto points from wall to wall.
    last: usize,
    /// Intervals of the curve per interval of the profile.
    parts: usize,
}

impl Curve {
    /// The curve of a profile that is known at these distances from the lower wall.
    pub fn new(distances: &[f64]) -> Self {
        let (kept, to) = (distances.len(), distances[distances.len() - 1]);
        let last = match to {
            to if to > 1.5 => kept - 1,
            to if (to - 1.0).abs() < 1e-9 => 2 * (kept - 1),
            _ => 2 * kept - 1,
        };
        let parts = POINTS.div_ceil(kept - 1).max(2);
        let angle = |n: usize| PI * n as f64 / (parts * last) as f64;
        let distance = |n: usize| match n % parts {
            0 => distances[n / parts],
            _ => 1.0 - angle(n).cos(),
        };
        let distances: Vec<f64> = (0..=parts * (kept - 1)).map(distance).collect();
        let known = distances.iter().step_by(parts).copied().collect();
        Self { known, distances, last, parts }
    }

    /// The polynomial through the values of a profile; of one that is not known everywhere, cubics. A profile
    /// of one half goes on in the other as an even or an odd function, whichever it is. Barycentric formula
    /// (Berrut & Trefethen 2004, SIAM Rev. 46, 501):
    ///
    /// ```text
    ///     f(y) = sum_j w_j f_j / (y - y_j) / sum_j w_j / (y - y_j),    w_j = (-1)^j, at the walls halved
    /// ```
    pub fn values(&self, values: &[f64]) -> Vec<f64> {
        if values.iter().any(|value| !value.is_finite()) {
            return self.cubic(values);
        }
        let (kept, sign) = (values.len(), if self.is_odd(values) { -1.0 } else { 1.0 });
        let node = |j: usize| match j < kept {
            true => (self.known[j], values[j]),
            false => (2.0 - self.known[self.last - j], sign * values[self.last - j]),
        };
        let at = |(n, &distance): (usize, &f64)| {
            if n % self.parts == 0 {
                return values[n / self.parts];
            }
            let (mut above, mut below) = (0.0, 0.0);
            for j in 0..=self.last {
                let (known, value) = node(j);
                let half = if j == 0 || j == self.last { 0.5 } else { 1.0 };
                let weight = if j % 2 == 0 { half } else { -half } / (distance - known);
                above += weight * value;
                below += weight;
            }
            above / below
        };
        self.distances.iter().enumerate().map(at).collect()
    }

    /// Linear between the values.
    pub fn linear(&self, values: &[f64]) -> Vec<f64> {
        let at = |n: usize| {
            let (i, part) = (n / self.parts, (n % self.parts) as f64 / self.parts as f64);
            if part == 0.0 { values[i] } else { (1.0 - part) * values[i] + part * values[i + 1] }
        };
        (0..self.distances.len()).map(at).collect()
    }

    fn cubic(&self, values: &[f64]) -> Vec<f64> {
        let known = self.known.iter().zip(values).filter(|(_, value)| value.is_finite());
        let (x, y): (Vec<f64>, Vec<f64>) = known.map(|(x, y)| (*x, *y)).unzip();
        let within = |at: f64| x.first().is_some_and(|from| *from <= at) && at <= x[x.len() - 1];
        let at = |&at: &f64| if within(at) { interpolate(&x, &y, at) } else { f64::NAN };
        self.distances.iter().map(at).collect()
    }

    /// Whether a profile of one half vanishes in the centre, as odd functions do. Without a point there, the
    /// last two are one and three steps away.
    fn is_odd(&self, values: &[f64]) -> bool {
        let [.., before, last] = values[..] else { return false };
        let most = values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        match self.last % 2 {
            0 => last.abs() <= 1e-9 * most,
            _ => (3.0 * last - before).abs() < (last - before).abs(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distances(last: usize, kept: usize) -> Vec<f64> {
        (0..kept).map(|j| 1.0 - (PI * j as f64 / last as f64).cos()).collect()
    }

    #[test]
    fn a_polynomial_is_drawn_exactly_from_one_half_or_both() {
        for (last, kept) in [(24, 25), (24, 13), (25, 13), (25, 26)] {
            let points = distances(last, kept);
            let curve = Curve::new(&points);
            assert!(curve.distances.len() >= POINTS && curve.distances.is_sorted());
            let even = |d: f64| (d * (2.0 - d)).powi(5) - 0.3;
            let odd = |d: f64| (d - 1.0).powi(7) - 0.2 * (d - 1.0);
            for f in [&even as &dyn Fn(f64) -> f64, &odd] {
                let values: Vec<f64> = points.iter().map(|d| f(*d)).collect();
                let drawn = curve.values(&values);
                let error = drawn.iter().zip(&curve.distances).map(|(value, d)| (value - f(*d)).abs());
                let error = error.fold(0.0, f64::max);
                assert!(error < 1e-12, "N = {last}, {kept} kept: {error}");
            }
        }
    }

    #[test]
    fn what_is_not_known_is_a_gap() {
        let points = distances(24, 13);
        let curve = Curve::new(&points);
        let mut values: Vec<f64> = points.iter().map(|d| d * d).collect();
        values[0] = f64::NAN;
        let drawn = curve.values(&values);
        let known = |d: f64| d >= points[1];
        for (value, d) in drawn.iter().zip(&curve.distances) {
            assert!(if known(*d) { (value - d * d).abs() < 1e-12 } else { value.is_nan() }, "{d}: {value}");
        }
        assert_eq!(curve.linear(&[1.0; 13]), vec![1.0; curve.distances.len()]);
    }
}
