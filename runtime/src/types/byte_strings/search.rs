//! Looking for parts.

use memory::{Object, Value};
use text::View;
use text::search as find;
use threads::Thread;

use super::{ByteString, needle};
use crate::class::{TypeExt, class_of};
use crate::error::{Result, type_error, value_error};
use crate::native;
use crate::object::cast;
use crate::types::buffers;
use crate::types::bytearray::Bytearray;
use crate::types::slice::{bound_argument, clip};
use crate::types::{Bytes, Tuple, TupleExt};

type Bounds<'a> = [Option<&'a Value>; 2];

/// The part that a search is about, and where it begins.
fn window(bytes: &[u8], (start, end): (isize, isize)) -> Option<(&[u8], usize)> {
    let (start, end) = clip(start, end, bytes.len());
    (start <= end).then(|| (&bytes[start..end], start))
}

fn bounds(thread: &mut Thread, bounds: Bounds<'_>) -> Result<(isize, isize)> {
    let start = bound_argument(thread, bounds[0], 0)?;
    Ok((start, bound_argument(thread, bounds[1], isize::MAX)?))
}

fn position<T: ByteString>(
    thread: &mut Thread,
    this: &Object<T>,
    sub: &Value,
    given: Bounds<'_>,
    search: fn(View<'_>, View<'_>) -> Option<usize>,
) -> Result<Option<usize>> {
    let (given, sub) = T::held(thread, this, |thread| Ok((bounds(thread, given)?, needle(thread, sub)?)))?;
    Ok(T::with(thread, this, |bytes| {
        let (window, start) = window(bytes, given)?;
        search(View::Latin1(window), View::Latin1(&sub)).map(|at| at + start)
    }))
}

fn or_minus_one(found: Option<usize>) -> isize {
    found.map_or(-1, |at| at as isize)
}

fn found(found: Option<usize>) -> Result<usize> {
    found.ok_or_else(|| value_error("subsection not found"))
}

fn counted<T: ByteString>(
    thread: &mut Thread,
    this: &Object<T>,
    sub: &Value,
    given: Bounds<'_>,
) -> Result<usize> {
    let (given, sub) = T::held(thread, this, |thread| Ok((bounds(thread, given)?, needle(thread, sub)?)))?;
    Ok(T::with(thread, this, |bytes| {
        window(bytes, given)
            .map_or(0, |(window, _)| find::count(View::Latin1(window), View::Latin1(&sub), usize::MAX))
    }))
}

