//! Methods and attributes of views.

use memory::{Object, Value};
use threads::{Context, Thread};

use super::item::Format;
use super::layout::Layout;
use super::{Loan, MemoryView, access, check, derived, loan_of, new_with, release};
use crate::class::{TypeExt, class_of};
use crate::error::{Result, not_implemented_error, overflow_error, type_error, value_error};
use crate::native::{self, Index};
use crate::object::{cast, to_value};
use crate::types::byte_strings::transform::hexadecimal;
use crate::types::{Bytes, List, Str, StrExt, Tuple, int};

const MOST_DIMENSIONS: usize = 64;

/// A list of the items, in lists for each dimension.
fn listed(thread: &Context, format: &Format, layout: &Layout, bytes: &[u8]) -> Result<Value> {
    if layout.shape.is_empty() {
        return format.unpack(thread, bytes);
    }
    let size = layout.item_bytes.max(1);
    let mut level = bytes.chunks(size).map(|item| format.unpack(thread, item)).collect::<Result<Vec<_>>>()?;
    // From the innermost dimension outwards: so many items of a level make one of the next. An empty dimension has to be
    // made from the outside.
    if layout.items() == 0 {
        return empty_lists(thread, &layout.shape);
    }
    for &n in layout.shape.iter().skip(1).rev() {
        let mut rest = level.into_iter();
        let mut next = Vec::new();
        loop {
            let group: Vec<Value> = rest.by_ref().take(n).collect();
            if group.is_empty() {
                break;
            }
            next.push(List::new(thread, group)?);
        }
        level = next;
    }
    List::new(thread, level)
}

/// The nested lists of a shape without items: as deep as its first empty dimension.
fn empty_lists(thread: &Context, shape: &[usize]) -> Result<Value> {
    match shape {
        [] | [0, ..] | [_] => List::new(thread, Vec::new()),
        [n, inner @ ..] => {
            let items = (0..*n).map(|_| empty_lists(thread, inner)).collect::<Result<Vec<_>>>()?;
            List::new(thread, items)
        }
    }
}

fn numbers(thread: &Context, numbers: impl Iterator<Item = isize>) -> Result<Value> {
    let items = numbers.map(|n| int::from_i64(thread, n as i64)).collect::<Result<Vec<_>>>()?;
    Tuple::new(thread, items)
}

/// Whether bytes are asked for in Fortran's order.
fn fortran(view: &Object<MemoryView>, order: Option<&Value>) -> Result<bool> {
    let Some(order) = order.filter(|order| !order.is_none()) else { return Ok(false) };
    let Some(text) = cast::<Str>(order) else {
        let class = class_of(order).name_lossy();
        return Err(type_error(format!("tobytes() argument 'order' must be str or None, not {class}")));
    };
    match text.as_ascii() {
        Some("C") => Ok(false),
        Some("F") => Ok(true),
        Some("A") => Ok(!view.payload().layout.contiguous(false) && view.payload().layout.contiguous(true)),
        _ => Err(value_error("order must be 'C', 'F' or 'A'")),
    }
}

/// The shape that a list or tuple of ints says.
fn shape_of(thread: &mut Thread, shape: &Value) -> Result<Vec<usize>> {
    let items = if cast::<List>(shape).is_some() || cast::<Tuple>(shape).is_some() {
        crate::ops::to_vec(thread, shape)?
    } else {
        return Err(type_error("shape must be a list or a tuple"));
    };
    if items.len() > MOST_DIMENSIONS {
        return Err(value_error("memoryview: number of dimensions must not exceed 64"));
    }
    let mut found = Vec::with_capacity(items.len());
    for item in &items {
        if !int::is_int(item) {
            return Err(type_error("memoryview.cast(): elements of shape must be integers"));
        }
        let n = int::to_i64(item)
            .ok_or_else(|| overflow_error("Python int too large to convert to C ssize_t"))?;
        if n <= 0 {
            return Err(value_error("memoryview.cast(): elements of shape must be integers > 0"));
        }
        found.push(n as usize);
    }
    Ok(found)
}

