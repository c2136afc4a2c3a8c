//! A stage of the Runge-Kutta scheme, mode by mode:
//!
//! ```text
//!     u <- P' Q F (M (u, r, ..) + dt b (N + u x (curl U + 2 Omega) + f)),        P'_ij = delta_ij - k'_i k'_j / k'^2
//!     theta <- F (M (theta, ..) + dt b (N - G.u))
//! ```
//!
//! F is the viscous factor and k' the wavenumber at the end of the stage. `w = B^-T u` obeys
//! `dw/dt = B^-T (u x (curl U + 2 Omega) + N - nu k^2 u) - i kappa p` (Rogallo 1981): the pressure
//! has a direction that does not change, so that the projection P' at the end of a stage is exact,
//! and an irrotational strain leaves no linear term at all. In terms of u that is
//! `Q = exp(-int A^T dt)`. Only u needs P': what the other registers have parallel to k is taken off
//! when they are added to it.
//!
//! Of each row of M one factor is 1, if any: what a register becomes is that one, x, and a gain. In
//! single precision small gains must not be lost in the rounding of x, nor F and Q in that of 1, so
//! that all gains are summed before they are added:
//!
//! ```text
//!     u <- x + g,    g = (M - 1) (u, r, ..) + dt b N,    then  g <- g + (F - 1) (x + g),    g <- g + (Q - 1) (x + g),    g <- g - (1 - P') (x + g)
//! ```

use super::wavenumbers::{ColumnTables, Run};
use crate::time::{RungeKutta, Stage};
use crate::transform::{LANES, Lanes, Pieces, Real, vectorised};
use bytemuck::{cast_slice, cast_slice_mut};
use num_complex::Complex;

/// A stage for one scheme's R registers, in the precision of the fields.
pub struct Coefficients<T, const R: usize> {
    /// M without its ones, and where these are.
    mix: [[T; R]; R],
    whole: [[bool; R]; R],
    add: [T; R],
    /// Registers that the stage needs, and those it changes.
    reads: [bool; R],
    writes: [bool; R],
}

impl<T: Real, const R: usize> Coefficients<T, R> {
    pub fn new(stage: &Stage, dt: f64) -> Self {
        Self {
            mix: std::array::from_fn(|r| {
                std::array::from_fn(|q| T::of(if stage.mix[r][q] == 1.0 { 0.0 } else { stage.mix[r][q] }))
            }),
            whole: std::array::from_fn(|r| std::array::from_fn(|q| stage.mix[r][q] == 1.0)),
            add: std::array::from_fn(|r| T::of(dt * stage.add[r])),
            reads: std::array::from_fn(|r| stage.mix.iter().any(|row| row[r] != 0.0)),
            writes: std::array::from_fn(|r| {
                stage.add[r] != 0.0 || stage.mix[r] != [0.0; RungeKutta::REGISTERS]
            }),
        }
    }
}

/// The terms of the mean flow in a stage.
#[derive(Clone, Copy)]
pub struct MeanTerms<T> {
    /// curl U + 2 Omega.
    pub absolute_vorticity: [T; 3],
    /// Q.
    pub transport: Transport<T>,
}

/// Q - 1 by the form of Q: the products with 0 and 1 cost as much as all the rest of a mean flow does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Transport<T> {
    /// Rotation.
    Identity,
    /// Strain along the axes.
    Diagonal([T; 3]),
    /// Shear U = S y: Q_yx.
    Shear(T),
    General([[T; 3]; 3]),
}

