//! The physical wavenumbers of the modes, and the viscous factor between two times.
//!
//! A mode keeps its label n and its label wavenumber `kappa_i = 2 pi n_i / L_i`; its physical
//! wavenumber is `k(t) = B(t)^T kappa` (Rogallo 1981; [`super::mean`]). Everything that depends on
//! B is in this file: the hot loops see, per column, tables of k.

use super::matrix::{self, Matrix};
use super::mean::Interval;
use crate::transform::{Column, Real, Truncation};

/// Wavenumbers of a box of size L at one time.
#[derive(Clone, Debug)]
pub struct Wavenumbers {
    /// 2 pi / L_i.
    pub unit: [f64; 3],
    /// B.
    pub deformation: Matrix,
    largest: [usize; 3],
}

impl Wavenumbers {
    /// The wavenumbers of the box as it is at time zero.
    pub fn new(size: [f64; 3], truncation: &Truncation) -> Self {
        Self {
            unit: size.map(|length| std::f64::consts::TAU / length),
            deformation: matrix::IDENTITY,
            largest: [truncation.nx_max(), truncation.ny_max(), truncation.nz_max(0)],
        }
    }

    /// kappa of the label `n`.
    fn label(&self, n: [i64; 3]) -> [f64; 3] {
        std::array::from_fn(|i| self.unit[i] * n[i] as f64)
    }

    /// `k` of the label `n`.
    pub fn of(&self, n: [i64; 3]) -> [f64; 3] {
        let kappa = self.label(n);
        std::array::from_fn(|i| (0..3).map(|j| self.deformation[j][i] * kappa[j]).sum())
    }

    /// The width of the shells of |k|: the largest 2 pi / L_i.
    pub fn shell_width(&self) -> f64 {
        self.unit.into_iter().fold(0.0, f64::max)
    }

    /// The shell of the label `n`: that with the nearest multiple of their width.
    pub fn shell(&self, n: [i64; 3]) -> usize {
        (matrix::length(self.of(n)) / self.shell_width() + 0.5) as usize
    }

    /// k at n_y = 0 of a column, and what it grows by from one n_y to the next.
    pub fn along(&self, column: &Column) -> [[f64; 3]; 2] {
        [self.of([column.nx as i64, 0, column.nz]), self.of([0, 1, 0])]
    }

    /// A bound of |k_i| of all modes.
    pub fn reach(&self, i: usize) -> f64 {
        let reach: f64 =
            (0..3).map(|j| (self.deformation[j][i] * self.unit[j]).abs() * self.largest[j] as f64).sum();
        reach * (1.0 + 1e-12)
    }

    /// Whether k_i of a mode depends on its label n_i only.
    pub fn is_upright(&self, i: usize) -> bool {
        (0..3).all(|j| j == i || self.deformation[j][i] == 0.0)
    }

    /// k_max: the radius of the largest sphere in k whose modes are retained along the directions
    /// of the labels. The plane of the largest n_i has the distance `kappa_i / |B^-1 e_i|` from the
    /// origin.
    pub fn largest(&self) -> f64 {
        let inverse = matrix::transpose(&matrix::inverse(&self.deformation));
        let distance = |i: usize| self.unit[i] * self.largest[i] as f64 / matrix::length(inverse[i]);
        (0..3).map(distance).fold(f64::INFINITY, f64::min)
    }

    /// The largest |n_i| of the labels whose |k| may be this length or less.
    pub fn labels_within(&self, length: f64) -> [i64; 3] {
        // kappa_i = B^-T_ij k_j
        let inverse = matrix::transpose(&matrix::inverse(&self.deformation));
        std::array::from_fn(|i| {
            let n = length * matrix::length(inverse[i]) / self.unit[i];
            // Rounding must not leave out one on the sphere.
            ((n + 0.5) as i64).min(self.largest[i] as i64)
        })
    }

    /// k_max of the box as it was at time zero.
    pub fn largest_at_rest(&self) -> f64 {
        (0..3).map(|i| self.unit[i] * self.largest[i] as f64).fold(f64::INFINITY, f64::min)
    }

    /// A bound of |k| of all modes.
    pub fn corner(&self) -> f64 {
        let corners = (0..4).map(|signs| {
            let n = [1, 1 - 2 * (signs & 1), 1 - (signs & 2)];
            matrix::length(self.of(std::array::from_fn(|i| n[i] * self.largest[i] as i64)))
        });
        corners.fold(0.0, f64::max) * (1.0 + 1e-12)
    }
}

