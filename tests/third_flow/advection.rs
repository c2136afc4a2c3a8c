//! Advection and diffusion of one scalar c in a periodic box with a constant velocity U. Its modes have
//! the exact solution
//!
//! ```text
//!     dc/dt + U.grad c = D lap c,    c_k(t) = c_k(0) exp(-(i k.U + D k^2) t)
//! ```
//!
//! by which each step multiplies them.

use num_complex::Complex;
use rogallo::case::codec::{array, non_negative, number};
use rogallo::case::general::{NUMERICS, OUTPUT, TIME, numerics, output, parallel, time};
use rogallo::case::keys::{Change as Effect, Head, Key, Keys};
use rogallo::case::lengths::{grid_points, length};
use rogallo::case::{Case, general::General};
use rogallo::conversion::{Change, Conversion, Labels};
use rogallo::definition::{Definition, Slowest};
use rogallo::error::Result;
use rogallo::field::{Basis, Expansion, Modes, SeeColumn};
use rogallo::flow::{Between, Clock, Diagnosis, Flow, ModeList, OutputTable, SeeBox, Step};
use rogallo::parallel::{ExactSum, ProcessGrid, World};
use rogallo::plan::{Memory, Row};
use rogallo::point_boxes::PointBoxes;
use rogallo::report::{Given, Recorded, rows};
use rogallo::time::{Cause, Rates, RungeKutta, Stability, StepSize};
use rogallo::transform::{
    FourierColumns, Load, Pencils, PhaseTimes, Portion, Products, Shape, Shift, Slab, SpectralField,
    Truncation, Values, ValuesMut,
};
use std::f64::consts::TAU;
use std::path::Path;
use std::rc::Rc;

/// The part of a case that is specific to this flow; its viscosity is D.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Advection {
    pub velocity: [f64; 3],
}

impl Definition for Advection {
    fn visit(&mut self, keys: &mut Keys, general: General, _: &Path) {
        let General { domain, fluid, numerics, time, parallel, output } = general;
        keys.table(Head::new("domain", "Box and grid.").change(Effect::Refused), |keys| {
            let size = Key::or("size", array(length()), [TAU; 3]).unit("length");
            keys.key(&mut domain.size, size.says("Size of the box."));
            let grid = Key::required("grid", array(grid_points()), "[32, 32, 32]");
            keys.key(&mut domain.grid, grid.says("Grid points."));
        });
        keys.table(Head::new("fluid", "Properties of the fluid."), |keys| {
            let diffusivity = Key::required("diffusivity", non_negative(), "0.01").unit("length^2 / time");
            keys.key(&mut fluid.viscosity, diffusivity.says("Diffusivity of the scalar."));
            let velocity = Key::or("velocity", array(number()), [1.0, 0.0, 0.0]).unit("velocity");
            keys.key(&mut self.velocity, velocity.says("Velocity of the fluid."));
        });
        keys.table(Head::new("numerics", NUMERICS), |keys| self::numerics(keys, numerics));
        keys.table(Head::new("time", TIME), |keys| self::time(keys, time));
        self::parallel(keys, parallel);
        keys.table(Head::new("output", OUTPUT).change(Effect::Free), |keys| self::output(keys, output));
    }

    fn truncation(&self, case: &Case) -> Truncation {
        Truncation { grid: case.domain.grid, shape: Shape::TwoThirds }
    }

    /// Steps are exact; what is asked of them is that the output resolves the motion.
    fn stability(&self, _: &Case) -> Stability {
        Stability { imaginary: RungeKutta::Rk4.imaginary_limit(), reach: TAU / 3.0 }
    }

    fn slowest(&self, case: &Case) -> Slowest {
        let k = TAU / case.domain.size.into_iter().fold(0.0, f64::max);
        Slowest { k2: k * k, stages: 1, name: format!("the largest scales (k = {k:.3})") }
    }

    fn load(&self, _: &Case) -> Load {
        Load { room: ROOM.room(1), fields: 1 }
    }

    fn fields(&self) -> usize {
        1
    }

