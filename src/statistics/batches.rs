//! Sums over samples in batches: their scatter is the sampling error of the mean.

use std::ops::Range;

/// Batches that are kept at most. Two are then made one, so that all have the same number of samples but for the last.
const MOST: usize = 32;

/// Sums of samples of so many numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Batches {
    length: usize,
    /// Samples in a full batch.
    full: u64,
    /// Samples in the last batch.
    last: u64,
    sums: Vec<Vec<f64>>,
}

impl Batches {
    pub fn new(length: usize) -> Self {
        Self { length, full: 1, last: 0, sums: Vec::new() }
    }

    /// Numbers that are held at most of samples of this length.
    pub fn room(length: usize) -> usize {
        MOST * length
    }

    pub fn samples(&self) -> u64 {
        match self.sums.len() {
            0 => 0,
            batches => (batches as u64 - 1) * self.full + self.last,
        }
    }

    /// Adds a sample.
    pub fn add(&mut self, sample: &[f64]) {
        if self.sums.is_empty() || self.last == self.full {
            if self.sums.len() == MOST {
                self.halve();
            }
            self.sums.push(vec![0.0; self.length]);
            self.last = 0;
        }
        if let Some(sums) = self.sums.last_mut() {
            sums.iter_mut().zip(sample).for_each(|(sum, x)| *sum += x);
            self.last += 1;
        }
    }

    fn halve(&mut self) {
        let mut merged = Vec::with_capacity(MOST);
        for pair in self.sums.chunks_exact(2) {
            merged.push(pair[0].iter().zip(&pair[1]).map(|(a, b)| a + b).collect());
        }
        self.sums = merged;
        self.full *= 2;
        self.last = self.full;
    }

    /// Samples in each batch.
    pub fn counts(&self) -> Vec<f64> {
        let last = self.sums.len().saturating_sub(1);
        (0..self.sums.len()).map(|b| if b == last { self.last } else { self.full } as f64).collect()
    }

    /// Some of the numbers of all batches, batch after batch.
    pub fn part(&self, range: Range<usize>) -> Vec<f64> {
        self.sums.iter().flat_map(|sums| sums[range.clone()].iter().copied()).collect()
    }

    /// Puts back what `counts` and, for consecutive ranges of one length, `part` said.
    pub fn recall(&mut self, counts: &[f64], parts: &[&[f64]]) {
        let batches = counts.len();
        self.full = counts.first().map_or(1, |count| *count as u64);
        self.last = counts.last().map_or(0, |count| *count as u64);
        let of_batch = |b: usize| {
            parts.iter().flat_map(move |part| part.chunks_exact(part.len() / batches).skip(b).take(1)).flatten().copied().collect()
        };
        self.sums = (0..batches).map(of_batch).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::{Batches, MOST};

    #[test]
    fn sums_and_counts_survive_merging_and_a_restart_at_any_sample() {
        let sample = |n: u64| [n as f64, 1.0, -(n as f64), 2.0];
        let mut batches = Batches::new(4);
        for n in 0..1000 {
            batches.add(&sample(n));
            let mut again = Batches::new(4);
            let parts = [batches.part(0..2), batches.part(2..4)];
            again.recall(&batches.counts(), &[&parts[0], &parts[1]]);
            assert_eq!(again, batches, "after {} samples", n + 1);
            let counts = batches.counts();
            assert!(counts.len() <= MOST && counts.iter().sum::<f64>() == (n + 1) as f64 && batches.samples() == n + 1);
            let total: f64 = batches.part(0..1).iter().sum();
            assert_eq!(total, (n * (n + 1) / 2) as f64);
        }
    }
}