impl<T: Real> Transport<T> {
    pub fn of(q: [[f64; 3]; 3]) -> Self {
        let less_one = |i: usize, j: usize| T::of(q[i][j] - if i == j { 1.0 } else { 0.0 });
        let along_axes = (0..3).all(|i| (0..3).all(|j| i == j || q[i][j] == 0.0));
        let sheared =
            (0..3).all(|i| (0..3).all(|j| (i, j) == (1, 0) || q[i][j] == if i == j { 1.0 } else { 0.0 }));
        match (along_axes, sheared) {
            (true, true) => Self::Identity,
            (true, false) => Self::Diagonal(std::array::from_fn(|i| less_one(i, i))),
            (false, true) => Self::Shear(less_one(1, 0)),
            (false, false) => Self::General(std::array::from_fn(|i| std::array::from_fn(|j| less_one(i, j)))),
        }
    }

    /// Adds (Q - 1) (x + gain) to the gain of x.
    #[inline(always)]
    fn apply<const L: usize>(&self, x: [Lanes<T, L>; 3], gain: [Lanes<T, L>; 3]) -> [Lanes<T, L>; 3] {
        let all = |i: usize| sum(x[i], gain[i]);
        match *self {
            Self::Identity => gain,
            Self::Diagonal(q) => [
                gain[0] + all(0) * Lanes::all(q[0]),
                gain[1] + all(1) * Lanes::all(q[1]),
                gain[2] + all(2) * Lanes::all(q[2]),
            ],
            Self::Shear(q) => [gain[0], gain[1] + all(0) * Lanes::all(q), gain[2]],
            Self::General(q) => {
                let (u, v, w) = (all(0), all(1), all(2));
                let row = |i: usize| {
                    gain[i] + (u * Lanes::all(q[i][0]) + v * Lanes::all(q[i][1]) + w * Lanes::all(q[i][2]))
                };
                [row(0), row(1), row(2)]
            }
        }
    }
}

/// Sums over the modes of a column: `|u|^2` and `k^2 |u|^2`.
pub type Sums = [f64; 2];

