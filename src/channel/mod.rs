//! The plane channel between walls at y = -1 and y = 1, periodic in x and z (Kim, Moin & Moser, J.
//! Fluid Mech. 177 (1987) 133), in a frame that may rotate about z with Omega:
//!
//! ```text
//!     d(lap v)/dt = h_v + nu lap lap v,    d eta/dt = h_g + nu lap eta,    eta = du/dz - dw/dx
//!     dU/dt = -d<uv>/dy - dP/dx + nu U'',  dW/dt = -d<vw>/dy + nu W''
//! ```
//!
//! `right_hand_side` has h, `update` the substep, `velocity` the way back to u, v, w. The state is
//! phi = lap v and eta, as Chebyshev coefficients in y of each (n_x, n_z); in the column n_x = n_z
//! = 0, where both vanish, stand U and W, in double precision (`profiles`). It is computed in a
//! frame that moves in x, so that the step is limited by the fluctuations; U is that of the
//! laboratory.

pub mod case;
pub(crate) mod catalogue;
mod conversion;
mod definition;
mod diagnose;
mod helmholtz;
mod initial;
mod kinematics;
mod line;
mod memory;
mod observe;
mod plan;
mod profiles;
mod rates;
mod report;
mod right_hand_side;
pub mod stability;
mod statistics;
mod step;
mod stretch;
mod update;
mod velocity;
mod walls;
mod wavenumbers;

use initial::{FluxChange, MeanChange};
pub(crate) use statistics::{RecordsOfSpectra, sampled, spectra};

use crate::case::{Batches, Case};
use crate::chebyshev::Points;
use crate::error::Result;
use crate::field::{Basis, Expansion, Modes, SeeColumn};
use crate::flow::{Between, Clock, Diagnosis, Flow, ModeList, OutputTable, SeeBox, Step};
use crate::parallel::{Method, ProcessGrid, World};
use crate::statistics::{BatchRecords, Records};
use crate::store::StoredRecords;
use crate::time::StepSize;
use crate::transform::{
    Layout, NEIGHBOURS, PhaseTimes, Real, Shape, Slab, SpectralField, Truncation, Values, ValuesMut,
};
use case::{ChannelInitial, ChannelScalar, Drive, ScalarBoundary, Walls};
use kinematics::Pencils;
use line::Operators;
use profiles::{Profiles, pack, unpack};
use statistics::Statistics;
use std::rc::Rc;
use update::Update;
use velocity::Velocity;
use walls::WallMotion;
use wavenumbers::Wavenumbers;

/// Everything that defines a run of this flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// L_x, 2, L_z.
    pub size: [f64; 3],
    /// Points in x, y, z.
    pub grid: [usize; 3],
    /// nu > 0.
    pub viscosity: f64,
    /// Whether only two thirds of the polynomials are kept, which makes the products exact in y as
    /// well.
    pub dealiase_y: bool,
    pub drive: Drive,
    /// Omega, about z.
    pub rotation: f64,
    pub walls: Walls,
    pub frame_velocity: f64,
    pub scalars: Vec<ChannelScalar>,
    /// The batches of the running statistics.
    pub batches: Batches,
    /// Distances from either wall at which two-dimensional spectra are sampled.
    pub spectra_2d_at: Vec<f64>,
    /// Number of phases of oscillating walls at which there are averages; 0 for none.
    pub phases: usize,
    /// The velocity at time zero; `None` is a fluid at rest.
    pub initial: Option<ChannelInitial>,
    pub step_size: StepSize,
    pub seed: u64,
    pub exchange: Method,
    /// `[P_row, P_col]`; `None` chooses the best.
    pub process_grid: Option<[usize; 2]>,
}

impl Parameters {
    /// The parameters of a case with this flow.
    pub fn new(case: &Case, flow: &case::Channel) -> Self {
        let viscosity = case.fluid.viscosity;
        let wall_unit = viscosity / flow.nominal(viscosity).friction_velocity;
        Self {
            size: case.domain.size,
            grid: case.domain.grid,
            viscosity,
            dealiase_y: flow.dealiase_y,
            drive: flow.drive,
            rotation: flow.rotation,
            walls: flow.walls.clone(),
            frame_velocity: flow.frame_velocity,
            scalars: flow.scalars.clone(),
            batches: flow.sampling.batches,
            spectra_2d_at: flow.details.spectra_2d_at.iter().map(|y_plus| y_plus * wall_unit).collect(),
            phases: flow.details.phases.unwrap_or(0),
            initial: Some(flow.initial.clone()),
            step_size: case.time.step,
            seed: case.numerics.seed,
            exchange: case.parallel.exchange,
            process_grid: case.parallel.process_grid,
        }
    }

