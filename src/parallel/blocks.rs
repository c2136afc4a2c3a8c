//! The data of an exchange: a block for each rank of a group, in the order of the ranks, without gaps.
//! The rank's own block is not sent and is stored separately. The contiguous parts are therefore the
//! blocks before it, the block itself, and the blocks after it.

use num_complex::Complex;
use std::ops::Range;

/// Blocks to read.
#[derive(Clone, Copy)]
pub struct Blocks<'a, T> {
    /// All blocks except this rank's own, and the number of elements before that one.
    pub(super) others: &'a [Complex<T>],
    pub(super) before: usize,
    pub(super) own: &'a [Complex<T>],
}

impl<'a, T> Blocks<'a, T> {
    /// The blocks of a group of one rank.
    pub fn of_one(own: &'a [Complex<T>]) -> Self {
        Self { others: &[], before: 0, own }
    }

    /// The elements from this place on, as far as they are contiguous.
    pub fn at(&self, place: usize) -> &'a [Complex<T>] {
        match part(place, self.before, self.own.len()) {
            Part::Before => &self.others[place..self.before],
            Part::Own => &self.own[place - self.before..],
            Part::Behind => &self.others[place - self.own.len()..],
        }
    }

    /// The contiguous parts as rows of `length` elements: the range of rows, and their elements. Each
    /// block must hold a whole number of rows.
    pub fn rows(&self, length: usize) -> impl Iterator<Item = (Range<usize>, &'a [Complex<T>])> + use<'a, T> {
        let (before, behind) = self.others.split_at(self.before);
        let mut next = 0;
        let lists = [before, self.own, behind].into_iter().filter(|numbers| !numbers.is_empty());
        lists.map(move |numbers| (rows_of(numbers.len(), length, &mut next), numbers))
    }
}

/// Blocks to write.
pub struct BlocksMut<'a, T> {
    pub(super) others: &'a mut [Complex<T>],
    pub(super) before: usize,
    pub(super) own: &'a mut [Complex<T>],
}

impl<'a, T> BlocksMut<'a, T> {
    /// The blocks of a group of one rank.
    pub fn of_one(own: &'a mut [Complex<T>]) -> Self {
        Self { others: &mut [], before: 0, own }
    }

    /// The elements from this place on, like [`Blocks::at`].
    pub fn at(&mut self, place: usize) -> &mut [Complex<T>] {
        match part(place, self.before, self.own.len()) {
            Part::Before => &mut self.others[place..self.before],
            Part::Own => &mut self.own[place - self.before..],
            Part::Behind => &mut self.others[place - self.own.len()..],
        }
    }

    /// The contiguous parts as rows, like [`Blocks::rows`].
    pub fn rows(&mut self, length: usize) -> impl Iterator<Item = (Range<usize>, &mut [Complex<T>])> {
        let (before, behind) = self.others.split_at_mut(self.before);
        let mut next = 0;
        let lists = [before, &mut *self.own, behind].into_iter().filter(|numbers| !numbers.is_empty());
        lists.map(move |numbers| (rows_of(numbers.len(), length, &mut next), numbers))
    }

    /// Reborrows the blocks.
    pub fn again(&mut self) -> BlocksMut<'_, T> {
        BlocksMut { others: self.others, before: self.before, own: self.own }
    }

    /// The blocks for reading.
    pub fn as_blocks(&self) -> Blocks<'_, T> {
        Blocks { others: self.others, before: self.before, own: self.own }
    }
}

enum Part {
    Before,
    Own,
    Behind,
}

fn part(place: usize, before: usize, own: usize) -> Part {
    if place < before {
        Part::Before
    } else if place < before + own {
        Part::Own
    } else {
        Part::Behind
    }
}

/// The range of the next rows, which hold `numbers` elements.
fn rows_of(numbers: usize, length: usize, next: &mut usize) -> Range<usize> {
    let first = *next;
    *next += numbers / length;
    first..*next
}

#[cfg(test)]
mod tests {
    use super::{Blocks, BlocksMut};
    use num_complex::Complex;

    #[test]
    fn places_and_rows_are_those_of_the_whole_list() {
        let number = |i: usize| Complex::new(i as f64, 0.0);
        // Rows of 2, in blocks of 3, 2 and 4 rows.
        for (before, own) in [(0, 6), (6, 4), (10, 8)] {
            let mut others: Vec<_> = (0..before).chain(before + own..18).map(number).collect();
            let mut mine: Vec<_> = (before..before + own).map(number).collect();
            let blocks = Blocks { others: &others, before, own: &mine };
            assert!((0..18).all(|place| blocks.at(place)[0] == number(place)));
            let ends: Vec<_> = [0, before, before + own]
                .iter()
                .filter(|place| **place < 18)
                .map(|place| place + blocks.at(*place).len())
                .collect();
            assert!(ends.ends_with(&[18]) && ends.contains(&(before + own)));
            let mut rows = 0;
            for (range, numbers) in blocks.rows(2) {
                assert_eq!(range.len() * 2, numbers.len());
                assert!(
                    range.start == rows
                        && numbers.iter().enumerate().all(|(i, value)| *value == number(2 * rows + i))
                );
                rows = range.end;
            }
            assert_eq!(rows, 9);
            let mut blocks = BlocksMut { others: &mut others, before, own: &mut mine };
            (0..18).for_each(|place| blocks.at(place)[0] = number(place + 100));
            assert!((0..18).all(|place| blocks.as_blocks().at(place)[0] == number(place + 100)));
            assert!(blocks.rows(2).all(|(range, numbers)| numbers[0] == number(2 * range.start + 100)));
        }
    }

    #[test]
    fn a_rank_without_columns_has_no_rows() {
        assert!(Blocks::<f64>::of_one(&[]).rows(0).next().is_none());
    }
}
