//! Type parameters: TypeVar, ParamSpec, TypeVarTuple, and what belongs to them in the `_typing` module.
//!
//! Bounds, constraints and defaults that the type parameter syntax declares are computed at first use, by a function that
//! the compiler made for it.

mod methods;

use memory::{Object, Slot, Trace, Value, Visitor};
use methods::{param_spec_methods, type_var_methods};
use threads::Thread;
use threads::sync::atomic::{AtomicBool, Ordering};

use crate::class::build::{Recipe, new_class};
use crate::class::lookup::{getattr, setattr};
use crate::class::{BinaryOp, ClassFlags, Comparison, Payload, Slots, Type, class_of};
use crate::error::{Result, type_error, value_error};
use crate::names::StaticValue;
use crate::native::Args;
use crate::object::{cast, new_of, to_value};
use crate::types::{Dict, DictExt, NoneType, Str, StrExt, Tuple, TupleExt, int, native_function};
use crate::{call, names, ops};

pub use super::type_alias::{is_type_alias, new_type_alias};

/// What is computed at first use: the value, or the function that computes it.
#[derive(Default)]
pub(crate) struct Lazy {
    value: Slot,
    evaluate: Slot,
}

impl Lazy {
    pub(crate) fn of_value(value: Option<Value>) -> Self {
        Self { value: Slot::new(value), evaluate: Slot::new(None) }
    }

    pub(crate) fn of_function(evaluate: Option<Value>) -> Self {
        Self { value: Slot::new(None), evaluate: Slot::new(evaluate) }
    }

    pub(crate) fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.value);
        visitor.slot(&self.evaluate);
    }

    /// The value, computed if need be.
    pub(crate) fn get(&self, thread: &mut Thread, holder: &memory::Header) -> Result<Option<Value>> {
        if let Some(value) = self.value.get(holder) {
            return Ok(Some(value));
        }
        let Some(evaluate) = self.evaluate.get(holder) else { return Ok(None) };
        let format = int::from_i64(thread, 1)?;
        let value = call::call_one(thread, &evaluate, &format)?;
        drop(self.value.replace(thread, holder, Some(value.clone())));
        Ok(Some(value))
    }

    /// The function that computes the value, or one that answers it.
    pub(crate) fn evaluator(&self, thread: &mut Thread, holder: &memory::Header) -> Result<Value> {
        if let Some(evaluate) = self.evaluate.get(holder) {
            return Ok(evaluate);
        }
        match self.value.get(holder) {
            Some(value) => crate::object::new(thread, ConstEvaluator { value: Slot::new(Some(value)) }),
            None => Ok(Value::none()),
        }
    }

    fn is_set(&self, holder: &memory::Header) -> bool {
        self.evaluate.get(holder).is_some()
            || self.value.get(holder).is_some_and(|value| !is_no_default(&value))
    }
}

/// The payload of the three kinds of type parameters.
struct Parameter {
    name: Slot,
    bound: Lazy,
    constraints: Lazy,
    default: Lazy,
    covariant: bool,
    contravariant: bool,
    infer_variance: AtomicBool,
}

impl Parameter {
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.name);
        self.bound.trace(visitor);
        self.constraints.trace(visitor);
        self.default.trace(visitor);
    }

    fn of_syntax(name: &Value) -> Self {
        Self {
            name: Slot::new(Some(name.clone())),
            bound: Lazy::default(),
            constraints: Lazy::default(),
            default: Lazy::default(),
            covariant: false,
            contravariant: false,
            infer_variance: AtomicBool::new(true),
        }
    }

    fn name(&self, holder: &memory::Header) -> Value {
        self.name.get(holder).unwrap_or_else(Value::none)
    }

    fn default(&self, thread: &mut Thread, holder: &memory::Header) -> Result<Value> {
        match self.default.get(thread, holder)? {
            Some(value) => Ok(value),
            None => no_default(thread),
        }
    }

    fn repr(&self, thread: &mut Thread, holder: &memory::Header) -> Result<Value> {
        let mut text = text::Builder::new();
        if !self.infer_variance.load(Ordering::Relaxed) {
            text.push_str(if self.covariant {
                "+"
            } else if self.contravariant {
                "-"
            } else {
                "~"
            });
        }
        super::exception_methods::push_text(thread, &mut text, &self.name(holder))?;
        Str::from_text(thread, &text.finish())
    }
}

