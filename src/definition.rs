//! A flow before it is built: its part of a case with the declaration of its keys, and what it says of
//! the case, of its files, and of a run. Each flow implements this in its own room; everything else asks
//! through it.

use crate::case::general::General;
use crate::case::keys::{Keys, Variant};
use crate::case::{Case, Sampling};
use crate::conversion::{Change, Conversion};
use crate::error::{Error, Result};
use crate::flow::Flow;
use crate::parallel::World;
use crate::plan::{Memory, Row};
use crate::report::columns::FileColumns;
use crate::report::series::Table;
use crate::report::{Given, Recorded, Together};
use crate::table::TextTable;
use crate::time::Stability;
use crate::transform::{Load, Portion, Truncation};
use std::any::Any;
use std::fmt;
use std::ops::Deref;
use std::path::Path;
use std::rc::Rc;

/// The part of a case that belongs to one flow alone.
pub trait Definition: Plain {
    /// Visits the keys of `[flow]` after its kind.
    fn equations(&mut self, _keys: &mut Keys) {}

    /// Visits the tables from `[domain]` to `[output]`. Files are relative to `dir`.
    fn visit(&mut self, keys: &mut Keys, general: General, dir: &Path);

    /// The modes that the case keeps.
    fn truncation(&self, case: &Case) -> Truncation;

    /// The limits of the scheme by which the case is stepped.
    fn stability(&self, case: &Case) -> Stability;

    /// The largest scales of the case, which change slowest.
    fn slowest(&self, case: &Case) -> Slowest;

    /// What the case takes of a process grid.
    fn load(&self, case: &Case) -> Load;

    /// Fields of modes that a checkpoint has.
    fn fields(&self) -> usize;

    /// What the flow takes of a rank with this portion.
    fn memory(&self, case: &Case, portion: &Portion) -> Memory;

    /// Bytes of the records of a checkpoint; none of a flow without running statistics.
    fn records(&self, _case: &Case) -> usize {
        0
    }

    /// Bytes of the averages that the report at the end of the run holds, and of its maps.
    fn reported(&self, _case: &Case) -> usize {
        0
    }

    /// Lines of `check`: what the case resolves.
    ///
    /// # Errors
    /// Fields or forces that the run would refuse.
    fn rows(&self, case: &Case) -> Result<Vec<Row>>;

    /// What the case asks for and the box or the grid cut, a line each.
    ///
    /// # Errors
    /// Fields or forces that the run would refuse.
    fn notes(&self, _case: &Case) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

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
    fn initial_file(&self) -> Option<&Path> {
        None
    }

    /// The way of a state of the case `from` of this flow, at its time, to the case `to`, which has this
    /// definition, at its time. The lengths of the box change by `changes`.
    ///
    /// # Errors
    /// A box in which the flow cannot continue; a flow that has no such way.
    fn conversion(
        &self,
        _from: (&Case, f64),
        _to: (&Case, f64),
        _changes: [Change; 3],
    ) -> Result<Box<dyn Conversion>> {
        Err(Error::input("a state of this flow cannot be converted to another grid or box"))
    }

    /// The tables beside the series that grow during a run: [`crate::flow::OutputTable`] `NAME` is
    /// in `NAME.csv`.
    fn tables(&self) -> &'static [&'static str] {
        &[]
    }

    /// The columns of the tables of a run.
    fn columns(&self) -> Vec<FileColumns> {
        Vec::new()
    }

    /// The files at the top of a run directory that only a report of this flow writes.
    fn files(&self) -> &'static [&'static str] {
        &[]
    }

    /// Writes tables and figures of a run, and returns the table for the screen. This is the part of
    /// the case of the run, or a blank one if that cannot be read. The data of `references` are added
    /// to the figures and compared.
    ///
    /// # Errors
    /// Malformed files, a reference of unknown form, a full disk.
    fn report(&self, run: &Recorded, references: &[Given]) -> Result<String>;

    /// The same of two or more runs of this flow, whose cases can be read: laid over each other, or
    /// averaged as members of an ensemble. Tables and figures go where the first one says.
    ///
    /// # Errors
    /// Those of [`Definition::report`]; a flow whose runs cannot be reported together.
    fn report_together(&self, runs: &[Recorded], _how: Together, _references: &[Given]) -> Result<String> {
        let count = runs.len();
        Err(Error::input(format!(
            "runs of this flow are reported one by one; {count} directories were given"
        )))
    }

    /// What published data of this flow a file holds, if it does.
    fn published(&self, _file: &TextTable) -> Option<String> {
        None
    }

    /// Columns of the series that `status` shows beside the energy and the Courant number.
    fn watched(&self) -> &'static [&'static str] {
        &[]
    }

    /// What `status` warns of in a series.
    fn warnings(&self, _series: &Table) -> Vec<String> {
        Vec::new()
    }
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

