//! Homogeneous turbulence in a periodic box (Rogallo 1981):
//!
//! ```text
//!     du_i/dt = (delta_ij - k_i k_j / k^2) N_j - nu k^2 u_i,      N_i = -i k_j FT(u_i u_j),      k_i u_i = 0
//! ```

mod dealiasing;
mod initial;
mod observe;
mod random;
mod right_hand_side;
mod wavenumbers;

pub use wavenumbers::Wavenumbers;

use crate::case::{Case, Dealiasing, Forcing, Initial, Mean, Scalar};
use crate::error::{Error, Result};
use crate::flow::{Clock, Flow, ModeList, Step};
use crate::parallel::{ExactSum, Method, ProcessGrid, World};
use crate::time::{RungeKutta, Stage, StepSize};
use crate::transform::{Column, Fields, Layout, Pencils, Phases, Real, Reals, Shift, Slab, SpectralField, Truncation, Values, ValuesMut};
use num_complex::Complex;
use right_hand_side::{Coefficients, courant_rate, divergence_xz, keep, products, update};
use std::ops::Range;
use std::rc::Rc;
use wavenumbers::StageTables;

/// Four fields between columns and planes (A, B, C, D), five products of lines.
const FIELDS: Fields = Fields { columns: 4, lines: 5 };

/// Everything that defines a run of this flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// L_x, L_y, L_z.
    pub size: [f64; 3],
    /// Points in x, y, z.
    pub grid: [usize; 3],
    /// nu.
    pub viscosity: f64,
    /// Without it the products of fluctuations are left out.
    pub nonlinear: bool,
    pub mean: Mean,
    pub scalars: Vec<Scalar>,
    pub forcing: Option<Forcing>,
    pub dealiasing: Dealiasing,
    pub scheme: RungeKutta,
    pub step_size: StepSize,
    pub seed: u64,
    pub exchange: Method,
    /// `[P_row, P_col]`, or the best.
    pub process_grid: Option<[usize; 2]>,
}

impl Parameters {
    /// A box of side 2 pi at rest without viscosity and forcing, 2/3 rule, RK3, dt = 0.01.
    pub fn at_rest(grid: [usize; 3]) -> Self {
        Self {
            size: [std::f64::consts::TAU; 3],
            grid,
            viscosity: 0.0,
            nonlinear: true,
            mean: Mean::default(),
            scalars: Vec::new(),
            forcing: None,
            dealiasing: Dealiasing::TwoThirds,
            scheme: RungeKutta::Rk3,
            step_size: StepSize::Fixed(0.01),
            seed: 1,
            exchange: Method::AllToAll,
            process_grid: None,
        }
    }

    pub fn truncation(&self) -> Truncation {
        Truncation { grid: self.grid, shape: self.dealiasing.shape() }
    }

    /// Real numbers that the fields and buffers of a rank with this layout hold.
    pub fn reals(&self, layout: &Layout) -> usize {
        let fields = 3 * self.scheme.registers() + self.dealiasing.kept_fields();
        2 * fields * layout.modes + layout.buffer_reals(FIELDS)
    }
}

/// The state and the plans of this rank.
pub struct Homogeneous<T> {
    world: Rc<World>,
    parameters: Parameters,
    process_grid: [usize; 2],
    pencils: Pencils<T>,
    wavenumbers: Wavenumbers,
    tables: StageTables<T>,
    /// The registers of the scheme, the velocity first.
    registers: Vec<[SpectralField<T>; 3]>,
    /// The grids of the first and of the second evaluation of a stage.
    shifts: [Shift<T>; 2],
    /// N of the first of two evaluations, if there are two.
    kept: Option<[SpectralField<T>; 3]>,
    clock: Clock,
}

impl From<&Case> for Parameters {
    fn from(case: &Case) -> Self {
        Self {
            size: case.domain.size,
            grid: case.domain.grid,
            viscosity: case.fluid.viscosity,
            nonlinear: case.nonlinear,
            mean: case.mean.clone(),
            scalars: case.scalars.clone(),
            forcing: case.forcing.clone(),
            dealiasing: case.numerics.dealiasing,
            scheme: case.time.scheme,
            step_size: case.time.step,
            seed: case.numerics.seed,
            exchange: case.parallel.exchange,
            process_grid: case.parallel.process_grid,
        }
    }
}

