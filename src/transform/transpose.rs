//! Transposes between lines, where a transform runs along memory, and rows, which hold the same point of lines side by side.

use super::{Real, vectorised};
use num_complex::Complex;

/// Lines and points that are moved together: a cache line of double precision.
const BLOCK: usize = 4;

/// `rows[j * row_stride + c] = lines[c * line_stride + j]` for `[width, length]` lines c and points j.
pub fn lines_to_rows<T: Real>(
    lines: &[Complex<T>],
    line_stride: usize,
    rows: &mut [Complex<T>],
    row_stride: usize,
    [width, length]: [usize; 2],
) {
    vectorised(
        #[inline(always)]
        || transpose(lines, line_stride, rows, row_stride, [width, length]),
    );
}

/// `lines[c * line_stride + j] = rows[j * row_stride + c]` for `[width, length]` lines c and points j.
pub fn rows_to_lines<T: Real>(
    rows: &[Complex<T>],
    row_stride: usize,
    lines: &mut [Complex<T>],
    line_stride: usize,
    [width, length]: [usize; 2],
) {
    vectorised(
        #[inline(always)]
        || transpose(rows, row_stride, lines, line_stride, [length, width]),
    );
}

/// Has part `part` of `parts` of these rows brought near, while other work goes on. They are far apart, and the processor does not
/// foresee them: 5 to 15 % of a right-hand side at 128^3.
pub fn fetch_rows<T>(rows: &[Complex<T>], row_stride: usize, [width, length]: [usize; 2], part: usize, parts: usize) {
    for row in part * length / parts..(part + 1) * length / parts {
        fetch(&rows[row * row_stride..][..width]);
    }
}

/// Has these numbers brought near, while other work goes on.
pub fn fetch<T>(numbers: &[Complex<T>]) {
    let in_cache_line = 64 / size_of::<Complex<T>>();
    for element in numbers.iter().step_by(in_cache_line) {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: every x86-64 processor has this instruction, and it changes nothing that a program can see.
        unsafe {
            use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(element).cast());
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = element;
    }
}

/// `to[j * to_stride + i] = from[i * from_stride + j]` for i < n and j < m, in square blocks as far as they go.
#[inline(always)]
fn transpose<T: Real>(from: &[Complex<T>], from_stride: usize, to: &mut [Complex<T>], to_stride: usize, [n, m]: [usize; 2]) {
    let (whole_n, whole_m) = (n - n % BLOCK, m - m % BLOCK);
    for j in (0..whole_m).step_by(BLOCK) {
        for i in (0..whole_n).step_by(BLOCK) {
            let mut block = [[Complex::new(T::zero(), T::zero()); BLOCK]; BLOCK];
            for (a, row) in block.iter_mut().enumerate() {
                row.copy_from_slice(&from[(i + a) * from_stride + j..][..BLOCK]);
            }
            for b in 0..BLOCK {
                let target = &mut to[(j + b) * to_stride + i..][..BLOCK];
                for (a, value) in target.iter_mut().enumerate() {
                    *value = block[a][b];
                }
            }
        }
    }
    for j in 0..m {
        for i in if j < whole_m { whole_n..n } else { 0..n } {
            to[j * to_stride + i] = from[i * from_stride + j];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{lines_to_rows, rows_to_lines};
    use num_complex::Complex;

    #[test]
    fn lines_become_rows_and_lines_again() {
        for [width, length] in [[1, 1], [4, 8], [3, 5], [9, 4], [16, 21], [6, 7]] {
            let (line_stride, row_stride) = (length + 3, width + 5);
            let lines: Vec<_> = (0..width * line_stride).map(|n| Complex::new(n as f64, -1.0)).collect();
            let empty = Complex::new(-7.0, 0.0);
            let mut rows = vec![empty; length * row_stride];
            lines_to_rows(&lines, line_stride, &mut rows, row_stride, [width, length]);
            for (n, value) in rows.iter().enumerate() {
                let (j, c) = (n / row_stride, n % row_stride);
                assert_eq!(*value, if c < width { lines[c * line_stride + j] } else { empty });
            }
            let mut back = vec![empty; lines.len()];
            rows_to_lines(&rows, row_stride, &mut back, line_stride, [width, length]);
            for (n, value) in back.iter().enumerate() {
                assert_eq!(*value, if n % line_stride < length { lines[n] } else { empty });
            }
        }
    }
}
