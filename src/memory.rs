//! Allocator that puts large arrays into huge pages. Columns are read and written across rows that
//! lie further apart than a page, so nearly every access needs another entry of the page table. With
//! pages of 2 MiB a right-hand side takes 2 to 3 % less time on one rank, and 7 % less on two that
//! copy from each other (docs/performance.md). Linux grants such pages on request if its setting
//! `transparent_hugepage/enabled` is `madvise` or `always`.

use std::alloc::{GlobalAlloc, Layout, System};

/// Bytes of a huge page on x86-64; another size elsewhere does no harm.
const HUGE_PAGE: usize = 2 << 20;

/// The system's allocator, with a request for huge pages for every large array. A program uses it as
/// its `global_allocator`.
pub struct HugePages;

impl HugePages {
    /// The layout of a large array, aligned to huge pages; none for a small one.
    fn long(layout: Layout) -> Option<Layout> {
        if layout.size() < 2 * HUGE_PAGE { None } else { layout.align_to(HUGE_PAGE).ok() }
    }
}

// SAFETY: every call goes to the system's allocator, with a layout of the same size and of no smaller
// alignment, which depends only on the requested layout; so `dealloc` gets the layout of `alloc`.
// `alloc_zeroed` and `realloc` of a large array use these two as in the trait's own definition.
unsafe impl GlobalAlloc for HugePages {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(long) = Self::long(layout) else {
            // SAFETY: the caller keeps the contract of `alloc`.
            return unsafe { System.alloc(layout) };
        };
        // SAFETY: the same, since the layout has the same size.
        let pointer = unsafe { System.alloc(long) };
        #[cfg(target_os = "linux")]
        if !pointer.is_null() {
            // SAFETY: the range was just allocated, and the advice does not change its content. A
            // kernel that does not know the advice returns an error and does nothing.
            let _ = unsafe {
                rustix::mm::madvise(pointer.cast(), long.size(), rustix::mm::Advice::LinuxHugepage)
            };
        }
        pointer
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`, and this is the layout of `alloc`.
        unsafe { System.dealloc(pointer, Self::long(layout).unwrap_or(layout)) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if Self::long(layout).is_none() {
            // SAFETY: the caller keeps the contract of `alloc_zeroed`.
            return unsafe { System.alloc_zeroed(layout) };
        }
        // SAFETY: the same.
        let pointer = unsafe { self.alloc(layout) };
        if !pointer.is_null() {
            // SAFETY: so many bytes were just allocated.
            unsafe { pointer.write_bytes(0, layout.size()) };
        }
        pointer
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller promises that `new_size`, rounded up to the alignment, does not overflow.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        if Self::long(layout).is_none() && Self::long(new_layout).is_none() {
            // SAFETY: the caller keeps the contract of `realloc`.
            return unsafe { System.realloc(pointer, layout, new_size) };
        }
        // SAFETY: the same; as many bytes are copied as both have.
        unsafe {
            let new = self.alloc(new_layout);
            if !new.is_null() {
                new.copy_from_nonoverlapping(pointer, layout.size().min(new_size));
                self.dealloc(pointer, layout);
            }
            new
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{HUGE_PAGE, HugePages};
    use std::alloc::{GlobalAlloc, Layout};

    #[test]
    fn large_arrays_are_aligned_to_huge_pages_zeroed_on_request_and_kept_when_resized() {
        let sizes = [100, HUGE_PAGE, 2 * HUGE_PAGE, 5 * HUGE_PAGE + 17];
        for (from, to) in sizes.into_iter().flat_map(|from| sizes.into_iter().map(move |to| (from, to))) {
            let [layout, new_layout] = [from, to].map(|size| Layout::from_size_align(size, 16).unwrap());
            // SAFETY: allocated, used within its size, and given back with the layout it has.
            unsafe {
                let pointer = HugePages.alloc_zeroed(layout);
                assert!(from < 2 * HUGE_PAGE || (pointer as usize).is_multiple_of(HUGE_PAGE));
                assert!(std::slice::from_raw_parts(pointer, from).iter().all(|byte| *byte == 0));
                (0..from).step_by(97).for_each(|i| *pointer.add(i) = (i % 251) as u8);
                let pointer = HugePages.realloc(pointer, layout, to);
                assert!(to < 2 * HUGE_PAGE || (pointer as usize).is_multiple_of(HUGE_PAGE));
                assert!(
                    (0..from.min(to)).step_by(97).all(|i| *pointer.add(i) == (i % 251) as u8),
                    "{from} to {to}"
                );
                HugePages.dealloc(pointer, new_layout);
            }
        }
    }
}
