//! One step: evaluations at points, stages, and what happens at its end.

use super::forcing::Forcing;
use super::matrix::dot;
use super::right_hand_side::{counts, divergence_xz};
use super::update::{
    Coefficients, MeanTerms, ScalarColumn, Transport, VelocityColumn, keep, keep_scalar, update,
    update_scalar,
};
use super::{Homogeneous, remesh};
use crate::case::Scalar;
use crate::convection::{courant_rate, largest_magnitude, products};
use crate::error::{Error, Result};
use crate::flow::{Broken, Step};
use crate::parallel::ExactSum;
use crate::time::{Cause, Rates, Stage};
use crate::transform::{Column, Pieces, Real, SpectralField};
use num_complex::Complex;
use std::ops::Range;

/// k_max eta below which a strained box is left; half of what is thought coarse for decay.
const LEAST_KMAX_ETA: f64 = 0.5;

impl<T: Real> Homogeneous<T> {
    pub(super) fn step(&mut self, until: f64) -> Result<Step> {
        let begin = self.clock.time;
        let until = until.min(self.mean.next_event(begin));
        let limit = until - begin;
        let scheme = self.parameters.scheme;
        let (mut dt, mut rates, mut sums) = (0.0, Rates::default(), Default::default());
        // The length of the step is not known before the first evaluation, which needs the
        // wavenumbers at its beginning only.
        let growth = self.forcing.as_ref().map_or(0.0, |forcing| forcing.growth());
        self.tables.set_interval(self.mean.interval(begin, begin, begin), 0.0);
        for (s, stage) in scheme.stages().iter().enumerate() {
            let at = |part: f64, dt: f64| if part == 1.0 && dt == limit { until } else { begin + part * dt };
            if s > 0 {
                self.tables.set_interval(
                    self.mean.interval(begin, at(stage.from, dt), at(stage.to, dt)),
                    growth * dt * (stage.to - stage.from),
                );
            }
            let local = self.nonlinear(s);
            if let Some(forcing) = &mut self.forcing {
                forcing.begin_stage(&self.world, &self.velocity[0]);
            }
            if s == 0 {
                rates = self.rates(local);
                dt = self.parameters.step_size.choose(&rates, limit);
                if !dt.is_finite() {
                    return Err(Error::input(
                        "time.cfl gives no step for a fluid at rest: give time.dt, or time.end",
                    ));
                }
                self.tables
                    .set_interval(self.mean.interval(begin, begin, at(stage.to, dt)), growth * dt * stage.to);
                if let Some(forcing) = &mut self.forcing {
                    forcing.begin_step(self.parameters.seed, self.clock.step, dt, scheme);
                }
            }
            sums = match scheme.registers() {
                2 => self.take_up::<2>(stage, dt),
                _ => self.take_up::<3>(stage, dt),
            };
        }
        let [square, gradient] = ExactSum::total_of(sums, &self.world);
        let (mut energy, mut dissipation) = (0.5 * square, self.parameters.viscosity * gradient);
        self.clock.step += 1;
        self.clock.time = if dt == limit { until } else { begin + dt };
        let cfl = dt * rates.of(Cause::Convection);
        let broken = self.broken(energy);
        if broken.is_some() {
            return Ok(Step { dt, cfl, rates, energy, dissipation: None, remesh: None, broken, end: None });
        }
        if let Some(forcing) = &mut self.forcing {
            let [gained, more] =
                forcing.end_step(&self.world, self.parameters.viscosity, &mut self.velocity[0]);
            energy += gained;
            dissipation += more;
        }
        let remesh = self.remesh(begin);
        let [dropped, less] = remesh.unwrap_or_default();
        energy -= dropped;
        dissipation -= less;
        self.move_box(self.clock.time);
        let end = self.unresolved(dissipation).or_else(|| self.forcing.as_ref().and_then(Forcing::idle));
        Ok(Step {
            dt,
            cfl,
            rates,
            energy,
            dissipation: Some(dissipation),
            remesh: remesh.map(|[dropped, _]| dropped),
            broken,
            end,
        })
    }

