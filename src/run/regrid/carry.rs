//! Conversion of the state in a checkpoint to another case, mode by mode.

use super::mapping::{Mapping, Order};
use crate::case::Case;
use crate::conversion::{Change, Conversion};
use crate::error::{Error, Result};
use crate::parallel::{ExactSum, World};
use crate::store::{Header, Parts};
use crate::transform::{self, Truncation};
use num_complex::Complex;
use std::ops::Range;

/// Conversion of the state from one case to another of the same flow.
pub struct Carry {
    pub changes: [Change; 3],
    mapping: Mapping,
    /// What the flow adds.
    pub conversion: Box<dyn Conversion>,
    truncation: Truncation,
}

impl Carry {
    /// Conversion of a checkpoint with this header, of the case `old`, to the case `new` at `time`.
    ///
    /// # Errors
    /// Another flow; a box in which the flow cannot continue; other modes than those of its case.
    pub fn new(header: &Header, old: &Case, new: &Case, time: f64) -> Result<Self> {
        if !new.flow.is_like(&old.flow) {
            return Err(Error::input(format!(
                "its flow is \"{}\", but that of this case is another",
                header.flow
            )));
        }
        let [of_old, truncation] = [old, new].map(|case| case.flow.truncation(case));
        if of_old.name() != header.layout {
            return Err(Error::input(format!(
                "its modes are \"{}\", but those of its case \"{}\"",
                header.layout,
                of_old.name()
            )));
        }
        let changes = std::array::from_fn(|i| Change::new(old.domain.size[i], new.domain.size[i]));
        Ok(Self {
            changes,
            mapping: Mapping::new(transform::Order::new(of_old), changes, Order::of(truncation.shape)),
            conversion: new.flow.conversion((old, header.time), (new, time), changes)?,
            truncation,
        })
    }

    /// The modes of consecutive `columns` of the new list, of the fields with these numbers in the
    /// checkpoint. Collective among the ranks of an aggregator, with any columns or none; an error waits for
    /// [`Parts::agree`].
    pub fn columns(
        &mut self,
        parts: &mut Parts,
        columns: &[[i64; 4]],
        fields: &[usize],
    ) -> Vec<Vec<Complex<f64>>> {
        let before = columns.first().map_or(0, |column| column[2]);
        let length = columns.iter().map(|column| column[3]).sum::<i64>() as usize;
        let sources: Vec<_> = columns.iter().map(|[nx, nz, ..]| self.mapping.source([*nx, *nz])).collect();
        let ranges = joined(sources.iter().flatten().map(|(_, modes)| modes));
        let own =
            |column: &[i64; 4]| (column[2] - before) as usize..(column[2] - before + column[3]) as usize;
        let mut states = vec![vec![Complex::default(); length]; fields.len()];
        for (state, &field) in states.iter_mut().zip(fields) {
            let modes = parts.read(field, &ranges);
            let name = &parts.inventory.fields[field].name;
            let mut rest = &modes[..];
            for (column, source) in columns.iter().zip(&sources) {
                let Some((labels, from)) = source else { continue };
                let (old, others) = rest.split_at((from.end - from.start) as usize);
                let new = &mut state[own(column)];
                self.mapping.copy(old, new);
                self.conversion.keep(name, *labels, old, new);
                rest = others;
            }
        }
        for (column, source) in columns.iter().zip(&sources) {
            if let Some((from, _)) = source {
                let mut modes: Vec<(&str, &mut [Complex<f64>])> = Vec::new();
                for (state, &field) in states.iter_mut().zip(fields) {
                    modes.push((&parts.inventory.fields[field].name, &mut state[own(column)]));
                }
                self.conversion.stretch(*from, [column[0], column[1]], &mut modes);
            }
        }
        states
    }

    /// Verifies the checksums of the whole checkpoint. Returns a description of the part that the new
    /// modes do not hold. Collective.
    ///
    /// # Errors
    /// The same on all ranks: a damaged file.
    pub fn verify(&self, world: &World, parts: &mut Parts) -> Result<String> {
        let mut sums = vec![[ExactSum::default(), ExactSum::default()]; parts.inventory.fields.len()];
        let mut all_held = true;
        parts.visit(self.mapping.old(), |field, [nx, nz, _, count], modes| {
            let weight = if [*nx, *nz] == [0, 0] { 1.0 } else { 2.0 };
            let (mut all, mut dropped) = (0.0, 0.0);
            for (ny, mode) in self.mapping.labels(*count).zip(modes) {
                let square = mode.norm_sqr();
                let held = self.truncation.holds(self.mapping.label([*nx, ny, *nz]));
                all_held &= held;
                all += square;
                dropped += if held { 0.0 } else { square };
            }
            sums[field][0].add(weight * all);
            sums[field][1].add(weight * dropped);
        })?;
        if world.any_bits(u64::from(!all_held)) == 0 {
            return Ok("all modes are kept".to_owned());
        }
        let shares = parts.inventory.fields.iter().zip(sums).map(|(field, sums)| {
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

/// Ranges, in which neighbours that follow each other are one.
fn joined<'a>(ranges: impl Iterator<Item = &'a Range<u64>>) -> Vec<Range<u64>> {
    let mut joined: Vec<Range<u64>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => joined.push(range.clone()),
        }
    }
    joined
}
