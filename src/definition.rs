//! What a flow says of a case of it before the flow is built. Each flow implements this for its
//! part of the case, in its own room; the driver, `plan` and `submit` ask through it. Only `regrid` names
//! flows.

use crate::case::{Case, FlowKind, Sampling};
use crate::error::Result;
use crate::flow::Flow;
use crate::parallel::World;
use crate::plan::{Demands, Row};
use crate::time::Stability;
use crate::transform::Truncation;
use std::path::Path;
use std::rc::Rc;

/// A flow as it is before its first step: modes, demands, what `check` says of it.
pub trait Definition {
    /// The modes that the case keeps.
    fn truncation(&self, case: &Case) -> Truncation;

    /// The limits of the scheme by which the case is stepped.
    fn stability(&self, case: &Case) -> Stability;

    /// The largest scales of the case, which change slowest.
    fn slowest(&self, case: &Case) -> Slowest;

    /// The memory and disk space that the case needs on a number of ranks.
    ///
    /// # Errors
    /// A process grid, or aggregators, that do not fit the ranks.
    fn demands(&self, case: &Case, ranks: usize) -> Result<Demands>;

    /// Lines of `check`: what the case resolves and takes.
    ///
    /// # Errors
    /// As for [`Definition::demands`]; fields or forces that the run would refuse.
    fn rows(&self, case: &Case, ranks: usize) -> Result<Vec<Row>>;

    /// What the case asks for and the box or the grid cut, a line each.
    ///
    /// # Errors
    /// Fields or forces that the run would refuse.
    fn notes(&self, case: &Case) -> Result<Vec<String>>;

    /// The flow at time zero, in the precision of the case; collective.
    ///
    /// # Errors
    /// Fields or forces that the box or the grid cannot have.
    fn build(&self, world: &Rc<World>, case: &Case) -> Result<Box<dyn Flow>>;

    /// When profiles and spectra are sampled, and in what batches; `None` for a flow without
    /// running statistics.
    fn sampling(&self) -> Option<Sampling> {
        None
    }

    /// The checkpoint that the initial field is taken from, if it is.
    fn initial_file(&self) -> Option<&Path>;
}

/// The largest scales of a flow.
pub struct Slowest {
    /// k^2 in their viscous loss `nu k^2`.
    pub k2: f64,
    /// Stages in which a step rounds them.
    pub stages: usize,
    /// Their name in a sentence.
    pub name: String,
}

impl Case {
    /// What the flow of the case says of it.
    pub fn definition(&self) -> &dyn Definition {
        match &self.flow {
            FlowKind::Homogeneous(flow) => flow,
            FlowKind::Channel(flow) => flow,
        }
    }

    /// The checkpoint that the initial field is taken from, if it is.
    pub fn initial_file(&self) -> Option<&Path> {
        self.definition().initial_file()
    }
}