macro_rules! parameter_type {
    ($(#[$doc:meta])* $type:ident $name:literal, $doc_text:literal, $slots:path, $new:path, $methods:ident) => {
        $(#[$doc])*
        pub struct $type(Parameter);

        // SAFETY: each slot of the parameter once.
        unsafe impl Trace for $type {
            const NAME: &'static str = concat!("typing.", $name);
            fn trace<V: Visitor>(&self, visitor: &mut V) {
                self.0.trace(visitor);
            }
        }

        crate::class_def!(
            $type,
            $name,
            ClassFlags::HAS_DICT.union(ClassFlags::HAS_WEAKREF),
            with_module("typing"),
            with_doc($doc_text),
            with_slots($slots),
            with_new($new),
            with_methods(&[$methods::METHODS]),
            with_getsets(&[$methods::GETSETS])
        );
    };
}

parameter_type!(
    /// The payload of a type variable.
    TypeVar "TypeVar",
    "Type variable.\n\nThe preferred way to construct a type variable is via the dedicated\nsyntax for generic functions, classes, and type aliases::\n\n    class Sequence[T]:  # T is a TypeVar\n        ...\n",
    type_var_slots, construct_type_var, type_var_methods
);
parameter_type!(
    /// The payload of a parameter specification.
    ParamSpec "ParamSpec",
    "Parameter specification variable.\n\nThe preferred way to construct a parameter specification is via the\ndedicated syntax for generic functions, classes, and type aliases,\nwhere the use of '**' creates a parameter specification::\n\n    type IntFunc[**P] = Callable[P, int]\n",
    param_spec_slots, construct_param_spec, param_spec_methods
);
parameter_type!(
    /// The payload of a type variable tuple.
    TypeVarTuple "TypeVarTuple",
    "Type variable tuple. A specialized form of type variable that enables\nvariadic generics.\n\nThe preferred way to construct a type variable tuple is via the\ndedicated syntax for generic functions, classes, and type aliases,\nwhere a single '*' indicates a type variable tuple::\n\n    def move_first_element_to_last[T, *Ts](tup: tuple[T, *Ts]) -> tuple[*Ts, T]:\n        return (*tup[1:], tup[0])\n",
    type_var_tuple_slots, construct_type_var_tuple, type_var_tuple_methods
);

fn type_var_slots(slots: &Slots) {
    slots.repr.set(|thread, value| match cast::<TypeVar>(value) {
        Some(object) => object.payload().0.repr(thread, object.header()),
        None => Str::new(thread, ""),
    });
    slots.binary[BinaryOp::Or as usize].set(super::union::or_checked);
}

fn param_spec_slots(slots: &Slots) {
    slots.repr.set(|thread, value| match cast::<ParamSpec>(value) {
        Some(object) => object.payload().0.repr(thread, object.header()),
        None => Str::new(thread, ""),
    });
    slots.binary[BinaryOp::Or as usize].set(super::union::or_checked);
}

fn type_var_tuple_slots(slots: &Slots) {
    slots.repr.set(|thread, value| match cast::<TypeVarTuple>(value) {
        Some(object) => object.payload().0.repr(thread, object.header()),
        None => Str::new(thread, ""),
    });
    slots.iter.set(iterate_unpacked);
}

/// Calls a function of the typing module.
pub(crate) fn call_typing(thread: &mut Thread, name: &str, args: &[Value]) -> Result<Value> {
    let function = crate::interp::import::attribute_of(thread, "typing", name)?;
    call::call_positional(thread, &function, args)
}

/// `typing.Unpack[value]`.
fn unpacked(thread: &mut Thread, value: &Value) -> Result<Value> {
    let unpack = crate::interp::import::attribute_of(thread, "typing", "Unpack")?;
    ops::getitem(thread, &unpack, value)
}

/// The one item of iterating what `*` is written before.
pub(crate) fn iterate_unpacked(thread: &mut Thread, value: &Value) -> Result<Value> {
    let item = unpacked(thread, value)?;
    let items = Tuple::of_array(thread, [item])?;
    ops::iter(thread, &items)
}

/// Type parameters as `Generic[...]` takes them: type variable tuples unpacked.
pub(crate) fn unpack_tuples(thread: &mut Thread, params: &Value) -> Result<Value> {
    let Some(tuple) = cast::<Tuple>(params) else { return Ok(params.clone()) };
    let mut all = Vec::with_capacity(tuple.len());
    for param in tuple.items() {
        all.push(if cast::<TypeVarTuple>(param).is_some() {
            unpacked(thread, param)?
        } else {
            param.clone()
        });
    }
    Tuple::new(thread, all)
}

/// A type as typing checks it: None stands for its class, text for a forward reference.
fn checked_type(thread: &mut Thread, value: &Value, message: &str) -> Result<Value> {
    if value.is_none() {
        return Ok(NoneType::def().value());
    }
    let message = Str::new(thread, message)?;
    call_typing(thread, "_type_check", &[value.clone(), message])
}

/// The module of the code that makes a type parameter by calling its type.
pub(crate) fn set_caller_module(thread: &mut Thread, value: &Value) -> Result<()> {
    let module = crate::interp::current_module_name(thread).unwrap_or_else(Value::none);
    setattr(thread, value, names::__module__(), Some(&module))
}

/// Arguments by name of the constructors.
struct Options {
    name: Value,
    bound: Option<Value>,
    /// Whether the bound need not be a type.
    any_bound: bool,
    default: Option<Value>,
    covariant: bool,
    contravariant: bool,
    infer_variance: bool,
}

impl Options {
    /// Reads them; `rest` gets the positional arguments after the name, if the function takes any.
    fn read(
        thread: &mut Thread,
        args: Args<'_>,
        function: &str,
        keywords: &[&str],
        rest: Option<&mut Vec<Value>>,
    ) -> Result<Self> {
        let given = args.positionals();
        let mut name = given.first().cloned();
        match rest {
            Some(rest) => rest.extend_from_slice(given.get(1..).unwrap_or_default()),
            None if given.len() > 1 => {
                return Err(type_error(format!(
                    "{function}() takes at most 1 positional argument ({} given)",
                    given.len()
                )));
            }
            None => {}
        }
        let mut options = Self {
            name: Value::none(),
            bound: None,
            any_bound: false,
            default: None,
            covariant: false,
            contravariant: false,
            infer_variance: false,
        };
        for (key, value) in args.keywords() {
            let key = cast::<Str>(key).map(|key| key.to_string_lossy()).unwrap_or_default();
            if key == "name" && name.is_none() {
                name = Some(value.clone());
                continue;
            }
            if !keywords.contains(&&*key) {
                return Err(type_error(format!("{function}() got an unexpected keyword argument '{key}'")));
            }
            match &*key {
                "bound" => options.bound = Some(value.clone()).filter(|bound| !bound.is_none()),
                "default" => options.default = Some(value.clone()),
                "covariant" => options.covariant = ops::is_true(thread, value)?,
                "contravariant" => options.contravariant = ops::is_true(thread, value)?,
                _ => options.infer_variance = ops::is_true(thread, value)?,
            }
        }
        options.name = super::arguments::required(name, function, "name", 1)?;
        if cast::<Str>(&options.name).is_none() {
            return Err(type_error(format!(
                "{function}() argument 'name' must be str, not {}",
                crate::class::TypeExt::name_lossy(class_of(&options.name))
            )));
        }
        if options.covariant && options.contravariant {
            return Err(value_error("Bivariant types are not supported."));
        }
        if options.infer_variance && (options.covariant || options.contravariant) {
            return Err(value_error("Variance cannot be specified with infer_variance."));
        }
        Ok(options)
    }

    fn into_parameter(self, thread: &mut Thread, constraints: Option<Value>) -> Result<Parameter> {
        // The bound of a ParamSpec may be anything.
        let bound = match &self.bound {
            Some(bound) if self.any_bound => Some(bound.clone()),
            Some(bound) => Some(checked_type(thread, bound, "Bound must be a type.")?),
            None => None,
        };
        let default = match self.default {
            Some(default) => default,
            None => no_default(thread)?,
        };
        Ok(Parameter {
            name: Slot::new(Some(self.name)),
            bound: Lazy::of_value(bound),
            constraints: Lazy::of_value(constraints),
            default: Lazy::of_value(Some(default)),
            covariant: self.covariant,
            contravariant: self.contravariant,
            infer_variance: AtomicBool::new(self.infer_variance),
        })
    }
}

const ALL_OPTIONS: &[&str] = &["bound", "default", "covariant", "contravariant", "infer_variance"];

fn made<T: Payload>(thread: &mut Thread, class: &Value, payload: T) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else { return Err(type_error("X is not a type")) };
    let value = new_of(thread, class, payload)?;
    set_caller_module(thread, &value)?;
    Ok(value)
}

fn construct_type_var(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let mut rest = Vec::new();
    let options = Options::read(thread, args, "typevar", ALL_OPTIONS, Some(&mut rest))?;
    let constraints = match rest.len() {
        0 => None,
        1 => return Err(type_error("A single constraint is not allowed")),
        _ if options.bound.is_some() => {
            return Err(type_error("Constraints cannot be combined with bound=..."));
        }
        _ => {
            let mut checked = Vec::with_capacity(rest.len());
            for constraint in &rest {
                checked.push(checked_type(
                    thread,
                    constraint,
                    "TypeVar(name, constraint, ...): constraints must be types.",
                )?);
            }
            Some(Tuple::new(thread, checked)?)
        }
    };
    let parameter = options.into_parameter(thread, constraints)?;
    made(thread, class, TypeVar(parameter))
}

fn construct_param_spec(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let mut options = Options::read(thread, args, "paramspec", ALL_OPTIONS, None)?;
    options.any_bound = true;
    let parameter = options.into_parameter(thread, None)?;
    made(thread, class, ParamSpec(parameter))
}

fn construct_type_var_tuple(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let mut options = Options::read(thread, args, "typevartuple", &["default"], None)?;
    options.infer_variance = true; // it has no variance to show
    let parameter = options.into_parameter(thread, None)?;
    made(thread, class, TypeVarTuple(parameter))
}

/// A type variable of the type parameter syntax; bound and constraints are functions that compute them.
///
/// # Errors
/// MemoryError.
pub fn new_type_var(
    thread: &mut Thread,
    name: &Value,
    bound: Option<Value>,
    constraints: Option<Value>,
) -> Result<Value> {
    let mut parameter = Parameter::of_syntax(name);
    parameter.bound = Lazy::of_function(bound);
    parameter.constraints = Lazy::of_function(constraints);
    crate::object::new(thread, TypeVar(parameter))
}

/// A parameter specification of the type parameter syntax.
///
/// # Errors
/// MemoryError.
pub fn new_param_spec(thread: &mut Thread, name: &Value) -> Result<Value> {
    crate::object::new(thread, ParamSpec(Parameter::of_syntax(name)))
}

/// A type variable tuple of the type parameter syntax.
///
/// # Errors
/// MemoryError.
pub fn new_type_var_tuple(thread: &mut Thread, name: &Value) -> Result<Value> {
    crate::object::new(thread, TypeVarTuple(Parameter::of_syntax(name)))
}

/// The base of a class with type parameters: `Generic[params]`.
///
/// # Errors
/// What importing typing raises.
pub fn subscript_generic(thread: &mut Thread, params: &Value) -> Result<Value> {
    let params = unpack_tuples(thread, params)?;
    let generic = generic(thread)?;
    call_typing(thread, "_GenericAlias", &[generic, params])
}

/// Gives a type parameter the function that computes its default, and answers it.
///
/// # Errors
/// TypeError for what is no type parameter.
pub fn set_default(thread: &mut Thread, param: &Value, default: &Value) -> Result<Value> {
    let set = |parameter: &Parameter, header: &memory::Header| {
        drop(parameter.default.evaluate.replace(thread, header, Some(default.clone())));
    };
    if let Some(object) = cast::<TypeVar>(param) {
        set(&object.payload().0, object.header());
    } else if let Some(object) = cast::<ParamSpec>(param) {
        set(&object.payload().0, object.header());
    } else if let Some(object) = cast::<TypeVarTuple>(param) {
        set(&object.payload().0, object.header());
    } else {
        return Err(type_error("Expected a type param"));
    }
    Ok(param.clone())
}

fn no_subclass(what: &str) -> Result<()> {
    Err(type_error(format!("Cannot subclass an instance of {what}")))
}

fn prepare_type_var(
    thread: &mut Thread,
    this: &Object<TypeVar>,
    alias: &Value,
    args: &Value,
) -> Result<Value> {
    let value = to_value(this);
    let parameters = getattr(thread, alias, names::__parameters__())?;
    let index =
        cast::<Tuple>(&parameters).and_then(|all| all.items().iter().position(|other| other.is(&value)));
    let index = index.ok_or_else(|| value_error("tuple.index(x): x not in tuple"))?;
    // A tuple, or the list that the typing module has made of one.
    let given = ops::to_vec(thread, args)?;
    if index < given.len() {
        return Ok(args.clone());
    }
    if index == given.len() {
        let default = this.payload().0.default(thread, this.header())?;
        if !is_no_default(&default) {
            let mut all = given;
            all.push(default);
            return Tuple::new(thread, all);
        }
    }
    let shown = ops::str_text(thread, alias)?;
    Err(type_error(format!(
        "Too few arguments for {shown}; actual {}, expected at least {}",
        given.len(),
        index + 1
    )))
}

#[native::methods(TypeVarTuple, name = "typing.TypeVarTuple")]
mod type_var_tuple_methods {
    use super::*;

    /// Nothing can stand for a bare type variable tuple.
    pub fn __typing_subst__(_this: &Object<TypeVarTuple>, _arg: &Value) -> Result<()> {
        Err(type_error("Substitution of bare TypeVarTuple is not supported"))
    }

    /// The arguments of a subscript, made ready.
    pub fn __typing_prepare_subst__(
        th: &mut Thread,
        this: &Object<TypeVarTuple>,
        alias: &Value,
        args: &Value,
    ) -> Result<Value> {
        call_typing(th, "_typevartuple_prepare_subst", &[to_value(this), alias.clone(), args.clone()])
    }

    /// Support for pickle: the name.
    pub fn __reduce__(this: &Object<TypeVarTuple>) -> Value {
        this.payload().0.name(this.header())
    }

    /// Whether there is a default.
    pub fn has_default(this: &Object<TypeVarTuple>) -> bool {
        this.payload().0.default.is_set(this.header())
    }

    /// A type variable tuple is no base.
    pub fn __mro_entries__(_this: &Object<TypeVarTuple>, _bases: &Value) -> Result<()> {
        no_subclass("TypeVarTuple")
    }

    /// the name
    #[getter]
    pub fn __name__(this: &Object<TypeVarTuple>) -> Value {
        this.payload().0.name(this.header())
    }

    /// the default
    #[getter]
    pub fn __default__(th: &mut Thread, this: &Object<TypeVarTuple>) -> Result<Value> {
        this.payload().0.default(th, this.header())
    }

    /// the function that computes the default
    #[getter]
    pub fn evaluate_default(th: &mut Thread, this: &Object<TypeVarTuple>) -> Result<Value> {
        this.payload().0.default.evaluator(th, this.header())
    }
}

macro_rules! parts_of_param_spec {
    ($(#[$doc:meta])* $type:ident $name:literal $suffix:literal $doc_text:literal $methods:ident) => {
        $(#[$doc])*
        pub struct $type {
            origin: Slot,
        }

        // SAFETY: the slot once.
        unsafe impl Trace for $type {
            const NAME: &'static str = concat!("typing.", $name);
            fn trace<V: Visitor>(&self, visitor: &mut V) {
                visitor.slot(&self.origin);
            }
        }

        crate::class_def!(
            $type,
            $name,
            ClassFlags::HAS_WEAKREF,
            with_module("typing"),
            with_doc($doc_text),
            with_slots(|slots: &Slots| {
                slots.repr.set(|thread, value| {
                    let origin = cast::<$type>(value).and_then(|object| object.payload().origin.get(object.header()));
                    repr_of_part(thread, origin, $suffix)
                });
                slots.compare.set(|thread, a, b, op| {
                    let origin = |value: &Value| {
                        cast::<$type>(value).and_then(|object| object.payload().origin.get(object.header()))
                    };
                    compare_parts(thread, origin(a), origin(b), op)
                });
            }),
            with_new(|thread: &mut Thread, class: &Value, args: Args<'_>| {
                let [origin] = super::arguments::bind(args, concat!("paramspec", $suffix), ["origin"])?;
                let origin = super::arguments::required(origin, concat!("paramspec", $suffix), "origin", 1)?;
                let Some(class) = cast::<Type>(class) else { return Err(type_error("X is not a type")) };
                new_of(thread, class, $type { origin: Slot::new(Some(origin)) })
            }),
            with_methods(&[$methods::METHODS]),
            with_getsets(&[$methods::GETSETS])
        );

        #[native::methods($type, name = $name)]
        mod $methods {
            use super::*;

            /// It is no base.
            pub fn __mro_entries__(_this: &Object<$type>, _bases: &Value) -> Result<()> {
                no_subclass($name)
            }

            /// the parameter specification
            #[getter]
            pub fn __origin__(this: &Object<$type>) -> Option<Value> {
                this.payload().origin.get(this.header())
            }
        }
    };
}

parts_of_param_spec!(
    /// `P.args`.
    ParamSpecArgs "ParamSpecArgs" "args"
    "The args for a ParamSpec object.\n\nGiven a ParamSpec object P, P.args returns an instance of ParamSpecArgs.\n\nParamSpecArgs objects have a reference back to their ParamSpec::\n\n    >>> P = ParamSpec(\"P\")\n    >>> P.args.__origin__ is P\n    True\n\nThis type is meant for runtime introspection and has no special meaning\nto static type checkers.\n"
    args_methods
);
parts_of_param_spec!(
    /// `P.kwargs`.
    ParamSpecKwargs "ParamSpecKwargs" "kwargs"
    "The kwargs for a ParamSpec object.\n\nGiven a ParamSpec object P, P.kwargs returns an instance of ParamSpecKwargs.\n\nParamSpecKwargs objects have a reference back to their ParamSpec::\n\n    >>> P = ParamSpec(\"P\")\n    >>> P.kwargs.__origin__ is P\n    True\n\nThis type is meant for runtime introspection and has no special meaning\nto static type checkers.\n"
    kwargs_methods
);

fn repr_of_part(thread: &mut Thread, origin: Option<Value>, suffix: &str) -> Result<Value> {
    let origin = origin.unwrap_or_else(Value::none);
    let name = match cast::<ParamSpec>(&origin) {
        Some(spec) => {
            let name = spec.payload().0.name(spec.header());
            ops::str_text(thread, &name)?
        }
        None => ops::repr_text(thread, &origin)?,
    };
    Str::new(thread, &format!("{name}.{suffix}"))
}

fn compare_parts(thread: &mut Thread, a: Option<Value>, b: Option<Value>, op: Comparison) -> Result<Value> {
    match (a, b, op) {
        (Some(a), Some(b), Comparison::Eq | Comparison::Ne) => ops::compare(thread, &a, &b, op),
        _ => Ok(Value::not_implemented()),
    }
}

/// The payload of a function that answers a known value.
pub struct ConstEvaluator {
    value: Slot,
}

// SAFETY: the slot once.
unsafe impl Trace for ConstEvaluator {
    const NAME: &'static str = "_typing._ConstEvaluator";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.value);
    }
}

crate::class_def!(
    ConstEvaluator,
    "_ConstEvaluator",
    ClassFlags::NO_NEW,
    with_module("_typing"),
    with_slots(|slots: &Slots| {
        slots.repr.set(|thread, value| {
            let held = known(value);
            let shown = ops::repr_text(thread, &held)?;
            Str::new(thread, &format!("<constevaluator {shown}>"))
        });
        slots.call.set(evaluate);
    })
);

fn known(value: &Value) -> Value {
    cast::<ConstEvaluator>(value)
        .and_then(|object| object.payload().value.get(object.header()))
        .unwrap_or_else(Value::none)
}

/// The format in which annotations are text.
const STRING: i64 = 4;

fn evaluate(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<Value> {
    let [format] = super::arguments::bind(args, "constevaluator", ["format"])?;
    let format = super::arguments::required(format, "constevaluator", "format", 1)?;
    let held = known(value);
    if ops::index_i128(thread, &format)? != i128::from(STRING) {
        return Ok(held);
    }
    let mut text = text::Builder::new();
    match cast::<Tuple>(&held) {
        Some(types) => {
            text.push_str("(");
            for (index, item) in types.items().iter().enumerate() {
                if index > 0 {
                    text.push_str(", ");
                }
                super::type_params::push_type(thread, &mut text, item)?;
            }
            text.push_str(")");
        }
        None => super::type_params::push_type(thread, &mut text, &held)?,
    }
    Str::from_text(thread, &text.finish())
}

// NoDefault.

/// The payload of `NoDefault`: nothing.
pub struct NoDefaultType;

// SAFETY: no references.
unsafe impl Trace for NoDefaultType {
    const NAME: &'static str = "NoDefaultType";
    const TRACKED: bool = false;
    fn trace<V: Visitor>(&self, _: &mut V) {}
}

crate::class_def!(
    NoDefaultType,
    "NoDefaultType",
    ClassFlags::NONE,
    with_doc("The type of the NoDefault singleton."),
    with_slots(|slots: &Slots| slots.repr.set(|thread, _| Str::interned(thread, "typing.NoDefault"))),
    with_new(|thread: &mut Thread, _: &Value, args: Args<'_>| {
        if args.is_empty() { no_default(thread) } else { Err(type_error("NoDefaultType takes no arguments")) }
    }),
    with_methods(&[no_default_methods::METHODS])
);

#[native::methods(name = "NoDefaultType")]
mod no_default_methods {
    use super::*;

    /// Support for pickle: the name.
    pub fn __reduce__(_this: &Value) -> &'static str {
        "NoDefault"
    }
}

