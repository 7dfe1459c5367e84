//! A region of memory from the operating system: asked for, wiped, given back.
//! What lies in it is the caller's business.

use std::ptr::NonNull;

use crate::HUGE_PAGE;

/// Zeroed memory of whole huge pages, owned alone.
pub(crate) struct Region {
    start: NonNull<u8>,
    bytes: usize,
}

impl Region {
    /// At least `bytes` zeroed bytes, starting at a multiple of [`HUGE_PAGE`].
    pub(crate) fn map(bytes: usize) -> Option<Self> {
        let bytes = bytes.max(1).checked_next_multiple_of(HUGE_PAGE)?;
        if isize::try_from(bytes).is_err() {
            return None;
        }
        system::map(bytes).map(|start| Self { start, bytes })
    }

    /// The first byte.
    pub(crate) const fn start(&self) -> NonNull<u8> {
        self.start
    }

    /// Overwrite everything with zeros, in a way that is not optimised out.
    pub(crate) fn wipe(&mut self) {
        let words = self.start.cast::<u64>();
        for index in 0..self.bytes / size_of::<u64>() {
            // SAFETY: The index stays inside the region, which is whole words long, writable, aligned
            // to far more than a word, and borrowed uniquely.
            unsafe { words.add(index).write_volatile(0) };
        }
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: `system::map` gave exactly this region, and its owner goes away here.
        unsafe { system::unmap(self.start, self.bytes) };
    }
}

/// Pages straight from the kernel: an allocator might keep them after the drop.
#[cfg(unix)]
mod system {
    use std::ptr::{NonNull, null_mut};

    use crate::HUGE_PAGE;

    pub(super) fn map(bytes: usize) -> Option<NonNull<u8>> {
        let mapped = bytes.checked_add(HUGE_PAGE)?;
        // SAFETY: A new private anonymous mapping touches no memory that exists.
        let base = unsafe {
            libc::mmap(
                null_mut(),
                mapped,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        if base == libc::MAP_FAILED {
            return None;
        }
        let base = NonNull::new(base.cast::<u8>())?;
        let before = base.align_offset(HUGE_PAGE);
        let after = mapped.checked_sub(before + bytes)?;
        // SAFETY: `before + bytes + after` is what was mapped, so all three parts lie inside it; the
        // outer two are whole pages that nobody uses.
        unsafe {
            let start = base.add(before);
            unmap(base, before);
            unmap(start.add(bytes), after);
            ask_for_huge_pages(start, bytes);
            Some(start)
        }
    }

    /// # Safety
    /// The region must be mapped, and nobody may use it any more.
    pub(super) unsafe fn unmap(start: NonNull<u8>, bytes: usize) {
        if bytes > 0 {
            // SAFETY: The caller gives the region up. A refusal would only leak it.
            unsafe { libc::munmap(start.as_ptr().cast(), bytes) };
        }
    }

    /// A wish: where the kernel does not know it, the pages stay small.
    ///
    /// # Safety
    /// The region must be mapped.
    #[cfg(target_os = "linux")]
    unsafe fn ask_for_huge_pages(start: NonNull<u8>, bytes: usize) {
        // SAFETY: The caller owns the mapping; the advice does not change what it holds.
        unsafe { libc::madvise(start.as_ptr().cast(), bytes, libc::MADV_HUGEPAGE) };
    }

    #[cfg(not(target_os = "linux"))]
    unsafe fn ask_for_huge_pages(_start: NonNull<u8>, _bytes: usize) {}
}

/// The allocator's aligned memory, where there is no `mmap`.
#[cfg(not(unix))]
mod system {
    use std::{
        alloc::{Layout, alloc_zeroed, dealloc},
        ptr::NonNull,
    };

    use crate::HUGE_PAGE;

    pub(super) fn map(bytes: usize) -> Option<NonNull<u8>> {
        let layout = Layout::from_size_align(bytes, HUGE_PAGE).ok()?;
        // SAFETY: `Region::map` never asks for nothing.
        NonNull::new(unsafe { alloc_zeroed(layout) })
    }

    /// # Safety
    /// The region must come from `map`, and nobody may use it any more.
    pub(super) unsafe fn unmap(start: NonNull<u8>, bytes: usize) {
        if let Ok(layout) = Layout::from_size_align(bytes, HUGE_PAGE) {
            // SAFETY: The caller gives up what `map` got with this very layout.
            unsafe { dealloc(start.as_ptr(), layout) };
        }
    }
}
