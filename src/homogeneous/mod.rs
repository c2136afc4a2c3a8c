//! Homogeneous turbulence in a periodic box that moves with the mean flow `U_i = A_ij x_j` (Rogallo
//! 1981), in a frame that turns with Omega:
//!
//! ```text
//!     du_i/dt = (delta_ij - k_i k_j / k^2) (N_j - 2 eps_jlm Omega_l u_m + f_j)
//!               - (delta_il - 2 k_i k_l / k^2) A_lj u_j - nu k^2 u_i
//!     N_i = -i k_j FT(u_i u_j),    k_i u_i = 0,    dk_i/dt = -A_ji k_j
//! ```

pub mod case;
mod conversion;
mod dealiasing;
mod definition;
mod develop;
mod diagnose;
mod evaluation;
mod forcing;
mod initial;
mod matrix;
mod mean;
mod memory;
mod observe;
mod parameters;
mod plan;
mod rates;
mod remesh;
mod report;
mod right_hand_side;
mod spectrum;
mod stage;
mod step;
mod stretch;
mod survey;
mod update;
mod wavenumbers;

pub use forcing::growth_by_power;
pub use mean::MeanFlow;
pub use parameters::Parameters;
pub use spectrum::{Cumulative, sums};
pub use survey::{Band, Survey};
pub use wavenumbers::Wavenumbers;

use crate::case::Case;
use crate::error::Result;
use crate::field::{Basis, Expansion, Modes, SeeColumn};
use crate::flow::{Between, Clock, Diagnosis, Flow, ModeList, OutputTable, SeeBox, Step};
use crate::homogeneous::case::Initial;
use crate::parallel::{ProcessGrid, World};
use crate::point_boxes::PointBoxes;
use crate::time::StepSize;
use crate::transform::{Layout, Pencils, PhaseTimes, Real, Shift, Slab, SpectralField, Values, ValuesMut};
use evaluation::Grids;
use forcing::Forcing;
use num_complex::Complex;
use std::rc::Rc;
use wavenumbers::StageTables;

/// The state and the plans of this rank.
pub struct Homogeneous<T> {
    world: Rc<World>,
    parameters: Parameters,
    process_grid: [usize; 2],
    pencils: Pencils<T>,
    mean: MeanFlow,
    forcing: Option<Forcing>,
    /// The wavenumbers at the time of the clock.
    wavenumbers: Wavenumbers,
    tables: StageTables<T>,
    /// The registers of the scheme, the state itself first. No step reads what the one before left
    /// in the others: between steps the statistics work in them.
    velocity: Vec<[SpectralField<T>; 3]>,
    scalars: Vec<Vec<SpectralField<T>>>,
    /// The mean gradients of the scalars in a stage.
    gradients: Vec<[T; 3]>,
    grids: Grids<T>,
    /// The force on the modes of a column, while it is worked on.
    force: [Vec<Complex<T>>; 3],
    /// Energy and dissipation that remeshing has dropped so far.
    dropped: [f64; 2],
    clock: Clock,
}

