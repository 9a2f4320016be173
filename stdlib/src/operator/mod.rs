//! `_operator`: the operators as functions, and callables that fetch items, attributes and results of methods.

mod getters;
mod methodcaller;

pub use functions::MODULE;

/// Operator interface: functions that correspond to the intrinsic operators of Python.
#[runtime::native::module(
    "_operator",
    classes(super::getters::AttrGetter, super::getters::ItemGetter, super::methodcaller::MethodCaller)
)]
pub mod functions {
    use runtime::class::{BinaryOp, Comparison, slots_of};
    use runtime::error::{Result, TYPE_ERROR, type_error, value_error};
    use runtime::iterate::Iteration;
    use runtime::native::{Args, KwRest, Rest};
    use runtime::object::cast;
    use runtime::ops::{self, UnaryOp};
    use runtime::types::{Str, StrExt, buffers, sequence};
    use runtime::{Thread, Value};

    use crate::support;

    /// Return True if a is true, False otherwise.
    pub fn truth(th: &mut Thread, a: &Value) -> Result<bool> {
        ops::is_true(th, a)
    }

    /// Same as b in a (note reversed operands).
    pub fn contains(th: &mut Thread, a: &Value, b: &Value) -> Result<bool> {
        ops::contains(th, a, b)
    }

    fn iterate(thread: &mut Thread, a: &Value) -> Result<Iteration> {
        match Iteration::over(thread, a) {
            Err(raised) if raised.is(&TYPE_ERROR) && !sequence::is_iterable(a) => {
                Err(type_error(format!("argument of type '{}' is not iterable", support::class_name(a))))
            }
            other => other,
        }
    }

    /// Return the first index of b in a.
    #[name("indexOf")]
    pub fn index_of(th: &mut Thread, a: &Value, b: &Value) -> Result<usize> {
        let mut items = iterate(th, a)?;
        let mut index = 0;
        while let Some(item) = items.next(th)? {
            if ops::is_or_equals(th, &item, b)? {
                return Ok(index);
            }
            index += 1;
            support::poll(th)?;
        }
        Err(value_error("sequence.index(x): x not in sequence"))
    }

    /// Return the number of items in a which are, or which equal, b.
    #[name("countOf")]
    pub fn count_of(th: &mut Thread, a: &Value, b: &Value) -> Result<usize> {
        let mut items = iterate(th, a)?;
        let mut count = 0;
        while let Some(item) = items.next(th)? {
            count += usize::from(ops::is_or_equals(th, &item, b)?);
            support::poll(th)?;
        }
        Ok(count)
    }

    /// Same as a is b.
    pub fn is_(a: &Value, b: &Value) -> bool {
        a.is(b)
    }

    /// Same as a is not b.
    pub fn is_not(a: &Value, b: &Value) -> bool {
        !a.is(b)
    }

    /// Same as a is None.
    pub fn is_none(a: &Value) -> bool {
        a.is_none()
    }

    /// Same as a is not None.
    pub fn is_not_none(a: &Value) -> bool {
        !a.is_none()
    }

    /// Same as a.__index__()
    pub fn index(th: &mut Thread, a: &Value) -> Result<Value> {
        ops::index(th, a)
    }

    /// Same as not a.
    pub fn not_(th: &mut Thread, a: &Value) -> Result<bool> {
        ops::is_true(th, a).map(|truth| !truth)
    }

    /// Same as -a.
    pub fn neg(th: &mut Thread, a: &Value) -> Result<Value> {
        ops::unary(th, a, UnaryOp::Negative)
    }

    /// Same as +a.
    pub fn pos(th: &mut Thread, a: &Value) -> Result<Value> {
        ops::unary(th, a, UnaryOp::Positive)
    }

    /// Same as abs(a).
    pub fn abs(th: &mut Thread, a: &Value) -> Result<Value> {
        ops::absolute(th, a)
    }

    /// Same as ~a.
    pub fn inv(th: &mut Thread, a: &Value) -> Result<Value> {
        ops::unary(th, a, UnaryOp::Invert)
    }

