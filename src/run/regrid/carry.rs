//! Conversion of the state in a checkpoint to another case, mode by mode.

use super::mapping::{Mapping, Order};
use crate::case::Case;
use crate::conversion::{Change, Conversion};
use crate::error::{Error, Result};
use crate::parallel::{ExactSum, World};
use crate::store::Parts;
use crate::transform::Truncation;
use num_complex::Complex;
use std::ops::Range;

/// Conversion of the state from one case to another of the same flow.
pub struct Carry<'a> {
    pub parts: &'a Parts,
    pub changes: [Change; 3],
    mapping: Mapping,
    /// What the flow adds.
    pub conversion: Box<dyn Conversion>,
    truncation: Truncation,
}

impl<'a> Carry<'a> {
    /// Conversion of `parts`, a checkpoint of the case `old`, to the case `new` at `time`.
    ///
    /// # Errors
    /// Another flow; a box in which the flow cannot continue.
    pub fn new(parts: &'a Parts, old: &Case, new: &Case, time: f64) -> Result<Self> {
        if !new.flow.is_like(&old.flow) {
            return Err(Error::input(format!(
                "its flow is \"{}\", but that of this case is another",
                parts.header.flow
            )));
        }
        let changes = std::array::from_fn(|i| Change::new(old.domain.size[i], new.domain.size[i]));
        let truncation = new.flow.truncation(new);
        Ok(Self {
            parts,
            changes,
            mapping: Mapping::new(&parts.columns, changes, Order::of(truncation.shape)),
            conversion: new.flow.conversion((old, parts.header.time), (new, time), changes)?,
            truncation,
        })
    }

    /// The modes of consecutive `columns` of the new list, of the fields with these numbers in the
    /// checkpoint. By this rank alone.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn columns(&mut self, columns: &[[i64; 4]], fields: &[usize]) -> Result<Vec<Vec<Complex<f64>>>> {
        let before = columns.first().map_or(0, |column| column[2]);
        let length = columns.iter().map(|column| column[3]).sum::<i64>() as usize;
        let sources: Vec<_> = columns.iter().map(|[nx, nz, ..]| self.mapping.source([*nx, *nz])).collect();
        let own =
            |column: &[i64; 4]| (column[2] - before) as usize..(column[2] - before + column[3]) as usize;
        let mut states = vec![vec![Complex::default(); length]; fields.len()];
        for (run, read) in runs(&sources) {
            for (state, &field) in states.iter_mut().zip(fields) {
                let modes = self.parts.read(field, read.start as u64..read.end as u64)?;
                let name = &self.parts.fields[field].name;
                for (column, source) in columns[run.clone()].iter().zip(&sources[run.clone()]) {
                    let Some((labels, [from, count])) = source else { continue };
                    let (old, new) =
                        (&modes[(from - read.start) as usize..][..*count as usize], &mut state[own(column)]);
                    self.mapping.copy(old, new);
                    self.conversion.keep(name, *labels, old, new);
                }
            }
        }
        for (column, source) in columns.iter().zip(&sources) {
            if let Some((from, _)) = source {
                let mut modes: Vec<(&str, &mut [Complex<f64>])> = Vec::new();
                for (state, &field) in states.iter_mut().zip(fields) {
                    modes.push((&self.parts.fields[field].name, &mut state[own(column)]));
                }
                self.conversion.stretch(*from, [column[0], column[1]], &mut modes);
            }
        }
        Ok(states)
    }

    /// Verifies the checksums of the whole checkpoint. Returns a description of the part that the new
    /// modes do not hold. Collective.
    ///
    /// # Errors
    /// The same on all ranks: a damaged file.
    pub fn verify(&self, world: &World) -> Result<String> {
        let mut sums = vec![[ExactSum::default(), ExactSum::default()]; self.parts.fields.len()];
        self.parts.visit(world, |field, [nx, nz, _, count], modes| {
            let weight = if [*nx, *nz] == [0, 0] { 1.0 } else { 2.0 };
            let (mut all, mut dropped) = (0.0, 0.0);
            for (ny, mode) in self.mapping.labels(*count).zip(modes) {
                let square = mode.norm_sqr();
                all += square;
                dropped +=
                    if self.truncation.holds(self.mapping.label([*nx, ny, *nz])) { 0.0 } else { square };
            }
            sums[field][0].add(weight * all);
            sums[field][1].add(weight * dropped);
        })?;
        let holds = |column: &[i64; 4]| {
            let [nx, nz, _, count] = *column;
            self.mapping.labels(count).all(|ny| self.truncation.holds(self.mapping.label([nx, ny, nz])))
        };
        if self.parts.columns.iter().all(holds) {
            return Ok("all modes are kept".to_owned());
        }
        let shares = self.parts.fields.iter().zip(sums).map(|(field, sums)| {
            let [all, dropped] = ExactSum::total_of(sums, world);
            format!("{:.2e} of {}", if all > 0.0 { dropped / all } else { 0.0 }, field.name)
        });
        Ok(format!(
            "dropped modes that the grid does not hold, with these shares of sum |mode|^2: {}",
            shares.collect::<Vec<_>>().join(", ")
        ))
    }

    /// Describes the change of the field in each direction whose length changes.
    pub fn describe(&self) -> Vec<String> {
        let said = self.changes.iter().zip("xyz".chars()).filter_map(|(change, direction)| match change {
            Change::Repeated(1) => None,
            Change::Repeated(times) => Some(format!("repeated {times} times in {direction}")),
            Change::Stretched => Some(format!("stretched in {direction}")),
        });
        said.collect()
    }
}

/// Consecutive columns whose sources, if they have any, follow each other in the file; and all the
/// modes of these.
fn runs(sources: &[Option<([i64; 2], [i64; 2])>]) -> Vec<(Range<usize>, Range<i64>)> {
    let mut runs: Vec<(Range<usize>, Range<i64>)> = Vec::new();
    for (c, [first, count]) in
        sources.iter().enumerate().filter_map(|(c, source)| Some((c, source.as_ref()?.1)))
    {
        match runs.last_mut() {
            Some((columns, modes)) if modes.end == first => (columns.end, modes.end) = (c + 1, first + count),
            _ => runs.push((c..c + 1, first..first + count)),
        }
    }
    runs
}