impl<T: Real> Homogeneous<T> {
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
        let pencils = world.agree(Pencils::new(truncation, grid, parameters.exchange, parameters.room()))?;
        let mean = MeanFlow::new(&parameters.mean, parameters.size);
        let wavenumbers = Wavenumbers::new(parameters.size, &truncation);
        let diffusivities = parameters.scalars.iter().map(|scalar| parameters.viscosity / scalar.schmidt);
        let diffusivities = [parameters.viscosity].into_iter().chain(diffusivities).collect();
        let tables =
            StageTables::new(&wavenumbers, diffusivities, mean.mixes_labels(), mean.interval(0.0, 0.0, 0.0));
        let velocity = || std::array::from_fn(|_| SpectralField::zeros(&pencils.layout));
        let scalars = || parameters.scalars.iter().map(|_| SpectralField::zeros(&pencils.layout)).collect();
        let forcing =
            parameters.forcing.as_ref().map(|kind| Forcing::new(kind, &pencils.layout, &wavenumbers));
        let forcing = world.agree(forcing.transpose())?;
        let registers = 0..parameters.scheme.registers();
        let longest = 2 * truncation.ny_max() + 1;
        Ok(Self {
            process_grid: shape,
            mean,
            forcing,
            wavenumbers,
            tables,
            velocity: registers.clone().map(|_| velocity()).collect(),
            scalars: registers.map(|_| scalars()).collect(),
            gradients: vec![[T::zero(); 3]; parameters.scalars.len()],
            grids: Grids::new(&parameters, &truncation, &pencils.layout),
            force: std::array::from_fn(|_| vec![Complex::default(); longest]),
            dropped: [0.0; 2],
            clock: Clock::default(),
            world,
            parameters,
            pencils,
        })
    }

    pub fn layout(&self) -> &Layout {
        &self.pencils.layout
    }

    /// Sets the state at time zero to this velocity, in the place of the one that the flow was
    /// built with; collective.
    ///
    /// # Errors
    /// A field that the box or the grid cannot hold.
    #[inline(never)]
    pub fn set(&mut self, initial: &Initial) -> Result<()> {
        self.set_velocity(initial, &mut |_| Ok(()))?;
        self.set_scalars_and_forcing()
    }

    fn set_velocity(&mut self, initial: &Initial, between: Between<'_>) -> Result<()> {
        if let Initial::Random { energy, spectrum, develop: Some(develop) } = initial {
            let random = Initial::Random { energy: *energy, spectrum: spectrum.clone(), develop: None };
            self.velocity[0] = develop::developed(&self.world, &self.parameters, &random, *develop, between)?;
        } else {
            let Self { world, parameters, pencils, wavenumbers, velocity, .. } = self;
            world.agree(initial::set(
                initial,
                world,
                &pencils.layout,
                wavenumbers,
                parameters.seed,
                &mut velocity[0],
            ))?;
        }
        Ok(())
    }

    /// A force may need the velocity that it begins with.
    ///
    /// # Errors
    /// A scalar that the box cannot hold; a force that has nothing to act on.
    fn set_scalars_and_forcing(&mut self) -> Result<()> {
        let Self { world, parameters, pencils, wavenumbers, scalars, .. } = self;
        let (layout, seed) = (&pencils.layout, parameters.seed);
        for (index, (scalar, field)) in parameters.scalars.iter().zip(&mut scalars[0]).enumerate() {
            world.agree(initial::set_scalar(scalar, index, world, layout, wavenumbers, seed, field))?;
        }
        // The velocity of a file is not here yet.
        if matches!(parameters.initial, Some(Initial::File { .. })) { Ok(()) } else { self.start_forcing() }
    }

    fn start_forcing(&mut self) -> Result<()> {
        let Some(forcing) = &mut self.forcing else { return Ok(()) };
        forcing.refuse_rest(&self.world, &self.velocity[0])?;
        forcing.start(&self.world, &self.velocity[0]);
        Ok(())
    }

    /// Messages and bytes that this rank has sent to others.
    pub fn traffic(&self) -> crate::parallel::Traffic {
        self.pencils.traffic()
    }
}