    /// What is not finite of a state with this energy.
    fn broken(&self, energy: f64) -> Option<Broken> {
        if !energy.is_finite() {
            return Some(Broken::Velocity);
        }
        let scalars = &self.parameters.scalars;
        if scalars.is_empty() {
            return None;
        }
        let fields = self.scalars[0].iter().enumerate();
        let broken = fields
            .filter(|(_, field)| !field.iter().all(|theta| theta.re.is_finite() && theta.im.is_finite()));
        Broken::of(
            broken.map(|(s, _)| Broken::bit(s)).fold(0, |bits, bit| bits | bit),
            scalars.iter().map(|scalar| &*scalar.name),
            &self.world,
        )
    }

    /// Why a strained box must not go on: the strain has made the cells so long that they no longer
    /// resolve the dissipation. A box that is remeshed comes back.
    fn unresolved(&self, dissipation: f64) -> Option<String> {
        if self.mean.is_remeshed() {
            return None;
        }
        let (now, first) = (self.wavenumbers.largest(), self.wavenumbers.largest_at_rest());
        let kmax_eta = now * (self.parameters.viscosity.powi(3) / dissipation).powf(0.25);
        (now < 0.5 * first && kmax_eta < LEAST_KMAX_ETA).then(|| {
            format!(
                "the strained box no longer resolves the flow: at step {}, time {:.6e}, k_max has fallen \
                 from {first:.4} to {now:.4} along the longest cells, and \
                 k_max eta to {kmax_eta:.3}; start with shorter cells in the direction that is stretched \
                 (domain.size, domain.grid), or end at an earlier time",
                self.clock.step, self.clock.time
            )
        })
    }

    /// The wavenumbers are those of this time from now on.
    pub(super) fn move_box(&mut self, time: f64) {
        self.wavenumbers.deformation = self.mean.deformation(time, time);
        if let (Some(forcing), true) = (&mut self.forcing, self.mean.deforms()) {
            forcing.find_band(&self.pencils.layout, &self.wavenumbers);
        }
    }

    /// What limits a step of this state, of which this rank has found
    /// `[the Courant rate, the acceleration by buoyancy]` at its points; collective.
    fn rates(&self, local: [f64; 2]) -> Rates {
        let Self { world, parameters, mean, wavenumbers, clock, forcing, .. } = self;
        let mut rates = parameters.rates_at(clock.time, mean, &wavenumbers.deformation, forcing.as_ref());
        let [convection, acceleration] = world.maxima(local);
        rates.raise(Cause::Convection, convection);
        rates.raise(Cause::Buoyancy, acceleration.sqrt());
        rates
    }

    /// The nonlinear term of stage s, left where [`Homogeneous::take_up`] finds it; in the first
    /// stage what [`Homogeneous::rates`] needs.
    fn nonlinear(&mut self, s: usize) -> [f64; 2] {
        if !self.parameters.nonlinear {
            return [0.0; 2];
        }
        let (first, second) = self.parameters.dealiasing.displacements(
            self.parameters.scheme,
            self.parameters.seed,
            self.clock.step,
            s,
        );
        self.shifts[0].set(first);
        let mut largest = self.evaluate(0, s == 0);
        if let Some(second) = second {
            self.keep_first();
            self.shifts[1].set(second);
            let other = self.evaluate(1, s == 0);
            largest = [0, 1].map(|i| f64::max(largest[i], other[i]));
        }
        largest
    }

    /// Velocity and scalars to products to z-lines of what goes back to the columns, on the grid of
    /// this evaluation; returns, if it is `wanted`, the largest of this rank:
    /// `sum_j |B_ji u_i| / dxi_j`, and `sum_j |B_ji b_i theta| / dxi_j` of one scalar times the
    /// number of those that are buoyant, which is a bound of their sum and the same on any ranks.
    pub(super) fn evaluate(&mut self, evaluation: usize, wanted: bool) -> [f64; 2] {
        let Self { pencils, velocity, scalars, tables, parameters, wavenumbers, mean, .. } = self;
        let (scalars_in, mixed) = (parameters.scalars.len(), mean.mixes_labels());
        pencils.inverse(velocity[0].iter().chain(&scalars[0]), &self.shifts[evaluation]);
        // The velocity in cells of the moving grid: dxi_j/dt = B_ji u_i.
        let b = &wavenumbers.deformation;
        let cells = std::array::from_fn(|j| {
            std::array::from_fn(|i| T::of(b[j][i] * parameters.grid[j] as f64 / parameters.size[j]))
        });
        let buoyant = parameters.buoyant().count() as f64;
        // The acceleration by a scalar of one.
        let pull = |scalar: &Scalar| {
            let through = (0..3)
                .map(|j| dot(b[j], scalar.buoyancy).abs() * parameters.grid[j] as f64 / parameters.size[j]);
            buoyant * through.sum::<f64>()
        };
        let (mut rate, mut acceleration) = (T::zero(), 0.0_f64);
        pencils.planes(
            counts(scalars_in, mixed),
            |_, lines, length| {
                if wanted {
                    let here = courant_rate(std::array::from_fn(|i| &lines[i * length..][..length]), &cells);
                    rate = if here > rate { here } else { rate };
                    for (s, scalar) in parameters
                        .scalars
                        .iter()
                        .enumerate()
                        .filter(|(_, scalar)| scalar.buoyancy != [0.0; 3])
                    {
                        let theta = &lines[(3 + s) * length..][..length];
                        acceleration = acceleration.max(pull(scalar) * largest_magnitude(theta).wide());
                    }
                }
                products(lines, length, scalars_in);
            },
            |nx, nz, products, outputs| divergence_xz(tables, (scalars_in, mixed), nx, nz, products, outputs),
        );
        [rate.wide(), acceleration]
    }

