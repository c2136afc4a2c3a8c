//! One step: its stages, and what happens at its end.

use super::evaluation::{AtPoints, Evaluation};
use super::forcing::Forcing;
use super::stage::Sweep;
use super::{Homogeneous, remesh};
use crate::error::{Error, Result};
use crate::flow::{Broken, Step};
use crate::parallel::ExactSum;
use crate::time::{Cause, Rates};
use crate::transform::Real;

/// k_max eta below which a strained box is left; half of what is thought coarse for decay.
const LEAST_KMAX_ETA: f64 = 0.5;

/// The stages of a step, when they are done.
struct Stages {
    dt: f64,
    /// The rates that limit the step, at its beginning.
    rates: Rates,
    /// The sums of `|u|^2` and `k^2 |u|^2` at its end, over the modes of this rank.
    sums: [ExactSum; 2],
}

impl<T: Real> Homogeneous<T> {
    pub(super) fn step(&mut self, until: f64) -> Result<Step> {
        let begin = self.clock.time;
        let until = until.min(self.mean.next_event(begin));
        let Stages { dt, rates, sums } = self.stages(until)?;
        let [square, gradient] = ExactSum::total_of(sums, &self.world);
        let (mut energy, mut dissipation) = (0.5 * square, self.parameters.viscosity * gradient);
        self.clock.step += 1;
        self.clock.time = if dt == until - begin { until } else { begin + dt };
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

    /// Advances the state by the stages of a step, which ends at `until` at the latest.
    ///
    /// # Errors
    /// A Courant number was asked for of a fluid at rest.
    fn stages(&mut self, until: f64) -> Result<Stages> {
        let Self {
            world,
            parameters,
            pencils,
            mean,
            forcing,
            wavenumbers,
            tables,
            velocity,
            scalars,
            gradients,
            grids,
            force,
            clock,
            ..
        } = self;
        let (begin, scheme, deformation) = (clock.time, parameters.scheme, &wavenumbers.deformation);
        let limit = until - begin;
        let growth = forcing.as_ref().map_or(0.0, |forcing| forcing.growth());
        let at = |part: f64, dt: f64| if part == 1.0 && dt == limit { until } else { begin + part * dt };
        let mut step = Stages { dt: 0.0, rates: Rates::default(), sums: Default::default() };
        // The length of the step is not known before the first evaluation, which needs the
        // wavenumbers at its beginning only.
        tables.set_interval(mean.interval(begin, begin, begin), 0.0);
        for (s, stage) in scheme.stages().iter().enumerate() {
            if s > 0 {
                let interval = mean.interval(begin, at(stage.from, step.dt), at(stage.to, step.dt));
                tables.set_interval(interval, growth * step.dt * (stage.to - stage.from));
            }
            let state =
                Evaluation { parameters, mean, deformation, velocity: &velocity[0], scalars: &scalars[0] };
            let mut at_points = (s == 0).then(AtPoints::default);
            let nonlinear = grids.evaluate(&state, pencils, tables, clock.step, s, at_points.as_mut());
            if let Some(forcing) = forcing {
                forcing.begin_stage(world, &velocity[0]);
            }
            if let Some(at_points) = at_points {
                step.rates = parameters.rates_at(begin, mean, deformation, forcing.as_ref());
                at_points.raise(&mut step.rates, world);
                step.dt = parameters.step_size.choose(&step.rates, limit);
                if !step.dt.is_finite() {
                    return Err(Error::input(
                        "time.cfl gives no step for a fluid at rest: give time.dt, or time.end",
                    ));
                }
                let interval = mean.interval(begin, begin, at(stage.to, step.dt));
                tables.set_interval(interval, growth * step.dt * stage.to);
                if let Some(forcing) = forcing {
                    forcing.begin_step(parameters.seed, clock.step, step.dt, scheme);
                }
            }
            let sweep = Sweep {
                stage,
                dt: step.dt,
                time: begin + stage.from * step.dt,
                parameters,
                mean,
                forcing: forcing.as_ref(),
                tables,
                velocity,
                scalars,
                gradients,
                force,
            };
            step.sums = match scheme.registers() {
                2 => sweep.apply::<2>(nonlinear),
                _ => sweep.apply::<3>(nonlinear),
            };
        }
        Ok(step)
    }

    /// The part of a state with this energy that is not finite.
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

    /// The reason why a strained box must not go on: the strain has made the cells so long that
    /// they no longer resolve the dissipation. A box that is remeshed comes back.
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