/// A definition as a plain value, which is copied and compared.
pub trait Plain: Any + fmt::Debug {
    fn copy(&self) -> Box<dyn Definition>;
    fn equals(&self, other: &dyn Definition) -> bool;
}

impl<D: Definition + Clone + PartialEq> Plain for D {
    fn copy(&self) -> Box<dyn Definition> {
        Box::new(self.clone())
    }

    fn equals(&self, other: &dyn Definition) -> bool {
        (other as &dyn Any).downcast_ref::<D>() == Some(self)
    }
}

impl Clone for Box<dyn Definition> {
    fn clone(&self) -> Self {
        (**self).copy()
    }
}

/// The flows that a case may be of; the first is that of a case that does not name one.
#[derive(Clone, Copy)]
pub struct Flows(pub &'static [Variant<Box<dyn Definition>>]);

impl Variant<Box<dyn Definition>> {
    /// The flow that `flow.kind = word` chooses.
    pub const fn flow<D: Definition + Default>(word: &'static str, says: &'static str) -> Self {
        Self {
            word,
            says,
            blank: || Box::new(D::default()),
            is: |definition| (&**definition as &dyn Any).is::<D>(),
        }
    }
}

impl Flows {
    /// A blank definition of each.
    pub fn blank(self) -> impl Iterator<Item = Box<dyn Definition>> {
        self.0.iter().map(|flow| (flow.blank)())
    }

    /// The flow of a case with this definition, which is of one of these.
    pub fn chosen(self, definition: Box<dyn Definition>) -> Chosen {
        Chosen { flows: self, definition }
    }

    /// The first one, blank.
    pub fn first(self) -> Chosen {
        // The list of a program is not empty.
        self.chosen((self.0[0].blank)())
    }

    /// The names of all.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|flow| flow.word)
    }

    /// The one of this name, blank.
    pub fn named(self, word: &str) -> Option<Chosen> {
        let flow = self.0.iter().find(|flow| flow.word == word)?;
        Some(self.chosen((flow.blank)()))
    }

    /// What published data of another flow than `own` a file holds, if it does.
    pub fn published_of_others(self, own: &dyn Definition, file: &TextTable) -> Option<String> {
        self.blank().filter(|other| !are_alike(&**other, own)).find_map(|other| other.published(file))
    }
}

/// Whether both are of one flow.
fn are_alike(one: &dyn Definition, other: &dyn Definition) -> bool {
    (one as &dyn Any).type_id() == (other as &dyn Any).type_id()
}

/// The flow of a case, and those that it might be.
#[derive(Clone)]
pub struct Chosen {
    pub flows: Flows,
    pub definition: Box<dyn Definition>,
}

impl Chosen {
    /// The definition, if it is a `D`.
    pub fn of<D: Definition>(&self) -> Option<&D> {
        (&*self.definition as &dyn Any).downcast_ref()
    }

    /// Whether both are of one flow.
    pub fn is_like(&self, other: &Self) -> bool {
        are_alike(&*self.definition, &*other.definition)
    }
}

impl Deref for Chosen {
    type Target = dyn Definition;

    fn deref(&self) -> &Self::Target {
        &*self.definition
    }
}

impl PartialEq for Chosen {
    fn eq(&self, other: &Self) -> bool {
        self.definition.equals(&*other.definition)
    }
}

impl fmt::Debug for Chosen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.definition.fmt(f)
    }
}
