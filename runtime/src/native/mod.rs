//! How native functions are declared and called.
//!
//! A native function is described by a static [`NativeDef`]; macros write it from an ordinary Rust function. Its `call`
//! gets the arguments as a slice and does conversion and arity by itself ([`bind`] does the general case).

pub mod args;
pub mod buffer;
pub mod convert;
mod declare;

// What the macros' output names, in one place.
pub use ::native::{class, methods, module, payload};
pub use memory::{Ends, Exclusive, Finalizer, Object, TraceField, TraceFields, Value, Visitor, finalizer_of};
pub use threads::Thread;

pub use args::{Args, Bound, KwNames, KwRest, Params, bind, wrong_arguments};
pub use convert::{FromArg, Index, IntoResult};
pub use declare::{Rest, cannot_delete, wrong_getset_receiver};

pub use crate::class::slots::{self, Slots};
pub use crate::class::{ClassDef, ClassFlags, Payload};
pub use crate::error::Result;

/// The machine function behind a native function: the definition, the values (receiver first, positional, then those of
/// the names), the names.
pub type NativeFn = fn(&mut Thread, &'static NativeDef, &[Value], Option<&KwNames>) -> Result<Value>;

/// What a native function is to Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A function of a module. Gets no receiver.
    Function,
    /// A method: gets the instance first.
    Method,
    /// Gets the class first.
    ClassMethod,
    /// Gets no receiver.
    StaticMethod,
    /// `__new__`: gets the class first.
    New,
}

/// A native function.
#[derive(Debug)]
pub struct NativeDef {
    /// `__name__`.
    pub name: &'static str,
    /// For messages: `list.append`.
    pub qualname: &'static str,
    /// `__doc__`.
    pub doc: &'static str,
    /// `__text_signature__`.
    pub signature: Option<&'static str>,
    /// What it is to Python.
    pub kind: Kind,
    /// Its parameters.
    pub params: &'static Params,
    /// The machine function.
    pub call: NativeFn,
    /// Whether the interpreter knows by itself what it does.
    pub inlined: Inlined,
}

/// The native functions that have an instruction's form of their own (`interp::hot::native_calls`): `#[inlined(Len)]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inlined {
    /// None of them.
    No,
    /// `len`.
    Len,
    /// `isinstance`.
    IsInstance,
    /// `list.append`.
    ListAppend,
    /// `dict.get`.
    DictGet,
}

/// Sets a computed attribute, or deletes it when there is no value.
pub type SetAttribute = fn(&mut Thread, &Value, Option<&Value>) -> Result<()>;

/// A computed attribute.
#[derive(Debug)]
pub struct GetSet {
    /// `__name__`.
    pub name: &'static str,
    /// `__doc__`.
    pub doc: Option<&'static str>,
    /// Reads it.
    pub get: fn(&mut Thread, &Value) -> Result<Value>,
    /// Sets it, or deletes it when there is no value.
    pub set: Option<SetAttribute>,
}

/// An attribute that is a slot of the payload.
#[derive(Debug)]
pub struct Member {
    /// `__name__`.
    pub name: &'static str,
    /// `__doc__`.
    pub doc: Option<&'static str>,
    /// Which slot, for who finds it.
    pub index: u32,
    /// Whether programs may set it.
    pub writable: bool,
}

/// A constant of a module.
#[derive(Clone, Copy, Debug)]
pub enum Constant {
    /// An int.
    Int(i64),
    /// A float.
    Float(f64),
    /// A str.
    Str(&'static str),
    /// A bool.
    Bool(bool),
}

/// A native module.
pub struct ModuleDef {
    /// `__name__`.
    pub name: &'static str,
    /// `__doc__`.
    pub doc: &'static str,
    /// Functions.
    pub functions: &'static [NativeDef],
    /// Constants.
    pub constants: &'static [(&'static str, Constant)],
    /// Types.
    pub classes: &'static [fn() -> &'static crate::class::ClassDef],
    /// What else happens when it is imported.
    pub init: Option<fn(&mut Thread, &Value) -> Result<()>>,
}

/// The receiver of a method, if it is of the right type.
#[inline(always)]
pub fn receiver<T: crate::class::Payload>(value: &Value) -> Option<&memory::Object<T>> {
    crate::object::cast::<T>(value)
}

/// A method was called with a receiver of another type.
#[cold]
pub fn wrong_receiver(_thread: &mut Thread, def: &NativeDef, value: &Value) -> crate::error::Raised {
    use crate::class::TypeExt;
    let of = def.qualname.split('.').next().unwrap_or_default();
    crate::error::type_error(format!(
        "descriptor '{}' for '{of}' objects doesn't apply to a '{}' object",
        def.name,
        crate::class::class_of(value).name_lossy()
    ))
}
