//! The storage of list, dict and set.
//!
//! This crate knows no Python: hashes come from the caller, and so does the answer to "are these keys equal?". The
//! built-in types wrap what is here in payloads of their own and add the semantics.
//!
//! Each container is a pointer to one allocation (a [`list`] buffer, a [`dict`] or [`set`] table) and a few words.
//! Readers take no lock: they load the pointer once, check what they want against what that allocation holds, and
//! take a reference out of a `Slot`. Writers have the object's [`Exclusive`](memory::Exclusive) and go through an
//! [`Edit`]. A writer that needs more room copies the words, stores the new pointer and *retires* the old allocation,
//! which stays as it was for those who read it still. While the object is private, or the thread alone, all of this is
//! plain loads and stores.
//!
//! | page     | concept                                                                  |
//! |----------|---------------------------------------------------------------------------|
//! | `access` | [`Edit`]: the right to change one container                               |
//! | `list`   | a growable sequence                                                       |
//! | `dict`   | compact, ordered hash table; `dict::table`, `dict::probe`                 |
//! | `set`    | open addressing with its own entries                                      |
//! | `lookup` | what dicts and sets have in common: [`Match`], [`Lookup`], [`Step`], [`At`] |
//! | `clear`  | [`Cleared`]: what a table held                                            |
//! | `live`   | what models check about allocations that readers may hold                 |

mod access;
mod clear;
pub mod dict;
pub mod list;
mod live;
mod lookup;
pub mod set;

pub use access::Edit;
pub use clear::Cleared;
pub use lookup::{At, Hash, Lookup, Match, Step};
pub use memory::OutOfMemory;
