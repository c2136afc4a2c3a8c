//! The way of a state to another grid or box: what the flow adds where modes keep their labels.

use crate::error::Result;
use num_complex::Complex;

/// Tolerance within which the ratio of two lengths must be an integer for the field to be repeated.
const TOLERANCE: f64 = 1e-12;

/// The change of one length of the box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The length is multiplied by this number, possibly 1: the field is repeated, and labels n are
    /// multiplied by it.
    Repeated(i64),
    /// The field is stretched; labels stay.
    Stretched,
}

impl Change {
    /// The change from one length to another.
    pub fn new(from: f64, to: f64) -> Self {
        let ratio = to / from;
        let times = ratio.round();
        if times >= 1.0 && (ratio - times).abs() <= TOLERANCE * times {
            Self::Repeated(times as i64)
        } else {
            Self::Stretched
        }
    }

    /// The factor of the labels.
    pub fn factor(self) -> i64 {
        match self {
            Self::Repeated(times) => times,
            Self::Stretched => 1,
        }
    }

    pub fn repeats(self) -> bool {
        self != Self::Stretched
    }
}

/// What a flow does to modes that have come to another grid or box with their labels.
pub trait Conversion {
    /// Adjusts the modes `new` of a column of a field to those of `old`, of which the new grid may keep
    /// fewer. `labels` are n_x and n_z in the old box.
    fn keep(&self, _field: &str, _labels: [i64; 2], _old: &[Complex<f64>], _new: &mut [Complex<f64>]) {}

    /// Gives the modes of a column that was `from` and is `to` its new wavenumbers; all fields of the
    /// state by their names.
    fn stretch(&mut self, _from: [i64; 2], _to: [i64; 2], _fields: &mut [(&str, &mut [Complex<f64>])]) {}

    /// The numbers of the state ([`crate::flow::Flow::restart_scalars`]) on the new grid, in the new box.
    ///
    /// # Errors
    /// Numbers that are tied to the box.
    fn restart_scalars(&self, numbers: &[(String, f64)]) -> Result<Vec<(String, f64)>> {
        Ok(numbers.to_vec())
    }

    /// Remarks on a file as the initial field of a case; `mean` reads the modes n_x = n_z = 0 of a field
    /// in it.
    ///
    /// # Errors
    /// A file that cannot be read.
    fn notes(&self, _mean: ReadMean) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
}

/// Reads the modes n_x = n_z = 0 of the field of this name; none if the file does not have it.
pub type ReadMean<'a> = &'a dyn Fn(&str) -> Result<Option<Vec<Complex<f64>>>>;

/// Labels say all: nothing is to be done.
pub struct Labels;

impl Conversion for Labels {}

#[cfg(test)]
mod tests {
    use super::Change;

    #[test]
    fn multiples_of_a_length_repeat_the_field() {
        let pi = std::f64::consts::PI;
        assert_eq!(Change::new(4.0 * pi, 4.0 * pi), Change::Repeated(1));
        assert_eq!(Change::new(4.0 / 3.0 * pi, 4.0 * pi), Change::Repeated(3));
        for (from, to) in [(4.0 * pi, 2.0 * pi), (4.0 * pi, 6.0 * pi), (1.0, 2.000001), (1.0, 0.4)] {
            assert_eq!(Change::new(from, to), Change::Stretched, "{from} {to}");
        }
    }
}
