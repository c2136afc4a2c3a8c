//! Sums of floating-point numbers without rounding, which are independent of the order of the terms
//! and therefore of the number of ranks. The accumulator is a fixed-point number wide enough for every
//! finite `f64` (Kulisch; Neal, "Fast exact summation using small and large superaccumulators",
//! arXiv:1505.05571).

use super::World;

/// Number of value bits per word; the other bits of an `i64` are room for carries.
const BITS: u32 = 32;
/// Exponent of the lowest bit: the smallest subnormal is 2^-1074.
const LOWEST: i32 = -1088;
/// Number of words for 2^-1088 .. 2^1024, with room for 2^64 terms.
const WORDS: usize = 68;
/// Number of sums that are reduced together: messages of some 280 kB.
const TOGETHER: usize = 512;
/// Number of additions after which the words are normalised to below 2^32, so that none can overflow.
const NORMALISE_AFTER: u32 = 1 << 28;

/// An exact sum of `f64`s. `value` rounds it once; sums of the same numbers in any order and any
/// grouping are equal to the bit.
#[derive(Clone, Debug)]
pub struct ExactSum {
    words: [i64; WORDS],
    additions: u32,
    /// Number of terms that were not finite; one makes the sum NaN.
    not_finite: i64,
}

impl Default for ExactSum {
    fn default() -> Self {
        Self { words: [0; WORDS], additions: 0, not_finite: 0 }
    }
}

impl ExactSum {
    pub fn add(&mut self, term: f64) {
        if !term.is_finite() {
            self.not_finite += 1;
            return;
        }
        // term = ± mantissa 2^exponent, mantissa < 2^53
        let bits = term.to_bits();
        let biased = (bits >> 52) & 0x7ff;
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, exponent) =
            if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased as i32 - 1075) };
        let position = (exponent - LOWEST) as u32;
        let (word, shift) = ((position / BITS) as usize, position % BITS);
        let wide = u128::from(mantissa) << shift;
        let sign = if bits >> 63 == 0 { 1 } else { -1 };
        let mask = (1 << BITS) - 1;
        self.words[word] += sign * (wide & mask) as i64;
        self.words[word + 1] += sign * (wide >> BITS & mask) as i64;
        self.words[word + 2] += sign * (wide >> (2 * BITS)) as i64;
        self.additions += 1;
        if self.additions == NORMALISE_AFTER {
            self.normalise();
        }
    }

    /// The values of the sums over all ranks, on all ranks, some sums at a time; collective.
    pub fn totals(sums: &mut [Self], world: &World) -> Vec<f64> {
        let mut send = Vec::with_capacity(sums.len().min(TOGETHER) * (WORDS + 1));
        let mut receive = vec![0; send.capacity()];
        for sums in sums.chunks_mut(TOGETHER) {
            send.clear();
            for sum in sums.iter_mut() {
                sum.normalise();
                send.extend_from_slice(&sum.words);
                send.push(sum.not_finite);
            }
            world.sum_i64(&send, &mut receive[..send.len()]);
            for (sum, total) in sums.iter_mut().zip(receive.chunks_exact(WORDS + 1)) {
                sum.words.copy_from_slice(&total[..WORDS]);
                sum.not_finite = total[WORDS];
            }
        }
        sums.iter().map(Self::value).collect()
    }

    /// Bytes that [`ExactSum::totals`] takes for a number of sums, with the sums themselves.
    pub fn memory(sums: usize) -> usize {
        sums * (size_of::<Self>() + size_of::<f64>())
            + 2 * sums.min(TOGETHER) * (WORDS + 1) * size_of::<i64>()
    }

    /// The value of the sum over all ranks, on all ranks; collective. Allocates nothing.
    pub fn total(self, world: &World) -> f64 {
        let [total] = Self::total_of([self], world);
        total
    }

    /// The values of N sums over all ranks, on all ranks, in one reduction; collective. Allocates nothing.
    pub fn total_of<const N: usize>(mut sums: [Self; N], world: &World) -> [f64; N] {
        let (mut send, mut receive) = ([[0; WORDS + 1]; N], [[0; WORDS + 1]; N]);
        for (sum, send) in sums.iter_mut().zip(&mut send) {
            sum.normalise();
            send[..WORDS].copy_from_slice(&sum.words);
            send[WORDS] = sum.not_finite;
        }
        world.sum_i64(send.as_flattened(), receive.as_flattened_mut());
        for (sum, received) in sums.iter_mut().zip(&receive) {
            sum.words.copy_from_slice(&received[..WORDS]);
            sum.not_finite = received[WORDS];
        }
        sums.map(|sum| sum.value())
    }

    /// The sum rounded to within a few ulp of an `f64`, as a function of the exact sum alone. NaN if a
    /// term was not finite.
    pub fn value(&self) -> f64 {
        if self.not_finite != 0 {
            return f64::NAN;
        }
        let mut sum = self.clone();
        sum.normalise();
        let negative = sum.words[WORDS - 1] < 0;
        if negative {
            sum.words.iter_mut().for_each(|word| *word = -*word);
            sum.normalise();
        }
        // From the top, so that the rounding errors are those of the smallest words only.
        let mut value = 0.0;
        for (i, &word) in sum.words.iter().enumerate().rev() {
            if word != 0 {
                let exponent = i as i32 * BITS as i32 + LOWEST;
                // In two factors, since the lowest words are below the smallest power of two of an
                // f64.
                value += word as f64 * 2f64.powi(exponent / 2) * 2f64.powi(exponent - exponent / 2);
            }
        }
        if negative { -value } else { value }
    }

    /// Propagates carries, so that all words but the last are in 0 .. 2^32 and the last has the sign.
    fn normalise(&mut self) {
        let mut carry = 0;
        for word in &mut self.words[..WORDS - 1] {
            let value = *word + carry;
            *word = value & ((1 << BITS) - 1);
            carry = value >> BITS;
        }
        self.words[WORDS - 1] += carry;
        self.additions = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::ExactSum;

    fn sum(terms: impl IntoIterator<Item = f64>) -> f64 {
        let mut sum = ExactSum::default();
        terms.into_iter().for_each(|term| sum.add(term));
        sum.value()
    }

    #[test]
    fn cancellation_is_exact() {
        assert_eq!(sum([1e300, 1.0, -1e300]), 1.0);
        assert_eq!(sum([1e-300, 1e16, -1e16]), 1e-300);
        assert_eq!(sum([-3.5, 1.25]), -2.25);
        assert_eq!(sum([f64::MIN_POSITIVE / 4.0; 3]), f64::MIN_POSITIVE * 0.75);
        assert_eq!(sum([]), 0.0);
        assert_eq!(sum([1e300, 1e300, -5e299]), 1.5e300);
        assert_eq!(sum([f64::MAX, -f64::MAX / 2.0]), f64::MAX / 2.0);
    }

    #[test]
    fn any_order_gives_the_same_bits() {
        let terms: Vec<f64> = (1..2000).map(|i| (i as f64 * 0.7).sin() * 10f64.powi(i % 37 - 18)).collect();
        let forward = sum(terms.iter().copied());
        let backward = sum(terms.iter().rev().copied());
        assert_eq!(forward.to_bits(), backward.to_bits());
        let plain: f64 = terms.iter().sum();
        assert!((forward - plain).abs() <= 1e-12 * terms.iter().map(|t| t.abs()).sum::<f64>());
    }

    #[test]
    fn not_finite_terms_make_nan() {
        assert!(sum([1.0, f64::NAN, 2.0]).is_nan());
        assert!(sum([f64::INFINITY]).is_nan());
    }
}