/// The velocity of one column: the fields `modes` that came through the transform (four, or five of
/// mixed labels), N on the first grid if there are two, the force if there is one, the registers.
pub struct VelocityColumn<'a, T, const R: usize> {
    pub modes: Pieces<'a, T>,
    pub first_grid: Option<[&'a [Complex<T>]; 3]>,
    pub force: Option<[&'a [Complex<T>]; 3]>,
    pub registers: [[&'a mut [Complex<T>]; 3]; R],
}

/// Advances the velocity of a column by a stage; with `mean`, if there is a mean flow. Returns the
/// sums of the new u.
pub fn update<T: Real, const R: usize>(
    tables: &ColumnTables<'_, T>,
    coefficients: &Coefficients<T, R>,
    mean: Option<&MeanTerms<T>>,
    column: VelocityColumn<'_, T, R>,
) -> Sums {
    let at_rest = MeanTerms { absolute_vorticity: [T::zero(); 3], transport: Transport::Identity };
    match (mean, tables.mixed) {
        (None, _) => update_all::<T, R, false, false>(tables, coefficients, &at_rest, column),
        (Some(mean), false) => update_all::<T, R, true, false>(tables, coefficients, mean, column),
        (Some(mean), true) => update_all::<T, R, true, true>(tables, coefficients, mean, column),
    }
}

fn update_all<T: Real, const R: usize, const MEAN: bool, const MIXED: bool>(
    tables: &ColumnTables<'_, T>,
    coefficients: &Coefficients<T, R>,
    mean: &MeanTerms<T>,
    column: VelocityColumn<'_, T, R>,
) -> Sums {
    let VelocityColumn { modes, first_grid, force, registers } = column;
    let sources = Sources {
        fields: Fields::<T, MIXED>::new(modes),
        first_grid: first_grid.map(|fields| fields.map(cast_slice)),
        force: force.map(|fields| fields.map(cast_slice)),
    };
    let mut registers = registers.map(|fields| fields.map(|field| cast_slice_mut(field)));
    vectorised(
        #[inline(always)]
        || {
            let mut sums = [Lanes::all(T::zero()); 2];
            let mut sums_of_rest = [Lanes::all(T::zero()); 2];
            for (first, run) in tables.runs() {
                let length = run.loss.len();
                let whole = length - length % LANES;
                for j in (0..whole).step_by(LANES) {
                    let place = Place { tables, run, j, at: first + j };
                    let n = sources.nonlinear::<LANES>(place);
                    stage::<T, R, LANES, MEAN, MIXED>(
                        place,
                        coefficients,
                        mean,
                        n,
                        &mut registers,
                        &mut sums,
                    );
                }
                for j in (whole..length).step_by(2) {
                    let place = Place { tables, run, j, at: first + j };
                    let n = sources.nonlinear::<2>(place);
                    stage::<T, R, 2, MEAN, MIXED>(
                        place,
                        coefficients,
                        mean,
                        n,
                        &mut registers,
                        &mut sums_of_rest,
                    );
                }
            }
            let [[square, gradient], [square_of_rest, gradient_of_rest]] =
                [sums.map(Lanes::sum), sums_of_rest.map(Lanes::sum)];
            [square + square_of_rest, gradient + gradient_of_rest]
        },
    )
}

/// Reals of a column that are worked on together.
#[derive(Clone, Copy)]
struct Place<'a, T> {
    tables: &'a ColumnTables<'a, T>,
    /// The run that they are in, and where in its tables.
    run: &'a Run<'a, T>,
    j: usize,
    /// The place in the column.
    at: usize,
}

impl<T: Real> Place<'_, T> {
    /// k at the beginning of the stage.
    #[inline(always)]
    fn k_from<const L: usize, const MIXED: bool>(&self) -> [Lanes<T, L>; 3] {
        wavevector::<T, L, MIXED>(self.tables.from, self.run.from, self.j)
    }

    /// k at the end of the stage.
    #[inline(always)]
    fn k_to<const L: usize, const MIXED: bool>(&self) -> [Lanes<T, L>; 3] {
        wavevector::<T, L, MIXED>(self.tables.to, self.run.to, self.j)
    }

    /// F - 1, of its two parts: `F G - 1 = (F - 1) + (G - 1) + (F - 1) (G - 1)`.
    #[inline(always)]
    fn loss<const L: usize>(&self) -> Lanes<T, L> {
        let (of_column, along_y) = (Lanes::all(self.tables.loss), Lanes::load(self.run.loss, self.j));
        along_y + (of_column + along_y * of_column)
    }
}

/// Stores N of a column, for the mean with that on a second grid.
pub fn store_nonlinear<T: Real>(
    tables: &ColumnTables<'_, T>,
    modes: Pieces<'_, T>,
    n: [&mut [Complex<T>]; 3],
) {
    if tables.mixed {
        store_all::<T, true>(tables, modes, n)
    } else {
        store_all::<T, false>(tables, modes, n)
    }
}

fn store_all<T: Real, const MIXED: bool>(
    tables: &ColumnTables<'_, T>,
    modes: Pieces<'_, T>,
    n: [&mut [Complex<T>]; 3],
) {
    let (fields, mut stored) = (Fields::<T, MIXED>::new(modes), n.map(|field| cast_slice_mut(field)));
    vectorised(
        #[inline(always)]
        || {
            for (first, run) in tables.runs() {
                let length = run.loss.len();
                let whole = length - length % LANES;
                for j in (0..whole).step_by(LANES) {
                    let place = Place { tables, run, j, at: first + j };
                    let n = fields.nonlinear::<LANES>(place);
                    (0..3).for_each(|i| n[i].store(stored[i], place.at));
                }
                for j in (whole..length).step_by(2) {
                    let place = Place { tables, run, j, at: first + j };
                    let n = fields.nonlinear::<2>(place);
                    (0..3).for_each(|i| n[i].store(stored[i], place.at));
                }
            }
        },
    );
}

/// The fields that came through the transform, as reals; the fifth only of mixed labels.
struct Fields<'a, T, const MIXED: bool>([&'a [T]; 5]);

