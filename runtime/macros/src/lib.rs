//! Attributes that declare native functions, modules and types of Python.
//!
//! A native function is an ordinary documented Rust function. For each one these macros emit a *thunk*, which
//! converts the arguments of a Python call, calls the function and converts what it returns, and a row of a static
//! table. They emit no logic of their own and no `unsafe`: all else is in `runtime::native`, which everything emitted
//! refers to as `::runtime::native`.
//!
//! * [`macro@module`]: every `pub fn` of a Rust module becomes a function of a Python module, every `pub const` an
//!   attribute.
//! * [`macro@methods`]: every `pub fn` of a Rust module becomes a method of a type, or one of its attributes.
//! * [`macro@class`]: a Rust struct becomes the payload of a Python type.
//! * [`macro@payload`]: the same for a struct that several types share, whose `ClassDef`s are written out.
//!
//! Apart from natives, [`macro@handler`] gives the interpreter's handlers their calling convention.
//!
//! # Parameters
//! They are required and positional-only unless `#[sig("($self, index=-1, /)")]` says otherwise, in Python's grammar
//! and with the names and the order of the Rust parameters. A parameter with a default is an `Option`, or its default
//! is a literal (`None`, a bool, a number, a string, bytes, `sys.maxsize`) of a type that Rust can make of it. For the
//! default `None` an `Option` is also `None` when Python's `None` is passed; for any other default, such as
//! `<unrepresentable>`, only when the argument is omitted. `*args` is a `Rest<'_>` or a `&[Value]`, `**kwargs` a
//! `KwRest<'_>`. `#[sig("...", hidden)]` keeps the signature from Python.
//!
//! # Order
//! Match the arguments to the parameters; check the receiver; convert the arguments from left to right (this may run
//! Python); open the receiver's section if it is `Exclusive`; call; close it; convert the result.
//!
//! # Tests
//! `src/tests.rs` has the output as snapshots and what must not compile; `tests/native.rs` calls what is emitted
//! against a small stand-in for the runtime.

#![forbid(unsafe_code)]

mod class;
mod default;
mod doc;
mod errors;
mod function;
mod handler;
mod inputs;
mod methods;
mod module;
mod signature;
#[cfg(test)]
mod tests;
mod thunk;

use proc_macro::TokenStream;

/// Declares a Python module: `#[native::module("math", doc = "...", classes(Foo, Bar))] pub mod math { ... }`.
///
/// Every `pub fn` becomes a function, and needs a doc comment; every `pub const` of a number, bool or `&str` an
/// attribute. `#[name("...")]` gives either another name in Python. `#[init]` marks the function that runs at
/// import: `pub fn exec(th: &mut Thread, module: &Value) -> Result<()>`. The module's doc comment is its `__doc__`
/// unless `doc` is given. The classes are named as seen from inside the module. Emits `pub static MODULE: ModuleDef`.
#[proc_macro_attribute]
pub fn module(arguments: TokenStream, item: TokenStream) -> TokenStream {
    module::expand(arguments.into(), item.into()).into()
}

/// Declares methods: `#[native::methods(List)] pub mod methods { ... }`.
///
/// Every `pub fn` becomes a method of the type with payload `List`, and needs a doc comment. Its first parameter
/// after an optional `th: &mut Thread` is the receiver: `Exclusive<'_, List>` (without a `th`), `&Object<List>`,
/// `&Value` (whatever it is), or any type that an argument may have. Without a payload only the last two are possible.
/// The type's name in Python is the payload's in lower case unless `name = "..."` is given.
///
/// Other kinds: `#[getter]`; `#[setter]` (`set_x` sets `x`; takes the receiver and `&Value`, or `Option<&Value>` if the
/// attribute can be deleted); `#[class_method]` and `#[new]` (`class: &Value` is the receiver); `#[static_method]`.
/// `#[name("...")]` gives another name in Python; `#[inlined(...)]` says that the interpreter knows it (`native::Inlined`).
///
/// Emits `pub static METHODS: &[NativeDef]`, `pub static GETSETS: &[GetSet]` and `pub const CLASS: &str`; for a
/// constructor also `pub fn construct`, as the table of a type has it, its parameters as `pub static NEW: NativeDef`,
/// and its signature as `pub const SIGNATURE: &str`.
#[proc_macro_attribute]
pub fn methods(arguments: TokenStream, item: TokenStream) -> TokenStream {
    methods::expand(arguments.into(), item.into()).into()
}

/// Declares a type: `#[native::class("list", basetype, methods, slots(Iter, Repr))] pub struct List { ... }`.
///
/// | option | meaning |
/// |---|---|
/// | `module = "..."` | the module it belongs to; `builtins` by default |
/// | `doc = "..."` | its `__doc__`, instead of the doc comment |
/// | `base = OTHER` | the `ClassDef` of its base, a static; `object` by default |
/// | `basetype` | it can be subclassed (`final` is the default) |
/// | `disallow_instantiation` | calling it raises TypeError |
/// | `dict`, `weakref` | instances have a `__dict__`, can be weakly referenced |
/// | `sequence`, `mapping` | what instances match in a `match` statement |
/// | `flags(INT, MATCH_SELF)` | further `ClassFlags` |
/// | `methods`, `methods(a, b)` | modules declared with [`macro@methods`]; or tables of methods named `..METHODS` |
/// | `new` | calling it calls the constructor in `methods`, and has its signature |
/// | `new = f`, `signature = "..."` | calling it calls `f`, and has this signature |
/// | `object_new = f` | its `__new__` is that of `object`, which makes instances by calling `f` |
/// | `slots(Iter, Hash)` | traits of `runtime::native::slots` that the payload implements |
/// | `slots = f`, `init = f`, `members = M`, `tail = f` | what `class_def!` takes under these names |
/// | `finalizer = path` | a `Finalizer` |
/// | `traced_only` | the collector alone frees instances |
///
/// `#[trace]` marks the fields that hold references. Every one must be marked: an unmarked one would neither be
/// published with its object nor be found by the collector. An unmarked field whose type names a reference, or that
/// has something to drop which is not known to be none, is therefore an error, unless `#[untraced]` says that it is.
#[proc_macro_attribute]
pub fn class(arguments: TokenStream, item: TokenStream) -> TokenStream {
    class::expand(arguments.into(), item.into()).into()
}

/// Declares what several types have in common: `#[native::payload("_io._Buffered", finalizer = CLOSE)] pub struct ..`.
///
/// Writes the tracing of the fields as [`macro@class`] does, with the same marks and checks, and no `ClassDef`. The name
/// is for messages about the memory; of the options only `finalizer` and `traced_only` mean anything.
#[proc_macro_attribute]
pub fn payload(arguments: TokenStream, item: TokenStream) -> TokenStream {
    class::expand_payload(arguments.into(), item.into()).into()
}

/// Gives a handler of the interpreter, and what it ends by jumping to, the calling convention of handlers: `#[native::handler] fn f(..)`.
///
/// With `cfg(preserve_none)` that is `extern "rust-preserve-none"`, in which who is called saves no registers: what a handler takes stays
/// in registers over the calls that it makes, and nothing is pushed on its way in and popped on its way out. Else it is Rust's.
#[proc_macro_attribute]
pub fn handler(arguments: TokenStream, item: TokenStream) -> TokenStream {
    handler::expand(arguments.into(), item.into()).into()
}
