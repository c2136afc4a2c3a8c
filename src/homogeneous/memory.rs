//! The memory of a rank of homogeneous turbulence, before there is one.

use super::observe::sums_of_spectra;
use super::{Parameters, Wavenumbers};
use crate::homogeneous::case::{Initial, Mean};
use crate::parallel::ExactSum;
use crate::plan::Memory;
use crate::transform::{Load, Pencils, Portion, Real};
use num_complex::Complex;

impl Parameters {
    /// What the flow takes of a process grid.
    pub fn load(&self) -> Load {
        Load { room: self.room(), fields: self.fields() }
    }

    /// Fields of modes that a rank holds.
    fn fields(&self) -> usize {
        let first_grid = usize::from(self.dealiasing.evaluates_twice());
        (3 + self.scalars.len()) * (self.scheme.registers() + first_grid)
    }

    /// The memory of a rank with this portion, in fields of precision T.
    pub fn memory<T: Real>(&self, portion: &Portion) -> Memory {
        let [exchange, planes] = Pencils::<T>::memory(portion, self.room());
        let state = self.fields() * portion.modes * size_of::<Complex<T>>();
        let wavenumbers = Wavenumbers::new(self.size, &self.truncation());
        let memory = Memory::default()
            .always("state", state)
            .always("exchanges", exchange)
            .always("planes and lists", planes)
            .at_times("spectra", ExactSum::memory(sums_of_spectra(&wavenumbers, self.scalars.len())));
        // Developing is a run of its own.
        match self.initial {
            Some(Initial::Random { develop: Some(_), .. }) => {
                let alone = self.alone();
                memory.at_times("developing", alone.memory::<T>(portion).most() as usize)
            }
            _ => memory,
        }
    }

    /// A run of the velocity by itself.
    pub fn alone(&self) -> Self {
        Self { mean: Mean::default(), scalars: Vec::new(), forcing: None, initial: None, ..self.clone() }
    }
}
