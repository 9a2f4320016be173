//! Functions of iterables and iterators.

use memory::Value;
use threads::Thread;

use crate::class::{Comparison, TypeExt, class_of, slots_of};
use crate::error::{Result, type_error, value_error};
use crate::iterate::Iteration;
use crate::native::{KwRest, Rest};
use crate::object::cast;
use crate::types::sort::less_natively;
use crate::types::{Str, StrExt};
use crate::{call, ops};

/// `min` and `max`: the operator, Lt or Gt, says which.
fn extreme(
    thread: &mut Thread,
    name: &str,
    op: Comparison,
    args: &[Value],
    key: Option<&Value>,
    default: Option<&Value>,
) -> Result<Value> {
    let key = key.filter(|key| !key.is_none());
    // An item, and what it is measured by where that is not itself.
    let mut best: Option<(Value, Option<Value>)> = None;
    let mut consider = |thread: &mut Thread, item: Value| -> Result<()> {
        let measured = match key {
            Some(key) => Some(call::call_one(thread, key, &item)?),
            None => None,
        };
        let better = match &best {
            Some((best, of_best)) => {
                let (a, b) = (measured.as_ref().unwrap_or(&item), of_best.as_ref().unwrap_or(best));
                let natively = if op == Comparison::Lt { less_natively(a, b) } else { less_natively(b, a) };
                match natively {
                    Some(better) => better,
                    None => ops::compare_bool(thread, a, b, op)?,
                }
            }
            None => true,
        };
        if better {
            best = Some((item, measured));
        }
        Ok(())
    };
    match args {
        [] => return Err(type_error(format!("{name} expected at least 1 argument, got 0"))),
        [iterable] => ops::for_each(thread, iterable, consider)?,
        several => {
            if default.is_some() {
                return Err(type_error(format!(
                    "Cannot specify a default for {name}() with multiple positional arguments"
                )));
            }
            for item in several {
                consider(thread, item.clone())?;
            }
        }
    }
    match (best, default) {
        (Some((item, _)), _) => Ok(item),
        (None, Some(default)) => Ok(default.clone()),
        (None, None) => Err(value_error(format!("{name}() iterable argument is empty"))),
    }
}

#[native::module("builtins", doc = "Functions of iterables.")]
pub mod functions {
    use super::*;

    /// Return an AsyncIterator for an AsyncIterable object.
    pub fn aiter(th: &mut Thread, async_iterable: &Value) -> Result<Value> {
        let Some(aiter) = slots_of(async_iterable).aiter.get() else {
            return Err(type_error(format!(
                "'{}' object is not an async iterable",
                class_of(async_iterable).name_lossy()
            )));
        };
        let iterator = aiter(th, async_iterable)?;
        if slots_of(&iterator).anext.get().is_none() {
            return Err(type_error(format!(
                "aiter() returned not an async iterator of type '{}'",
                class_of(&iterator).name_lossy()
            )));
        }
        Ok(iterator)
    }

    /// Return True if bool(x) is True for all values x in the iterable.
    ///
    /// If the iterable is empty, return True.
    pub fn all(th: &mut Thread, iterable: &Value) -> Result<bool> {
        let mut iteration = Iteration::over(th, iterable)?;
        while let Some(item) = iteration.next(th)? {
            if !ops::is_true(th, &item)? {
                return Ok(false);
            }
            ops::memory_poll(th)?;
        }
        Ok(true)
    }

    /// Return the next item from the async iterator.
    ///
    /// If default is given and the async iterator is exhausted,
    /// it is returned instead of raising StopAsyncIteration.
    #[sig("(aiterator, default=<unrepresentable>, /)")]
    pub fn anext(th: &mut Thread, aiterator: &Value, default: Option<&Value>) -> Result<Value> {
        let Some(anext) = slots_of(aiterator).anext.get() else {
            return Err(type_error(format!(
                "'{}' object is not an async iterator",
                class_of(aiterator).name_lossy()
            )));
        };
        let awaitable = anext(th, aiterator)?;
        match default {
            None => Ok(awaitable),
            Some(default) => crate::types::anext_awaitable::new(th, awaitable, default.clone()),
        }
    }

