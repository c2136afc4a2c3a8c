//! Counter-based random numbers, which depend on seed, purpose and label but not on the order in
//! which they are drawn: they are the same on any number of ranks and after a restart.

/// Philox 4x32-10 (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3",
/// SC11): 128 random bits from a 64-bit key and a 128-bit counter.
pub fn philox(seed: u64, counter: [u32; 4]) -> [u32; 4] {
    let (mut key, mut c) = ([seed as u32, (seed >> 32) as u32], counter);
    for _ in 0..10 {
        let (a, b) = (0xD251_1F53_u64 * u64::from(c[0]), 0xCD9E_8D57_u64 * u64::from(c[2]));
        c = [(b >> 32) as u32 ^ c[1] ^ key[0], b as u32, (a >> 32) as u32 ^ c[3] ^ key[1], a as u32];
        key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
    }
    c
}

/// Purpose of random numbers; each has a different word in the counter.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    InitialField = 1,
    PhaseShift = 2,
    Force = 3,
    InitialScalar = 4,
}

/// Three numbers uniform in [0, 1) for a `purpose` and a label of three integers (a mode, or a step).
pub fn uniform(seed: u64, purpose: Purpose, label: [i64; 3]) -> [f64; 3] {
    let [x, y, z] = label.map(|n| n as u32);
    let bits = philox(seed, [x, y, z, purpose as u32]);
    std::array::from_fn(|i| f64::from(bits[i]) / 4_294_967_296.0)
}

#[cfg(test)]
mod tests {
    use super::{Purpose, philox, uniform};

    /// The known answers published with Random123 (kat_vectors, philox4x32 10).
    #[test]
    fn known_answers() {
        assert_eq!(philox(0, [0; 4]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox(u64::MAX, [u32::MAX; 4]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        let counter = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        assert_eq!(
            philox(0x299f_31d0_a409_3822, counter),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn means_and_correlations_are_those_of_uniform_numbers() {
        let n = 20_000;
        let mut sums = [0.0; 3];
        for i in 0..n {
            let [a, b, _] = uniform(7, Purpose::InitialField, [i, -i, 3]);
            let [c, _, _] = uniform(7, Purpose::InitialField, [i + 1, -i, 3]);
            sums = [sums[0] + a, sums[1] + (a - 0.5) * (b - 0.5), sums[2] + (a - 0.5) * (c - 0.5)];
        }
        let error = 1.0 / f64::from(n as i32).sqrt();
        assert!((sums[0] / n as f64 - 0.5).abs() < error);
        assert!((sums[1] / n as f64).abs() < error && (sums[2] / n as f64).abs() < error);
    }
}