    /// A channel of this box and grid, between walls at rest, without a pressure gradient, nu = 1,
    /// dt = 0.01, batches of the length 1.
    pub fn at_rest(size: [f64; 3], grid: [usize; 3]) -> Self {
        Self {
            size,
            grid,
            viscosity: 1.0,
            dealiase_y: false,
            drive: Drive::PressureGradient { gradient: 0.0 },
            rotation: 0.0,
            walls: Walls::default(),
            frame_velocity: 0.0,
            scalars: Vec::new(),
            batches: Batches { length: 1.0, of_spectra: 1 },
            spectra_2d_at: Vec::new(),
            phases: 0,
            initial: None,
            step_size: StepSize::Fixed(0.01),
            seed: 1,
            exchange: Method::AllToAll,
            process_grid: None,
        }
    }

    pub fn truncation(&self) -> Truncation {
        Truncation { grid: self.grid, shape: Shape::Chebyshev { kept: self.kept() } }
    }

    /// Chebyshev polynomials that are kept.
    fn kept(&self) -> usize {
        let points = self.grid[1];
        if self.dealiase_y { 2 * (points - 1) / 3 + 1 } else { points }
    }
}

/// The number of lines that hold `columns` columns, each line those of a few neighbours.
fn lines(columns: usize) -> usize {
    columns.div_ceil(NEIGHBOURS)
}

/// The state and the plans of this rank.
pub struct Channel<T> {
    world: Rc<World>,
    parameters: Parameters,
    process_grid: [usize; 2],
    pencils: Pencils<T>,
    operators: Operators<T>,
    grid: Points,
    wavenumbers: Wavenumbers<T>,
    walls: WallMotion,
    /// phi, eta and the scalars.
    state: Vec<SpectralField<T>>,
    /// II h of each in the substep before, as [`lines`]. Between steps nothing is in it: the
    /// statistics put the pressure there.
    previous: Vec<Vec<T>>,
    velocity: Velocity<T>,
    update: Update<T>,
    profiles: Profiles,
    statistics: Statistics,
    /// -dP/dx over the last step, on the rank that holds the mean profiles.
    gradient: f64,
    clock: Clock,
}

impl<T: Real> Channel<T> {
    /// A fluid at rest; collective.
    ///
    /// # Errors
    /// A process grid that does not fit; messages too long for MPI.
    // Here and at the entries below: what is never inlined, rustc shares with other crates. Each
    // test program and bench would compile the solver again.
    #[inline(never)]
    pub fn new(world: Rc<World>, parameters: Parameters) -> Result<Self> {
        let truncation = parameters.truncation();
        let (ranks, node) = (world.size(), world.ranks_per_node());
        let shape = parameters.load().grid(truncation, ranks, node, parameters.process_grid)?;
        let grid = ProcessGrid::new(&world, shape);
        let pencils = world.agree(Pencils::new(
            truncation,
            grid,
            parameters.exchange,
            right_hand_side::room(parameters.scalars.len()),
        ))?;
        let operators = Operators::new(parameters.kept());
        let visited = pencils.layout.visited(ProcessGrid::place(shape, world.rank()));
        let fields = 2 + parameters.scalars.len();
        let lines = lines(pencils.layout.columns.len());
        Ok(Self {
            process_grid: shape,
            grid: Points::new(parameters.grid[1]),
            wavenumbers: Wavenumbers::new(parameters.size, &truncation),
            walls: WallMotion::new(
                &parameters.walls,
                parameters.frame_velocity,
                parameters.size,
                &truncation,
            ),
            state: (0..fields).map(|_| SpectralField::zeros(&pencils.layout)).collect(),
            previous: vec![vec![T::zero(); lines * operators.length()]; fields],
            velocity: Velocity::new(&operators),
            update: Update::new(&operators),
            profiles: Profiles::new(operators.kept, fields),
            operators,
            statistics: Statistics::new(&parameters.content(), visited, parameters.batches),
            gradient: 0.0,
            clock: Clock::default(),
            world,
            parameters,
            pencils,
        })
    }

    pub fn layout(&self) -> &Layout {
        &self.pencils.layout
    }

    /// The range of the mean profiles in the fields, on the rank that holds them.
    fn mean_column(&self) -> Option<std::ops::Range<usize>> {
        let layout = &self.pencils.layout;
        layout.columns.iter().position(|column| column.is_mean()).map(|c| layout.range(c))
    }
}

