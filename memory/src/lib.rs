//! What threads share.
//!
//! This crate knows objects but no Python: values, headers, reference counts, publication, grace periods, the heap,
//! weak references and the cycle collector. It meets objects through one small trait ([`Trace`]), so that a mock
//! language can drive it in tests, models and benchmarks.
//!
//! Where to begin: [`Memory::new_world`] makes a world; `World::register` gives the calling thread its token;
//! [`TypedShape::allocate`] makes objects; [`Slot`] and [`Exclusive`] are how their insides are reached.
//!
//! | page         | concept                                                                            |
//! |--------------|------------------------------------------------------------------------------------|
//! | `word`       | the 64-bit encoding of values                                                      |
//! | `value`      | an owned reference; `stack_ref`: a possibly borrowed one; `slot`: one in the heap  |
//! | `header`     | what every object begins with                                                      |
//! | `count`      | biased reference counting; `merge`: how the two counts become one                  |
//! | `credit`     | references to shared objects that a thread counts for itself                       |
//! | `publish`    | private until published                                                            |
//! | `grace`      | quiescent states; `park`: shared objects that nobody counts                        |
//! | `death`      | destroying objects without recursion; `pending`: what Python must run              |
//! | `exclusive`  | guarded state and leaf locks                                                       |
//! | `bulk`       | slots in bulk, for containers                                                       |
//! | `heap`       | pages, size classes, foreign frees                                                 |
//! | `weak`       | weak references                                                                    |
//! | `collector`  | cyclic garbage                                                                     |

mod bulk;
pub mod collector;
mod count;
mod credit;
mod death;
mod eval_stack;
mod exclusive;
mod fields;
mod grace;
mod header;
pub mod heap;
#[cfg(loom)]
mod life;
mod local;
mod memory;
mod merge;
mod object;
mod park;
mod pending;
mod per_thread;
mod publish;
mod retire;
mod shared_word;
mod slot;
mod stack_ref;
mod trace;
mod value;
mod weak;
pub mod word;

#[cfg(loom)]
#[doc(hidden)]
pub mod model;

pub use bulk::lend;
pub use eval_stack::{EvalStack, StackOverflow};
pub use exclusive::{Exclusive, Guarded, Held};
pub use fields::{Ends, TraceField, TraceFields, finalizer_of};
pub use header::{Flags, Header, ObjectPtr};
pub use memory::{Memory, MemoryStats, refresh};
pub use object::{Object, OutOfMemory, TypedShape, header_of};
pub use pending::run_pending;
pub use per_thread::PerThread;
pub use publish::{Published, make_immortal, publish, publish_foreign};
pub use retire::{retire, stack};
pub use slot::{Displaced, Slot};
pub use stack_ref::StackRef;
pub use trace::{DynVisitor, Finalizer, Shape, Trace, TypeDesc, Visitor};
pub use value::{Value, View, view_of_bits};
pub use weak::{WeakCell, find_weak_reference, weak_references};