impl<'a, T: Real, const MIXED: bool> Fields<'a, T, MIXED> {
    fn new(modes: Pieces<'a, T>) -> Self {
        let [a, b, c, d] = modes.from(0).map(cast_slice);
        Self([a, b, c, d, if MIXED { cast_slice(modes.of(4)) } else { &[] }])
    }

    /// N, L reals of it, of `[A, B, C, D]`; of mixed labels, of -i times the products
    /// `[a, b, c, d, e]`.
    #[inline(always)]
    fn nonlinear<const L: usize>(&self, place: Place<'_, T>) -> [Lanes<T, L>; 3] {
        let [kx, ky, kz] = place.k_from::<L, MIXED>();
        let load = |f: usize| Lanes::load(self.0[f], place.at);
        let (a, b, c, d) = (load(0), load(1), load(2), load(3));
        if MIXED {
            let e = load(4);
            [a * kx + b * ky + e * kz, b * kx + d * kz, e * kx + d * ky + c * kz]
        } else {
            [a + b * ky, b * kx + d * kz, c + d * ky]
        }
    }
}

/// The nonlinear term and the force of the velocity of a column.
struct Sources<'a, T, const MIXED: bool> {
    fields: Fields<'a, T, MIXED>,
    first_grid: Option<[&'a [T]; 3]>,
    force: Option<[&'a [T]; 3]>,
}

impl<T: Real, const MIXED: bool> Sources<'_, T, MIXED> {
    /// `N + f`, L reals of it; N is the mean of that on both grids if there are two.
    #[inline(always)]
    fn nonlinear<const L: usize>(&self, place: Place<'_, T>) -> [Lanes<T, L>; 3] {
        let mut n = self.fields.nonlinear(place);
        if let Some(first_grid) = self.first_grid {
            for i in 0..3 {
                n[i] = (n[i] + Lanes::load(first_grid[i], place.at)) * Lanes::all(T::of(0.5));
            }
        }
        if let Some(force) = self.force {
            for i in 0..3 {
                n[i] = n[i] + Lanes::load(force[i], place.at);
            }
        }
        n
    }
}

/// k of L reals from j on of a run.
#[inline(always)]
fn wavevector<T: Real, const L: usize, const MIXED: bool>(
    shared: [T; 2],
    tables: [&[T]; 3],
    j: usize,
) -> [Lanes<T, L>; 3] {
    let y = Lanes::load(tables[1], j);
    if MIXED {
        [Lanes::load(tables[0], j), y, Lanes::load(tables[2], j)]
    } else {
        [Lanes::all(shared[0]), y, Lanes::all(shared[1])]
    }
}

