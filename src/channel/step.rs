//! One step: three substeps, each from the state to the velocity at points, its products, and back.

use super::kinematics::{Kinematics, Pencils, following};
use super::line::{Group, Operators, by_column};
use super::profiles::{Change, Profiles};
use super::right_hand_side::{counts, sources};
use super::update::{Columns, Substep, Update};
use super::velocity::Velocity;
use super::walls::{WallMotion, ends};
use super::wavenumbers::Wavenumbers;
use super::{Channel, Parameters, boundary};
use crate::channel::case::Drive;
use crate::chebyshev::Points;
use crate::convection::{add_by_line, courant_rate, products};
use crate::error::{Error, Result};
use crate::flow::{Broken, Step};
use crate::parallel::ExactSum;
use crate::time::{Cause, SPALART_MOSER_ROGERS};
use crate::transform::{ChebyshevColumns, Column, Lines, NEIGHBOURS, Real, Returned, SpectralField, fetch};
use bytemuck::cast_slice;
use num_complex::Complex;
use std::ops::Range;

/// Sums over the points at the beginning of a step, and the largest rate there.
#[derive(Default)]
struct AtPoints {
    /// The largest Courant rate of this rank.
    rate: f64,
    /// The volume means of `|u|^2` and of u, in the moving frame.
    square: ExactSum,
    mean_u: ExactSum,
}

impl<T: Real> Channel<T> {
    /// One step, cut short where it would go beyond the time `until`: then the clock shows `until`
    /// itself.
    ///
    /// # Errors
    /// A Courant number for a fluid at rest.
    #[inline(never)]
    pub fn step(&mut self, until: f64) -> Result<Step> {
        let begin = self.clock.time;
        let limit = until - begin;
        let (mut dt, mut energy) = (0.0, 0.0);
        let mut rates = self.parameters.rates();
        let (mut impulse, mut broken, mut at_beginning) = (0.0, 0, AtPoints::default());
        let Self {
            world,
            parameters,
            pencils,
            operators,
            grid,
            wavenumbers,
            walls,
            state,
            previous,
            velocity,
            update,
            profiles,
            ..
        } = self;
        for (s, coefficients) in SPALART_MOSER_ROGERS.iter().enumerate() {
            let from = begin + coefficients.from * dt;
            let kinematics = Kinematics { operators, wavenumbers, walls, state, velocity, time: from };
            let at_points = (s == 0).then_some(&mut at_beginning);
            let terms = convective_terms(kinematics, pencils, parameters, grid, at_points);
            if s == 0 {
                let AtPoints { rate, square, mean_u } = std::mem::take(&mut at_beginning);
                rates.raise(Cause::Convection, world.max(rate));
                let [square, mean_u] = ExactSum::total_of([square, mean_u], world);
                let frame = parameters.frame_velocity;
                energy = 0.5 * square + frame * mean_u + 0.5 * frame * frame;
                dt = parameters.step_size.choose(&rates, limit);
                if !dt.is_finite() {
                    return Err(Error::input(
                        "time.cfl gives no step for a fluid that is at rest in the moving frame: give \
                         time.dt, or time.end",
                    ));
                }
            }
            let remembered = SPALART_MOSER_ROGERS.get(s + 1).is_some_and(|next| next.zeta != 0.0);
            let substep = Substep::new(coefficients, dt, remembered);
            let mut sweep = Sweep {
                operators,
                wavenumbers,
                walls,
                velocity,
                update,
                profiles,
                parameters,
                substep,
                of_profiles: Substep::new(coefficients, dt, remembered),
                share: dt * (coefficients.gamma + coefficients.zeta),
                from,
                to: begin + coefficients.to * dt,
                impulse: 0.0,
                broken: 0,
            };
            sweep.apply(terms, state, previous);
            impulse += sweep.impulse;
            broken |= sweep.broken;
        }
        self.gradient = impulse / dt;
        self.clock.step += 1;
        self.clock.time = if dt == limit { until } else { begin + dt };
        let broken =
            Broken::of(broken, self.parameters.scalars.iter().map(|scalar| &*scalar.name), &self.world);
        Ok(Step {
            dt,
            cfl: dt * rates.of(Cause::Convection),
            rates,
            energy,
            dissipation: None,
            remesh: None,
            broken,
            end: None,
        })
    }
}

