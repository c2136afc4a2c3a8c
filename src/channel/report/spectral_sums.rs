//! The sums of the spectra over all batches, and over groups of them for their errors.
//!
//! A group holds as much as the sums of all, so that there are only so many as memory allows: when there
//! are twice as many, each two become one.

use crate::statistics::{Record, Tally};
use std::borrow::Cow;

/// Most groups: more would not make errors better.
const MOST: usize = 40;
/// Least number of groups that are kept, and bytes that they may take beyond that.
const LEAST: usize = 5;
const BYTES: usize = 1 << 29;

/// The number of groups to which twice as many are merged, of `bytes` each.
fn most_groups(bytes: usize) -> usize {
    (BYTES / (2 * bytes.max(1))).clamp(LEAST, MOST)
}

/// The largest number of groups of `bytes` each that are held at a time, of a number of batches.
pub fn groups_held(bytes: usize, batches: usize) -> usize {
    batches.min(2 * most_groups(bytes))
}

/// The sums of the spectra of all batches.
pub struct SpectralSums {
    pub tally: Tally,
    names: Vec<String>,
    /// The wavenumbers, and the sums of everything else, over all batches.
    all: Vec<Vec<f64>>,
    /// Which of these are wavenumbers.
    is_axis: Vec<bool>,
    groups: Vec<Group>,
    /// Number of whole sums in a group.
    grouped: usize,
    most: usize,
}

/// Sums over some batches, in the order of the names.
struct Group {
    weight: f64,
    count: usize,
    values: Vec<Vec<f64>>,
}

impl SpectralSums {
    /// Begins with the records of one batch; `is_whole` if they cover all of their time.
    pub fn new(tally: Tally, records: Vec<Record>, is_whole: bool) -> Self {
        let is_axis = records.iter().map(|record| record.axes == [record.name.clone()]).collect();
        let names = records.iter().map(|record| record.name.clone()).collect();
        let all: Vec<Vec<f64>> = records.into_iter().map(|record| record.values).collect();
        let bytes = all.iter().map(|values| size_of::<f64>() * values.len()).sum::<usize>();
        let most = most_groups(bytes);
        let mut sums = Self { tally, names, all, is_axis, groups: Vec::new(), grouped: 1, most };
        if is_whole {
            sums.groups.push(Group { weight: tally.weight, count: 1, values: sums.all.clone() });
        }
        sums
    }

    /// Adds the records of another batch; names that it does not have in common are left out.
    pub fn add(&mut self, tally: Tally, records: &[Record], is_whole: bool) {
        self.tally = self.tally.and(&tally);
        let find = |name: &String| records.iter().find(|record| record.name == *name);
        let found: Vec<&[f64]> =
            self.names.iter().map(|name| find(name).map_or(&[][..], |record| &record.values)).collect();
        accumulate(&mut self.all, &found, &self.is_axis);
        if !is_whole {
            return;
        }
        match self.groups.last_mut().filter(|group| group.count < self.grouped) {
            Some(group) => {
                (group.weight, group.count) = (group.weight + tally.weight, group.count + 1);
                accumulate(&mut group.values, &found, &self.is_axis);
            }
            None => {
                let values = found.iter().map(|values| values.to_vec()).collect();
                self.groups.push(Group { weight: tally.weight, count: 1, values });
            }
        }
        self.merge();
    }

    /// Makes one group of each two where there are too many.
    fn merge(&mut self) {
        let is_full = self.groups.last().is_some_and(|group| group.count == self.grouped);
        if self.groups.len() < 2 * self.most || !is_full {
            return;
        }
        let mut merged: Vec<Group> = Vec::with_capacity(self.most);
        for (i, group) in self.groups.drain(..).enumerate() {
            match merged.last_mut().filter(|_| i % 2 == 1) {
                Some(first) => {
                    (first.weight, first.count) = (first.weight + group.weight, first.count + group.count);
                    let values: Vec<&[f64]> = group.values.iter().map(|values| &values[..]).collect();
                    accumulate(&mut first.values, &values, &self.is_axis);
                }
                None => merged.push(group),
            }
        }
        (self.groups, self.grouped) = (merged, 2 * self.grouped);
    }

    /// The sums of members of an ensemble, each a group; none without members, or of members with other axes.
    pub fn of_members(members: Vec<Self>) -> Option<Self> {
        let whole = |sums: &Self| Group { weight: sums.tally.weight, count: 1, values: sums.all.clone() };
        let groups: Vec<Group> = members.iter().map(whole).collect();
        let axes = |sums: &Self| {
            let all = sums.names.iter().zip(&sums.all).zip(&sums.is_axis).filter(|(_, is_axis)| **is_axis);
            all.map(|((name, values), _)| (name.clone(), values.clone())).collect::<Vec<_>>()
        };
        if members.windows(2).any(|pair| axes(&pair[0]) != axes(&pair[1])) {
            return None;
        }
        let mut members = members.into_iter();
        let mut all = members.next()?;
        for other in members {
            all.tally = all.tally.and(&other.tally);
            let find = |name: &String| other.names.iter().position(|own| own == name);
            let found: Vec<&[f64]> =
                all.names.iter().map(|name| find(name).map_or(&[][..], |i| &other.all[i])).collect();
            accumulate(&mut all.all, &found, &all.is_axis);
        }
        Some(Self { groups, grouped: 1, ..all })
    }

