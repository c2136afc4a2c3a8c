//! A stage of the Runge-Kutta scheme, mode by mode:
//!
//! ```text
//!     u <- P' Q F (M (u, r, ..) + dt b (N + u x (curl U + 2 Omega) + f)),
//!     P'_ij = delta_ij - k'_i k'_j / k'^2
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
//!     u <- x + g,    g = (M - 1) (u, r, ..) + dt b N,    then
//!     g <- g + (F - 1) (x + g),    g <- g + (Q - 1) (x + g),    g <- g - (1 - P') (x + g)
//! ```

mod nonlinear;
mod scalar;
mod transport;

pub use nonlinear::store_nonlinear;
pub use scalar::{ScalarColumn, store_nonlinear_of_scalar, update_scalar};
pub use transport::{MeanTerms, Transport};

use super::wavenumbers::{ColumnTables, Run};
use crate::time::{RungeKutta, Stage};
use crate::transform::{LANES, Lanes, Pieces, Real, vectorised};
use bytemuck::{cast_slice, cast_slice_mut};
use nonlinear::{Fields, Sources};
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