static NO_DEFAULT: StaticValue = StaticValue::new();
static GENERIC: StaticValue = StaticValue::new();

/// `typing.NoDefault`.
///
/// # Errors
/// MemoryError.
pub fn no_default(thread: &mut Thread) -> Result<Value> {
    if let Some(value) = NO_DEFAULT.get() {
        return Ok(value.clone());
    }
    initialize(thread)?;
    Ok(NO_DEFAULT.value().clone())
}

fn is_no_default(value: &Value) -> bool {
    cast::<NoDefaultType>(value).is_some()
}

/// `typing.Generic`.
///
/// # Errors
/// MemoryError.
pub fn generic(thread: &mut Thread) -> Result<Value> {
    initialize(thread)?;
    Ok(GENERIC.value().clone())
}

/// Makes `NoDefault` and `Generic`, once: while there is one thread.
///
/// # Errors
/// MemoryError.
pub(crate) fn initialize(thread: &mut Thread) -> Result<()> {
    if NO_DEFAULT.get().is_none() {
        let value = crate::object::new(thread, NoDefaultType)?;
        NO_DEFAULT.set(value);
    }
    if GENERIC.get().is_none() {
        let class = make_generic(thread)?;
        GENERIC.set(class);
    }
    Ok(())
}

/// `Generic` has no native part, so that it can stand beside any other base: it is made as programs make classes.
fn make_generic(thread: &mut Thread) -> Result<Value> {
    let namespace = Dict::new(thread)?;
    let doc = "Abstract base class for generic types\n\nOn Python 3.12 and newer, generic classes implicitly inherit from\nGeneric when they declare a parameter list after the class's name::\n\n    class Mapping[KT, VT]:\n        def __getitem__(self, key: KT) -> VT:\n            ...\n            # Etc.\n\nOn older versions of Python, however, generic classes have to\nexplicitly inherit from Generic.\n\nAfter a class has been declared to be generic, it can then be used as\nfollows::\n\n    def lookup_name[KT, VT](mapping: Mapping[KT, VT], key: KT, default: VT) -> VT:\n        try:\n            return mapping[key]\n        except KeyError:\n            return default\n";
    let entries = [
        (names::__module__().clone(), Str::interned(thread, "typing")?),
        (names::__doc__().clone(), Str::new(thread, doc)?),
        (names::__slots__().clone(), Tuple::new(thread, Vec::new())?),
    ];
    if let Some(dict) = cast::<Dict>(&namespace) {
        for (name, value) in entries {
            dict.set_str(thread, &name, value)?;
        }
    }
    let recipe = Recipe {
        meta: super::class_object::type_class(),
        name: Str::interned(thread, "Generic")?,
        bases: Vec::new(),
        given_bases: None,
        namespace: &namespace,
        keywords: Args::none(),
    };
    let class = new_class(thread, recipe)?;
    if let Some(object) = cast::<Type>(&class) {
        for def in generic_methods::METHODS {
            let name = Str::interned(thread, def.name)?;
            let method = native_function::method(thread, object, def)?;
            setattr(thread, &class, &name, Some(&method))?;
        }
    }
    setattr(thread, &class, names::__slots__(), None)?;
    Ok(class)
}