fn tail_match<T: ByteString>(
    thread: &mut Thread,
    this: &Object<T>,
    wanted: &Value,
    given: Bounds<'_>,
    name: &str,
    test: fn(&[u8], &[u8]) -> bool,
) -> Result<bool> {
    let given = bounds(thread, given)?;
    let matches = |thread: &mut Thread, one: &Value| -> Result<bool> {
        let one = buffers::bytes_of(thread, one)?;
        Ok(T::with(thread, this, |bytes| window(bytes, given).is_some_and(|(window, _)| test(window, &one))))
    };
    if let Some(many) = cast::<Tuple>(wanted) {
        for one in many.items() {
            if matches(thread, one)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if !buffers::is_buffer(wanted) {
        let class = class_of(wanted).name_lossy();
        return Err(type_error(format!("{name} first arg must be bytes or a tuple of bytes, not {class}")));
    }
    matches(thread, wanted)
}

/// The bytes without those at one end, if they are there.
fn without<T: ByteString>(thread: &mut Thread, this: &Object<T>, end: &Value, suffix: bool) -> Result<Value> {
    let end = buffers::bytes_of(thread, end)?;
    let rest = T::with(thread, this, |bytes| {
        let rest = if suffix { bytes.strip_suffix(&end[..]) } else { bytes.strip_prefix(&end[..]) };
        rest.filter(|_| !end.is_empty()).map(<[u8]>::to_vec)
    });
    match rest {
        Some(rest) => T::make(thread, rest),
        None => T::unchanged(thread, this),
    }
}

macro_rules! search {
    ($module:ident $type:ident $name:literal) => {
        #[native::methods($type, name = $name)]
        pub(in crate::types) mod $module {
            use super::*;

            /// Return the number of non-overlapping occurrences of subsection 'sub' in bytes B[start:end].
            ///
            ///   start
            ///     Optional start position. Default: start of the bytes.
            ///   end
            ///     Optional stop position. Default: end of the bytes.
            #[sig("($self, sub, start=<unrepresentable>, end=<unrepresentable>, /)", hidden)]
            pub fn count(
                th: &mut Thread,
                this: &Object<$type>,
                sub: &Value,
                start: Option<&Value>,
                end: Option<&Value>,
            ) -> Result<usize> {
                counted(th, this, sub, [start, end])
            }

            /// Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].
            ///
            ///   start
            ///     Optional start position. Default: start of the bytes.
            ///   end
            ///     Optional stop position. Default: end of the bytes.
            ///
            /// Return -1 on failure.
            #[sig("($self, sub, start=<unrepresentable>, end=<unrepresentable>, /)", hidden)]
            pub fn find(
                th: &mut Thread,
                this: &Object<$type>,
                sub: &Value,
                start: Option<&Value>,
                end: Option<&Value>,
            ) -> Result<isize> {
                position(th, this, sub, [start, end], super::find::find).map(or_minus_one)
            }

            /// Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].
            ///
            ///   start
            ///     Optional start position. Default: start of the bytes.
            ///   end
            ///     Optional stop position. Default: end of the bytes.
            ///
            /// Raise ValueError if the subsection is not found.
            #[sig("($self, sub, start=<unrepresentable>, end=<unrepresentable>, /)", hidden)]
            pub fn index(
                th: &mut Thread,
                this: &Object<$type>,
                sub: &Value,
                start: Option<&Value>,
                end: Option<&Value>,
            ) -> Result<usize> {
                position(th, this, sub, [start, end], super::find::find).and_then(found)
            }

            /// Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].
            ///
            ///   start
            ///     Optional start position. Default: start of the bytes.
            ///   end
            ///     Optional stop position. Default: end of the bytes.
            ///
            /// Return -1 on failure.
            #[sig("($self, sub, start=<unrepresentable>, end=<unrepresentable>, /)", hidden)]
            pub fn rfind(
                th: &mut Thread,
                this: &Object<$type>,
                sub: &Value,
                start: Option<&Value>,
                end: Option<&Value>,
            ) -> Result<isize> {
                position(th, this, sub, [start, end], super::find::rfind).map(or_minus_one)
            }

            /// Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].
            ///
            ///   start
            ///     Optional start position. Default: start of the bytes.
            ///   end
            ///     Optional stop position. Default: end of the bytes.
            ///
            /// Raise ValueError if the subsection is not found.
            #[sig("($self, sub, start=<unrepresentable>, end=<unrepresentable>, /)", hidden)]
            pub fn rindex(
                th: &mut Thread,
                this: &Object<$type>,
                sub: &Value,
                start: Option<&Value>,
                end: Option<&Value>,
            ) -> Result<usize> {
                position(th, this, sub, [start, end], super::find::rfind).and_then(found)
            }

            /// Return True if the bytes start with the specified prefix, False otherwise.
            ///
            ///   prefix
            ///     A bytes or a tuple of bytes to try.
            ///   start
            ///     Optional start position. Default: start of the bytes.
            ///   end
            ///     Optional stop position. Default: end of the bytes.
            #[sig("($self, prefix, start=<unrepresentable>, end=<unrepresentable>, /)", hidden)]
            pub fn startswith(
                th: &mut Thread,
                this: &Object<$type>,
                prefix: &Value,
                start: Option<&Value>,
                end: Option<&Value>,
            ) -> Result<bool> {
                tail_match(th, this, prefix, [start, end], "startswith", |bytes, one| bytes.starts_with(one))
            }

            /// Return True if the bytes end with the specified suffix, False otherwise.
            ///
            ///   suffix
            ///     A bytes or a tuple of bytes to try.
            ///   start
            ///     Optional start position. Default: start of the bytes.
            ///   end
            ///     Optional stop position. Default: end of the bytes.
            #[sig("($self, suffix, start=<unrepresentable>, end=<unrepresentable>, /)", hidden)]
            pub fn endswith(
                th: &mut Thread,
                this: &Object<$type>,
                suffix: &Value,
                start: Option<&Value>,
                end: Option<&Value>,
            ) -> Result<bool> {
                tail_match(th, this, suffix, [start, end], "endswith", |bytes, one| bytes.ends_with(one))
            }

            /// Return a copy with the given prefix removed if present.
            ///
            /// If the bytes starts with the prefix, return B[len(prefix):].
            /// Otherwise, return a copy of the original bytes.
            pub fn removeprefix(th: &mut Thread, this: &Object<$type>, prefix: &Value) -> Result<Value> {
                without(th, this, prefix, false)
            }

            /// Return a copy with the given suffix removed if present.
            ///
            /// If the bytes ends with the suffix and that suffix is not empty,
            /// return B[:-len(suffix)].  Otherwise, return a copy of the
            /// original bytes.
            pub fn removesuffix(th: &mut Thread, this: &Object<$type>, suffix: &Value) -> Result<Value> {
                without(th, this, suffix, true)
            }
        }
    };
}

search!(of_bytes Bytes "bytes");
search!(of_bytearray Bytearray "bytearray");
