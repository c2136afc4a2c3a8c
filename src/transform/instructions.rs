//! The vector instructions in which loops and transforms run: the widest of this processor, or none.

use crate::error::{Error, Result};
use crate::parallel::World;
use pulp::Arch;
use std::env::{self, VarError};
use std::sync::OnceLock;

/// The environment variable that chooses, and its only value.
const VARIABLE: &str = "ROGALLO_VECTORS";
const NONE: &str = "none";

static CHOSEN: OnceLock<Arch> = OnceLock::new();

/// Adopts for all ranks what the environment of the root chooses; before the first loop. Collective.
///
/// # Errors
/// A value that is not known.
pub fn choose_instructions(world: &World) -> Result<()> {
    let chosen = world.root_text(|| match env::var(VARIABLE) {
        Err(VarError::NotPresent) => Ok(String::new()),
        Ok(value) if value == NONE => Ok(value),
        Ok(value) => Err(unknown(&value)),
        Err(VarError::NotUnicode(value)) => Err(unknown(&value.to_string_lossy())),
    })?;
    if chosen == NONE {
        CHOSEN.get_or_init(|| Arch::Scalar);
    }
    Ok(())
}

fn unknown(value: &str) -> Error {
    Error::input(format!(
        "the environment variable {VARIABLE} is \"{value}\": set it to {NONE} to compute without vector \
         instructions, or unset it to use the widest that the processor has"
    ))
}

/// The instructions of loops and transforms.
#[inline(always)]
pub fn instructions() -> Arch {
    *CHOSEN.get_or_init(Arch::new)
}

/// Runs a loop in these instructions. No operations are contracted or reordered, so the result has the
/// same bits in all of them. The closure is to be `#[inline(always)]`.
#[inline(always)]
pub fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    instructions().dispatch(work)
}

/// Returns whether there are no vector instructions.
pub fn is_scalar() -> bool {
    matches!(instructions(), Arch::Scalar)
}

/// The instructions, for logs.
pub fn instruction_set() -> &'static str {
    struct Which;
    impl pulp::WithSimd for Which {
        type Output = &'static str;

        fn with_simd<S: pulp::Simd>(self, _: S) -> &'static str {
            std::any::type_name::<S>()
        }
    }
    match instructions().dispatch(Which).rsplit("::").next() {
        Some("V4") => "AVX-512",
        Some("V3") => "AVX2",
        Some("Scalar") => "no vector instructions",
        Some(name) => name,
        None => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::super::{LANES, Lanes};
    use pulp::Arch;

    /// A product that a fused operation would round once, a quotient, and a sum whose order counts.
    fn work(arch: Arch, x: &[f64], y: &mut [f64]) -> f64 {
        arch.dispatch(
            #[inline(always)]
            || {
                let mut sum = Lanes::<f64, LANES>::all(0.0);
                for at in (0..x.len()).step_by(LANES) {
                    let lanes = Lanes::<f64, LANES>::load(x, at);
                    let result = (lanes * lanes + Lanes::all(0.1)) / (lanes + Lanes::all(3.0)) - lanes;
                    result.store(y, at);
                    sum = sum + result;
                }
                y.iter().zip(x).map(|(y, x)| y * x + 0.3).sum::<f64>() + sum.sum()
            },
        )
    }

    #[test]
    fn a_loop_has_the_same_bits_with_and_without_vector_instructions() {
        let x: Vec<f64> = (0..64 * LANES).map(|i| (i as f64 * 0.7).sin()).collect();
        let [mut a, mut b] = [vec![0.0; x.len()], vec![0.0; x.len()]];
        let sums = [work(Arch::new(), &x, &mut a), work(Arch::Scalar, &x, &mut b)];
        assert_eq!(sums[0].to_bits(), sums[1].to_bits());
        assert!(a.iter().zip(&b).all(|(a, b)| a.to_bits() == b.to_bits()) && a[5] != a[6]);
    }
}