    /// Same as ~a.
    pub fn invert(th: &mut Thread, a: &Value) -> Result<Value> {
        ops::unary(th, a, UnaryOp::Invert)
    }

    /// Same as a + b.
    pub fn add(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::binary(th, a, b, BinaryOp::Add)
    }

    /// Same as a += b.
    pub fn iadd(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::inplace(th, a, b, BinaryOp::Add)
    }

    /// Same as a - b.
    pub fn sub(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::binary(th, a, b, BinaryOp::Subtract)
    }

    /// Same as a -= b.
    pub fn isub(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::inplace(th, a, b, BinaryOp::Subtract)
    }

    /// Same as a * b.
    pub fn mul(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::binary(th, a, b, BinaryOp::Multiply)
    }

    /// Same as a *= b.
    pub fn imul(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::inplace(th, a, b, BinaryOp::Multiply)
    }

    /// Same as a @ b.
    pub fn matmul(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::binary(th, a, b, BinaryOp::MatrixMultiply)
    }

    /// Same as a @= b.
    pub fn imatmul(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::inplace(th, a, b, BinaryOp::MatrixMultiply)
    }

    /// Same as a // b.
    pub fn floordiv(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::binary(th, a, b, BinaryOp::FloorDivide)
    }

    /// Same as a //= b.
    pub fn ifloordiv(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::inplace(th, a, b, BinaryOp::FloorDivide)
    }

    /// Same as a / b.
    pub fn truediv(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::binary(th, a, b, BinaryOp::TrueDivide)
    }

    /// Same as a /= b.
    pub fn itruediv(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::inplace(th, a, b, BinaryOp::TrueDivide)
    }

