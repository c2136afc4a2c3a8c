//! One step: three substeps, each from the state to the velocity at points, its products, and back.

use super::line::Quad;
use super::right_hand_side::{counts, sources};
use super::update::{Evolved, Substep};
use super::walls::ends;
use super::{Channel, boundary};
use crate::case::Drive;
use crate::convection::{courant_rate, products, square};
use crate::error::{Error, Result};
use crate::flow::Step;
use crate::parallel::ExactSum;
use crate::time::{SPALART_MOSER_ROGERS, Substep as Coefficients};
use crate::transform::Real;
use num_complex::Complex;

/// What is found at the points at the beginning of a step.
#[derive(Default)]
struct Found {
    /// The largest Courant rate of this rank.
    rate: f64,
    /// The volume means of `|u|^2` and of u, in the moving frame.
    square: ExactSum,
    along: ExactSum,
}

impl<T: Real> Channel<T> {
    /// One step, cut short where it would go beyond the time `until`: then the clock shows `until` itself.
    ///
    /// # Errors
    /// The state is no longer finite.
    pub fn step(&mut self, until: f64) -> Result<Step> {
        let begin = self.clock.time;
        let limit = until - begin;
        let (mut dt, mut rate, mut energy) = (0.0, 0.0, 0.0);
        let mut impulse = 0.0;
        for (s, coefficients) in SPALART_MOSER_ROGERS.iter().enumerate() {
            let found = self.evaluate(begin + coefficients.from * dt, s == 0);
            if s == 0 {
                rate = self.world.max(found.rate);
                let [square, along] = ExactSum::total_of([found.square, found.along], &self.world);
                let frame = self.parameters.frame_velocity;
                energy = 0.5 * square + frame * along + 0.5 * frame * frame;
                dt = self.parameters.step_size.choose(rate.max(2.0 * self.parameters.rotation.abs()), limit);
                if !energy.is_finite() {
                    return Err(self.blown_up(dt * rate));
                }
                if !dt.is_finite() {
                    return Err(Error::input(
                        "time.cfl gives no step for a fluid that is at rest in the moving frame: give time.dt, or time.end",
                    ));
                }
            }
            impulse += self.take_up(coefficients, begin, dt);
        }
        self.gradient = impulse / dt;
        self.clock.step += 1;
        self.clock.time = if dt == limit { until } else { begin + dt };
        Ok(Step { dt, cfl: dt * rate, energy, dissipation: None, end: None })
    }

    fn blown_up(&self, courant: f64) -> Error {
        Error::diverged(format!(
            "the velocity is no longer finite at step {}, time {:.6e} (Courant number {courant:.2}): the step before was too long or the grid too coarse; \
             try a smaller time.cfl or time.dt, or more points",
            self.clock.step, self.clock.time
        ))
    }

    /// The state at `time` to z-lines of what goes back to the columns; looks at the points if that is `wanted`.
    fn evaluate(&mut self, time: f64, wanted: bool) -> Found {
        self.velocity_to_planes(time, self.parameters.frame_velocity);
        let Self { pencils, wavenumbers, parameters, grid, .. } = self;
        let scalars = parameters.scalars.len();
        let [nx, _, nz] = parameters.grid;
        let [x, z] = [nx as f64 / parameters.size[0], nz as f64 / parameters.size[2]];
        let mut found = Found::default();
        pencils.planes(
            counts(scalars),
            |j, lines, length| {
                if wanted {
                    let cells = [[x, 0.0, 0.0], [0.0, 1.0 / grid.spacing[j], 0.0], [0.0, 0.0, z]].map(|row| row.map(T::of));
                    let velocity: [&[T]; 3] = std::array::from_fn(|i| &lines[i * length..][..length]);
                    found.rate = found.rate.max(courant_rate(velocity, &cells).wide());
                    let weight = grid.weights[j] / (nx * nz) as f64;
                    found.square.add(square(velocity) * weight);
                    found.along.add(velocity[0].iter().map(|u| u.wide()).sum::<f64>() * weight);
                }
                products(lines, length, scalars);
            },
            |nx, nz, products, outputs| sources(wavenumbers, scalars, nx, nz, products, outputs),
        );
        found
    }