    /// Return True if bool(x) is True for any x in the iterable.
    ///
    /// If the iterable is empty, return False.
    pub fn any(th: &mut Thread, iterable: &Value) -> Result<bool> {
        let mut iteration = Iteration::over(th, iterable)?;
        while let Some(item) = iteration.next(th)? {
            if ops::is_true(th, &item)? {
                return Ok(true);
            }
            ops::memory_poll(th)?;
        }
        Ok(false)
    }

    /// iter(iterable) -> iterator
    /// iter(callable, sentinel) -> iterator
    ///
    /// Get an iterator from an object.
    /// In the first form, the argument must supply its own iterator, or be a sequence.
    /// In the second form, the callable is called until it returns the sentinel.
    #[sig("(object, sentinel=<unrepresentable>, /)", hidden)]
    pub fn iter(th: &mut Thread, object: &Value, sentinel: Option<&Value>) -> Result<Value> {
        let Some(sentinel) = sentinel else { return ops::iter(th, object) };
        crate::types::callable_iterator::new(th, object, sentinel)
    }

    /// max(iterable, *[, default=obj, key=func]) -> value
    /// max(arg1, arg2, *args, *[, key=func]) -> value
    ///
    /// With a single iterable argument, return its biggest item. The
    /// default keyword-only argument specifies an object to return if
    /// the provided iterable is empty.
    /// With two or more positional arguments, return the largest argument.
    #[sig("(*args, key=None, default=<unrepresentable>)", hidden)]
    pub fn max(
        th: &mut Thread,
        args: Rest<'_>,
        key: Option<&Value>,
        default: Option<&Value>,
    ) -> Result<Value> {
        extreme(th, "max", Comparison::Gt, args, key, default)
    }

    /// min(iterable, *[, default=obj, key=func]) -> value
    /// min(arg1, arg2, *args, *[, key=func]) -> value
    ///
    /// With a single iterable argument, return its smallest item. The
    /// default keyword-only argument specifies an object to return if
    /// the provided iterable is empty.
    /// With two or more positional arguments, return the smallest argument.
    #[sig("(*args, key=None, default=<unrepresentable>)", hidden)]
    pub fn min(
        th: &mut Thread,
        args: Rest<'_>,
        key: Option<&Value>,
        default: Option<&Value>,
    ) -> Result<Value> {
        extreme(th, "min", Comparison::Lt, args, key, default)
    }

    /// next(iterator[, default])
    ///
    /// Return the next item from the iterator. If default is given and the iterator
    /// is exhausted, it is returned instead of raising StopIteration.
    #[sig("(iterator, default=<unrepresentable>, /)", hidden)]
    pub fn next(th: &mut Thread, iterator: &Value, default: Option<&Value>) -> Result<Value> {
        match (ops::next(th, iterator)?, default) {
            (Some(item), _) => Ok(item),
            (None, Some(default)) => {
                drop(crate::state::take_stop_value(th));
                Ok(default.clone())
            }
            (None, None) => Err(crate::state::stop_iteration(th)),
        }
    }

    /// Return a new list containing all items from the iterable in ascending order.
    ///
    /// A custom key function can be supplied to customize the sort order, and the
    /// reverse flag can be set to request the result in descending order.
    // The keywords are those of `list.sort`, which says so when others are passed.
    #[sig("(*args, **kwargs)", hidden)]
    pub fn sorted(th: &mut Thread, args: Rest<'_>, kwargs: KwRest<'_>) -> Result<Value> {
        let [iterable] = args else {
            return Err(type_error(format!("sorted expected 1 argument, got {}", args.len())));
        };
        let (mut key, mut reverse) = (None, false);
        for (name, value) in kwargs.iter() {
            match cast::<Str>(name).and_then(StrExt::as_ascii) {
                Some("key") => key = Some(value),
                Some("reverse") => reverse = ops::is_true(th, value)?,
                _ => {
                    let name = cast::<Str>(name).map(StrExt::to_string_lossy).unwrap_or_default();
                    return Err(type_error(format!("sort() got an unexpected keyword argument '{name}'")));
                }
            }
        }
        crate::types::sort::sorted(th, iterable, key, reverse)
    }
}
