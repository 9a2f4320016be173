//! `_lru_cache_wrapper`: a function whose results are remembered, the least recently used ones forgotten first.
//!
//! The memory is a dict, whose order of insertion is the order of use: a hit moves its key to the end, and what is forgotten
//! is in front. The function runs without any lock: threads that miss the same key at the same time all call it, and the
//! result that is there first stays.

use runtime::class::Slots;
use runtime::error::{Result, type_error};
use runtime::memory::Guarded;
use runtime::names::StaticValue;
use runtime::native::{self, Args, Exclusive, Object};
use runtime::object::cast;
use runtime::types::{Dict, DictExt, Instance, Str, Tuple, int};
use runtime::{Thread, Value, call, class, ops};

use crate::support;

/// Create a cached callable that wraps another function.
///
/// user_function:      the function being cached
/// maxsize:  0         for no caching
///           None      for unlimited cache size
///           n         for a bounded cache
/// typed:    False     cache f(3) and f(3.0) as identical calls
///           True      cache f(3) and f(3.0) as distinct calls
/// cache_info_type:    namedtuple class with the fields:
///                         hits misses currsize maxsize
#[native::class(
    "_lru_cache_wrapper",
    module = "functools",
    dict,
    weakref,
    methods(methods),
    new = methods::construct,
    slots = slots
)]
pub struct LruCache {
    #[trace]
    function: Value,
    /// `None` for no bound.
    maxsize: Option<usize>,
    typed: bool,
    #[trace]
    info_type: Value,
    #[trace]
    cache: Value,
    /// Hits and misses.
    #[trace]
    counts: Guarded<(u64, u64)>,
}

fn slots(slots: &Slots) {
    slots.call.set(call_cached);
    slots.get.set(|thread, value, object, _| match object {
        Some(object) if !object.is_none() => {
            runtime::types::function::new_method(thread, value.clone(), object.clone())
        }
        _ => Ok(value.clone()),
    });
}

/// Stands between positional arguments and keywords in a key.
static MARK: StaticValue = StaticValue::new();

fn mark(thread: &Thread) -> Result<Value> {
    if let Some(mark) = MARK.get() {
        return Ok(mark.clone());
    }
    MARK.set(runtime::object::new(thread, Instance)?);
    Ok(MARK.value().clone())
}

/// The key of a call: one int or str stands for itself.
fn key_of(thread: &mut Thread, args: Args<'_>, typed: bool) -> Result<Value> {
    let positionals = args.positionals();
    if !typed
        && args.names.is_empty()
        && let [only] = positionals
        && (int::is_exact(only) || runtime::object::cast_exact::<Str>(only).is_some())
    {
        return Ok(only.clone());
    }
    if !typed && args.names.is_empty() {
        return Tuple::from_slice(thread, positionals);
    }
    let mut parts = positionals.to_vec();
    if !args.names.is_empty() {
        parts.push(mark(thread)?);
        for (name, value) in args.keywords() {
            parts.push(name.clone());
            parts.push(value.clone());
        }
    }
    if typed {
        parts.extend(positionals.iter().map(support::class_value));
        parts.extend(args.keywords().map(|(_, value)| support::class_value(value)));
    }
    Tuple::new(thread, parts)
}

fn count(thread: &mut Thread, cache: &Object<LruCache>, hit: bool) {
    let mut section = Exclusive::open(thread, cache);
    let (hits, misses) = section.get(|cache| &cache.counts);
    *if hit { hits } else { misses } += 1;
}

fn call_cached(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<Value> {
    let Some(cache) = cast::<LruCache>(value) else { return Ok(Value::none()) };
    let this = cache.payload();
    let Some(dict) = cast::<Dict>(&this.cache).filter(|_| this.maxsize != Some(0)) else {
        count(thread, cache, false);
        return call::call(thread, &this.function, args);
    };
    let key = key_of(thread, args, this.typed)?;
    let hash = ops::hash(thread, &key)?;
    let found = match this.maxsize {
        Some(_) => runtime::types::dict::get_and_move_to_end(thread, dict, &key, hash)?,
        None => dict.get_hashed(thread, &key, hash)?,
    };
    if let Some(found) = found {
        count(thread, cache, true);
        return Ok(found);
    }
    count(thread, cache, false);
    let result = call::call(thread, &this.function, args)?;
    if dict.get_hashed(thread, &key, hash)?.is_none() {
        dict.set_hashed(thread, &key, hash, result.clone())?;
        while this.maxsize.is_some_and(|maxsize| dict.len() > maxsize) {
            let forgotten = dict.edit(thread, |edit| edit.pop_first());
            drop(forgotten);
        }
    }
    Ok(result)
}

/// Methods.
#[native::methods(LruCache, name = "_lru_cache_wrapper")]
pub mod methods {
    use super::*;

    /// A new wrapper.
    #[new]
    #[sig("(user_function, maxsize, typed, cache_info_type)", hidden)]
    pub fn new(
        th: &mut Thread,
        class: &Value,
        user_function: &Value,
        maxsize: &Value,
        typed: bool,
        cache_info_type: Value,
    ) -> Result<Value> {
        if !call::is_callable(user_function) {
            return Err(type_error("the first argument must be callable"));
        }
        let maxsize = if maxsize.is_none() {
            None
        } else if class::slots_of(maxsize).index.get().is_some() {
            Some(ops::index_isize(th, maxsize)?.max(0) as usize)
        } else {
            return Err(type_error("maxsize should be integer or None"));
        };
        let payload = LruCache {
            function: user_function.clone(),
            maxsize,
            typed,
            info_type: cache_info_type,
            cache: Dict::new(th)?,
            counts: Guarded::new((0, 0)),
        };
        support::make(th, class, payload)
    }

    /// Report cache statistics
    pub fn cache_info(th: &mut Thread, cache: &Object<LruCache>) -> Result<Value> {
        let this = cache.payload();
        let (hits, misses) = support::read(th, cache, |cache| &cache.counts);
        let maxsize = match this.maxsize {
            Some(maxsize) => int::from_i128(th, maxsize as i128)?,
            None => Value::none(),
        };
        let len = cast::<Dict>(&this.cache).map_or(0, DictExt::len);
        let hits = int::from_i128(th, hits.into())?;
        let misses = int::from_i128(th, misses.into())?;
        let len = int::from_i128(th, len as i128)?;
        call::call_positional(th, &this.info_type, &[hits, misses, maxsize, len])
    }

    /// Clear the cache and cache statistics
    pub fn cache_clear(th: &mut Thread, cache: &Object<LruCache>) {
        support::write(th, cache, |cache| &cache.counts, (0, 0));
        if let Some(dict) = cast::<Dict>(&cache.payload().cache) {
            dict.clear(th);
        }
    }

    /// The name under which pickle finds it.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, cache: &Value) -> Result<Value> {
        class::lookup::getattr(th, cache, runtime::names::__qualname__())
    }

    /// Itself.
    #[name("__copy__")]
    pub fn copy(cache: &Value) -> Value {
        cache.clone()
    }

    /// Itself.
    #[name("__deepcopy__")]
    pub fn deepcopy(cache: &Value, _memo: &Value) -> Value {
        cache.clone()
    }
}
