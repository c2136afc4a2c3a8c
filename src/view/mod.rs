//! Stored fields, looked at: a picture of a plane, values at points, arrays for other programs.

mod export;
mod movie;
mod npy;
mod probe;
mod slice;
mod snapshot;
mod state;

pub use export::{Form, export};
pub use movie::movie;
pub use probe::probe;
pub use slice::{At, Range, Slice, slice};

use crate::error::{Error, Result};
use crate::field::{Modes, Quantity};
use std::path::Path;

/// A field of a file, spread over the ranks.
pub struct Stored {
    modes: Box<dyn Modes>,
    /// The name of its case.
    name: String,
    /// Points in x, y, z.
    grid: [usize; 3],
    viscosity: f64,
    time: f64,
    /// Whether it is a snapshot, from which no derivatives are taken.
    is_snapshot: bool,
}

impl Stored {
    /// A quantity of this field.
    ///
    /// # Errors
    /// An unknown quantity; a derivative of a snapshot.
    fn quantity(&self, path: &Path, name: &str) -> Result<Quantity> {
        let quantity = Quantity::new(name, &self.modes.fields())?;
        if self.is_snapshot && quantity.is_derived() {
            return Err(Error::input(format!(
                "{name} needs derivatives, and {} is a snapshot, which may be of single precision: give a \
                 checkpoint of the run",
                path.display()
            )));
        }
        Ok(quantity)
    }
}

/// The error of a field that holds values that are not finite.
fn not_finite(path: &Path) -> Error {
    Error::input(format!("{} holds values that are not finite", path.display()))
}