/// Tables of consecutive labels n_y, each entry twice: for the real and for the imaginary part of
/// the mode.
pub struct Run<'a, T> {
    /// k at the beginning and at the end of the stage. k_x and k_z are there only if they depend on
    /// n_y.
    pub from: [&'a [T]; 3],
    pub to: [&'a [T]; 3],
    /// The loss by the part of the viscous factor that depends on n_y.
    pub loss: &'a [T],
}

/// Tables of a stage along the columns, by label, in the precision of the fields.
pub struct StageTables<T> {
    unit: [f64; 3],
    largest: [usize; 3],
    interval: Interval,
    /// The exponent by which the velocity grows in the interval.
    growth: f64,
    /// Whether k_x and k_z depend on n_y.
    mixed: bool,
    /// nu, and the diffusivities of the scalars.
    diffusivities: Vec<f64>,
    /// k_x by n_x and k_z by n_z + n_z,max at the beginning of the stage, unless they depend on
    /// n_y.
    kx: Vec<T>,
    kz: Vec<T>,
    /// The tables of the column that was selected last, by n_y + n_y,max.
    column: ColumnState<T>,
}

struct ColumnState<T> {
    /// The key that the tables along y were made for: k at n_y = 0 at both ends, and the shift of
    /// n_y in the viscous exponent.
    made_for: Option<([f64; 3], [f64; 3], f64)>,
    from: [Vec<T>; 3],
    to: [Vec<T>; 3],
    /// The loss by the part of the viscous factors that depends on n_y, for each diffusivity.
    losses: Vec<Vec<T>>,
    /// The loss by the part that all modes of the column share, for each diffusivity.
    shared: Vec<T>,
    of_zero: [[T; 2]; 2],
}

/// Tables of one column: k_x, k_z, and along y `k_y` and the loss of the mode by the viscous
/// factor, F - 1, in the order of storage. Large scales lose little in a step, F is near one, and
/// `u + (F - 1) u` keeps in single precision what is lost in the rounding of F.
pub struct ColumnTables<'a, T> {
    /// k_x and k_z at n_y = 0, at the beginning and at the end of the stage.
    pub from: [T; 2],
    pub to: [T; 2],
    /// The loss by the part of the viscous factor that all modes of the column share.
    pub loss: T,
    /// Whether k_x and k_z depend on n_y.
    pub mixed: bool,
    /// The labels 0 .. ny_max, and -ny_max .. -1.
    upper: Run<'a, T>,
    lower: Run<'a, T>,
}

impl<'a, T> ColumnTables<'a, T> {
    /// The two runs of a column: where each begins, counted in reals, and its tables.
    pub fn runs(&self) -> [(usize, &Run<'a, T>); 2] {
        [(0, &self.upper), (self.upper.loss.len(), &self.lower)]
    }
}

impl<T: Real> StageTables<T> {
    /// Tables for modes that a mean flow moves so that k_x or k_z depends on n_y (`mixed`), or not.
    pub fn new(wavenumbers: &Wavenumbers, diffusivities: Vec<f64>, mixed: bool, interval: Interval) -> Self {
        let Wavenumbers { unit, largest, .. } = *wavenumbers;
        let along_y = || vec![T::zero(); 2 * (2 * largest[1] + 1)];
        let column = ColumnState {
            made_for: None,
            from: std::array::from_fn(|_| along_y()),
            to: std::array::from_fn(|_| along_y()),
            losses: diffusivities.iter().map(|_| along_y()).collect(),
            shared: vec![T::zero(); diffusivities.len()],
            of_zero: [[T::zero(); 2]; 2],
        };
        let (kx, kz) = (vec![T::zero(); largest[0] + 1], vec![T::zero(); 2 * largest[2] + 1]);
        let mut tables = Self {
            unit,
            largest,
            interval: interval.clone(),
            growth: 0.0,
            mixed,
            diffusivities,
            kx,
            kz,
            column,
        };
        tables.set_interval(interval, 0.0);
        tables
    }

    /// The tables are of this interval from now on, in which a linear force lets the velocity grow
    /// by `exp(growth)`.
    pub fn set_interval(&mut self, interval: Interval, growth: f64) {
        let Self { unit, largest, kx, kz, .. } = self;
        let b = &interval.from;
        kx.iter_mut().enumerate().for_each(|(n, k)| *k = T::of(b[0][0] * unit[0] * n as f64));
        kz.iter_mut()
            .enumerate()
            .for_each(|(n, k)| *k = T::of(b[2][2] * unit[2] * (n as f64 - largest[2] as f64)));
        self.interval = interval;
        self.growth = growth;
        self.column.made_for = None;
    }

