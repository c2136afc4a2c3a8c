//! Arrays of numbers in a file: where their bytes lie, one after the other, and which of them make up a
//! box of the array.

use super::checksum;
use super::container::CHUNKED;
use super::transfer::ROUND;
use crate::parallel::World;
use hdf5::Dataset;
use hdf5::datatype::ByteOrder;
use std::ops::Range;

/// The order of bytes of this machine.
const NATIVE: ByteOrder =
    if cfg!(target_endian = "big") { ByteOrder::BigEndian } else { ByteOrder::LittleEndian };

/// An array in a file, the last axis fastest; one of fewer axes has leading lengths of 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Array {
    /// The place of its first byte in the file.
    offset: u64,
    shape: [u64; 3],
    /// Bytes of an element, and of each of the numbers of which it consists.
    element: u64,
    number: u64,
    /// Written on a machine with the other order of bytes.
    is_swapped: bool,
}

/// A box of an array: the first index along each axis, and the one behind the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region(pub [[u64; 2]; 3]);

/// Consecutive bytes of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// Their place in the file.
    pub at: u64,
    /// Their place among the bytes of the box.
    pub from: usize,
    pub length: usize,
}

impl Region {
    /// A range of an array with one axis.
    pub fn of(range: Range<u64>) -> Self {
        Self([[0, 1], [0, 1], [range.start, range.end]])
    }

    /// A box of an array with two axes: see [`Array::rows`].
    pub fn of_box([rows, columns]: &[Range<usize>; 2]) -> Self {
        Self([&(0..1), rows, columns].map(|range| [range.start as u64, range.end as u64]))
    }

    pub fn from_words(words: &[u64; 6]) -> Self {
        let [a, b, c, d, e, f] = *words;
        Self([[a, b], [c, d], [e, f]])
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().any(|[first, end]| first == end)
    }
}

impl Extent {
    pub fn end(&self) -> u64 {
        self.at + self.length as u64
    }

    /// The range of its bytes among those of the box.
    pub fn own(&self) -> Range<usize> {
        self.from..self.from + self.length
    }
}

impl Array {
    /// The array of a dataset whose elements consist of numbers of `number` bytes.
    ///
    /// # Errors
    /// A dataset that another program has written in a form that this one does not write.
    pub fn new(dataset: &Dataset, number: usize) -> hdf5::Result<Self> {
        let (kind, lengths) = (dataset.dtype()?, dataset.shape());
        let order = kind.byte_order();
        if ![ByteOrder::LittleEndian, ByteOrder::BigEndian].contains(&order) || lengths.len() > 3 {
            return Err(format!("it has {} axes and numbers of the order {order:?}", lengths.len()).into());
        }
        let offset = dataset.offset().ok_or_else(|| format!("it is {CHUNKED}"))?;
        let mut shape = [1; 3];
        shape.iter_mut().rev().zip(lengths.iter().rev()).for_each(|(own, length)| *own = *length as u64);
        let (element, is_swapped) = (kind.size() as u64, order != NATIVE);
        Ok(Self { offset, shape, element, number: number as u64, is_swapped })
    }

    /// The array with two axes, of which the second has all elements of a row, whatever their axes are.
    pub fn rows(self, axes: usize) -> Self {
        let [z, y, x] = self.shape;
        let shape = if axes == 3 { [1, z, y * x] } else { self.shape };
        Self { shape, ..self }
    }

    /// Tells all ranks the arrays of the root. Collective.
    pub fn share(world: &World, arrays: Vec<Self>) -> Vec<Self> {
        let words = |array: &Self| {
            let Self { offset, shape: [z, y, x], element, number, is_swapped } = *array;
            [offset, z, y, x, element, number, u64::from(is_swapped)]
        };
        let mut all: Vec<u64> = arrays.iter().flat_map(words).collect();
        world.broadcast(0, &mut all);
        let array = |&[offset, z, y, x, element, number, swapped]: &[u64; 7]| Self {
            offset,
            shape: [z, y, x],
            element,
            number,
            is_swapped: swapped != 0,
        };
        all.as_chunks::<7>().0.iter().map(array).collect()
    }

