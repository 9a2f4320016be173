//! The buffer protocol: objects that lend their bytes.
//!
//! A lent buffer is described by [`Buffer`]: where the bytes are, how they are laid out, and the object that owns them. A
//! lender that could move its bytes (bytearray, array) counts its loans and refuses to resize meanwhile.
//!
//! * INV-BUFFER-1: bytes are touched inside the loan only, and written only if it is a writable one.

use memory::Value;
use threads::Thread;

use crate::error::Result;

/// Lends the bytes of an object; see [`Buffer`]. The flag asks for a writable one.
pub type GetBuffer = fn(&mut Thread, &Value, bool) -> Result<Buffer>;

/// Bytes that an object lends.
///
/// # Concurrency
/// The bytes may be written by others at any time (that is what a writable buffer is for), so they are read and
/// written byte by byte through raw pointers, never through references.
#[derive(Debug)]
pub struct Buffer {
    /// Who lends, kept alive by the loan.
    pub owner: Value,
    /// The first byte.
    pub pointer: *mut u8,
    /// How many bytes.
    pub len_bytes: usize,
    /// Whether they must not be written.
    pub readonly: bool,
    /// Bytes of one item.
    pub item_bytes: usize,
    /// The items' format, as in the struct module.
    pub format: String,
    /// Items in each dimension.
    pub shape: Vec<usize>,
    /// Bytes from one item to the next in each dimension.
    pub strides: Vec<isize>,
    /// Called once when the loan ends.
    pub release: Option<fn(&mut Thread, &Value)>,
}

impl Buffer {
    /// A one-dimensional buffer of bytes.
    pub fn of_bytes(owner: Value, pointer: *mut u8, len_bytes: usize, readonly: bool) -> Self {
        Self {
            owner,
            pointer,
            len_bytes,
            readonly,
            item_bytes: 1,
            format: "B".to_owned(),
            shape: vec![len_bytes],
            strides: vec![1],
            release: None,
        }
    }

    /// A copy of the bytes, in order of the items.
    pub fn to_vec(&self) -> Vec<u8> {
        let contiguous = self.is_c_contiguous();
        let mut bytes = Vec::with_capacity(self.len_bytes);
        if contiguous {
            for i in 0..self.len_bytes {
                bytes.push(self.byte(i));
            }
            return bytes;
        }
        self.for_each_offset(&mut |offset| {
            for i in 0..self.item_bytes {
                // SAFETY: offsets of items lie inside the lent bytes.
                bytes.push(unsafe { self.pointer.wrapping_offset(offset).wrapping_add(i).read_volatile() });
            }
        });
        bytes
    }

    /// The byte `index` of a contiguous buffer.
    #[inline]
    pub fn byte(&self, index: usize) -> u8 {
        assert!(index < self.len_bytes, "INV-BUFFER-1");
        // SAFETY: inside the lent bytes. Volatile: others may be writing.
        unsafe { self.pointer.wrapping_add(index).read_volatile() }
    }

    /// Sets the byte `index` of a contiguous writable buffer.
    #[inline]
    pub fn set_byte(&self, index: usize, byte: u8) {
        assert!(index < self.len_bytes && !self.readonly, "INV-BUFFER-1");
        // SAFETY: inside the lent bytes. Volatile: others may be reading.
        unsafe { self.pointer.wrapping_add(index).write_volatile(byte) };
    }

    /// Whether the items lie one behind the other in C's order.
    pub fn is_c_contiguous(&self) -> bool {
        let mut expected = self.item_bytes as isize;
        for (&n, &stride) in self.shape.iter().zip(&self.strides).rev() {
            if n > 1 && stride != expected {
                return false;
            }
            expected *= n as isize;
        }
        true
    }

    /// Calls `f` with the offset of each item, in C's order.
    pub fn for_each_offset(&self, f: &mut dyn FnMut(isize)) {
        fn go(shape: &[usize], strides: &[isize], at: isize, f: &mut dyn FnMut(isize)) {
            match (shape.split_first(), strides.split_first()) {
                (Some((&n, shape)), Some((&stride, strides))) => {
                    for i in 0..n {
                        go(shape, strides, at + i as isize * stride, f);
                    }
                }
                _ => f(at),
            }
        }
        go(&self.shape, &self.strides, 0, f);
    }
}
