//! What this flow tells of itself after a blow-up.

use super::Homogeneous;
use super::matrix::{dot, length};
use crate::diagnosis::{fastest_point, worst_mode};
use crate::flow::{Diagnosis, Tail};
use crate::parallel::ExactSum;
use crate::transform::Real;
use std::rc::Rc;

impl<T: Real> Homogeneous<T> {
    /// See [`crate::flow::Flow::diagnose`]; collective.
    pub(super) fn diagnosis(&mut self) -> Diagnosis {
        let world = Rc::clone(&self.world);
        let fields: Vec<_> =
            super::names(&self.parameters).zip(self.velocity[0].iter().chain(&self.scalars[0])).collect();
        let mode = worst_mode(&world, &self.pencils.layout, &fields, |column, j| {
            let ny = column.labels().nth(j).unwrap_or(0);
            let [kx, ky, kz] = self.wavenumbers.of([column.nx as i64, ny, column.nz]);
            format!("the mode k = ({kx:.4}, {ky:.4}, {kz:.4})")
        });
        let tail = self.dissipation_spectrum();
        let mut places = vec![mode];
        if tail.end().is_some() {
            let (b, parameters) = (self.wavenumbers.deformation, self.parameters.clone());
            let cells: [[f64; 3]; 3] =
                std::array::from_fn(|j| b[j].map(|b| b * parameters.grid[j] as f64 / parameters.size[j]));
            places.push(fastest_point(&world, self, |_, velocity| {
                cells.iter().map(|row| dot(*row, velocity).abs()).sum()
            }));
        }
        Diagnosis { places, tails: vec![tail], stability: self.parameters.stability() }
    }

    /// `k^2 |u|^2` by shells of |k|.
    fn dissipation_spectrum(&self) -> Tail {
        let (layout, wavenumbers) = (&self.pencils.layout, &self.wavenumbers);
        let furthest = length([0, 1, 2].map(|i| wavenumbers.reach(i)));
        let mut sums = vec![ExactSum::default(); (furthest / wavenumbers.shell_width()) as usize + 2];
        let mut last = 0;
        for (c, column) in layout.columns.iter().enumerate() {
            for (mode, ny) in layout.range(c).zip(column.labels()) {
                let label = [column.nx as i64, ny, column.nz];
                let (k, shell) = (wavenumbers.of(label), wavenumbers.shell(label));
                let square: f64 = self.velocity[0]
                    .iter()
                    .map(|field| field[mode].re.wide().powi(2) + field[mode].im.wide().powi(2))
                    .sum();
                sums[shell].add(column.weight() * dot(k, k) * square);
                last = last.max(shell);
            }
        }
        let last = self.world.max(last as f64) as usize;
        // The corners beyond k_max hold few modes each.
        let whole = (wavenumbers.largest() / wavenumbers.shell_width()) as usize;
        Tail::new("k", wavenumbers.shell_width(), &mut sums[..=last.min(whole)], &self.world)
    }
}