/// Advances L reals of a column by the sources n. Adds to the sums of `|u|^2` and `k^2 |u|^2`.
#[inline(always)]
fn stage<T: Real, const R: usize, const L: usize, const MEAN: bool, const MIXED: bool>(
    place: Place<'_, T>,
    coefficients: &Coefficients<T, R>,
    mean: &MeanTerms<T>,
    mut n: [Lanes<T, L>; 3],
    registers: &mut [[&mut [T]; 3]; R],
    [square, gradient]: &mut [Lanes<T, L>; 2],
) {
    let at = place.at;
    let zero = Lanes::<T, L>::all(T::zero());
    // Plain loops: maps of arrays are not always inlined, and then they are not vectorised.
    let mut x = [[zero; 3]; R];
    for r in 0..R {
        if coefficients.reads[r] || (MEAN && r == 0) {
            for i in 0..3 {
                x[r][i] = Lanes::load(registers[r][i], at);
            }
        }
    }
    if MEAN {
        let [wx, wy, wz] = mean.absolute_vorticity;
        let (wx, wy, wz) = (Lanes::all(wx), Lanes::all(wy), Lanes::all(wz));
        let [u, v, w] = x[0];
        n = [n[0] + v * wz - w * wy, n[1] + w * wx - u * wz, n[2] + u * wy - v * wx];
    }
    let loss = place.loss();
    for (r, register) in registers.iter_mut().enumerate() {
        if !coefficients.writes[r] {
            continue;
        }
        let (mut whole, mut gain) = ([zero; 3], [zero; 3]);
        for i in 0..3 {
            let mut of_component = [zero; R];
            for q in 0..R {
                of_component[q] = x[q][i];
            }
            [whole[i], gain[i]] = advanced(coefficients, r, of_component, n[i], loss);
        }
        if MEAN {
            gain = mean.transport.apply(whole, gain);
        }
        if r == 0 {
            let k = place.k_to::<L, MIXED>();
            let k2 = k[0] * k[0] + k[1] * k[1] + k[2] * k[2];
            let new = [sum(whole[0], gain[0]), sum(whole[1], gain[1]), sum(whole[2], gain[2])];
            // The part parallel to k. At k = 0 there is none, so that any divisor will do.
            let parallel = (new[0] * k[0] + new[1] * k[1] + new[2] * k[2]) / k2.or_one();
            for i in 0..3 {
                gain[i] = gain[i] - parallel * k[i];
            }
            let new = [sum(whole[0], gain[0]), sum(whole[1], gain[1]), sum(whole[2], gain[2])];
            let here = new[0] * new[0] + new[1] * new[1] + new[2] * new[2];
            *square = *square + here;
            *gradient = *gradient + here * k2;
        }
        for i in 0..3 {
            sum(whole[i], gain[i]).store(register[i], at);
        }
    }
}

/// Advances register r of one quantity, whose registers are x, by N and the viscous factor: returns
/// the register that its new value comes of, and the gain.
#[inline(always)]
fn advanced<T: Real, const R: usize, const L: usize>(
    coefficients: &Coefficients<T, R>,
    r: usize,
    x: [Lanes<T, L>; R],
    n: Lanes<T, L>,
    loss: Lanes<T, L>,
) -> [Lanes<T, L>; 2] {
    let mut whole = Lanes::all(T::zero());
    let mut gain = n * Lanes::all(coefficients.add[r]);
    for ((x, mix), is_whole) in x.iter().zip(coefficients.mix[r]).zip(coefficients.whole[r]) {
        gain = gain + *x * Lanes::all(mix);
        if is_whole {
            whole = *x;
        }
    }
    let all = whole + gain;
    if T::SUMS_GAINS { [whole, gain + all * loss] } else { [Lanes::all(T::zero()), all + all * loss] }
}

/// The sum of what [`advanced`] has taken apart; without [`Real::SUMS_GAINS`] all of it is in the
/// gain.
#[inline(always)]
fn sum<T: Real, const L: usize>(whole: Lanes<T, L>, gain: Lanes<T, L>) -> Lanes<T, L> {
    if T::SUMS_GAINS { whole + gain } else { gain }
}