impl<T: Real> Flow for Channel<T> {
    fn name(&self) -> &'static str {
        "channel"
    }

    #[inline(never)]
    fn start(&mut self, _: Between<'_>) -> Result<()> {
        match self.parameters.initial.clone() {
            Some(initial) => self.set(&initial),
            None => Ok(()),
        }
    }

    /// The file may be of another precision.
    fn started_elsewhere(&mut self, from: &Case) -> Result<()> {
        if let Some(mean) = self.mean_column() {
            for field in &mut self.state {
                field[mean.clone()].iter_mut().for_each(|packed| *packed = pack(unpack(*packed)));
            }
        }
        if let Some(from) = from.flow.of::<case::Channel>() {
            self.meet_walls_and_flux(from.walls.velocity);
        }
        Ok(())
    }

    fn clock(&self) -> Clock {
        self.clock
    }

    #[inline(never)]
    fn advance(&mut self, until: f64) -> Result<Step> {
        self.step(until)
    }

    fn set_step_size(&mut self, step_size: StepSize) {
        self.parameters.step_size = step_size;
    }

    #[inline(never)]
    fn state(&self) -> Vec<(&str, Values<'_>)> {
        names(&self.parameters, ["laplacian_v", "omega_y"])
            .zip(&self.state)
            .map(|(name, field)| (name, T::values(field)))
            .collect()
    }

    #[inline(never)]
    fn state_mut(&mut self) -> Vec<(&str, ValuesMut<'_>)> {
        let Self { parameters, state, .. } = self;
        names(parameters, ["laplacian_v", "omega_y"])
            .zip(state)
            .map(|(name, field)| (name, T::values_mut(field)))
            .collect()
    }

    fn restart_scalars(&self) -> Vec<(String, f64)> {
        Vec::new()
    }

    #[inline(never)]
    fn resume(&mut self, clock: Clock, _: &[(String, f64)]) {
        self.clock = clock;
    }

    fn modes(&self) -> ModeList {
        self.pencils.layout.mode_list()
    }

    #[inline(never)]
    fn observe(&mut self) -> Vec<(String, f64)> {
        self.series()
    }

    #[inline(never)]
    fn sample(&mut self) -> Option<BatchRecords> {
        self.add_sample()
    }

    fn interrupt_sampling(&mut self) {
        self.statistics.batching.interrupt();
    }

    #[inline(never)]
    fn records(&self) -> Records {
        self.statistics_records()
    }

    #[inline(never)]
    fn recall(&mut self, records: &mut StoredRecords) -> Result<()> {
        self.recall_statistics(records)
    }

    #[inline(never)]
    fn spectra(&mut self) -> Vec<OutputTable> {
        Vec::new()
    }

    fn unit(&self, field: &str) -> &'static str {
        match field {
            "u" | "v" | "w" => "velocity of the case",
            "laplacian_v" => "velocity of the case / length^2",
            "omega_y" => "velocity of the case / length",
            _ => "scalar of the case",
        }
    }

    #[inline(never)]
    fn visit_points(&mut self, field: usize, planes: usize, see: SeeBox<'_>) {
        self.at_points(field, planes, see)
    }

    fn coordinates(&self) -> [Vec<f64>; 3] {
        let Parameters { size, grid, .. } = self.parameters;
        let uniform = |i: usize| (0..grid[i]).map(|j| size[i] * j as f64 / grid[i] as f64).collect();
        [uniform(0), self.grid.y.iter().rev().copied().collect(), uniform(2)]
    }

    fn deformation(&self) -> [[f64; 3]; 3] {
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    }

    /// The planes are counted from the upper wall, the points from the lower one.
    fn slab(&self) -> Slab {
        let Slab { y, z } = self.pencils.layout.slab.clone();
        let points = self.parameters.grid[1];
        Slab { y: points - y.end..points - y.start, z }
    }

    #[inline(never)]
    fn diagnose(&mut self) -> Diagnosis {
        self.diagnosis()
    }

    fn decomposition(&self) -> String {
        let [p_row, p_col] = self.process_grid;
        format!("process grid [{p_row}, {p_col}]")
    }

    fn phases(&self) -> PhaseTimes {
        self.pencils.phases()
    }
}

impl<T: Real> Modes for Channel<T> {
    fn expansion(&self) -> Expansion {
        Expansion {
            size: self.parameters.size,
            deformation: self.deformation(),
            basis: Basis::Chebyshev,
            in_space: true,
        }
    }

    fn fields(&self) -> Vec<String> {
        names(&self.parameters, ["u", "v", "w"]).map(str::to_owned).collect()
    }

    #[inline(never)]
    fn visit_columns(&mut self, see: SeeColumn<'_>) {
        self.velocity_by_columns(see)
    }
}

/// The names of fields: these of the velocity, and the scalars.
fn names<'a, const N: usize>(
    parameters: &'a Parameters,
    velocity: [&'static str; N],
) -> impl Iterator<Item = &'a str> {
    velocity.into_iter().chain(parameters.scalars.iter().map(|scalar| &*scalar.name))
}

/// The values of a scalar at the lower and the upper wall, and its uniform source.
fn boundary(scalar: &ChannelScalar) -> ([f64; 2], f64) {
    match scalar.boundary {
        ScalarBoundary::Values { lower, upper } => ([lower, upper], 0.0),
        ScalarBoundary::Source { rate } => ([0.0; 2], rate),
    }
}
