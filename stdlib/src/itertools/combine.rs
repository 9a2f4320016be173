//! Combinatoric iterators: `product`, `permutations`, `combinations`, `combinations_with_replacement`.
//!
//! Each is a pool of items and a row of indices into it; a step moves the indices to the next row in lexicographic order.

use runtime::error::{Result, memory_error, overflow_error, type_error, value_error};
use runtime::memory::Guarded;
use runtime::native::{self, Args, Exclusive, Object, Slots};
use runtime::object::cast;
use runtime::types::{Tuple, int};
use runtime::{Thread, Value, ops};

use crate::support;

/// Indices, and whether the first row has been given and the last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Running,
    Done,
}

/// The size of a row.
fn row_size(r: isize) -> Result<usize> {
    usize::try_from(r).map_err(|_| value_error("r must be non-negative"))
}

/// The indices 0 to `count`.
fn indices(count: usize) -> Result<Vec<usize>> {
    let mut indices = support::vector(count)?;
    indices.extend(0..count);
    Ok(indices)
}

macro_rules! rows {
    ($(#[$doc:meta])* $type:ident $name:literal $signature:literal $methods:ident $new:expr, $slots:ident $next:ident
        $advance:ident { $($extra:tt)* }) => {
        $(#[$doc])*
        #[native::class(
            $name,
            module = "itertools",
            basetype,
            methods($methods),
            new = $new,
            signature = $signature,
            slots = $slots
        )]
        pub struct $type {
            #[trace]
            pool: Vec<Value>,
            #[untraced]
            state: Guarded<(Stage, Vec<usize>, Vec<usize>)>,
        }

        fn $slots(slots: &Slots) {
            support::iterator(slots, $next);
        }

        fn $next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
            let Some(object) = cast::<$type>(value) else { return Ok(None) };
            let pool = &object.payload().pool;
            let mut section = Exclusive::open_in(thread, object);
            let (stage, indices, more) = section.get(|it| &it.state);
            *stage = match *stage {
                Stage::New => Stage::Running,
                Stage::Running if $advance(pool.len(), indices, more) => Stage::Running,
                _ => Stage::Done,
            };
            if *stage == Stage::Done {
                return Ok(None);
            }
            row(thread, pool, indices, more).map(Some)
        }

        /// Its methods.
        #[native::methods($type, name = $name)]
        pub mod $methods {
            use super::*;

            /// Returns size in memory, in bytes.
            #[name("__sizeof__")]
            pub fn sizeof(th: &mut Thread, object: &Object<$type>) -> usize {
                let mut section = Exclusive::open(th, object);
                let (_, indices, more) = section.get(|it| &it.state);
                size_of::<Object<$type>>() + (indices.len() + more.len()) * size_of::<usize>()
            }

            $($extra)*
        }
    };
}

/// The items of a row. A row of permutations is shorter than its indices: `more`, its cycles, is as long as the row.
fn row(thread: &Thread, pool: &[Value], indices: &[usize], more: &[usize]) -> Result<Value> {
    let len = if more.is_empty() { indices.len() } else { more.len() };
    // Every index is one of the pool's.
    let items = indices[..len].iter().map(|&i| pool.get(i).cloned().unwrap_or_else(Value::none));
    Tuple::from_exact(thread, items)
}

rows! {
    /// Returns successive r-length combinations of elements in the iterable.
    Combinations "combinations" "(iterable, r)" combinations_methods combinations_methods::construct,
    combinations_slots next_combinations advance_combination {
        /// A new one.
        #[new]
        #[sig("(iterable, r)")]
        pub fn new(th: &mut Thread, class: &Value, iterable: &Value, r: isize) -> Result<Value> {
            let pool = ops::to_vec(th, iterable)?;
            let r = row_size(r)?;
            let stage = if r > pool.len() { Stage::Done } else { Stage::New };
            let indices = if stage == Stage::Done { Vec::new() } else { indices(r)? };
            support::make(th, class, Combinations { pool, state: Guarded::new((stage, indices, Vec::new())) })
        }
    }
}

/// The next row of ascending indices.
fn advance_combination(len: usize, indices: &mut [usize], _: &mut [usize]) -> bool {
    let r = indices.len();
    // The last index that can still grow.
    let Some(i) = (0..r).rev().find(|&i| indices[i] != i + len - r) else { return false };
    indices[i] += 1;
    for j in i + 1..r {
        indices[j] = indices[j - 1] + 1;
    }
    true
}

rows! {
    /// Returns successive r-length combinations of elements in the iterable, in which elements may be repeated.
    CombinationsWithReplacement "combinations_with_replacement" "(iterable, r)" replacement_methods
    replacement_methods::construct, replacement_slots next_replacement advance_replacement {
        /// A new one.
        #[new]
        #[sig("(iterable, r)")]
        pub fn new(th: &mut Thread, class: &Value, iterable: &Value, r: isize) -> Result<Value> {
            let pool = ops::to_vec(th, iterable)?;
            let r = row_size(r)?;
            let stage = if pool.is_empty() && r > 0 { Stage::Done } else { Stage::New };
            let mut indices = support::vector(r)?;
            indices.resize(r, 0);
            let state = Guarded::new((stage, indices, Vec::new()));
            support::make(th, class, CombinationsWithReplacement { pool, state })
        }
    }
}