fn converted(
    thread: &mut Thread,
    view: &Object<MemoryView>,
    format: &Object<Str>,
    shape: Option<&Value>,
) -> Result<Value> {
    check(view)?;
    let payload = view.payload();
    let layout = &payload.layout;
    if !layout.contiguous(false) {
        return Err(type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    if (shape.is_some() || layout.shape.len() != 1) && layout.shape.contains(&0) {
        return Err(type_error("memoryview: cannot cast view with zeros in shape or strides"));
    }
    let shape = shape.map(|shape| shape_of(thread, shape)).transpose()?;
    if let Some(shape) = &shape
        && layout.shape.len() != 1
        && shape.len() != 1
    {
        return Err(type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
    }
    let format = Format::parse(&format.to_string_lossy());
    let wrong = |which: &str| {
        value_error(format!(
            "memoryview: {which} format must be a native single character format prefixed with an optional '@'"
        ))
    };
    let item_bytes = format.native_size().ok_or_else(|| wrong("destination"))?;
    if payload.format.native().is_none() {
        return Err(wrong("source"));
    }
    if !payload.format.is_bytes() && !format.is_bytes() {
        return Err(type_error("memoryview: cannot cast between two non-byte formats"));
    }
    let len = layout.len_bytes();
    if !len.is_multiple_of(item_bytes) {
        return Err(type_error("memoryview: length is not a multiple of itemsize"));
    }
    let shape = match shape {
        None => vec![len / item_bytes],
        Some(shape) => {
            let product = shape.iter().try_fold(1usize, |product, &n| product.checked_mul(n));
            let product = product.and_then(|product| product.checked_mul(item_bytes));
            match product {
                None => return Err(value_error("memoryview.cast(): product(shape) > SSIZE_MAX")),
                Some(product) if product != len => {
                    return Err(type_error("memoryview: product(shape) * itemsize != buffer size"));
                }
                Some(_) => shape,
            }
        }
    };
    let strides = Layout::c_strides(&shape, item_bytes);
    let layout = Layout { first: layout.first, item_bytes, shape, strides };
    derived(thread, view, layout, format, payload.readonly)
}

/// The items from `start` to `stop`, one at a time, until `f` has seen enough.
fn find(
    thread: &mut Thread,
    view: &Object<MemoryView>,
    range: std::ops::Range<usize>,
    mut f: impl FnMut(&mut Thread, usize, &Value) -> Result<bool>,
) -> Result<()> {
    for index in range {
        let item = super::subscript::item_at(thread, view, index as isize)?;
        if f(thread, index, &item)? {
            return Ok(());
        }
        crate::ops::memory_poll(thread)?;
    }
    Ok(())
}

#[native::methods(MemoryView, name = "memoryview")]
pub(super) mod methods {
    use super::*;

    /// Release the underlying buffer exposed by the memoryview object.
    #[name("release")]
    pub fn release_(th: &mut Thread, view: &Object<MemoryView>) -> Result<()> {
        release(th, view)
    }

    /// Return the data in the buffer as a byte string.
    ///
    /// Order can be {'C', 'F', 'A'}. When order is 'C' or 'F', the data of the
    /// original array is converted to C or Fortran order. For contiguous views,
    /// 'A' returns an exact copy of the physical memory. In particular, in-memory
    /// Fortran order is preserved. For non-contiguous views, the data is converted
    /// to C first. order=None is the same as order='C'.
    #[sig("($self, /, order='C')")]
    pub fn tobytes(th: &mut Thread, view: &Object<MemoryView>, order: Option<&Value>) -> Result<Value> {
        check(view)?;
        let fortran = fortran(view, order)?;
        let bytes = access(th, view, |layout| layout.to_vec(fortran))?;
        Bytes::new(th, &bytes)
    }

    /// Return the data in the buffer as a str of hexadecimal numbers.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from the
    ///     right, negative values count from the left.
    ///
    /// Example:
    /// >>> value = memoryview(b'\xb9\x01\xef')
    /// >>> value.hex()
    /// 'b901ef'
    /// >>> value.hex(':')
    /// 'b9:01:ef'
    /// >>> value.hex(':', 2)
    /// 'b9:01ef'
    /// >>> value.hex(':', -2)
    /// 'b901:ef'
    #[sig("($self, /, sep=<unrepresentable>, bytes_per_sep=1)")]
    pub fn hex(
        th: &mut Thread,
        view: &Object<MemoryView>,
        sep: Option<&Value>,
        bytes_per_sep: i32,
    ) -> Result<Value> {
        let bytes = access(th, view, |layout| layout.to_vec(false))?;
        hexadecimal(th, &bytes, sep, bytes_per_sep)
    }

    /// Return the data in the buffer as a list of elements.
    pub fn tolist(th: &mut Thread, view: &Object<MemoryView>) -> Result<Value> {
        check(view)?;
        view.payload().format.for_items()?;
        let bytes = access(th, view, |layout| layout.to_vec(false))?;
        listed(th, &view.payload().format, &view.payload().layout, &bytes)
    }

    /// Cast a memoryview to a new format or shape.
    #[sig("($self, /, format, shape=<unrepresentable>)")]
    pub fn cast(
        th: &mut Thread,
        view: &Object<MemoryView>,
        format: &Object<Str>,
        shape: Option<&Value>,
    ) -> Result<Value> {
        converted(th, view, format, shape)
    }

    /// Return a readonly version of the memoryview.
    pub fn toreadonly(th: &mut Thread, view: &Object<MemoryView>) -> Result<Value> {
        check(view)?;
        let payload = view.payload();
        derived(th, view, payload.layout.clone(), payload.format.clone(), true)
    }

    /// Create a new memoryview object which references the given object.
    #[class_method]
    #[sig("($type, /, object, flags)")]
    pub fn _from_flags(th: &mut Thread, class: &Value, object: &Value, flags: i32) -> Result<Value> {
        let _ = class;
        new_with(th, object, flags & 1 != 0)
    }

    /// Count the number of occurrences of a value.
    pub fn count(th: &mut Thread, view: &Object<MemoryView>, value: &Value) -> Result<usize> {
        check(view)?;
        let len = match view.payload().layout.shape.as_slice() {
            [] => return Err(type_error("invalid indexing of 0-dim memory")),
            [len] => *len,
            _ => return Err(not_implemented_error("multi-dimensional sub-views are not implemented")),
        };
        let mut found = 0;
        find(th, view, 0..len, |th, _, item| {
            found += usize::from(crate::ops::is_or_equals(th, item, value)?);
            Ok(false)
        })?;
        Ok(found)
    }

    /// Return the index of the first occurrence of a value.
    ///
    /// Raises ValueError if the value is not present.
    #[sig("($self, value, start=0, stop=sys.maxsize, /)")]
    pub fn index(
        th: &mut Thread,
        view: &Object<MemoryView>,
        value: &Value,
        start: Index,
        stop: Index,
    ) -> Result<usize> {
        check(view)?;
        let len = match view.payload().layout.shape.as_slice() {
            [] => return Err(type_error("invalid lookup on 0-dim memory")),
            [len] => *len,
            _ => return Err(not_implemented_error("multi-dimensional lookup is not implemented")),
        };
        let fit = |at: Index| {
            let at = if at.0 < 0 { at.0.saturating_add_unsigned(len).max(0) } else { at.0 };
            (at as usize).min(len)
        };
        let mut found = None;
        find(th, view, fit(start)..fit(stop), |th, index, item| {
            if crate::ops::is_or_equals(th, item, value)? {
                found = Some(index);
            }
            Ok(found.is_some())
        })?;
        found.ok_or_else(|| value_error("memoryview.index(x): x not found"))
    }

    /// The view itself, unless it has been released.
    pub fn __enter__(view: &Object<MemoryView>) -> Result<Value> {
        check(view)?;
        Ok(to_value(view))
    }

    /// Release the view.
    #[sig("($self, /, *exc_info)")]
    pub fn __exit__(th: &mut Thread, view: &Object<MemoryView>, exc_info: &[Value]) -> Result<()> {
        let _ = exc_info;
        release(th, view)
    }

    /// See PEP 585
    #[class_method]
    pub fn __class_getitem__(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        crate::types::generic_alias::new(th, class, object)
    }

    /// The underlying object of the memoryview.
    #[getter]
    pub fn obj(view: &Object<MemoryView>) -> Result<Value> {
        check(view)?;
        let loan = loan_of(view)?;
        let owner =
            crate::object::cast::<Loan>(&loan).and_then(|loan| loan.payload().owner.get(loan.header()));
        Ok(owner.unwrap_or_else(Value::none))
    }

    /// The amount of space in bytes that the array would use in
    /// a contiguous representation.
    #[getter]
    pub fn nbytes(view: &Object<MemoryView>) -> Result<usize> {
        check(view)?;
        Ok(view.payload().layout.len_bytes())
    }

    /// A bool indicating whether the memory is read only.
    #[getter]
    pub fn readonly(view: &Object<MemoryView>) -> Result<bool> {
        check(view)?;
        Ok(view.payload().readonly)
    }

    /// The size in bytes of each element of the memoryview.
    #[getter]
    pub fn itemsize(view: &Object<MemoryView>) -> Result<usize> {
        check(view)?;
        Ok(view.payload().layout.item_bytes)
    }

    /// A string containing the format (in struct module style)
    /// for each element in the view.
    #[getter]
    pub fn format(view: &Object<MemoryView>) -> Result<String> {
        check(view)?;
        Ok(view.payload().format.text().to_owned())
    }

    /// An integer indicating how many dimensions of a multi-dimensional
    /// array the memory represents.
    #[getter]
    pub fn ndim(view: &Object<MemoryView>) -> Result<usize> {
        check(view)?;
        Ok(view.payload().layout.shape.len())
    }

    /// A tuple of ndim integers giving the shape of the memory
    /// as an N-dimensional array.
    #[getter]
    pub fn shape(th: &mut Thread, view: &Object<MemoryView>) -> Result<Value> {
        check(view)?;
        numbers(th, view.payload().layout.shape.iter().map(|&n| n as isize))
    }

    /// A tuple of ndim integers giving the size in bytes to access
    /// each element for each dimension of the array.
    #[getter]
    pub fn strides(th: &mut Thread, view: &Object<MemoryView>) -> Result<Value> {
        check(view)?;
        numbers(th, view.payload().layout.strides.iter().copied())
    }

    /// A tuple of integers used internally for PIL-style arrays.
    #[getter]
    pub fn suboffsets(th: &mut Thread, view: &Object<MemoryView>) -> Result<Value> {
        check(view)?;
        numbers(th, std::iter::empty())
    }

    /// A bool indicating whether the memory is C contiguous.
    #[getter]
    pub fn c_contiguous(view: &Object<MemoryView>) -> Result<bool> {
        check(view)?;
        Ok(view.payload().layout.contiguous(false))
    }

    /// A bool indicating whether the memory is Fortran contiguous.
    #[getter]
    pub fn f_contiguous(view: &Object<MemoryView>) -> Result<bool> {
        check(view)?;
        Ok(view.payload().layout.contiguous(true))
    }

    /// A bool indicating whether the memory is contiguous.
    #[getter]
    pub fn contiguous(view: &Object<MemoryView>) -> Result<bool> {
        check(view)?;
        let layout = &view.payload().layout;
        Ok(layout.contiguous(false) || layout.contiguous(true))
    }
}