impl<T: Real> Homogeneous<T> {
    /// A fluid at rest; collective.
    ///
    /// # Errors
    /// A process grid that does not fit; messages too long for MPI.
    pub fn new(world: Rc<World>, parameters: Parameters) -> Result<Self> {
        let truncation = parameters.truncation();
        let shape = ProcessGrid::choose(world.size(), parameters.process_grid, &Layout::work(&truncation))?;
        let grid = ProcessGrid::new(&world, shape);
        let pencils = world.agree(Pencils::new(truncation, grid, parameters.exchange, FIELDS))?;
        let wavenumbers = Wavenumbers::new(parameters.size, &truncation);
        let fields = || std::array::from_fn(|_| SpectralField::zeros(&pencils.layout));
        let registers = (0..parameters.scheme.registers()).map(|_| fields()).collect();
        let kept = (parameters.dealiasing.kept_fields() > 0).then(fields);
        let tables = StageTables::new(&wavenumbers);
        let shifts = [Shift::none(&truncation), Shift::none(&truncation)];
        Ok(Self { world, parameters, process_grid: shape, pencils, wavenumbers, tables, registers, shifts, kept, clock: Clock::default() })
    }

    pub fn layout(&self) -> &Layout {
        &self.pencils.layout
    }

    /// Messages and bytes that this rank has sent to others.
    pub fn traffic(&self) -> crate::parallel::Traffic {
        self.pencils.traffic()
    }

    fn velocity_modes(&self) -> [&SpectralField<T>; 3] {
        self.registers[0].each_ref()
    }

    /// u, v, w to products to z-lines of `[A, B, C, D]`, on the grid of this evaluation; returns the largest Courant rate of this
    /// rank if it is `wanted`.
    fn evaluate(&mut self, evaluation: usize, wanted: bool) -> f64 {
        let Self { pencils, registers, tables, parameters, .. } = self;
        pencils.inverse(registers[0].each_ref().map(|field| &field[..]), &self.shifts[evaluation]);
        let inverse_spacing = std::array::from_fn(|i| T::of(parameters.grid[i] as f64 / parameters.size[i]));
        let mut rate = T::zero();
        pencils.planes::<3, 5, 4>(
            |lines| {
                if wanted {
                    let here = courant_rate([&*lines[0], &*lines[1], &*lines[2]], inverse_spacing);
                    rate = if here > rate { here } else { rate };
                }
                products(lines);
            },
            |nx, nz, products, outputs| divergence_xz(tables, nx, nz, products, outputs),
        );
        rate.wide()
    }

    /// Keeps N of the first of two evaluations.
    fn keep_first(&mut self) {
        let Self { pencils, tables, kept, shifts, .. } = self;
        let Some(kept) = kept else { return };
        pencils.forward(&shifts[0], |column: &Column, range, modes| {
            keep(&tables.column(column), modes, piece_mut(kept, &range));
        });
    }

    /// Takes up N in all R registers; returns the sum of `|u|^2` over all modes of this rank.
    fn take_up<const R: usize>(&mut self, stage: &Stage, dt: f64) -> ExactSum {
        let coefficients = Coefficients::<T, R>::new(stage, dt);
        let Self { pencils, tables, registers, kept, shifts, .. } = self;
        let mut sum = ExactSum::default();
        let Some(registers) = registers.first_chunk_mut::<R>() else { unreachable!("a scheme has its {R} registers") };
        pencils.forward(&shifts[usize::from(kept.is_some())], |column: &Column, range, modes| {
            let kept = kept.as_ref().map(|fields| fields.each_ref().map(|field| &field[range.clone()]));
            let of_column = registers.each_mut().map(|fields| piece_mut(fields, &range));
            sum.add(column.weight() * update(&tables.column(column), &coefficients, modes, kept, of_column));
            for field in registers.as_flattened_mut() {
                column.make_real(&mut field[range.clone()]);
            }
        });
        sum
    }
}

/// The same piece of each of three fields.
fn piece_mut<'a, T: Real>(fields: &'a mut [SpectralField<T>; 3], range: &Range<usize>) -> [&'a mut [Complex<T>]; 3] {
    fields.each_mut().map(|field| &mut field[range.clone()])
}

