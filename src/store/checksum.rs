//! Checksums that do not depend on the distribution of the data over the ranks.
//!
//! The checksum of a field is the sum, modulo 2^64, of one term per element,
//!
//! ```text
//! term(i, a, b) = S(S(S(i) ^ a) ^ b),     i global index, a, b bits of the real and the imaginary part,
//! ```
//!
//! with S a bijection on 64 bits that scrambles well. Sums commute, so the order of elements and
//! ranks does not matter. With i and b fixed, a -> term is a composition of bijections, and so is b
//! -> term with i and a fixed. Any change of one number therefore changes its term and with it the
//! sum. Damage to several numbers, or numbers at the wrong place, goes unnoticed with a probability
//! of 2^-64.

use num_complex::Complex;
use std::ops::Range;

/// The finaliser of splitmix64 after its increment, so that zero is not a fixed point. Each step is
/// invertible: adding a constant, xor with its own high bits, multiplication by an odd number.
fn scramble(word: u64) -> u64 {
    let mut z = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn term(index: u64, a: u64, b: u64) -> u64 {
    scramble(scramble(scramble(index) ^ a) ^ b)
}

/// The bits of a real number, widened to 64.
pub(super) trait Bits: Copy {
    fn bits(self) -> u64;
}

impl Bits for f32 {
    fn bits(self) -> u64 {
        u64::from(self.to_bits())
    }
}

impl Bits for f64 {
    fn bits(self) -> u64 {
        self.to_bits()
    }
}

/// Share of the elements `offset ..` in the checksum of their field.
pub(super) fn of_piece<T: Bits>(offset: u64, values: &[Complex<T>]) -> u64 {
    (offset..).zip(values).fold(0, |sum, (index, z)| sum.wrapping_add(term(index, z.re.bits(), z.im.bits())))
}

/// Share of the elements `offset ..` in the checksum of their table of integers.
pub(super) fn of_table(offset: u64, values: &[i64]) -> u64 {
    (offset..)
        .zip(values)
        .fold(0, |sum, (index, &value)| sum.wrapping_add(term(index, value.cast_unsigned(), 0)))
}

/// Share of the elements `offset ..` in the checksum of their array of real numbers, the last axis fastest.
pub(super) fn of_reals(offset: u64, values: &[f64]) -> u64 {
    (offset..).zip(values).fold(0, |sum, (index, value)| sum.wrapping_add(term(index, value.bits(), 0)))
}

/// Share of a box in the checksum of an array of real numbers with rows of this length.
pub(super) fn of_box(length: usize, [rows, columns]: &[Range<usize>; 2], values: &[f64]) -> u64 {
    let lines = rows.clone().zip(values.chunks(columns.len().max(1)));
    let sums = lines.map(|(row, line)| of_reals((row * length + columns.start) as u64, line));
    sums.fold(0, u64::wrapping_add)
}

/// Checksum of bytes from the place `first` of an array on, in numbers of 4 or 8 bytes: the sum of a_i S(i),
/// made odd, over groups of eight bytes at the places i. It costs a third of the other checksums, and is
/// only compared with that of the same bytes a moment later. Not stored: it depends on how they are cut.
pub(super) fn of_bytes(first: u64, bytes: &[u8]) -> u64 {
    let (groups, rest) = bytes.as_chunks::<8>();
    let factor = |group: usize| scramble(first.wrapping_add(8 * group as u64)) | 1;
    let terms =
        groups.iter().enumerate().map(|(n, group)| u64::from_ne_bytes(*group).wrapping_mul(factor(n)));
    let of_rest = rest.iter().fold(0, |word, &byte| word << 8 | u64::from(byte));
    terms.fold(of_rest.wrapping_mul(factor(groups.len())), u64::wrapping_add)
}

/// Checksum of a text: of its bytes in groups of eight, and of its length.
pub(super) fn of_text(text: &str) -> u64 {
    let words = text
        .as_bytes()
        .chunks(8)
        .map(|chunk| chunk.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)));
    (0..)
        .zip(words)
        .fold(scramble(text.len() as u64), |sum, (index, word)| sum.wrapping_add(term(index, word, 0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<Complex<f64>> {
        (0..50)
            .map(|i| Complex::new(f64::from(i).sin(), if i % 3 == 0 { 0.0 } else { -f64::from(i) }))
            .collect()
    }

    #[test]
    fn pieces_add_up_to_the_whole() {
        let field = sample();
        let whole = of_piece(0, &field);
        for cut in 0..=field.len() {
            assert_eq!(of_piece(0, &field[..cut]).wrapping_add(of_piece(cut as u64, &field[cut..])), whole);
        }
    }

    #[test]
    fn every_single_bit_counts() {
        let field = sample();
        let whole = of_piece(0, &field);
        for i in 0..field.len() {
            for bit in 0..64 {
                let mut damaged = field.clone();
                damaged[i].re = f64::from_bits(damaged[i].re.to_bits() ^ 1 << bit);
                assert_ne!(of_piece(0, &damaged), whole, "real part of element {i}, bit {bit}");
                damaged[i] = Complex::new(field[i].re, f64::from_bits(field[i].im.to_bits() ^ 1 << bit));
                assert_ne!(of_piece(0, &damaged), whole, "imaginary part of element {i}, bit {bit}");
            }
        }
    }

    #[test]
    fn places_count() {
        let field = sample();
        let mut swapped = field.clone();
        swapped.swap(7, 8);
        assert_ne!(of_piece(0, &swapped), of_piece(0, &field));
        let turned: Vec<_> = field.iter().map(|z| Complex::new(z.im, z.re)).collect();
        assert_ne!(of_piece(0, &turned), of_piece(0, &field));
        assert_ne!(of_piece(1, &field), of_piece(0, &field));
        assert_ne!(
            of_piece(0, &[Complex::new(0.0_f32, 0.0); 3]),
            of_piece(0, &[Complex::new(0.0_f32, 0.0); 4])
        );
    }

    #[test]
    fn texts_tables_and_reals() {
        assert_ne!(of_text("time = 1.0"), of_text("time = 1.1"));
        assert_ne!(of_text("a"), of_text("a\0"));
        assert_ne!(of_table(0, &[1, 2, 3]), of_table(0, &[1, 3, 2]));
        assert_eq!(of_table(0, &[1, 2, 3]), of_table(0, &[1]).wrapping_add(of_table(1, &[2, 3])));
        assert_ne!(of_reals(0, &[1.0, 2.0, 3.0]), of_reals(0, &[1.0, 3.0, 2.0]));
        assert_ne!(of_reals(0, &[0.0, 1.0]), of_reals(0, &[-0.0, 1.0]));
        assert_ne!(of_reals(0, &[0.0; 3]), of_reals(0, &[0.0; 4]));
        let [whole, left, right] = [&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0][..], &[1.0, 4.0], &[2.0, 3.0, 5.0, 6.0]];
        let boxes = of_box(3, &[0..2, 0..1], left).wrapping_add(of_box(3, &[0..2, 1..3], right));
        assert_eq!((boxes, of_box(3, &[0..2, 2..2], &[])), (of_reals(0, whole), 0));
        let bytes: Vec<u8> = (0..28).collect();
        let sum = |bytes: &[u8]| of_bytes(40, bytes);
        assert_eq!(sum(&bytes), sum(&bytes[..16]).wrapping_add(of_bytes(56, &bytes[16..])));
        for byte in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[byte] ^= 0x80;
            assert_ne!(sum(&damaged), sum(&bytes), "byte {byte}");
        }
        assert_ne!(sum(&bytes), of_bytes(48, &bytes));
    }
}
