//! Spectra over shells of |k|, and over each component of k.

use super::Wavenumbers;
use super::nonlinear::WithNonlinear;
use super::{COMPONENTS, Homogeneous, each_mode, mode, product, production, square, wide};
use crate::flow::OutputTable;
use crate::homogeneous::evaluation::piece;
use crate::statistics::Bins;
use crate::transform::{Column, Real};
use num_complex::Complex;

/// Quantities of a shell: R_ij, `k^2 |u|^2`, the transfer, and of each scalar its variance and its
/// flux in y.
const OF_VELOCITY: usize = 8;

/// The number of exact sums of the spectra over shells, for a number of scalars.
pub fn sums_of_spectra(wavenumbers: &Wavenumbers, scalars: usize) -> usize {
    Bins::number(wavenumbers.shell_width(), wavenumbers.corner()) * (OF_VELOCITY + 2 * scalars)
}

impl<T: Real> WithNonlinear<'_, T> {
    /// Densities over k in shells as wide as the largest 2 pi / L_i. Collective.
    ///
    /// ```text
    ///     int E dk = 1/2 <u_i u_i>,  int uu dk = <u^2>,
    ///     T(k) the sum of Re u_i* N_i over a shell,  Pi(k) = -int_0^k T dk
    ///     dE/dt = production + T - dissipation + ..
    /// ```
    ///
    /// A row is at the middle of its shell, but the flux is the one through its outer side.
    pub fn shells(&self) -> OutputTable {
        let Homogeneous { world, parameters, wavenumbers, scalars, .. } = self.flow;
        let width = wavenumbers.shell_width();
        let scalars = &scalars[0];
        let mut shells = Bins::new(width, wavenumbers.corner(), OF_VELOCITY + 2 * scalars.len());
        self.each_of_all(|column, j, k, at| {
            let (k2, weight) = (square(k), column.weight());
            let (u, n) = (mode(at.velocity, j), mode(at.nonlinear, j));
            let r = COMPONENTS.map(|(_, a, b)| product(u[a], u[b]));
            // The part of N along k is none of u's.
            let transfer = product(u[0], n[0]) + product(u[1], n[1]) + product(u[2], n[2]);
            let of_velocity = r.into_iter().chain([k2 * (r[0] + r[1] + r[2]), transfer]);
            let of_scalars = scalars
                .iter()
                .map(|theta| wide(theta[at.start + j]))
                .flat_map(|theta| [product(theta, theta), product(u[1], theta)]);
            shells.add(k2.sqrt(), of_velocity.chain(of_scalars).map(|value| weight * value));
        });
        let (viscosity, a) = (parameters.viscosity, self.flow.gradient());
        let mut flux = 0.0;
        let rows = shells.densities(world).into_iter().enumerate().map(|(shell, sums)| {
            let r = std::array::from_fn(|c| sums[c]);
            let [gradient, transfer] = [sums[6], sums[7]];
            flux -= transfer * width;
            let k = shell as f64 * width;
            let of_velocity = [
                k,
                0.5 * (r[0] + r[1] + r[2]),
                viscosity * gradient,
                transfer,
                flux,
                r[0],
                r[1],
                r[2],
                r[3],
                production(&a, &r),
            ];
            of_velocity.into_iter().chain(sums[OF_VELOCITY..].iter().copied()).map(Some).collect()
        });
        let rows = rows.collect();
        let names = ["k", "energy", "dissipation", "transfer", "flux", "uu", "vv", "ww", "uv", "production"]
            .map(str::to_owned);
        let of_scalar = |name: &str| [format!("{name}_variance"), format!("{name}_flux_y")];
        let columns = names
            .into_iter()
            .chain(parameters.scalars.iter().flat_map(|scalar| of_scalar(&scalar.name)))
            .collect();
        OutputTable { name: "spectra".into(), columns, rows }
    }

    /// One-dimensional spectra of the velocity components over each |k_i|; collective. They are
    /// one-sided: the density at k_i = 0 belongs to half a bin, that of the last row to a whole
    /// one. So `<u^2>` is half the first row and all others, times the bin; the trapezoidal rule is
    /// short by half of the last row. Row n is at n bins. A bin is one label n_i if k_i depends on
    /// it only; in a tilted box k_i goes to the nearest multiple of 2 pi / L_i.
    pub fn lines(&self) -> OutputTable {
        let Homogeneous { world, wavenumbers, .. } = self.flow;
        let width = [0, 1, 2].map(|i| {
            wavenumbers.unit[i]
                * if wavenumbers.is_upright(i) { wavenumbers.deformation[i][i].abs() } else { 1.0 }
        });
        let mut bins = [0, 1, 2].map(|i| Bins::new(width[i], wavenumbers.reach(i), 3));
        self.each_of_all(|column, j, k, at| {
            let squares = mode(at.velocity, j).map(|u| column.weight() * product(u, u));
            bins.iter_mut().zip(k).for_each(|(bins, k)| bins.add(k.abs(), squares));
        });
        let densities = bins.map(|bins| bins.densities(world));
        let longest = densities.iter().map(Vec::len).max().unwrap_or(0);
        let of_direction = |i: usize, n: usize| {
            let density = densities[i].get(n);
            let once = if n == 0 { 2.0 } else { 1.0 };
            let component = move |c: usize| density.map(|density| once * density[c]);
            [density.map(|_| n as f64 * width[i]), component(0), component(1), component(2)]
        };
        let rows = (0..longest)
            .map(|n| [Some(n as f64)].into_iter().chain((0..3).flat_map(|i| of_direction(i, n))).collect())
            .collect();
        let names = |i: &str| [format!("k{i}"), format!("uu_{i}"), format!("vv_{i}"), format!("ww_{i}")];
        let columns =
            ["n".to_owned()].into_iter().chain(["x", "y", "z"].into_iter().flat_map(names)).collect();
        OutputTable { name: "spectra_1d".into(), columns, rows }
    }

    /// Calls `visit(column, j, k, fields of the column)` for every mode of this rank but k = 0.
    fn each_of_all(&self, mut visit: impl FnMut(&Column, usize, [f64; 3], &OfColumn<'_, T>)) {
        let Homogeneous { pencils, wavenumbers, velocity, .. } = self.flow;
        let layout = &pencils.layout;
        for (c, column) in layout.columns.iter().enumerate() {
            let range = layout.range(c);
            let (velocity, nonlinear) = (piece(&velocity[0], &range), piece(self.nonlinear(), &range));
            let at = OfColumn { start: range.start, velocity, nonlinear };
            each_mode(wavenumbers, column, |j, k| visit(column, j, k, &at));
        }
    }
}

/// The modes of a column, and where they begin in a field.
struct OfColumn<'a, T> {
    start: usize,
    velocity: [&'a [Complex<T>]; 3],
    nonlinear: [&'a [Complex<T>]; 3],
}