impl<T: Real> Flow for Homogeneous<T> {
    fn name(&self) -> &'static str {
        "homogeneous"
    }

    #[inline(never)]
    fn start(&mut self, between: Between<'_>) -> Result<()> {
        if let Some(initial) = self.parameters.initial.clone() {
            self.set_velocity(&initial, between)?;
        }
        self.set_scalars_and_forcing()
    }

    fn started_elsewhere(&mut self, _from: &Case) -> Result<()> {
        self.start_forcing()
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
        let fields = self.velocity[0].iter().chain(&self.scalars[0]);
        names(&self.parameters).zip(fields).map(|(name, field)| (name, T::values(field))).collect()
    }

    #[inline(never)]
    fn state_mut(&mut self) -> Vec<(&str, ValuesMut<'_>)> {
        let Self { parameters, velocity, scalars, .. } = self;
        let fields = velocity[0].iter_mut().chain(&mut scalars[0]);
        names(parameters).zip(fields).map(|(name, field)| (name, T::values_mut(field))).collect()
    }

    fn restart_scalars(&self) -> Vec<(String, f64)> {
        let [energy, dissipation] = self.dropped;
        let own = [("remesh_energy".to_owned(), energy), ("remesh_dissipation".to_owned(), dissipation)];
        own.into_iter().chain(self.forcing.iter().flat_map(Forcing::restart_scalars)).collect()
    }

    #[inline(never)]
    fn resume(&mut self, clock: Clock, restart_scalars: &[(String, f64)]) {
        self.clock = clock;
        let value = |name: &str| {
            restart_scalars.iter().find(|(known, _)| known == name).map_or(0.0, |(_, value)| *value)
        };
        self.dropped = [value("remesh_energy"), value("remesh_dissipation")];
        self.move_box(clock.time);
        if let Some(forcing) = &mut self.forcing {
            forcing.recall(restart_scalars);
        }
    }

    fn modes(&self) -> ModeList {
        self.pencils.layout.mode_list()
    }

    #[inline(never)]
    fn observe(&mut self) -> Vec<(String, f64)> {
        self.series()
    }

    #[inline(never)]
    fn spectra(&mut self) -> Vec<OutputTable> {
        self.tables()
    }

    #[inline(never)]
    fn visit_points(&mut self, field: usize, planes: usize, see: SeeBox<'_>) {
        let mut boxes = PointBoxes::new(self.slab(), None, planes, see);
        let [_, ny, _] = self.parameters.grid;
        let shift = Shift::none(&self.parameters.truncation());
        let Self { pencils, velocity, scalars, wavenumbers, parameters, .. } = self;
        // In a sheared box the moving points of a plane lie at xi_x = x + B_xy y; the field is
        // given at those of x.
        let b = &wavenumbers.deformation;
        let tilted = self.mean.keeps_axes() && b[0][1] != 0.0;
        let skew = if tilted {
            b[0][1] / b[1][1] * parameters.size[1] / (parameters.size[0] * ny as f64)
        } else {
            0.0
        };
        pencils
            .inverse(velocity[0].iter().chain(&scalars[0]).skip(field).take(1), &shift)
            .visit(|y| skew * y as f64, |y, z, line| boxes.add(y, z, line));
    }

    fn coordinates(&self) -> [Vec<f64>; 3] {
        let Parameters { size, grid, .. } = self.parameters;
        let b = &self.wavenumbers.deformation;
        let stretched = |i: usize| if self.mean.keeps_axes() { b[i][i] } else { 1.0 };
        std::array::from_fn(|i| {
            (0..grid[i]).map(|j| size[i] * j as f64 / (grid[i] as f64 * stretched(i))).collect()
        })
    }

    fn deformation(&self) -> [[f64; 3]; 3] {
        self.wavenumbers.deformation
    }

    #[inline(never)]
    fn diagnose(&mut self) -> Diagnosis {
        self.diagnosis()
    }

    fn decomposition(&self) -> String {
        let [p_row, p_col] = self.process_grid;
        format!("process grid [{p_row}, {p_col}]")
    }

    fn slab(&self) -> Slab {
        self.pencils.layout.slab.clone()
    }

    fn phases(&self) -> PhaseTimes {
        self.pencils.phases()
    }
}

impl<T: Real> Modes for Homogeneous<T> {
    /// Moving coordinates only where the mean flow turns the planes of the box.
    fn expansion(&self) -> Expansion {
        Expansion {
            size: self.parameters.size,
            deformation: self.wavenumbers.deformation,
            basis: Basis::Fourier,
            in_space: self.mean.keeps_axes(),
        }
    }

    fn fields(&self) -> Vec<String> {
        names(&self.parameters).map(str::to_owned).collect()
    }

    #[inline(never)]
    fn visit_columns(&mut self, see: SeeColumn<'_>) {
        let fields: Vec<&SpectralField<T>> = self.velocity[0].iter().chain(&self.scalars[0]).collect();
        let layout = &self.pencils.layout;
        let wide = |c: &Complex<T>| Complex::new(c.re.wide(), c.im.wide());
        for (c, column) in layout.columns.iter().enumerate() {
            let of = |field: &&SpectralField<T>| field[layout.range(c)].iter().map(wide).collect();
            see(column, &fields.iter().map(of).collect::<Vec<_>>());
        }
    }
}

/// The names of the fields of the state.
fn names(parameters: &Parameters) -> impl Iterator<Item = &str> {
    ["u", "v", "w"].into_iter().chain(parameters.scalars.iter().map(|scalar| &*scalar.name))
}