    /// Number of full groups.
    pub fn groups(&self) -> usize {
        self.groups.len() - usize::from(self.groups.last().is_some_and(|group| group.count < self.grouped))
    }

    /// Number of sums in a group.
    pub fn grouped(&self) -> usize {
        self.grouped
    }

    /// The weight of all samples, or of those of all full groups but one.
    pub fn weight(&self, without: Option<usize>) -> f64 {
        match without {
            None => self.tally.weight,
            Some(group) => self.others(group).map(|group| group.weight).sum(),
        }
    }

    /// The sums with this name over all samples, or over those of all full groups but one; wavenumbers as
    /// they are.
    pub fn get(&self, name: &str, without: Option<usize>) -> Option<Cow<'_, [f64]>> {
        let i = self.names.iter().position(|own| own == name)?;
        let Some(group) = without.filter(|_| !self.is_axis[i]) else {
            return Some(Cow::Borrowed(&self.all[i]));
        };
        let mut sum = vec![0.0; self.all[i].len()];
        for other in self.others(group) {
            sum.iter_mut().zip(&other.values[i]).for_each(|(sum, value)| *sum += value);
        }
        Some(Cow::Owned(sum))
    }

    fn others(&self, group: usize) -> impl Iterator<Item = &Group> {
        let full = self.groups.iter().take(self.groups()).enumerate();
        full.filter(move |(i, _)| *i != group).map(|(_, group)| group)
    }
}

/// Adds values to sums, but for axes.
fn accumulate(sums: &mut [Vec<f64>], values: &[&[f64]], is_axis: &[bool]) {
    for ((sums, values), _) in sums.iter_mut().zip(values).zip(is_axis).filter(|(_, is_axis)| !**is_axis) {
        sums.iter_mut().zip(*values).for_each(|(sum, value)| *sum += value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(value: f64) -> Vec<Record> {
        let record = |name: &str, axes: &[&str], values: Vec<f64>| {
            let (name, axes) = (name.to_owned(), axes.iter().map(|axis| (*axis).to_owned()).collect());
            let shape = vec![values.len()];
            Record { name, units: String::new(), description: String::new(), axes, shape, values }
        };
        vec![record("kx", &["kx"], vec![0.0, 1.0]), record("spectrum_x_uu", &["y", "kx"], vec![value, 1.0])]
    }

    fn tally(number: usize, weight: f64) -> Tally {
        let begin = number as f64;
        Tally { begin, end: begin + weight, samples: 1, weight, squares: 0.0 }
    }

    /// The values 1, 2, 3, .. in a hundred whole batches and two that are not.
    #[test]
    fn groups_are_merged_and_add_up() {
        let mut sums = SpectralSums::new(tally(0, 0.5), records(7.0), false);
        for batch in 1..=100 {
            sums.add(tally(batch, 1.0), &records(batch as f64), true);
        }
        sums.add(tally(101, 0.25), &records(9.0), false);
        assert_eq!((sums.groups(), sums.grouped(), sums.tally.weight), (50, 2, 100.75));
        assert_eq!(sums.get("spectrum_x_uu", None).unwrap()[0], 5050.0 + 16.0);
        assert_eq!(sums.get("kx", Some(3)).unwrap()[1], 1.0);
        // Without the batches 7 and 8.
        assert_eq!((sums.weight(Some(3)), sums.get("spectrum_x_uu", Some(3)).unwrap()[0]), (98.0, 5035.0));
        assert!(sums.get("none", None).is_none());
        // The last one of 101 fills no group.
        sums.add(tally(102, 1.0), &records(1.0), true);
        assert_eq!((sums.groups(), sums.weight(Some(0))), (50, 98.0));
    }

    #[test]
    fn members_are_groups() {
        let member = |value: f64| SpectralSums::new(tally(0, 2.0), records(value), true);
        let all = SpectralSums::of_members(vec![member(1.0), member(2.0), member(6.0)]).unwrap();
        assert_eq!((all.groups(), all.tally.weight), (3, 6.0));
        assert_eq!(all.get("spectrum_x_uu", None).unwrap()[0], 9.0);
        assert_eq!(all.get("spectrum_x_uu", Some(1)).unwrap()[0], 7.0);
        assert!(SpectralSums::of_members(Vec::new()).is_none());
        let mut other = records(1.0);
        other[0].values[1] = 2.0;
        let other = SpectralSums::new(tally(0, 2.0), other, true);
        assert!(SpectralSums::of_members(vec![member(1.0), other]).is_none());
    }
}
