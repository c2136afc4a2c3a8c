//! Components of a field at any points.

use super::sum::FixedSums;
use super::{Component, Modes, bounds, components};
use crate::parallel::World;
use num_complex::Complex;

/// Points that are evaluated in one visit of the modes.
const TOGETHER: usize = 512;

/// The components at points, on all ranks: those of the first point, of the second, and so on. Every mode is
/// summed at every point. Collective.
///
/// None if the field is not finite.
pub fn at_points(
    world: &World,
    modes: &mut dyn Modes,
    wanted: &[Component],
    points: &[[f64; 3]],
) -> Option<Vec<f64>> {
    let expansion = modes.expansion();
    let bounds = bounds(world, modes, wanted);
    if bounds.iter().any(|bound| bound.is_nan()) {
        return None;
    }
    let bound = bounds.into_iter().fold(0.0, f64::max);
    let mut values = Vec::with_capacity(points.len() * wanted.len());
    for points in points.chunks(TOGETHER) {
        let xi: Vec<[f64; 3]> = points.iter().map(|point| expansion.xi(*point)).collect();
        let y: Vec<f64> = xi.iter().map(|xi| xi[1]).collect();
        let mut sums = FixedSums::new(points.len() * wanted.len(), bound)?;
        // Neighbouring columns mostly are of one length, and have the same functions of y.
        let mut functions = (0, Vec::new());
        modes.visit_columns(&mut |column, fields| {
            if functions.0 != column.len() {
                functions = (column.len(), expansion.functions(column, &y));
            }
            let parts = components(&expansion, column, fields, wanted);
            for (p, (xi, functions)) in xi.iter().zip(functions.1.chunks_exact(column.len())).enumerate() {
                let turn = Complex::from_polar(column.weight(), expansion.phase(column, *xi));
                for (c, part) in parts.iter().enumerate() {
                    let along: Complex<f64> = part.iter().zip(functions).map(|(c, phi)| c * phi).sum();
                    sums.add(p * wanted.len() + c, turn * along);
                }
            }
        });
        values.extend(sums.totals(world).into_iter().map(|value| value.re));
    }
    Some(values)
}
