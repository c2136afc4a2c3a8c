//! Numbers brought near before they are needed, where the processor does not foresee it.

use num_complex::Complex;

/// Has part `part` of `parts` of these rows brought near, while other work goes on. They are far
/// apart, and the processor does not foresee them: 5 to 15 % of a right-hand side at 128^3.
pub fn fetch_rows<T>(
    rows: &[Complex<T>],
    row_stride: usize,
    width: usize,
    length: usize,
    part: usize,
    parts: usize,
) {
    for row in part * length / parts..(part + 1) * length / parts {
        fetch(&rows[row * row_stride..][..width]);
    }
}

/// Has these numbers brought near, while other work goes on.
pub fn fetch<T>(numbers: &[Complex<T>]) {
    let in_cache_line = 64 / size_of::<Complex<T>>();
    for element in numbers.iter().step_by(in_cache_line) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: every x86-64 processor has this instruction, and it changes nothing that a
        // program can see.
        unsafe {
            use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(element).cast());
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = element;
    }
}
