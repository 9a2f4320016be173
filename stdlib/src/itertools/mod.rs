//! `itertools`: building blocks for iterators.
//!
//! | file      | types                                                        |
//! |-----------|--------------------------------------------------------------|
//! | `endless` | `count`, `cycle`, `repeat`                                   |
//! | `select`  | `compress`, `dropwhile`, `takewhile`, `filterfalse`, `islice`|
//! | `join`    | `accumulate`, `chain`, `starmap`, `zip_longest`              |
//! | `group`   | `batched`, `pairwise`, `groupby`                             |
//! | `combine` | `product`, `permutations`, `combinations`, with replacement  |
//! | `tee`     | `tee`                                                        |
//!
//! What an iterator changes stands in slots and guarded fields: threads that share one may get an item twice or miss one.

mod combine;
mod endless;
mod group;
mod join;
mod select;
mod tee;

pub use module::MODULE;

/// Functional tools for creating and using iterators.
#[runtime::native::module(
    "itertools",
    classes(
        super::join::Accumulate,
        super::group::Batched,
        super::join::Chain,
        super::combine::Combinations,
        super::select::Compress,
        super::endless::Count,
        super::combine::CombinationsWithReplacement,
        super::endless::Cycle,
        super::select::DropWhile,
        super::select::FilterFalse,
        super::group::GroupBy,
        super::group::Grouper,
        super::select::ISlice,
        super::group::Pairwise,
        super::combine::Permutations,
        super::combine::Product,
        super::endless::Repeat,
        super::join::StarMap,
        super::select::TakeWhile,
        super::tee::Tee,
        super::tee::TeeData,
        super::join::ZipLongest
    )
)]
pub mod module {
    use runtime::error::Result;
    use runtime::{Thread, Value};

    /// Returns a tuple of n independent iterators.
    #[sig("(iterable, n=2, /)")]
    pub fn tee(th: &mut Thread, iterable: &Value, n: isize) -> Result<Value> {
        super::tee::split(th, iterable, n)
    }
}
