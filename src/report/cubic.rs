//! Cubic interpolation and integration over samples with any spacing.

/// The cubic through the four points nearest to `at` (fewer if there are fewer); `x` increases.
pub fn interpolate(x: &[f64], y: &[f64], at: f64) -> f64 {
    let count = x.len().min(4);
    let first = x.partition_point(|&x| x < at).saturating_sub(2).min(x.len() - count);
    let nodes = first..first + count;
    let weight = |i: usize| -> f64 {
        nodes.clone().filter(|&j| j != i).map(|j| (at - x[j]) / (x[i] - x[j])).product()
    };
    nodes.clone().map(|i| y[i] * weight(i)).sum()
}

/// The integral of y from the first sample to each of them. Between two samples it is the integral of
/// their cubic, for which the two-point rule of Gauss is exact. The error falls with the fourth power
/// of the spacing.
pub fn integrate(x: &[f64], y: &[f64]) -> Vec<f64> {
    let between = |pair: &[f64]| {
        let (middle, half) = (0.5 * (pair[0] + pair[1]), 0.5 * (pair[1] - pair[0]));
        let at = |sign: f64| interpolate(x, y, middle + sign * half / 3f64.sqrt());
        half * (at(-1.0) + at(1.0))
    };
    let sums = x.windows(2).scan(0.0, |sum, pair| {
        *sum += between(pair);
        Some(*sum)
    });
    std::iter::once(0.0).chain(sums).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cubics_are_integrated_exactly_whatever_the_distances() {
        let x = [0.0, 0.3, 0.35, 1.0, 1.8, 2.0];
        let y = x.map(|x: f64| 1.0 - x + 3.0 * x.powi(3));
        for (x, sum) in x.into_iter().zip(integrate(&x, &y)) {
            assert!((sum - (x - 0.5 * x * x + 0.75 * x.powi(4))).abs() < 1e-14, "{x}: {sum}");
        }
        assert!((interpolate(&x, &y, 1.3) - (1.0 - 1.3 + 3.0 * 1.3f64.powi(3))).abs() < 1e-14);
        assert_eq!(integrate(&[2.0], &[7.0]), [0.0]);
    }
}
