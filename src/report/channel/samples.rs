//! What a channel has sampled, from `statistics.h5`: its averages over all samples, and over all but a part of them.
//!
//! Sampling errors are those of batch means. The batches have equal numbers of samples; a last one that is not full counts for the averages, but not
//! for their errors. Where neighbouring batches are correlated, the standard error of their mean would be too small: then neighbours are merged.

use crate::error::{Error, Result};
use crate::statistics::Record;

/// Batches are merged while the correlation of neighbours is larger than this. That of 32 independent ones is so by chance in one case of eight.
const CORRELATION: f64 = 0.2;
/// So many batches must be left: from fewer the error itself would not be known to a quarter.
const LEAST_BATCHES: usize = 8;
/// What the correlation is taken of: the largest counts.
const CORRELATED: [&str; 5] = ["u", "uu", "vv", "ww", "uv"];

/// Averages over planes and samples by name, each at all points in y.
#[derive(Clone, Debug)]
pub struct Averages(Vec<(String, Vec<f64>)>);

impl Averages {
    /// # Errors
    /// There is none of this name.
    pub fn get(&self, name: &str) -> Result<&[f64]> {
        let found = self.0.iter().find(|(other, _)| other == name).map(|(_, values)| &values[..]);
        found.ok_or_else(|| Error::input(format!("the statistics have no record `{name}`: they are of another version of rogallo")))
    }

    /// Half the sum of these and of what `mirrored(name, values)` makes of each of them.
    pub fn with_mirror(&self, mirrored: impl Fn(&Self, &str, &[f64]) -> Result<Vec<f64>>) -> Result<Self> {
        let both = |(name, values): &(String, Vec<f64>)| {
            let other = mirrored(self, name, values)?;
            Ok((name.clone(), values.iter().zip(other).map(|(a, b)| 0.5 * (a + b)).collect()))
        };
        Ok(Self(self.0.iter().map(both).collect::<Result<_>>()?))
    }
}

/// The sums of the batches.
pub struct Samples {
    /// Of the points, from the upper wall, y = 1, to the lower one.
    pub y: Vec<f64>,
    /// Samples of each batch.
    counts: Vec<f64>,
    /// By name, batch after batch.
    sums: Vec<(String, Vec<f64>)>,
    /// Batches that make one of those that errors are taken of.
    merged: usize,
}

impl Samples {
    /// # Errors
    /// Records that are not those of a channel.
    pub fn new(records: Vec<Record>) -> Result<Self> {
        let foreign = |what: &str| Error::input(format!("the statistics are not those of a channel: {what}"));
        let (mut y, mut counts, mut sums) = (Vec::new(), Vec::new(), Vec::new());
        for record in records {
            match &*record.name {
                "y" => y = record.values,
                "samples" => counts = record.values,
                _ => sums.push((record.name, record.values)),
            }
        }
        let size = y.len() * counts.len();
        if size == 0 {
            return Err(foreign("there is no y, or no sample"));
        }
        if let Some((name, _)) = sums.iter().find(|(_, values)| values.len() != size) {
            return Err(foreign(&format!("`{name}` has another shape")));
        }
        let mut samples = Self { y, counts, sums, merged: 1 };
        while samples.batches() / 2 >= LEAST_BATCHES && samples.correlation() > CORRELATION {
            samples.merged *= 2;
        }
        Ok(samples)
    }

    /// Samples of all batches.
    pub fn number(&self) -> f64 {
        self.counts.iter().sum()
    }

    /// The batches that errors are taken of.
    pub fn batches(&self) -> usize {
        self.counts.iter().take_while(|count| **count == self.counts[0]).count() / self.merged
    }

    /// Averages over all samples.
    pub fn all(&self) -> Averages {
        self.over(|_| true)
    }

    /// Averages over all batches that errors are taken of but one.
    pub fn without(&self, batch: usize) -> Averages {
        self.over(|b| b < self.batches() * self.merged && b / self.merged != batch)
    }

