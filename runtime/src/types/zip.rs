//! `zip` and `map`: several iterables side by side.

use memory::{Object, StackRef, Trace, Value, Visitor};
use threads::Thread;
use threads::sync::atomic::{AtomicBool, Ordering};

use super::{Str, StrExt, Tuple, iterators, sequence};
use crate::class::{ClassFlags, Slots};
use crate::error::{Raised, Result, type_error, value_error};
use crate::native::{Args, NativeDef};
use crate::object::cast;
use crate::{call, ops};

/// The payload of a zip.
pub struct Zip {
    iterators: Box<[Value]>,
    strict: AtomicBool,
}

/// The payload of a map.
pub struct Map {
    function: Value,
    iterators: Box<[Value]>,
    strict: AtomicBool,
}

// SAFETY: each iterator once.
unsafe impl Trace for Zip {
    const NAME: &'static str = "zip";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        self.iterators.iter().for_each(|iterator| visitor.value(iterator));
    }
}

// SAFETY: the function and each iterator once.
unsafe impl Trace for Map {
    const NAME: &'static str = "map";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.value(&self.function);
        self.iterators.iter().for_each(|iterator| visitor.value(iterator));
    }
}

static ZIP_METHODS: &[&[NativeDef]] = &[zip_methods::METHODS];
static MAP_METHODS: &[&[NativeDef]] = &[map_methods::METHODS];

crate::class_def!(
    Zip,
    "zip",
    ClassFlags::BASETYPE,
    with_doc(
        "The zip object yields n-length tuples, where n is the number of\niterables passed as positional arguments to zip().  The i-th element\nin every tuple comes from the i-th iterable argument to zip().  This\ncontinues until the shortest argument is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the\nothers, raise a ValueError.\n\n   >>> list(zip('abcdefg', range(3), range(4)))\n   [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]"
    ),
    with_signature("(*iterables, strict=False)"),
    with_slots(|slots: &Slots| {
        slots.iter.set(|_, value| Ok(value.clone()));
        slots.next.set(next_of_zip);
    }),
    with_new(new_zip),
    with_methods(ZIP_METHODS)
);

crate::class_def!(
    Map,
    "map",
    ClassFlags::BASETYPE,
    with_doc(
        "Make an iterator that computes the function using arguments from\neach of the iterables.  Stops when the shortest iterable is exhausted.\n\nIf strict is true and one of the arguments is exhausted before the\nothers, raise a ValueError."
    ),
    with_signature("(function, iterable, /, *iterables, strict=False)"),
    with_slots(|slots: &Slots| {
        slots.iter.set(|_, value| Ok(value.clone()));
        slots.next.set(next_of_map);
    }),
    with_new(new_map),
    with_methods(MAP_METHODS)
);

/// The one keyword argument that both take.
fn strict_of(thread: &mut Thread, args: Args<'_>, name: &str) -> Result<bool> {
    if args.names.len() > 1 {
        return Err(type_error(format!(
            "{name}() takes at most 1 keyword argument ({} given)",
            args.names.len()
        )));
    }
    let mut strict = false;
    for (keyword, value) in args.keywords() {
        let text = cast::<Str>(keyword).map(StrExt::to_string_lossy).unwrap_or_default();
        if text != "strict" {
            return Err(type_error(format!("{name}() got an unexpected keyword argument '{text}'")));
        }
        strict = ops::is_true(thread, value)?;
    }
    Ok(strict)
}

fn iterators_of(thread: &mut Thread, iterables: &[Value]) -> Result<Box<[Value]>> {
    iterables.iter().map(|iterable| ops::iter(thread, iterable)).collect()
}

fn new_zip(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let strict = strict_of(thread, args, "zip")?;
    let class = sequence::class_for(class)?;
    let iterators = iterators_of(thread, args.positionals())?;
    crate::object::new_of(thread, class, Zip { iterators, strict: AtomicBool::new(strict) })
}

fn new_map(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let strict = strict_of(thread, args, "map")?;
    let class = sequence::class_for(class)?;
    let [function, iterables @ ..] = args.positionals() else {
        return Err(type_error("map() must have at least two arguments."));
    };
    if iterables.is_empty() {
        return Err(type_error("map() must have at least two arguments."));
    }
    let iterators = iterators_of(thread, iterables)?;
    let payload = Map { function: function.clone(), iterators, strict: AtomicBool::new(strict) };
    crate::object::new_of(thread, class, payload)
}

/// One item of each iterator; `None` if one has none.
fn step(thread: &mut Thread, iterators: &[Value], strict: bool, name: &str) -> Result<Option<Vec<Value>>> {
    let mut items = Vec::with_capacity(iterators.len());
    for (i, iterator) in iterators.iter().enumerate() {
        match ops::next(thread, iterator)? {
            Some(item) => items.push(item),
            None if !strict => return Ok(None),
            None if i > 0 => return Err(uneven(name, i, "shorter")),
            None => {
                for (i, iterator) in iterators.iter().enumerate().skip(1) {
                    if ops::next(thread, iterator)?.is_some() {
                        return Err(uneven(name, i, "longer"));
                    }
                }
                return Ok(None);
            }
        }
    }
    Ok(Some(items))
}

#[cold]
fn uneven(name: &str, index: usize, how: &str) -> Raised {
    let before = if index == 1 { "argument 1".to_owned() } else { format!("arguments 1-{index}") };
    value_error(format!("{name}() argument {} is {how} than {before}", index + 1))
}

impl Zip {
    /// Whether it goes over two iterators, the shorter one ending both.
    pub(crate) fn is_plain_pair(&self) -> bool {
        self.iterators.len() == 2 && !self.strict.load(Ordering::Relaxed)
    }
}