    /// All of it.
    pub fn whole(&self) -> Region {
        Region(self.shape.map(|length| [0, length]))
    }

    /// The consecutive bytes of a box, in order, in parts of at most `ROUND`.
    pub fn extents(&self, region: &Region) -> impl Iterator<Item = Extent> + use<> {
        let Self { offset, shape: [_, ny, nx], element, .. } = *self;
        let [z, y, x] = region.0;
        let length = |[first, end]: [u64; 2]| end - first;
        // Whole rows follow each other, and so do whole planes.
        let planes = if length(x) == nx && length(y) == ny { length(z) } else { 1 };
        let rows = if length(x) == nx { length(y) } else { 1 };
        let run = planes * rows * length(x) * element;
        let starts = (z[0]..z[1]).step_by(planes.max(1) as usize).flat_map(move |z| {
            (y[0]..y[1])
                .step_by(rows.max(1) as usize)
                .map(move |y| offset + ((z * ny + y) * nx + x[0]) * element)
        });
        let starts = starts.take(if run == 0 { 0 } else { usize::MAX });
        starts.enumerate().flat_map(move |(n, at)| {
            (0..run).step_by(ROUND).map(move |part| Extent {
                at: at + part,
                from: n * run as usize + part as usize,
                length: (run - part).min(ROUND as u64) as usize,
            })
        })
    }

    /// The checksum of bytes of the n-th array of a file.
    pub fn sum(&self, n: usize, extent: &Extent, bytes: &[u8]) -> u64 {
        checksum::of_bytes((n as u64) << 56 | (extent.at - self.offset), bytes)
    }

    /// Gives bytes of the file the order of this machine.
    pub fn to_native_order(self, bytes: &mut [u8]) {
        if self.is_swapped {
            bytes.chunks_exact_mut(self.number as usize).for_each(<[u8]>::reverse);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::transfer::ROUND;
    use super::{Array, Extent, Region};

    #[test]
    fn extents_are_the_bytes_of_a_box_in_order() {
        let shape = [3, 4, 5];
        let array = Array { offset: 100, shape, element: 8, number: 8, is_swapped: false };
        for region in [
            [[0, 3], [0, 4], [0, 5]],
            [[1, 2], [1, 3], [0, 5]],
            [[0, 3], [2, 4], [1, 4]],
            [[0, 0], [0, 4], [0, 5]],
            [[0, 3], [4, 4], [0, 5]],
            [[0, 3], [0, 4], [5, 5]],
        ] {
            let [z, y, x] = region.map(|[first, end]: [u64; 2]| first..end);
            let places = z.flat_map(|z| {
                let x = x.clone();
                y.clone().flat_map(move |y| x.clone().map(move |x| 100 + 8 * ((z * 4 + y) * 5 + x)))
            });
            let expected: Vec<u64> = places.collect();
            let extents: Vec<Extent> = array.extents(&Region(region)).collect();
            let found = extents.iter().flat_map(|extent| (extent.at..extent.end()).step_by(8));
            assert_eq!(found.collect::<Vec<_>>(), expected, "{region:?}");
            let mut next = 0;
            for extent in &extents {
                assert_eq!(extent.from, next);
                next += extent.length;
            }
        }
        assert_eq!(array.extents(&Region([[0, 3], [0, 4], [0, 5]])).count(), 1);
        let long = Array { shape: [1, 1, ROUND as u64], ..array };
        let lengths: Vec<usize> =
            long.extents(&Region::of(1..1 + ROUND as u64 / 4)).map(|extent| extent.length).collect();
        assert_eq!(lengths, [ROUND, ROUND]);
    }

    #[test]
    fn numbers_of_the_other_order_are_turned() {
        let array = Array { offset: 0, shape: [1, 1, 2], element: 8, number: 4, is_swapped: true };
        let mut bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        array.to_native_order(&mut bytes);
        assert_eq!(bytes, [4, 3, 2, 1, 8, 7, 6, 5]);
    }
}