/// A scalar of one column: the fields from `first` on that came through the transform (two, or
/// three of mixed labels), N on the first grid if there are two, the velocity before the stage and
/// the mean gradient G, the registers.
pub struct ScalarColumn<'a, T, const R: usize> {
    pub modes: Pieces<'a, T>,
    pub first: usize,
    pub first_grid: Option<&'a [Complex<T>]>,
    pub velocity: [&'a [Complex<T>]; 3],
    pub gradient: [T; 3],
    pub registers: [&'a mut [Complex<T>]; R],
}

/// Advances a scalar of a column by a stage.
pub fn update_scalar<T: Real, const R: usize>(
    tables: &ColumnTables<'_, T>,
    coefficients: &Coefficients<T, R>,
    column: ScalarColumn<'_, T, R>,
) {
    let ScalarColumn { modes, first: field, first_grid, velocity, gradient, registers } = column;
    let sources = ScalarSources {
        fields: scalar_fields(modes, field, tables.mixed),
        first_grid: first_grid.map(cast_slice),
        velocity: velocity.map(cast_slice),
        gradient,
    };
    let mut registers: [&mut [T]; R] = registers.map(|field| cast_slice_mut(field));
    vectorised(
        #[inline(always)]
        || {
            for (first, run) in tables.runs() {
                let length = run.loss.len();
                let whole = length - length % LANES;
                for j in (0..whole).step_by(LANES) {
                    let place = Place { tables, run, j, at: first + j };
                    scalar_stage::<T, R, LANES>(place, coefficients, &sources, &mut registers);
                }
                for j in (whole..length).step_by(2) {
                    let place = Place { tables, run, j, at: first + j };
                    scalar_stage::<T, R, 2>(place, coefficients, &sources, &mut registers);
                }
            }
        },
    );
}

/// The sources of a scalar of a column in a stage.
struct ScalarSources<'a, T> {
    fields: [&'a [T]; 3],
    first_grid: Option<&'a [T]>,
    velocity: [&'a [T]; 3],
    gradient: [T; 3],
}

/// Advances L reals of a scalar of a column.
#[inline(always)]
fn scalar_stage<T: Real, const R: usize, const L: usize>(
    place: Place<'_, T>,
    coefficients: &Coefficients<T, R>,
    sources: &ScalarSources<'_, T>,
    registers: &mut [&mut [T]; R],
) {
    let at = place.at;
    let mut n = scalar_nonlinear::<T, L>(place, &sources.fields);
    if let Some(first_grid) = sources.first_grid {
        n = (n + Lanes::load(first_grid, at)) * Lanes::all(T::of(0.5));
    }
    for i in 0..3 {
        n = n - Lanes::load(sources.velocity[i], at) * Lanes::all(sources.gradient[i]);
    }
    let loss = place.loss();
    let mut x = [Lanes::all(T::zero()); R];
    for r in 0..R {
        if coefficients.reads[r] {
            x[r] = Lanes::load(registers[r], at);
        }
    }
    for (r, register) in registers.iter_mut().enumerate() {
        if coefficients.writes[r] {
            let [whole, gain] = advanced(coefficients, r, x, n, loss);
            sum(whole, gain).store(register, at);
        }
    }
}

/// Stores N of a scalar of a column, for the mean with that on a second grid.
pub fn store_nonlinear_of_scalar<T: Real>(
    tables: &ColumnTables<'_, T>,
    modes: Pieces<'_, T>,
    field: usize,
    n: &mut [Complex<T>],
) {
    let (fields, stored) = (scalar_fields(modes, field, tables.mixed), cast_slice_mut(n));
    for (first, run) in tables.runs() {
        for j in (0..run.loss.len()).step_by(2) {
            let place = Place { tables, run, j, at: first + j };
            scalar_nonlinear::<T, 2>(place, &fields).store(stored, place.at);
        }
    }
}

/// The fields of a scalar from `field` on, as reals; the third only of mixed labels.
fn scalar_fields<'a, T: Real>(modes: Pieces<'a, T>, field: usize, mixed: bool) -> [&'a [T]; 3] {
    let [first, second] = modes.from(field).map(cast_slice);
    [first, second, if mixed { cast_slice(modes.of(field + 2)) } else { &[] }]
}

/// `E + k_y V`; of mixed labels, `k_x U + k_y V + k_z W` of the fluxes times -i.
#[inline(always)]
fn scalar_nonlinear<T: Real, const L: usize>(place: Place<'_, T>, fields: &[&[T]; 3]) -> Lanes<T, L> {
    let load = |f: usize| Lanes::load(fields[f], place.at);
    if place.tables.mixed {
        let k = place.k_from::<L, true>();
        load(0) * k[0] + load(1) * k[1] + load(2) * k[2]
    } else {
        load(0) + load(1) * Lanes::load(place.run.from[1], place.j)
    }
}