    fn memory(&self, _: &Case, portion: &Portion) -> Memory {
        let [exchange, planes] = Pencils::<f64>::memory(portion, ROOM.room(1));
        let state = portion.modes * size_of::<Complex<f64>>();
        Memory::default()
            .always("state", state)
            .always("exchanges", exchange)
            .always("planes and lists", planes)
    }

    fn rows(&self, _: &Case) -> Result<Vec<Row>> {
        Ok(vec![("velocity", format!("{:?}", self.velocity))])
    }

    fn build(&self, world: &Rc<World>, case: &Case) -> Result<Box<dyn Flow>> {
        let truncation = self.truncation(case);
        let (ranks, node) = (world.size(), world.ranks_per_node());
        let shape = self.load(case).grid(truncation, ranks, node, case.parallel.process_grid)?;
        let grid = ProcessGrid::new(world, shape);
        let pencils = world.agree(Pencils::new(truncation, grid, case.parallel.exchange, ROOM.room(1)))?;
        let scalar = SpectralField::zeros(&pencils.layout);
        let (flow, case, world, clock) = (self.clone(), case.clone(), Rc::clone(world), Clock::default());
        Ok(Box::new(Scalar { flow, step_size: case.time.step, case, world, pencils, shape, scalar, clock }))
    }

    fn conversion(&self, _: (&Case, f64), _: (&Case, f64), _: [Change; 3]) -> Result<Box<dyn Conversion>> {
        Ok(Box::new(Labels))
    }

    fn tables(&self) -> &'static [&'static str] {
        &["variance"]
    }

    fn report(&self, run: &Recorded, _: &[Given]) -> Result<String> {
        let mut table = rows::heading(&run.labels, &run.series, run.series.column("time")?);
        let variance = run.series.column("energy")?;
        table.push(("variance left", rows::number(variance[variance.len() - 1] / variance[0])));
        Ok(rows::aligned(&table))
    }
}

const ROOM: Products = Products { at_points: 1, outputs: 1 };

/// The scalar at time zero: `c_k = (1 + i (n_x + 2 n_y - n_z)) / (1 + |n|^2)^2`.
pub fn initial([nx, ny, nz]: [i64; 3]) -> Complex<f64> {
    let odd = (nx + 2 * ny - nz) as f64;
    Complex::new(1.0, odd) / ((1 + nx * nx + ny * ny + nz * nz) as f64).powi(2)
}

/// The flow on all ranks.
struct Scalar {
    flow: Advection,
    case: Case,
    step_size: StepSize,
    world: Rc<World>,
    pencils: Pencils<f64, FourierColumns<f64>>,
    shape: [usize; 2],
    scalar: SpectralField<f64>,
    clock: Clock,
}

impl Scalar {
    /// The modes of this rank: place, wavevector, weight.
    fn each(&self) -> Vec<(usize, [i64; 3], f64)> {
        let layout = &self.pencils.layout;
        let columns = layout.columns.iter().enumerate().flat_map(|(c, column)| {
            let labels = column.labels().map(|ny| ([column.nx as i64, ny, column.nz], column.weight()));
            layout.range(c).zip(labels).map(|(place, (n, weight))| (place, n, weight)).collect::<Vec<_>>()
        });
        columns.collect()
    }

    fn wavevector(&self, n: [i64; 3]) -> [f64; 3] {
        std::array::from_fn(|i| TAU * n[i] as f64 / self.case.domain.size[i])
    }

    /// `1/2 <c^2>` and `D <|grad c|^2>`; collective.
    fn variance(&self) -> [f64; 2] {
        let mut sums = [ExactSum::default(), ExactSum::default()];
        for (place, n, weight) in self.each() {
            let k2: f64 = self.wavevector(n).iter().map(|k| k * k).sum();
            let square = weight * self.scalar[place].norm_sqr();
            sums[0].add(0.5 * square);
            sums[1].add(self.case.fluid.viscosity * k2 * square);
        }
        ExactSum::total_of(sums, &self.world)
    }
}

impl Modes for Scalar {
    fn expansion(&self) -> Expansion {
        let (size, deformation) = (self.case.domain.size, self.deformation());
        Expansion { size, deformation, basis: Basis::Fourier, in_space: true }
    }

    fn fields(&self) -> Vec<String> {
        vec!["c".into()]
    }

