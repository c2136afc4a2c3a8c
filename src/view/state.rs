//! The field of a checkpoint, or of a snapshot.

use super::Stored;
use super::snapshot::Points;
use crate::case::general::Parallel;
use crate::case::{Case, recorded_name};
use crate::definition::Flows;
use crate::error::Result;
use crate::field::{Expansion, Modes, SeeColumn};
use crate::flow::{Clock, Flow};
use crate::parallel::World;
use crate::run::stored_case;
use crate::store::{self, FieldMut, Piece, StoredSnapshot};
use std::path::Path;
use std::rc::Rc;

/// A flow of which only the state is used.
struct State(Box<dyn Flow>);

impl Modes for State {
    fn expansion(&self) -> Expansion {
        self.0.expansion()
    }

    fn fields(&self) -> Vec<String> {
        self.0.fields()
    }

    fn visit_columns(&mut self, see: SeeColumn<'_>) {
        self.0.visit_columns(see)
    }
}

impl Stored {
    /// Reads the checkpoint or the snapshot at `path`: the one into the memory of all ranks, the other into that
    /// of the root. Collective.
    ///
    /// # Errors
    /// The same on all ranks: a file that is neither, or damaged; a case that this program cannot read.
    pub fn read(world: &Rc<World>, flows: Flows, path: &Path) -> Result<Self> {
        let kind = world.root_text(|| Ok(store::is_snapshot(path)?.to_string()))?;
        match kind == "true" {
            true => Self::of_snapshot(world, flows, path),
            false => Self::of_checkpoint(world, flows, path),
        }
    }

    fn of_checkpoint(world: &Rc<World>, flows: Flows, path: &Path) -> Result<Self> {
        let header = store::read_header(world, path)?;
        let case = stored_case(flows, path, &header.case)?;
        // The grid that the run chose may not fit these ranks.
        let case = Case { parallel: Parallel { process_grid: None, ..case.parallel }, ..case };
        let mut flow = case.flow.build(world, &case)?;
        let modes = flow.modes();
        let piece = Piece { offset: modes.before, total: modes.total };
        let state = flow.state_mut().into_iter();
        let mut fields: Vec<FieldMut> = state.map(|(name, values)| FieldMut { name, values }).collect();
        store::read_fields(world, path, piece, &mut fields)?;
        flow.resume(Clock { step: header.step, time: header.time }, &header.numbers);
        Ok(Self {
            modes: Box::new(State(flow)),
            name: recorded_name(&header.case).to_owned(),
            grid: case.domain.grid,
            viscosity: case.fluid.viscosity,
            time: header.time,
            is_snapshot: false,
        })
    }

    fn of_snapshot(world: &Rc<World>, flows: Flows, path: &Path) -> Result<Self> {
        let snapshot = world.agree(StoredSnapshot::open(path))?;
        let case = stored_case(flows, path, &snapshot.case)?;
        let truncation = case.flow.truncation(&case);
        let points = world.agree(Points::new(&snapshot, truncation, world.is_root()))?;
        Ok(Self {
            modes: Box::new(points),
            name: recorded_name(&snapshot.case).to_owned(),
            grid: case.domain.grid,
            viscosity: case.fluid.viscosity,
            time: snapshot.time,
            is_snapshot: true,
        })
    }
}
