//! Integrals over the steps of a run, for balances.

use rogallo::flow::Flow;

/// The integral of `rate` over so many steps of length `dt`, by Simpson's rule, which is better
/// than the schemes.
pub fn simpson<F: Flow>(
    flow: &mut F,
    dt: f64,
    steps: usize,
    mut rate: impl FnMut(&mut F) -> f64,
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