/// Evaluates h of a state, as far as the z-lines of what goes back to the columns; `at_points`,
/// where it is given, takes the sums over the points.
fn convective_terms<'p, T: Real>(
    kinematics: Kinematics<'_, T>,
    pencils: &'p mut Pencils<T>,
    parameters: &Parameters,
    grid: &Points,
    mut at_points: Option<&mut AtPoints>,
) -> Returned<'p, T, ChebyshevColumns<T>> {
    let (wavenumbers, scalars) = (kinematics.wavenumbers, parameters.scalars.len());
    let [nx, _, nz] = parameters.grid;
    let [x, z] = [nx as f64 / parameters.size[0], nz as f64 / parameters.size[2]];
    kinematics.velocity_to_planes(pencils, scalars, parameters.frame_velocity).products(
        counts(scalars),
        |j, lines, length| {
            if let Some(AtPoints { rate, square, mean_u }) = &mut at_points {
                let cells = [[x, 0.0, 0.0], [0.0, 1.0 / grid.spacing[j], 0.0], [0.0, 0.0, z]]
                    .map(|row| row.map(T::of));
                let velocity: [&[T]; 3] = std::array::from_fn(|i| &lines[i * length..][..length]);
                *rate = rate.max(courant_rate(velocity, &cells).wide());
                let weight = grid.weights[j] / (nx * nz) as f64;
                add_by_line(&velocity, |u| u * u, weight, square);
                add_by_line(&velocity[..1], |u| u, weight, mean_u);
            }
            products(lines, length, scalars);
        },
        |nx, nz, products, outputs| sources(wavenumbers, scalars, nx, nz, products, outputs),
    )
}

/// A substep's sweep over the columns.
struct Sweep<'a, T> {
    operators: &'a Operators<T>,
    wavenumbers: &'a Wavenumbers<T>,
    walls: &'a WallMotion,
    velocity: &'a mut Velocity<T>,
    update: &'a mut Update<T>,
    profiles: &'a mut Profiles,
    parameters: &'a Parameters,
    substep: Substep<T>,
    of_profiles: Substep<f64>,
    /// The length of the substep, and the times of its beginning and its end.
    share: f64,
    from: f64,
    to: f64,
    /// The impulse of the pressure gradient.
    impulse: f64,
    /// Bits of the advanced fields that are not finite.
    broken: u64,
}

/// Neighbouring columns, and where their numbers lie.
struct Neighbours<'a> {
    columns: &'a [Column],
    /// Their range in the fields.
    range: Range<usize>,
    /// Their range in the lines of II h of the substep before.
    line: Range<usize>,
    /// The first of them in what came through the transform.
    first: usize,
}

