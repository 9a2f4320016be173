//! Where the items of a view are: shape, strides, and the walk over all items.

use crate::native::buffer::Buffer;
use crate::types::slice::Span;

/// The layout of a view. Offsets are in bytes from the first item.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// The first item.
    pub(super) first: *mut u8,
    /// Bytes of one item.
    pub(super) item_bytes: usize,
    /// Items in each dimension.
    pub(super) shape: Vec<usize>,
    /// Bytes from one item to the next in each dimension.
    pub(super) strides: Vec<isize>,
}

impl Layout {
    pub(super) fn of(buffer: &Buffer) -> Self {
        Self {
            first: buffer.pointer,
            item_bytes: buffer.item_bytes,
            shape: buffer.shape.clone(),
            strides: buffer.strides.clone(),
        }
    }

    /// How many items.
    pub(super) fn items(&self) -> usize {
        self.shape.iter().product()
    }

    /// How many bytes the items have.
    pub(super) fn len_bytes(&self) -> usize {
        self.items() * self.item_bytes
    }

    /// Whether the items lie one behind the other, the last dimension varying fastest (C) or the first one (Fortran).
    pub(super) fn contiguous(&self, fortran: bool) -> bool {
        if self.items() == 0 {
            return true;
        }
        let mut expected = self.item_bytes as isize;
        let check = |(&n, &stride): (&usize, &isize)| {
            let fits = n < 2 || stride == expected;
            expected *= n as isize;
            fits
        };
        let mut dimensions = self.shape.iter().zip(&self.strides);
        if fortran { dimensions.all(check) } else { dimensions.rev().all(check) }
    }

    /// The strides of items that lie one behind the other in C's order.
    pub(super) fn c_strides(shape: &[usize], item_bytes: usize) -> Vec<isize> {
        let mut strides = vec![0; shape.len()];
        let mut step = item_bytes as isize;
        for (stride, &n) in strides.iter_mut().zip(shape).rev() {
            *stride = step;
            step *= n as isize;
        }
        strides
    }

    /// The offset of an index in one dimension; `None` if it is out of range.
    pub(super) fn offset(&self, dimension: usize, index: isize) -> Option<isize> {
        let index = crate::ops::wrap_index(index, self.shape[dimension])?;
        Some(index as isize * self.strides[dimension])
    }

    /// The part that a slice of the first dimension selects.
    pub(super) fn sliced(&self, span: Span) -> Self {
        let mut part = self.clone();
        part.first = part.first.wrapping_offset(span.start as isize * self.strides[0]);
        part.shape[0] = span.count;
        part.strides[0] = self.strides[0].wrapping_mul(span.step);
        part
    }

    /// Calls `f` with the offset of each item, the last dimension varying fastest, or the first one.
    pub(super) fn for_each(&self, fortran: bool, mut f: impl FnMut(isize)) {
        let n = self.shape.len();
        if self.items() == 0 {
            return;
        }
        let mut index = vec![0usize; n];
        let mut offset = 0isize;
        loop {
            f(offset);
            // Count up, like an odometer.
            let mut moved = false;
            for step in 0..n {
                let d = if fortran { step } else { n - 1 - step };
                index[d] += 1;
                offset += self.strides[d];
                if index[d] < self.shape[d] {
                    moved = true;
                    break;
                }
                offset -= self.strides[d] * self.shape[d] as isize;
                index[d] = 0;
            }
            if !moved {
                return;
            }
        }
    }

    /// Reads the bytes of the item at `offset`. The caller is a user of the loan (INV-MEMORYVIEW-1).
    pub(super) fn read(&self, offset: isize, into: &mut [u8]) {
        debug_assert_eq!(into.len(), self.item_bytes);
        let from = self.first.wrapping_offset(offset);
        for (i, byte) in into.iter_mut().enumerate() {
            // SAFETY: INV-MEMORYVIEW-1; offsets of items lie inside the lent bytes. Volatile: others may be writing.
            *byte = unsafe { from.wrapping_add(i).read_volatile() };
        }
    }

    /// Writes the bytes of the item at `offset`, of a view that is writable.
    pub(super) fn write(&self, offset: isize, bytes: &[u8]) {
        debug_assert_eq!(bytes.len(), self.item_bytes);
        let to = self.first.wrapping_offset(offset);
        for (i, &byte) in bytes.iter().enumerate() {
            // SAFETY: as in `read`; the view is writable.
            unsafe { to.wrapping_add(i).write_volatile(byte) };
        }
    }

    /// A copy of all items.
    pub(super) fn to_vec(&self, fortran: bool) -> Vec<u8> {
        let mut bytes = vec![0; self.len_bytes()];
        if self.contiguous(fortran) && !bytes.is_empty() {
            // SAFETY: INV-MEMORYVIEW-1; as many bytes lie there in one piece. A writer of the same bytes may make the copy
            // a mixture of old and new, which is what a program that races gets.
            unsafe {
                std::ptr::copy_nonoverlapping(self.first.cast_const(), bytes.as_mut_ptr(), bytes.len())
            };
            return bytes;
        }
        let mut at = 0;
        self.for_each(fortran, |offset| {
            self.read(offset, &mut bytes[at..at + self.item_bytes]);
            at += self.item_bytes;
        });
        bytes
    }

    /// Sets all items, in C's order.
    pub(super) fn fill(&self, bytes: &[u8]) {
        let mut at = 0;
        self.for_each(false, |offset| {
            self.write(offset, &bytes[at..at + self.item_bytes]);
            at += self.item_bytes;
        });
    }
}
