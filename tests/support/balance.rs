//! Integrals over the steps of a run, for balances.

use rogallo::flow::Flow;
use rogallo::homogeneous::Homogeneous;

/// The integral of `rate` over so many steps of length `dt`, by Simpson's rule, which is better than the schemes.
pub fn simpson(
    flow: &mut Homogeneous<f64>,
    dt: f64,
    steps: usize,
    mut rate: impl FnMut(&mut Homogeneous<f64>) -> f64,
) -> Result<f64, String> {
    let mut integral = 0.0;
    for n in 0..=steps {
        let weight = if n == 0 || n == steps { 1.0 } else { 2.0 + 2.0 * (n % 2) as f64 };
        integral += weight * dt / 3.0 * rate(flow);
        if n < steps {
            flow.advance(f64::INFINITY).map_err(|error| error.to_string())?;
        }
    }
    Ok(integral)
}