    /// Keeps N of the first of two evaluations.
    fn keep_first(&mut self) {
        let Self { pencils, tables, kept, shifts, parameters, mean, .. } = self;
        let Some((velocity, scalars)) = kept else { return };
        let mixed = mean.mixes_labels();
        let (outputs, of_velocity, of_scalar) = outputs(parameters.scalars.len(), mixed);
        pencils.forward(outputs, &shifts[0], |column, range, modes| {
            tables.select(column);
            keep(&tables.column(column, 0), mixed, modes, piece_mut(velocity, &range));
            for (s, kept) in scalars.iter_mut().enumerate() {
                keep_scalar(
                    &tables.column(column, 1 + s),
                    mixed,
                    modes,
                    of_velocity + s * of_scalar,
                    &mut kept[range.clone()],
                );
            }
        });
    }

    /// Takes up N in all R registers; returns the sums of `|u|^2` and `k^2 |u|^2` over all modes of
    /// this rank.
    fn take_up<const R: usize>(&mut self, stage: &Stage, dt: f64) -> [ExactSum; 2] {
        let coefficients = Coefficients::<T, R>::new(stage, dt);
        let Self {
            pencils,
            tables,
            velocity,
            scalars,
            gradients,
            kept,
            shifts,
            parameters,
            mean,
            forcing,
            force,
            zeros,
            clock,
            ..
        } = self;
        let mixed = mean.mixes_labels();
        let (outputs, of_velocity, of_scalar) = outputs(parameters.scalars.len(), mixed);
        let interval = tables.interval();
        let terms = MeanTerms {
            absolute_vorticity: interval.absolute_vorticity.map(T::of),
            transport: Transport::of(interval.transport),
        };
        let mean_terms = (mean.deforms() || interval.absolute_vorticity != [0.0; 3]).then_some(&terms);
        let buoyant = parameters.scalars.iter().any(|scalar| scalar.buoyancy != [0.0; 3]);
        let time = clock.time + stage.from * dt;
        for (gradient, scalar) in gradients.iter_mut().zip(&parameters.scalars) {
            *gradient = mean.carried(scalar.gradient, time).map(T::of);
        }
        let forcing = forcing.as_ref().filter(|forcing| forcing.is_local());
        let coefficient = forcing.map_or(0.0, |forcing| forcing.coefficient());
        let mut next_forced = 0;
        let (Some(velocity), Some(scalars)) =
            (velocity.first_chunk_mut::<R>(), scalars.first_chunk_mut::<R>())
        else {
            unreachable!("a scheme has its {R} registers")
        };
        let mut sums: [ExactSum; 2] = Default::default();
        let update_column = |column: &Column, range: Range<usize>, modes: Pieces<'_, T>| {
            tables.select(column);
            let forced =
                |i: usize| forcing.and_then(|forcing| forcing.place(i)).filter(|mode| range.contains(mode));
            let force = (buoyant || forced(next_forced).is_some()).then(|| {
                let mut force = force.each_mut().map(|force| &mut force[..range.len()]);
                force.iter_mut().for_each(|force| force.fill(Complex::default()));
                for (scalar, theta) in parameters.scalars.iter().zip(&scalars[0]) {
                    add_buoyancy(scalar.buoyancy, &theta[range.clone()], &mut force);
                }
                while let (Some(mode), Some(forcing)) = (forced(next_forced), forcing) {
                    let u = velocity[0]
                        .each_ref()
                        .map(|field| Complex::new(field[mode].re.wide(), field[mode].im.wide()));
                    for (force, f) in force.iter_mut().zip(forcing.force(next_forced, coefficient, u)) {
                        force[mode - range.start] += Complex::new(T::of(f.re), T::of(f.im));
                    }
                    next_forced += 1;
                }
                force.map(|force| &*force)
            });
            let kept = kept.as_ref();
            for (s, gradient) in gradients.iter().enumerate() {
                let of_scalar = ScalarColumn {
                    modes,
                    first: of_velocity + s * of_scalar,
                    kept: kept.map(|(_, scalars)| &scalars[s][range.clone()]),
                    velocity: velocity[0].each_ref().map(|field| &field[range.clone()]),
                    gradient: *gradient,
                    registers: scalars.each_mut().map(|fields| &mut fields[s][range.clone()]),
                };
                update_scalar(&tables.column(column, 1 + s), &coefficients, mixed, of_scalar);
            }
            let of_velocity = VelocityColumn {
                modes,
                kept: kept.map(|(velocity, _)| velocity.each_ref().map(|field| &field[range.clone()])),
                force,
                registers: velocity.each_mut().map(|fields| piece_mut(fields, &range)),
            };
            let of_column = update(&tables.column(column, 0), &coefficients, mean_terms, mixed, of_velocity);
            sums.iter_mut().zip(of_column).for_each(|(sum, term)| sum.add(column.weight() * term));
            if column.is_mean() {
                let fields = velocity.as_flattened_mut().iter_mut().chain(scalars.iter_mut().flatten());
                fields.for_each(|field| column.make_real(&mut field[range.clone()]));
            }
        };
        if parameters.nonlinear {
            pencils.forward(outputs, &shifts[usize::from(kept.is_some())], update_column);
        } else {
            let (layout, mut update_column) = (&pencils.layout, update_column);
            for (c, column) in layout.columns.iter().enumerate() {
                update_column(column, layout.range(c), Pieces::new(zeros, 0, column.len()));
            }
        }
        sums
    }

    /// Relabels the modes if that is due at the end of a step that began at `begin`; the energy and
    /// the dissipation that are dropped.
    fn remesh(&mut self, begin: f64) -> Option<[f64; 2]> {
        let time = self.clock.time;
        let shift = self.mean.relabelling(begin, time);
        if shift == 0 {
            return None;
        }
        self.wavenumbers.deformation = self.mean.deformation(begin, time);
        if let Some(forcing) = &mut self.forcing {
            forcing.relabel(shift);
        }
        let Self { pencils, wavenumbers, parameters, velocity, scalars, .. } = self;
        let layout = &pencils.layout;
        let dropped =
            remesh::relabel_velocity(layout, wavenumbers, parameters.viscosity, shift, &mut velocity[0]);
        for scalar in &mut scalars[0] {
            remesh::relabel(layout, wavenumbers, shift, scalar, |_, _, _| ());
        }
        let [energy, dissipation] = ExactSum::total_of(dropped, &self.world);
        self.dropped = [self.dropped[0] + energy, self.dropped[1] + dissipation];
        Some([energy, dissipation])
    }
}

/// Fields that come back to the columns: all, those of the velocity, those of a scalar.
pub(super) fn outputs(scalars: usize, mixed: bool) -> (usize, usize, usize) {
    let [all, velocity, one] = [scalars, 0, 1].map(|scalars| counts(scalars, mixed).outputs);
    (all, velocity, one - velocity)
}

/// Adds `buoyancy theta` to the force on the modes of a column.
fn add_buoyancy<T: Real>(buoyancy: [f64; 3], theta: &[Complex<T>], force: &mut [&mut [Complex<T>]; 3]) {
    for (force, b) in force.iter_mut().zip(buoyancy).filter(|(_, b)| *b != 0.0) {
        force.iter_mut().zip(theta).for_each(|(force, theta)| *force += theta.scale(T::of(b)));
    }
}

/// The same piece of each of three fields.
pub(super) fn piece_mut<'a, T: Real>(
    fields: &'a mut [SpectralField<T>; 3],
    range: &Range<usize>,
) -> [&'a mut [Complex<T>]; 3] {
    fields.each_mut().map(|field| &mut field[range.clone()])
}