    pub fn interval(&self) -> &Interval {
        &self.interval
    }

    /// Whether k_x and k_z depend on n_y.
    pub fn mixes_labels(&self) -> bool {
        self.mixed
    }

    /// k_x of n_x, and k_z of n_z = nz, nz + 1, ..., at the beginning of the stage; where they do
    /// not depend on n_y.
    pub fn plane(&self, nx: usize, nz: i64) -> (T, &[T]) {
        (self.kx[nx], &self.kz[(nz + self.largest[2] as i64) as usize..])
    }

    /// Makes ready what depends on the column. The viscous factor of the diffusivity D is
    ///
    /// ```text
    ///     exp(-D kappa.G.kappa) = exp(-D G_yy (kappa_y + c)^2) exp(-D S(kappa_x, kappa_z)),
    ///     c = (G_xy kappa_x + G_yz kappa_z) / G_yy
    /// ```
    ///
    /// G the metric and S what is left of it, both positive: no factor is beyond one. The tables
    /// have the factors less one.
    pub fn select(&mut self, column: &Column) {
        let Self { unit, largest, interval, growth, diffusivities, column: state, mixed, .. } = self;
        let (x, z) = (unit[0] * column.nx as f64, unit[2] * column.nz as f64);
        let at_zero = |b: &Matrix| std::array::from_fn(|i| b[0][i] * x + b[2][i] * z);
        let (from, to): ([f64; 3], [f64; 3]) = (at_zero(&interval.from), at_zero(&interval.to));
        let g = &interval.metric;
        let cross = g[0][1] * x + g[1][2] * z;
        let shift = if cross == 0.0 { 0.0 } else { cross / g[1][1] };
        let rest = g[0][0] * x * x + 2.0 * g[0][2] * x * z + g[2][2] * z * z - shift * cross;
        for (quantity, (shared, diffusivity)) in state.shared.iter_mut().zip(&*diffusivities).enumerate() {
            let growth = if quantity == 0 { *growth } else { 0.0 };
            *shared = T::of((growth - diffusivity * rest).exp_m1());
        }
        state.of_zero = [from, to].map(|k| [T::of(k[0]), T::of(k[2])]);
        // Neighbouring columns share the tables along y, but for a mean flow that tilts the lattice
        // along both x and z.
        let key = if *mixed { (from, to, shift) } else { ([0.0, from[1], 0.0], [0.0, to[1], 0.0], shift) };
        if state.made_for == Some(key) {
            return;
        }
        state.made_for = Some(key);
        let kappa = |n: usize| unit[1] * (n as f64 - largest[1] as f64);
        let ends = [(&mut state.from, &interval.from, from), (&mut state.to, &interval.to, to)];
        for (tables, b, zero) in ends {
            for i in if *mixed { 0..3 } else { 1..2 } {
                for (n, pair) in tables[i].chunks_exact_mut(2).enumerate() {
                    pair.fill(T::of(zero[i] + b[1][i] * kappa(n)));
                }
            }
        }
        for (losses, diffusivity) in state.losses.iter_mut().zip(diffusivities) {
            for (n, pair) in losses.chunks_exact_mut(2).enumerate() {
                pair.fill(T::of((-*diffusivity * g[1][1] * (kappa(n) + shift).powi(2)).exp_m1()));
            }
        }
    }

    /// The tables of the column that was selected; of the velocity (0) or a scalar (1, 2, ..).
    pub fn column(&self, column: &Column, quantity: usize) -> ColumnTables<'_, T> {
        let state = &self.column;
        let zero = 2 * self.largest[1];
        let run = |first: usize, end: usize| Run {
            from: state.from.each_ref().map(|table| &table[first..end]),
            to: state.to.each_ref().map(|table| &table[first..end]),
            loss: &state.losses[quantity][first..end],
        };
        ColumnTables {
            from: state.of_zero[0],
            to: state.of_zero[1],
            loss: state.shared[quantity],
            mixed: self.mixed,
            upper: run(zero, zero + 2 * (column.ny_max() + 1)),
            lower: run(zero - 2 * column.ny_max(), zero),
        }
    }
}