impl<T: Real> Flow for Homogeneous<T> {
    fn name(&self) -> &'static str {
        "homogeneous"
    }

    fn set(&mut self, initial: &Initial) -> Result<()> {
        let layout = &self.pencils.layout;
        self.world.agree(initial::set(initial, &self.world, layout, &self.wavenumbers, self.parameters.seed, &mut self.registers[0]))
    }

    fn clock(&self) -> Clock {
        self.clock
    }

    fn advance(&mut self, until: f64) -> Result<Step> {
        let limit = until - self.clock.time;
        let scheme = self.parameters.scheme;
        let (mut dt, mut rate, mut sum) = (0.0, 0.0, ExactSum::default());
        for (s, stage) in scheme.stages().iter().enumerate() {
            let (first, second) = self.parameters.dealiasing.displacements(scheme, self.parameters.seed, self.clock.step, s);
            self.shifts[0].set(first);
            let mut local = self.evaluate(0, s == 0);
            if let Some(second) = second {
                self.keep_first();
                self.shifts[1].set(second);
                local = local.max(self.evaluate(1, s == 0));
            }
            if s == 0 {
                rate = self.world.max(local);
                dt = self.parameters.step_size.choose(rate, limit);
                if !dt.is_finite() {
                    return Err(Error::input("time.cfl gives no step for a fluid at rest: give time.dt, or time.end"));
                }
            }
            self.tables.set_viscous(&self.wavenumbers, self.parameters.viscosity, dt * (stage.to - stage.from));
            sum = match scheme.registers() {
                2 => self.take_up::<2>(stage, dt),
                _ => self.take_up::<3>(stage, dt),
            };
        }
        let energy = 0.5 * sum.total(&self.world);
        self.clock.step += 1;
        self.clock.time = if dt == limit { until } else { self.clock.time + dt };
        if !energy.is_finite() {
            return Err(Error::diverged(format!(
                "the velocity is no longer finite at step {}, time {:.6e} (dt {dt:.3e}, Courant number {:.2}): the step was too long or the \
                 grid too coarse; try a smaller time.cfl or time.dt, or more points",
                self.clock.step,
                self.clock.time,
                dt * rate
            )));
        }
        Ok(Step { dt, cfl: dt * rate, energy })
    }

    fn state(&self) -> Vec<(&'static str, Values<'_>)> {
        ["u", "v", "w"].into_iter().zip(&self.registers[0]).map(|(name, field)| (name, T::values(field))).collect()
    }

    fn state_mut(&mut self) -> Vec<(&'static str, ValuesMut<'_>)> {
        ["u", "v", "w"].into_iter().zip(&mut self.registers[0]).map(|(name, field)| (name, T::values_mut(field))).collect()
    }

    fn resume(&mut self, clock: Clock) {
        self.clock = clock;
    }

    fn modes(&self) -> ModeList {
        let layout = &self.pencils.layout;
        let truncation = layout.truncation;
        let mut first = 0;
        let columns = truncation.columns(0..truncation.nx_max() + 1).map(|column| {
            let row = [column.nx as i64, column.nz, first, column.len() as i64];
            first += column.len() as i64;
            row
        });
        ModeList { name: truncation.name(), columns: columns.collect(), before: layout.modes_before, total: layout.total_modes }
    }

    fn observe(&mut self) -> Vec<(&'static str, f64)> {
        observe::series(&self.world, self.layout(), &self.wavenumbers, self.parameters.viscosity, self.velocity_modes())
    }

    fn spectrum(&mut self) -> Vec<(f64, f64)> {
        observe::spectrum(&self.world, self.layout(), &self.wavenumbers, self.velocity_modes())
    }

    fn velocity(&mut self, component: usize) -> Reals {
        let slab = self.slab();
        let nx = self.parameters.grid[0];
        let mut block = vec![T::zero(); slab.y.len() * slab.z.len() * nx];
        let shift = Shift::none(&self.parameters.truncation());
        self.pencils.inverse([&self.registers[0][component][..]], &shift);
        self.pencils.visit(|y, z, line| {
            let at = ((z - slab.z.start) * slab.y.len() + y - slab.y.start) * nx;
            block[at..at + nx].copy_from_slice(line);
        });
        T::reals(block)
    }

    fn coordinates(&self) -> [Vec<f64>; 3] {
        let Parameters { size, grid, .. } = self.parameters;
        std::array::from_fn(|i| (0..grid[i]).map(|j| size[i] * j as f64 / grid[i] as f64).collect())
    }

    fn decomposition(&self) -> String {
        let [p_row, p_col] = self.process_grid;
        format!("process grid [{p_row}, {p_col}]")
    }

    fn slab(&self) -> Slab {
        self.pencils.layout.slab.clone()
    }

    fn phases(&self) -> Phases {
        self.pencils.phases()
    }
}