    /// Same as a % b.
    pub fn r#mod(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::binary(th, a, b, BinaryOp::Remainder)
    }

    /// Same as a %= b.
    pub fn imod(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::inplace(th, a, b, BinaryOp::Remainder)
    }

    /// Same as a << b.
    pub fn lshift(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::binary(th, a, b, BinaryOp::Lshift)
    }

    /// Same as a <<= b.
    pub fn ilshift(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::inplace(th, a, b, BinaryOp::Lshift)
    }

    /// Same as a >> b.
    pub fn rshift(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::binary(th, a, b, BinaryOp::Rshift)
    }

    /// Same as a >>= b.
    pub fn irshift(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::inplace(th, a, b, BinaryOp::Rshift)
    }

    /// Same as a & b.
    pub fn and_(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::binary(th, a, b, BinaryOp::And)
    }

    /// Same as a &= b.
    pub fn iand(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::inplace(th, a, b, BinaryOp::And)
    }

    /// Same as a ^ b.
    pub fn xor(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::binary(th, a, b, BinaryOp::Xor)
    }

    /// Same as a ^= b.
    pub fn ixor(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::inplace(th, a, b, BinaryOp::Xor)
    }

    /// Same as a | b.
    pub fn or_(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::binary(th, a, b, BinaryOp::Or)
    }

    /// Same as a |= b.
    pub fn ior(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::inplace(th, a, b, BinaryOp::Or)
    }

    /// Same as a ** b.
    pub fn pow(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::binary(th, a, b, BinaryOp::Power)
    }

    /// Same as a **= b.
    pub fn ipow(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::inplace(th, a, b, BinaryOp::Power)
    }

    /// Same as a == b.
    pub fn eq(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::compare(th, a, b, Comparison::Eq)
    }

    /// Same as a != b.
    pub fn ne(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::compare(th, a, b, Comparison::Ne)
    }

    /// Same as a < b.
    pub fn lt(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::compare(th, a, b, Comparison::Lt)
    }

    /// Same as a <= b.
    pub fn le(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::compare(th, a, b, Comparison::Le)
    }

    /// Same as a > b.
    pub fn gt(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::compare(th, a, b, Comparison::Gt)
    }

    /// Same as a >= b.
    pub fn ge(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::compare(th, a, b, Comparison::Ge)
    }

    fn concatenable(thread: &mut Thread, a: &Value, b: &Value, in_place: bool) -> Result<Value> {
        let slots = slots_of(a);
        let own =
            if in_place { slots.inplace_concat.get().or(slots.concat.get()) } else { slots.concat.get() };
        if let Some(concat) = own {
            return concat(thread, a, b);
        }
        // Classes written in Python have `__add__` only.
        if slots.getitem.get().is_some() && slots_of(b).getitem.get().is_some() {
            return if in_place {
                ops::inplace(thread, a, b, BinaryOp::Add)
            } else {
                ops::binary(thread, a, b, BinaryOp::Add)
            };
        }
        Err(type_error(format!("'{}' object can't be concatenated", support::class_name(a))))
    }

    /// Same as a + b, for a and b sequences.
    pub fn concat(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        concatenable(th, a, b, false)
    }

    /// Same as a += b, for a and b sequences.
    pub fn iconcat(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        concatenable(th, a, b, true)
    }

    /// Same as a[b].
    pub fn getitem(th: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
        ops::getitem(th, a, b)
    }

    /// Same as a[b] = c.
    pub fn setitem(th: &mut Thread, a: &Value, b: &Value, c: &Value) -> Result<()> {
        ops::setitem(th, a, b, Some(c))
    }

    /// Same as del a[b].
    pub fn delitem(th: &mut Thread, a: &Value, b: &Value) -> Result<()> {
        ops::setitem(th, a, b, None)
    }

    /// Return an estimate of the number of items in obj.
    ///
    /// This is useful for presizing containers when building from an iterable.
    ///
    /// If the object supports len(), the result will be exact.
    /// Otherwise, it may over- or under-estimate by an arbitrary amount.
    #[sig("(obj, default=0, /)")]
    pub fn length_hint(th: &mut Thread, obj: &Value, default: isize) -> Result<isize> {
        // A default below zero comes back as it is.
        let hint = ops::length_hint(th, obj, usize::MAX)?;
        Ok(if hint == usize::MAX { default } else { hint as isize })
    }

    /// Same as obj(*args, **kwargs).
    #[sig("(obj, /, *args, **kwargs)")]
    pub fn call(th: &mut Thread, obj: &Value, args: Rest<'_>, kwargs: KwRest<'_>) -> Result<Value> {
        let mut values = args.to_vec();
        let mut names = Vec::new();
        for (name, value) in kwargs.iter() {
            names.push(name.clone());
            values.push(value.clone());
        }
        runtime::call::call(th, obj, Args { values: &values, names: &names })
    }

    /// Return 'a == b'.
    ///
    /// This function uses an approach designed to prevent
    /// timing analysis, making it appropriate for cryptography.
    ///
    /// a and b must both be of the same type: either str (ASCII only),
    /// or any bytes-like object.
    ///
    /// Note: If a and b are of different lengths, or if an error occurs,
    /// a timing attack could theoretically reveal information about the
    /// types and lengths of a and b--but not their values.
    pub fn _compare_digest(th: &mut Thread, a: &Value, b: &Value) -> Result<bool> {
        if let (Some(a), Some(b)) = (cast::<Str>(a), cast::<Str>(b)) {
            let (Some(a), Some(b)) = (a.as_ascii(), b.as_ascii()) else {
                return Err(type_error("comparing strings with non-ASCII characters is not supported"));
            };
            return Ok(same_bytes(a.as_bytes(), b.as_bytes()));
        }
        if !buffers::is_buffer(a) || !buffers::is_buffer(b) {
            return Err(type_error(format!(
                "unsupported operand types(s) or combination of types: '{}' and '{}'",
                support::class_name(a),
                support::class_name(b)
            )));
        }
        let a = buffers::any_bytes_of(th, a)?.into_vec();
        let b = buffers::any_bytes_of(th, b)?.into_vec();
        Ok(same_bytes(&a, &b))
    }

    /// Looks at every byte, wherever the first difference is.
    fn same_bytes(a: &[u8], b: &[u8]) -> bool {
        let other = if a.len() == b.len() { a } else { b };
        let mut different = u8::from(a.len() != b.len());
        for (x, y) in b.iter().zip(other) {
            different = std::hint::black_box(different | (x ^ y));
        }
        different == 0
    }
}
