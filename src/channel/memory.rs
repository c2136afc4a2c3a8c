//! The memory of a rank of a channel, before there is one.

use super::kinematics::Pencils;
use super::line::length_of;
use super::report::{MOST_GROUPS, groups_held};
use super::{Parameters, lines, right_hand_side, statistics};
use crate::plan::Memory;
use crate::transform::{Load, Portion, Real, Visited};

impl Parameters {
    /// What the flow takes of a process grid.
    pub fn load(&self) -> Load {
        // The state, and II h of the substep before.
        Load { room: right_hand_side::room(self.scalars.len()), fields: 2 * (2 + self.scalars.len()) }
    }

    /// The memory of a rank with this portion, in fields of precision T.
    pub fn memory<T: Real>(&self, portion: &Portion) -> Memory {
        let of_field = 2 * portion.modes + lines(portion.own_columns.len()) * length_of(self.kept());
        let [exchange, planes] = Pencils::<T>::memory(portion, right_hand_side::room(self.scalars.len()));
        let (content, visited) = (self.content(), portion.visits());
        let stored = size_of::<f64>() * statistics::stored(&content, &visited);
        // A batch that closes with a sample is a copy; what the sample took in small pieces is not given
        // back before, and leaves gaps: half as much again, measured.
        let sample = 3 * (statistics::of_sample(&content, &visited) + stored) / 2;
        Memory::default()
            .always("state", (2 + content.scalars) * of_field * size_of::<T>())
            .always("exchanges", exchange)
            .always("planes and lists", planes)
            .always("statistics", stored)
            .at_times("sample", sample)
    }

    /// Bytes of the averages that the report holds of a number of batches, or of as many as it keeps apart if
    /// that is not known: the profiles of each batch, their sums and what follows from them; the groups of
    /// spectra, and the same again of their sum. Spectra over one direction and over both have their own
    /// groups.
    pub fn reported(&self, batches: Option<u64>) -> usize {
        let (content, all) = (self.content(), Visited::all(&self.truncation()));
        let [profiles, in_planes] = [statistics::profiles(&content), statistics::in_planes(&content, &all)]
            .map(|numbers| size_of::<f64>() * numbers);
        let over_lines = (size_of::<f64>() * self.batch_numbers()).saturating_sub(profiles + in_planes);
        let batches = batches.map_or(MOST_GROUPS, |batches| batches as usize);
        let groups = |spectra: usize| spectra * (groups_held(spectra, batches) + 2);
        3 * profiles * (batches + 1) + groups(over_lines) + groups(in_planes)
    }

    /// Numbers in double precision that a batch of statistics has on the disk.
    pub fn batch_numbers(&self) -> usize {
        statistics::stored(&self.content(), &Visited::all(&self.truncation()))
    }
}