/// The next row of indices that do not descend.
fn advance_replacement(len: usize, indices: &mut [usize], _: &mut [usize]) -> bool {
    let Some(i) = (0..indices.len()).rev().find(|&i| indices[i] + 1 != len) else { return false };
    let index = indices[i] + 1;
    indices[i..].fill(index);
    true
}

rows! {
    /// Returns successive r-length permutations of elements in the iterable.
    Permutations "permutations" "(iterable, r=None)" permutations_methods permutations_methods::construct,
    permutations_slots next_permutations advance_permutation {
        /// A new one.
        #[new]
        #[sig("(iterable, r=None)")]
        pub fn new(th: &mut Thread, class: &Value, iterable: &Value, r: Option<&Value>) -> Result<Value> {
            let pool = ops::to_vec(th, iterable)?;
            let len = pool.len();
            let r = match r {
                Some(r) if !int::is_int(r) => return Err(type_error("Expected int as r")),
                Some(r) => row_size(ops::index_isize_or(th, r, |_| {
                    overflow_error("Python int too large to convert to C ssize_t")
                })?)?,
                None => len,
            };
            let stage = if r > len { Stage::Done } else { Stage::New };
            let (mut order, mut cycles) = (Vec::new(), Vec::new());
            if stage == Stage::New {
                order = indices(len)?;
                cycles = support::vector(r)?;
                cycles.extend((0..r).map(|i| len - i));
                if r == 0 {
                    order.clear(); // there is one empty row
                }
            }
            support::make(th, class, Permutations { pool, state: Guarded::new((stage, order, cycles)) })
        }
    }
}

/// The next row: `cycles[i]` says how many exchanges place `i` still has before it begins anew.
fn advance_permutation(len: usize, indices: &mut [usize], cycles: &mut [usize]) -> bool {
    for i in (0..cycles.len()).rev() {
        cycles[i] -= 1;
        if cycles[i] == 0 {
            indices[i..].rotate_left(1);
            cycles[i] = len - i;
        } else {
            let j = len - cycles[i];
            indices.swap(i, j);
            return true;
        }
    }
    false
}

/// Cartesian product of input iterables.  Equivalent to nested for-loops.
#[native::class(
    "product",
    module = "itertools",
    basetype,
    methods(product_methods),
    new = new_product,
    signature = "(*iterables, repeat=1)",
    slots = product_slots
)]
pub struct Product {
    #[trace]
    pools: Vec<Vec<Value>>,
    #[untraced]
    state: Guarded<(Stage, Vec<usize>)>,
    /// How often the pools are gone through side by side.
    repeat: usize,
}

fn product_slots(slots: &Slots) {
    support::iterator(slots, next_product);
}

fn new_product(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let mut repeat = 1;
    if args.names.len() > 1 {
        return Err(type_error(format!(
            "product() takes at most 1 keyword argument ({} given)",
            args.names.len()
        )));
    }
    for (name, value) in args.keywords() {
        let name = support::keyword(name);
        if name != "repeat" {
            return Err(type_error(format!("product() got an unexpected keyword argument '{name}'")));
        }
        let times = ops::index_isize_or(thread, value, |_| {
            overflow_error("Python int too large to convert to C ssize_t")
        })?;
        repeat = usize::try_from(times).map_err(|_| value_error("repeat argument cannot be negative"))?;
    }
    let mut pools = Vec::new();
    if repeat > 0 {
        for iterable in args.positionals() {
            pools.push(ops::to_vec(thread, iterable)?);
        }
    }
    let places = pools.len().checked_mul(repeat).filter(|&n| n <= isize::MAX as usize / size_of::<usize>());
    let places = places.ok_or_else(|| overflow_error("repeat argument too large"))?;
    let mut indices = Vec::new();
    indices.try_reserve_exact(places).map_err(|_| memory_error())?;
    indices.resize(places, 0);
    let stage = if pools.iter().any(Vec::is_empty) { Stage::Done } else { Stage::New };
    support::make(thread, class, Product { pools, state: Guarded::new((stage, indices)), repeat })
}

fn next_product(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<Product>(value) else { return Ok(None) };
    let pools = &object.payload().pools;
    let row = {
        let mut section = Exclusive::open(thread, object);
        let (stage, indices) = section.get(|it| &it.state);
        *stage = match *stage {
            Stage::New => Stage::Running,
            Stage::Running if advance_product(pools, indices) => Stage::Running,
            _ => Stage::Done,
        };
        if *stage == Stage::Done {
            return Ok(None);
        }
        let mut row = support::vector(indices.len())?;
        for item in indices.iter().zip(pools.iter().cycle()).filter_map(|(&i, pool)| pool.get(i)) {
            row.push(item.clone()); // not `extend`, which asks for room again with each of them
        }
        row
    };
    support::tuple(thread, row).map(Some)
}

/// The next row: an odometer whose last place turns fastest.
fn advance_product(pools: &[Vec<Value>], indices: &mut [usize]) -> bool {
    for i in (0..indices.len()).rev() {
        indices[i] += 1;
        if indices[i] < pools[i % pools.len()].len() {
            return true;
        }
        indices[i] = 0;
    }
    false
}

/// Methods of product.
#[native::methods(Product, name = "product")]
pub mod product_methods {
    use super::*;

    /// Returns size in memory, in bytes.
    #[name("__sizeof__")]
    pub fn sizeof(object: &Object<Product>) -> usize {
        let this = object.payload();
        size_of::<Object<Product>>() + this.pools.len() * this.repeat * size_of::<usize>()
    }
}