impl<T: Real> Sweep<'_, T> {
    /// Advances all columns by the convective terms; adds to the impulse and to the bits of what is
    /// broken.
    fn apply(
        &mut self,
        terms: Returned<'_, T, ChebyshevColumns<T>>,
        state: &mut [SpectralField<T>],
        previous: &mut [Vec<T>],
    ) {
        let kept = self.operators.kept;
        let mut line = 0..self.operators.length();
        terms.forward(|columns, range, lines| {
            let next = following(&range, state[0].len());
            state.iter().for_each(|field| fetch(&field[next.clone()]));
            let next = following(&line, previous[0].len());
            previous.iter().for_each(|lines| fetch::<T>(cast_slice(&lines[next.clone()])));
            // The mean profiles obey other equations than their neighbours.
            let first = usize::from(columns[0].is_mean());
            let border = range.start + first * kept;
            if first == 1 {
                self.advance_profiles(&lines, range.start..border, state);
            }
            if columns.len() > first {
                let columns = &columns[first..];
                let at = Neighbours { columns, range: border..range.end, line: line.clone(), first };
                self.advance(&at, lines, state, previous);
            }
            line = next;
        });
    }

    /// Advances neighbouring columns by what came through the transform, `lines`.
    fn advance(
        &mut self,
        at: &Neighbours<'_>,
        lines: Lines<'_, T>,
        state: &mut [SpectralField<T>],
        previous: &mut [Vec<T>],
    ) {
        let Neighbours { columns, range, line, first } = at;
        let (operators, parameters, substep) = (self.operators, self.parameters, self.substep);
        let kept = operators.kept;
        let k = self.wavenumbers.of_columns(columns);
        let k2 = by_column(k.map(|[kx, kz]| kx * kx + kz * kz));
        let source = |i: usize| (lines.of(i), *first);
        let ([phi, eta, scalars @ ..], [phi_previous, eta_previous, scalars_previous @ ..]) =
            (state, previous)
        else {
            unreachable!("a channel has phi and eta")
        };
        let [phi, eta] = [phi, eta].map(|field| &mut field[range.clone()]);
        let previous = [phi_previous, eta_previous].map(|lines| &mut lines[line.clone()]);
        self.update.prepare_with_v(operators, &substep, T::of(parameters.viscosity), k2);
        self.update.load(operators, 4, source);
        self.update.terms_of_phi(operators, k2);
        self.advance_velocity(columns, k, [phi, eta], previous);
        for (s, scalar) in parameters.scalars.iter().enumerate() {
            let update = &mut *self.update;
            update.prepare(operators, &substep, T::of(parameters.viscosity / scalar.schmidt), k2);
            update.load(operators, 2, |i| source(4 + 2 * s + i));
            update.terms_of_scalar(operators);
            let (scalar, previous) =
                (Columns::new(&mut scalars[s][range.clone()], kept), &mut scalars_previous[s][line.clone()]);
            let sound = update.advance(operators, &substep, scalar, previous, Group::all(T::zero()));
            self.broken |= if sound { 0 } else { Broken::bit(s) };
        }
    }

    /// Advances U, W and the means of the scalars, which lie in `range` of the fields.
    fn advance_profiles(
        &mut self,
        lines: &Lines<'_, T>,
        range: Range<usize>,
        state: &mut [SpectralField<T>],
    ) {
        let Self { walls, profiles, parameters, of_profiles, .. } = self;
        let (gradient, bulk) = match parameters.drive {
            Drive::PressureGradient { gradient } => (gradient, None),
            Drive::MassFlux { bulk_velocity } => (0.0, Some(bulk_velocity)),
        };
        let streamwise = Change {
            diffusivity: parameters.viscosity,
            factor: 1.0,
            source: gradient,
            ends: walls.streamwise(),
            bulk,
        };
        let spanwise = Change { source: 0.0, ends: walls.spanwise(self.to), bulk: None, ..streamwise };
        let mut advance = |field: usize, change: &Change, source: usize| {
            profiles.advance(field, of_profiles, change, lines.of(source), &mut state[field][range.clone()])
        };
        let (impulse, sound) = advance(0, &streamwise, 0);
        self.impulse = self.share * gradient + impulse;
        self.broken |= u64::from(!sound) | u64::from(!advance(1, &spanwise, 2).1);
        for (s, scalar) in parameters.scalars.iter().enumerate() {
            let ([lower, upper], rate) = boundary(scalar);
            let change = Change {
                diffusivity: parameters.viscosity / scalar.schmidt,
                factor: -1.0,
                source: rate,
                ends: ends(lower, upper),
                bulk: None,
            };
            let (_, sound) = advance(2 + s, &change, 5 + 2 * s);
            self.broken |= if sound { 0 } else { Broken::bit(s) };
        }
    }

    /// Advances phi and eta; with rotation `-2 Omega x u`, without its gradient part:
    /// `-2 i Omega k_z eta` in h_v, `2 i Omega k_z v` in h_g.
    fn advance_velocity(
        &mut self,
        columns: &[Column],
        k: [[T; 2]; NEIGHBOURS],
        [phi, eta]: [&mut [Complex<T>]; 2],
        [phi_previous, eta_previous]: [&mut [T]; 2],
    ) {
        let Self { operators, walls, velocity, update, parameters, substep, .. } = self;
        let kept = operators.kept;
        let coriolis = k.map(|[_, kz]| T::of(2.0 * parameters.rotation) * kz);
        let turns = parameters.rotation != 0.0;
        let [from, to] = [self.from, self.to].map(|time| walls.through(columns, time));
        if turns {
            velocity.solve(operators, k, [phi, eta], from);
            update.add_to_terms(operators, coriolis.map(|c| -c), velocity.eta());
        }
        let sound = update.advance_phi(operators, substep, Columns::new(phi, kept), phi_previous, to);
        self.broken |= u64::from(!sound);
        update.terms_of_eta(operators);
        if turns {
            update.add_to_terms(operators, coriolis, velocity.v());
        }
        let sound =
            update.advance(operators, substep, Columns::new(eta, kept), eta_previous, Group::all(T::zero()));
        self.broken |= u64::from(!sound);
    }
}