    fn visit_columns(&mut self, see: SeeColumn<'_>) {
        let layout = &self.pencils.layout;
        let columns = layout.columns.iter().enumerate();
        columns.for_each(|(c, column)| see(column, &[self.scalar[layout.range(c)].to_vec()]));
    }
}

impl Flow for Scalar {
    fn name(&self) -> &'static str {
        "advection"
    }

    fn start(&mut self, _: Between<'_>) -> Result<()> {
        self.each().into_iter().for_each(|(place, n, _)| self.scalar[place] = initial(n));
        Ok(())
    }

    fn clock(&self) -> Clock {
        self.clock
    }

    fn advance(&mut self, until: f64) -> Result<Step> {
        let mut rates = Rates::default();
        let cells = (0..3).map(|i| self.case.domain.grid[i] as f64 / self.case.domain.size[i]);
        rates.raise(Cause::Convection, cells.zip(self.flow.velocity).map(|(cells, u)| cells * u.abs()).sum());
        let limit = until - self.clock.time;
        let dt = self.step_size.choose(&rates, limit);
        for (place, n, _) in self.each() {
            let k = self.wavevector(n);
            let rate: Complex<f64> = (0..3)
                .map(|i| Complex::new(self.case.fluid.viscosity * k[i] * k[i], k[i] * self.flow.velocity[i]))
                .sum();
            self.scalar[place] *= (-rate * dt).exp();
        }
        self.clock.step += 1;
        self.clock.time = if dt == limit { until } else { self.clock.time + dt };
        let ([energy, dissipation], cfl) = (self.variance(), dt * rates.of(Cause::Convection));
        let dissipation = Some(dissipation);
        Ok(Step { dt, cfl, rates, energy, dissipation, remesh: None, broken: None, end: None })
    }

    fn set_step_size(&mut self, step_size: StepSize) {
        self.step_size = step_size;
    }

    fn state(&self) -> Vec<(&str, Values<'_>)> {
        vec![("c", Values::F64(&self.scalar))]
    }

    fn state_mut(&mut self) -> Vec<(&str, ValuesMut<'_>)> {
        vec![("c", ValuesMut::F64(&mut self.scalar))]
    }

    fn restart_scalars(&self) -> Vec<(String, f64)> {
        Vec::new()
    }

    fn resume(&mut self, clock: Clock, _: &[(String, f64)]) {
        self.clock = clock;
    }

    fn modes(&self) -> ModeList {
        self.pencils.layout.mode_list()
    }

    fn observe(&mut self) -> Vec<(String, f64)> {
        let [energy, dissipation] = self.variance();
        vec![("energy".into(), energy), ("dissipation".into(), dissipation)]
    }

    fn spectra(&mut self) -> Vec<OutputTable> {
        let row = self.variance().map(Some).to_vec();
        let columns = vec!["variance".into(), "dissipation".into()];
        vec![OutputTable { name: "variance".into(), columns, rows: vec![row] }]
    }

    fn visit_points(&mut self, _: usize, planes: usize, see: SeeBox<'_>) {
        let mut boxes = PointBoxes::new(self.slab(), None, planes, see);
        let shift = Shift::none(&self.pencils.layout.truncation);
        let mut on_planes = self.pencils.inverse([&self.scalar].into_iter(), &shift);
        on_planes.visit(|_| 0.0, |y, z, line| boxes.add(y, z, line));
    }

    fn coordinates(&self) -> [Vec<f64>; 3] {
        let (size, grid) = (self.case.domain.size, self.case.domain.grid);
        std::array::from_fn(|i| (0..grid[i]).map(|j| size[i] * j as f64 / grid[i] as f64).collect())
    }

    fn deformation(&self) -> [[f64; 3]; 3] {
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    }

    fn slab(&self) -> Slab {
        self.pencils.layout.slab.clone()
    }

    fn diagnose(&mut self) -> Diagnosis {
        Diagnosis { places: Vec::new(), tails: Vec::new(), stability: self.flow.stability(&self.case) }
    }

    fn decomposition(&self) -> String {
        format!("process grid {:?}", self.shape)
    }

    fn phases(&self) -> PhaseTimes {
        self.pencils.phases()
    }
}
