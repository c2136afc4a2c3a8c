//! What the test programs share.
#![allow(dead_code, unused_imports)] // each test program uses a part of it

pub mod balance;
pub mod collective;
pub mod disk;
pub mod exact;
pub mod mpirun;
pub mod random;

pub use collective::{Check, Outcome, process_grids};

/// A number in [-1, 1) of an index: the same on any rank.
pub fn noise(index: u64) -> f64 {
    let mut x = index.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x ^ (x >> 31)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}
