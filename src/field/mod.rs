//! Fields at any place, exactly, from their modes: on a plane, or at points.

mod expansion;
mod plane;
mod points;
mod quantity;
mod sum;

pub use expansion::{Basis, Expansion};
pub use plane::{Plane, Sheet};
pub use points::at_points;
pub use quantity::{Component, Quantity, list};

use crate::transform::Column;
use num_complex::Complex;

/// Receives a column of modes: of each field the coefficients of its functions of y.
pub type SeeColumn<'a> = &'a mut dyn FnMut(&Column, &[Vec<Complex<f64>>]);

/// A state as modes, spread over the ranks.
pub trait Modes {
    /// The functions of its coefficients.
    fn expansion(&self) -> Expansion;

    /// The names of the fields.
    fn fields(&self) -> Vec<String>;

    /// Shows `see` the columns of this rank, one after the other.
    fn visit_columns(&mut self, see: SeeColumn<'_>);
}

/// The coefficients of some components of a column.
fn components(
    expansion: &Expansion,
    column: &Column,
    fields: &[Vec<Complex<f64>>],
    wanted: &[Component],
) -> Vec<Vec<Complex<f64>>> {
    let of = |component: &Component| match component.along {
        None => fields[component.field].clone(),
        Some(j) => expansion.derivative(column, &fields[component.field], j),
    };
    wanted.iter().map(of).collect()
}

/// A bound of each component at any place: the sum of the magnitudes of its modes. Collective.
fn bounds(world: &crate::parallel::World, modes: &mut dyn Modes, wanted: &[Component]) -> Vec<f64> {
    let expansion = modes.expansion();
    let mut bounds = vec![sum::Bound::default(); wanted.len()];
    modes.visit_columns(&mut |column, fields| {
        for (bound, values) in bounds.iter_mut().zip(components(&expansion, column, fields, wanted)) {
            bound.add(
                column.weight() * values.iter().map(|value| value.re.abs() + value.im.abs()).sum::<f64>(),
            );
        }
    });
    bounds.into_iter().map(|bound| bound.total(world)).collect()
}