/// The next two items of a [plain pair](Zip::is_plain_pair) of iterators, which `next()` puts into a tuple.
///
/// # Errors
/// What the iterators raise.
#[inline]
pub(crate) fn next_pair(thread: &mut Thread, zip: &Object<Zip>) -> Result<Option<[Value; 2]>> {
    let [a, b] = &*zip.payload().iterators else { return Ok(None) };
    let Some(a) = ops::next(thread, a)? else { return Ok(None) };
    let Some(b) = ops::next(thread, b)? else { return Ok(None) };
    Ok(Some([a, b]))
}

/// As [`next_pair`], for the stack.
///
/// # Errors
/// As there.
#[inline]
pub(crate) fn borrow_next_pair(
    thread: &mut Thread,
    zip: &Object<Zip>,
) -> Result<Option<(StackRef, StackRef)>> {
    let [a, b] = &*zip.payload().iterators else { return Ok(None) };
    let first = iterators::borrow_next(thread, a);
    if first.is_empty() {
        let pair = next_pair(thread, zip)?;
        return Ok(pair.map(|[first, second]| (StackRef::from_value(first), StackRef::from_value(second))));
    }
    let second = iterators::borrow_next(thread, b);
    if !second.is_empty() {
        return Ok(Some((first, second)));
    }
    // Counted, for what follows may run anything.
    let Some(first) = first.into_value() else { return Ok(None) };
    let Some(second) = ops::next(thread, b)? else { return Ok(None) };
    Ok(Some((StackRef::from_value(first), StackRef::from_value(second))))
}

fn next_of_zip(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(zip) = cast::<Zip>(value) else { return Ok(None) };
    let this = zip.payload();
    if this.iterators.is_empty() {
        return Ok(None);
    }
    if this.is_plain_pair() {
        return match next_pair(thread, zip)? {
            Some(pair) => Tuple::of_array(thread, pair).map(Some),
            None => Ok(None),
        };
    }
    let strict = this.strict.load(Ordering::Relaxed); // set before the iteration, by `__setstate__`
    if let [a, b, c] = &*this.iterators
        && !strict
    {
        let Some(a) = ops::next(thread, a)? else { return Ok(None) };
        let Some(b) = ops::next(thread, b)? else { return Ok(None) };
        let Some(c) = ops::next(thread, c)? else { return Ok(None) };
        return Tuple::of_array(thread, [a, b, c]).map(Some);
    }
    match step(thread, &this.iterators, strict, "zip")? {
        Some(items) => Tuple::new(thread, items).map(Some),
        None => Ok(None),
    }
}

fn next_of_map(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(map) = cast::<Map>(value) else { return Ok(None) };
    let this = map.payload();
    if let [iterator] = &*this.iterators {
        let Some(item) = ops::next(thread, iterator)? else { return Ok(None) };
        return call::call_one(thread, &this.function, &item).map(Some);
    }
    let strict = this.strict.load(Ordering::Relaxed);
    if let [a, b] = &*this.iterators
        && !strict
    {
        let Some(a) = ops::next(thread, a)? else { return Ok(None) };
        let Some(b) = ops::next(thread, b)? else { return Ok(None) };
        return call::call_positional(thread, &this.function, &[a, b]).map(Some);
    }
    match step(thread, &this.iterators, strict, "map")? {
        Some(items) => call::call_positional(thread, &this.function, &items).map(Some),
        None => Ok(None),
    }
}

/// `(class, args)` or `(class, args, True)`.
fn reduced(thread: &mut Thread, object: &Value, args: Vec<Value>, strict: bool) -> Result<Value> {
    let class = crate::class::as_value(crate::class::class_of(object));
    let args = Tuple::new(thread, args)?;
    if strict {
        Tuple::of_array(thread, [class, args, Value::from_bool(true)])
    } else {
        Tuple::of_array(thread, [class, args])
    }
}

/// Methods of zip.
#[native::methods(Zip)]
mod zip_methods {
    use super::{Object, Ordering, Zip, ops, reduced};
    use crate::error::Result;
    use crate::native::{Thread, Value};
    use crate::object::to_value;

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, zip: &Object<Zip>) -> Result<Value> {
        let strict = zip.payload().strict.load(Ordering::Relaxed);
        reduced(th, &to_value(zip), zip.payload().iterators.to_vec(), strict)
    }

    /// Set state information for unpickling.
    #[name("__setstate__")]
    pub fn setstate(th: &mut Thread, zip: &Object<Zip>, object: &Value) -> Result<()> {
        let strict = ops::is_true(th, object)?;
        zip.payload().strict.store(strict, Ordering::Relaxed);
        Ok(())
    }
}

/// Methods of map.
#[native::methods(Map)]
mod map_methods {
    use super::{Map, Object, Ordering, ops, reduced};
    use crate::error::Result;
    use crate::native::{Thread, Value};
    use crate::object::to_value;

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, map: &Object<Map>) -> Result<Value> {
        let this = map.payload();
        let mut args = vec![this.function.clone()];
        args.extend_from_slice(&this.iterators);
        reduced(th, &to_value(map), args, this.strict.load(Ordering::Relaxed))
    }

    /// Set state information for unpickling.
    #[name("__setstate__")]
    pub fn setstate(th: &mut Thread, map: &Object<Map>, object: &Value) -> Result<()> {
        let strict = ops::is_true(th, object)?;
        map.payload().strict.store(strict, Ordering::Relaxed);
        Ok(())
    }
}