/// The class and what was given, as arguments of a function of the typing module.
fn with_class(thread: &mut Thread, function: &str, class: &Value, args: Args<'_>) -> Result<Value> {
    let function = crate::interp::import::attribute_of(thread, "typing", function)?;
    let mut values = vec![class.clone()];
    values.extend_from_slice(args.values);
    call::call(thread, &function, Args { values: &values, names: args.names })
}

#[native::methods(name = "Generic")]
mod generic_methods {
    use super::*;
    use crate::native::{KwRest, Rest};

    /// Parameterizes a generic class.
    ///
    /// At least, parameterizing a generic class is the *main* thing this
    /// method does. For example, for some generic class `Foo`, this is called
    /// when we do `Foo[int]` - there, with `cls=Foo` and `params=int`.
    #[class_method]
    #[sig("($type, *args, **kwargs)", hidden)]
    pub fn __class_getitem__(
        th: &mut Thread,
        class: &Value,
        args: Rest<'_>,
        kwargs: KwRest<'_>,
    ) -> Result<Value> {
        let (values, names) = flatten(args, &kwargs);
        with_class(th, "_generic_class_getitem", class, Args { values: &values, names: &names })
    }

    /// Function to initialize subclasses.
    #[class_method]
    #[sig("($type, *args, **kwargs)", hidden)]
    pub fn __init_subclass__(
        th: &mut Thread,
        class: &Value,
        args: Rest<'_>,
        kwargs: KwRest<'_>,
    ) -> Result<Value> {
        let (values, names) = flatten(args, &kwargs);
        with_class(th, "_generic_init_subclass", class, Args { values: &values, names: &names })
    }
}

fn flatten(args: &[Value], keywords: &crate::native::KwRest<'_>) -> (Vec<Value>, Vec<Value>) {
    let mut values = args.to_vec();
    let mut names = Vec::new();
    for (name, value) in keywords.iter() {
        names.push(name.clone());
        values.push(value.clone());
    }
    (values, names)
}