    fn over(&self, taken: impl Fn(usize) -> bool) -> Averages {
        let number: f64 = self.counts.iter().enumerate().filter(|(b, _)| taken(*b)).map(|(_, count)| count).sum();
        let points = self.y.len();
        let mean = |sums: &[f64]| {
            let mut mean = vec![0.0; points];
            for (_, of_batch) in sums.chunks_exact(points).enumerate().filter(|(b, _)| taken(*b)) {
                mean.iter_mut().zip(of_batch).for_each(|(mean, sum)| *mean += sum / number);
            }
            mean
        };
        Averages(self.sums.iter().map(|(name, sums)| (name.clone(), mean(sums))).collect())
    }

    /// The correlation of neighbouring batches, with d the distances of their means from the mean of all, summed over y,
    ///
    /// ```text
    ///     r = sum_b d_b d_(b+1) / sum_b d_b^2
    /// ```
    fn correlation(&self) -> f64 {
        let (batches, points) = (self.batches(), self.y.len());
        let of = |(_, sums): &(String, Vec<f64>)| {
            let (mut neighbours, mut squares) = (0.0, 0.0);
            for j in 0..points {
                let of_batch = |b: usize| (b * self.merged..(b + 1) * self.merged).map(|b| sums[b * points + j]).sum::<f64>();
                let sums: Vec<f64> = (0..batches).map(of_batch).collect();
                let mean = sums.iter().sum::<f64>() / batches as f64;
                squares += sums.iter().map(|sum| (sum - mean).powi(2)).sum::<f64>();
                neighbours += sums.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum::<f64>();
            }
            if squares > 0.0 { neighbours / squares } else { 0.0 }
        };
        self.sums.iter().filter(|(name, _)| CORRELATED.contains(&&**name)).map(of).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::philox;

    fn record(name: &str, values: Vec<f64>) -> Record {
        let (units, description) = (String::new(), String::new());
        Record { name: name.into(), units, description, axes: Vec::new(), shape: Vec::new(), values }
    }

    fn samples(counts: Vec<f64>, means: &[f64]) -> Samples {
        let sums = means.iter().zip(&counts).flat_map(|(mean, count)| [mean * count, 7.0 * count, 0.0]).collect();
        Samples::new(vec![record("y", vec![1.0, 0.0, -1.0]), record("samples", counts), record("u", sums)]).unwrap()
    }

    #[test]
    fn means_are_over_all_samples_and_a_part_is_left_out() {
        let samples = samples(vec![4.0, 4.0, 4.0, 1.0], &[1.0, 2.0, 6.0, 10.0]);
        assert_eq!((samples.number(), samples.batches()), (13.0, 3));
        assert!((samples.all().get("u").unwrap()[0] - 46.0 / 13.0).abs() < 1e-14);
        assert!((samples.without(1).get("u").unwrap()[0] - 3.5).abs() < 1e-14);
        assert!((samples.without(1).get("u").unwrap()[1] - 7.0).abs() < 1e-14);
        assert!(samples.all().get("w").unwrap_err().message.contains("no record `w`"));
    }

    /// Independent batches stay as they are. Where each is like its neighbours they are merged, as often as it takes or as 8 are left.
    #[test]
    fn correlated_batches_are_merged() {
        let noise = |i: u32| philox(5, [i, 0, 0, 0]).iter().map(|word| f64::from(*word) / 2f64.powi(32)).sum::<f64>();
        let run = |same: u32| -> Vec<f64> { (0..32).map(|i| noise(i / same)).collect() };
        let batches = |same: u32| samples(vec![2.0; 32], &run(same)).batches();
        assert_eq!([1, 2, 4, 16].map(batches), [32, 16, 8, 8]);
        assert_eq!(samples(vec![2.0; 15], &run(4)[..15]).batches(), 15);
    }

    #[test]
    fn records_of_another_shape_are_refused() {
        for (records, part) in [
            (vec![record("y", vec![1.0]), record("samples", vec![])], "no sample"),
            (vec![record("y", vec![1.0]), record("samples", vec![1.0]), record("uu", vec![1.0, 2.0])], "`uu` has another shape"),
        ] {
            assert!(Samples::new(records).err().unwrap().message.contains(part));
        }
    }
}