    /// u, v, w and the scalars at `time` to z-lines, seen from a frame of this velocity.
    pub(super) fn velocity_to_planes(&mut self, time: f64, frame_velocity: f64) {
        let Self { pencils, operators, wavenumbers, walls, state, velocity, .. } = self;
        let kept = operators.kept;
        pencils.inverse(1 + state.len(), |column, range, mut lines| {
            let [u, v, w] = lines.from(0);
            let [phi, eta] = [0, 1].map(|f: usize| &state[f][range.clone()]);
            if column.is_mean() {
                for (line, profile) in [(&mut *u, Some(phi)), (&mut *v, None), (&mut *w, Some(eta))] {
                    line.fill(Complex::default());
                    if let Some(profile) = profile {
                        line[..kept].copy_from_slice(profile);
                    }
                }
                u[0].re -= T::of(frame_velocity);
            } else {
                velocity.of_column(operators, wavenumbers.of(column), [phi, eta], walls.through(column, time), [u, v, w]);
            }
            for (s, scalar) in state[2..].iter().enumerate() {
                let [line] = lines.from(3 + s);
                line[..kept].copy_from_slice(&scalar[range.clone()]);
                line[kept..].fill(Complex::default());
            }
        });
    }

    /// The substep of all columns; returns the impulse of the pressure gradient, on the rank that holds the mean profiles.
    fn take_up(&mut self, coefficients: &Coefficients, begin: f64, dt: f64) -> f64 {
        let Self { pencils, operators, wavenumbers, walls, state, before, velocity, update, parameters, .. } = self;
        let substep = Substep {
            take: T::of(dt * coefficients.gamma),
            again: T::of(dt * coefficients.zeta),
            implicit: T::of(dt * coefficients.beta),
            rho: T::of(coefficients.alpha / coefficients.beta),
        };
        let share = dt * (coefficients.gamma + coefficients.zeta);
        let (from, to) = (begin + coefficients.from * dt, begin + coefficients.to * dt);
        let viscosity = T::of(parameters.viscosity);
        let at_rest = Quad::all(T::zero());
        let mut impulse = 0.0;
        pencils.forward(counts(parameters.scalars.len()).outputs, |column, range, modes| {
            let [kx, kz] = wavenumbers.of(column);
            let k2 = kx * kx + kz * kz;
            let [phi, eta, scalars @ ..] = &mut state[..] else { unreachable!("phi and eta are there") };
            let [phi_before, eta_before, scalars_before @ ..] = &mut before[..] else { unreachable!("as in the state") };
            let (phi, eta) = (&mut phi[range.clone()], &mut eta[range.clone()]);
            let (phi_before, eta_before) = (&mut phi_before[range.clone()], &mut eta_before[range.clone()]);
            update.prepare(operators, &substep, viscosity, k2);
            update.load::<4>(modes, 0);
            update.gain_of_phi(operators, k2);
            if column.is_mean() {
                let gradient = if let Drive::PressureGradient { gradient } = parameters.drive { gradient } else { 0.0 };
                let along = [walls.along(); 2];
                update.advance(operators, &substep, Evolved { field: phi, before: phi_before }, along, T::of(share * gradient));
                impulse = share * gradient;
                if let Drive::MassFlux { bulk_velocity } = parameters.drive {
                    impulse = update.add_flux(operators, T::of(bulk_velocity), phi).wide();
                }
                update.gain_of_eta(operators);
                let across = [from, to].map(|time| walls.across(time));
                update.advance(operators, &substep, Evolved { field: eta, before: eta_before }, across, T::zero());
            } else {
                // -2 Omega x u, without its gradient part: -2 i Omega k_z eta in h_v, 2 i Omega k_z v in h_g.
                let coriolis = Complex::new(T::zero(), T::of(2.0 * parameters.rotation) * kz);
                if parameters.rotation != 0.0 {
                    update.add_gain(operators, -coriolis, eta);
                }
                let through = [from, to].map(|time| walls.through(column, time));
                let old_v = (parameters.rotation != 0.0).then(|| velocity.v_of_column(operators, k2, phi, through[0]));
                update.advance_phi(operators, &substep, Evolved { field: phi, before: phi_before }, k2, through[1]);
                update.gain_of_eta(operators);
                if let Some(v) = old_v {
                    update.add_gain(operators, coriolis, v);
                }
                update.advance(operators, &substep, Evolved { field: eta, before: eta_before }, [at_rest; 2], T::zero());
            }
            for (s, scalar) in parameters.scalars.iter().enumerate() {
                let ([lower, upper], rate) = boundary(scalar);
                let (values, source) =
                    if column.is_mean() { (ends(lower.into(), upper.into()), T::of(share * rate)) } else { (at_rest, T::zero()) };
                update.prepare(operators, &substep, T::of(parameters.viscosity / scalar.schmidt), k2);
                update.load::<2>(modes, 4 + 2 * s);
                update.gain_of_scalar(operators);
                let evolved = Evolved { field: &mut scalars[s][range.clone()], before: &mut scalars_before[s][range.clone()] };
                update.advance(operators, &substep, evolved, [values; 2], source);
            }
        });
        impulse
    }
}
