//! Memory on huge pages, for work that is slowed by page faults and TLB misses:
//! Argon2 walks at random through some twenty megabytes.
//!
//! The one crate that may say `unsafe`. Its interface is safe, and it knows
//! neither passwords nor hashes.

mod region;

use std::{
    marker::PhantomData,
    ops::{Deref, DerefMut},
};

use region::Region;

/// Bytes of a huge page on the machines we know, and the buffer's alignment.
pub const HUGE_PAGE: usize = 2 * 1024 * 1024;

/// A fixed slice of `T` that starts on a huge-page boundary and asks the kernel
/// for huge pages; where there are none it is ordinary memory. It is wiped and
/// given back to the operating system when dropped.
///
/// `T: Copy` keeps the interface safe: every element is a copy of one given
/// value, and nothing is left undone when the memory is wiped.
pub struct HugeBuffer<T: Copy> {
    region: Region,
    len: usize,
    elements: PhantomData<T>,
}

impl<T: Copy> HugeBuffer<T> {
    /// A buffer of `len` copies of `value`, or `None` if the operating system
    /// has no memory to give.
    pub fn filled(value: T, len: usize) -> Option<Self> {
        const {
            assert!(
                align_of::<T>() <= HUGE_PAGE,
                "a huge page cannot hold this alignment"
            );
        };
        let bytes = len.checked_mul(size_of::<T>())?;
        let region = Region::map(bytes)?;
        for index in 0..len {
            // SAFETY: The region holds at least `len * size_of::<T>()` writable bytes, starts at a
            // multiple of `HUGE_PAGE`, hence of T's alignment, and nobody else knows it yet.
            unsafe { region.start().cast::<T>().add(index).write(value) };
        }
        Some(Self {
            region,
            len,
            elements: PhantomData,
        })
    }
}

impl<T: Copy> Deref for HugeBuffer<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: `filled` wrote `len` valid elements at the start of the region, which lives as long
        // as `self`; the shared borrow of `self` excludes writers.
        unsafe { std::slice::from_raw_parts(self.region.start().cast::<T>().as_ptr(), self.len) }
    }
}

impl<T: Copy> DerefMut for HugeBuffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: As in `deref`; the unique borrow of `self` excludes every other access.
        unsafe {
            std::slice::from_raw_parts_mut(self.region.start().cast::<T>().as_ptr(), self.len)
        }
    }
}

impl<T: Copy> Drop for HugeBuffer<T> {
    fn drop(&mut self) {
        self.region.wipe();
    }
}

// SAFETY: The buffer owns its elements alone, as a `Box<[T]>` does, so it may go where they may.
unsafe impl<T: Copy + Send> Send for HugeBuffer<T> {}

// SAFETY: A shared buffer only gives shared access to its elements, as a `Box<[T]>` does.
unsafe impl<T: Copy + Sync> Sync for HugeBuffer<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, PartialEq, Debug)]
    #[repr(align(64))]
    struct Block([u64; 128]);

    #[test]
    fn a_buffer_is_filled_aligned_and_writable() {
        for len in [0, 1, 7, 2048, 2049, 19_456] {
            let mut buffer = HugeBuffer::filled(Block([7; 128]), len).unwrap();
            assert_eq!(buffer.as_ptr().addr() % HUGE_PAGE, 0, "{len}");
            assert_eq!(buffer.len(), len);
            assert!(
                buffer.iter().all(|block| *block == Block([7; 128])),
                "{len}"
            );
            for (block, mark) in buffer.iter_mut().zip(0..) {
                block.0[127] = mark;
            }
            assert!(
                buffer
                    .iter()
                    .zip(0..)
                    .all(|(block, mark)| block.0[127] == mark),
                "{len}"
            );
        }
    }

    #[test]
    fn two_buffers_never_overlap() {
        let mut one = HugeBuffer::filled(1_u8, 3 * HUGE_PAGE + 1).unwrap();
        let two = HugeBuffer::filled(2_u8, 3 * HUGE_PAGE + 1).unwrap();
        one.fill(3);
        assert!(two.iter().all(|byte| *byte == 2));
    }

    #[test]
    fn what_is_wiped_is_gone() {
        let mut buffer = HugeBuffer::filled(u64::MAX, 100_000).unwrap();
        buffer.region.wipe();
        assert!(buffer.iter().all(|word| *word == 0));
    }

    #[test]
    fn more_than_there_is_is_refused() {
        assert!(HugeBuffer::filled(0_u64, usize::MAX).is_none());
        assert!(HugeBuffer::filled(0_u8, usize::MAX).is_none());
        assert!(HugeBuffer::filled(0_u8, isize::MAX as usize).is_none());
    }

    #[test]
    fn a_buffer_may_change_threads() {
        let mut buffer = HugeBuffer::filled(5_u32, 10).unwrap();
        let sum = std::thread::spawn(move || {
            buffer[0] = 6;
            buffer.iter().sum::<u32>()
        });
        assert_eq!(sum.join().unwrap(), 51);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_dropped_buffer_is_given_back() {
        const LARGE: usize = 256 * 1024 * 1024;
        let resident = || {
            let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
            statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
        };
        let buffer = HugeBuffer::filled(1_u64, LARGE / 8).unwrap();
        let with = resident();
        drop(buffer);
        assert!(with - resident() > LARGE / 2);
    }
}
