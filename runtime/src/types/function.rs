//! `function` and `method`.

use memory::word::Word;
use memory::{Header, Object, Slot, StackRef, Trace, Value, View, Visitor};
use std::ptr::NonNull;
use threads::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use threads::{Context, Thread};

use super::code::Code;
use crate::class::{ClassFlags, Slots};
use crate::error::{Result, type_error};
use crate::native::Args;
use crate::object::cast;
use crate::types::{Dict, DictExt, TupleExt};

/// Where functions are made: what those of one module have in common. It never changes, and a function counts one reference to it
/// where it would count several, to objects that all threads share.
pub struct Home {
    /// `__globals__`: a dict.
    globals: Slot,
    /// `__builtins__`: a dict.
    builtins: Slot,
    /// What `__name__` was in the globals, or EMPTY.
    module: Slot,
}

// SAFETY: each slot once.
unsafe impl Trace for Home {
    const NAME: &'static str = "function_home";
    const HIDDEN: bool = true;
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.globals);
        visitor.slot(&self.builtins);
        visitor.slot(&self.module);
    }
}

crate::class_def!(Home, "function_home", ClassFlags::NO_NEW);

/// The payload of a function.
pub struct Function {
    /// Not counted: code objects are freed by the collector alone.
    code: AtomicPtr<Object<Code>>,
    /// `__globals__` and `__builtins__`, which the home keeps; null unless they are dicts and no more.
    plain_globals: AtomicPtr<Object<Dict>>,
    plain_builtins: AtomicPtr<Object<Dict>>,
    /// A [`Home`], for good.
    home: Slot,
    /// `__defaults__`: a tuple, or EMPTY.
    pub defaults: Slot,
    /// `__kwdefaults__`: a dict, or EMPTY.
    pub kwdefaults: Slot,
    /// `__closure__`: a tuple of cells, or EMPTY.
    pub closure: Slot,
    /// `__name__`, or EMPTY if it is that of the code.
    name: Slot,
    /// `__qualname__`, likewise.
    qualname: Slot,
    /// `__module__`, or EMPTY if it is that of the home.
    module: Slot,
    /// `__doc__`.
    pub doc: Slot,
    /// `__annotations__`, once made or set.
    pub annotations: Slot,
    /// `__annotate__`.
    pub annotate: Slot,
    /// `__type_params__`.
    pub type_params: Slot,
    /// Changes with code and defaults: what call caches compare.
    pub version: AtomicU64,
}

// SAFETY: each slot once, and the code as uncounted.
unsafe impl Trace for Function {
    const NAME: &'static str = "function";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        if let Some(code) = NonNull::new(self.code.load(Ordering::Acquire)) {
            visitor.uncounted(code.cast());
        }
        for slot in [
            &self.home,
            &self.defaults,
            &self.kwdefaults,
            &self.closure,
            &self.name,
            &self.qualname,
            &self.module,
            &self.doc,
            &self.annotations,
            &self.annotate,
            &self.type_params,
        ] {
            visitor.slot(slot);
        }
    }
}

crate::class_def!(
    Function,
    "function",
    ClassFlags::METHOD_DESCRIPTOR.union(ClassFlags::HAS_DICT).union(ClassFlags::HAS_WEAKREF),
    with_doc(
        "Create a function object.\n\n  code\n    a code object\n  globals\n    the globals dictionary\n  name\n    a string that overrides the name from the code object\n  argdefs\n    a tuple that specifies the default argument values\n  closure\n    a tuple that supplies the bindings for free variables\n  kwdefaults\n    a dictionary that specifies the default keyword argument values"
    ),
    with_slots(slots),
    with_new(super::function_methods::new),
    with_methods(super::function_methods::METHODS),
    with_getsets(super::function_methods::GETSETS)
);

fn slots(slots: &Slots) {
    slots.call.set(crate::interp::call_function);
    slots.get.set(bind);
    slots.repr.set(super::function_methods::repr);
}

fn bind(thread: &mut Thread, function: &Value, object: Option<&Value>, _: Option<&Value>) -> Result<Value> {
    match object {
        Some(object) => new_method(thread, function.clone(), object.clone()),
        None => Ok(function.clone()),
    }
}

static NEXT_VERSION: AtomicU64 = AtomicU64::new(1);

impl Function {
    /// `__globals__`, if it is a dict and no more.
    #[inline(always)]
    pub(crate) fn plain_globals(&self) -> Option<&Object<Dict>> {
        // SAFETY: `globals` keeps it, and never changes.
        unsafe { self.plain_globals.load(Ordering::Relaxed).as_ref() }
    }

    /// `__builtins__`, if it is a dict and no more.
    #[inline(always)]
    pub(crate) fn plain_builtins(&self) -> Option<&Object<Dict>> {
        // SAFETY: as for `plain_globals`.
        unsafe { self.plain_builtins.load(Ordering::Relaxed).as_ref() }
    }

    /// The code.
    #[inline(always)]
    pub fn code(&self) -> &Object<Code> {
        let code = self.code.load(Ordering::Acquire);
        // SAFETY: never null; the collector keeps what a function refers to, and `set_code` keeps what it replaces.
        unsafe { &*code }
    }

    /// `__globals__`.
    pub fn globals(&self, holder: &Header) -> Option<Value> {
        match self.plain_globals() {
            Some(globals) => Some(crate::object::to_value(globals)),
            None => self.of_home(holder, |home| &home.globals),
        }
    }

    /// `__builtins__`.
    pub fn builtins(&self, holder: &Header) -> Option<Value> {
        match self.plain_builtins() {
            Some(builtins) => Some(crate::object::to_value(builtins)),
            None => self.of_home(holder, |home| &home.builtins),
        }
    }

    fn of_home(&self, holder: &Header, slot: fn(&Home) -> &Slot) -> Option<Value> {
        let home = self.home.get(holder)?;
        let home = cast::<Home>(&home)?;
        slot(home.payload()).get(home.header())
    }

    /// `__name__`.
    pub fn name(&self, holder: &Header) -> Value {
        self.own_or_of_code(holder, &self.name, |code| &code.name)
    }

    /// `__qualname__`.
    pub fn qualname(&self, holder: &Header) -> Value {
        self.own_or_of_code(holder, &self.qualname, |code| &code.qualname)
    }

    fn own_or_of_code(&self, holder: &Header, own: &Slot, of_code: fn(&Code) -> &Value) -> Value {
        loop {
            if let Some(own) = own.get(holder) {
                return own;
            }
            let found = of_code(self.code().payload()).clone();
            // Whoever replaces the code has made the names of the old one the function's own before.
            if own.is_empty() {
                return found;
            }
        }
    }

    /// Sets `__name__`.
    pub fn set_name(&self, thread: &Context, holder: &Header, name: Value) {
        drop(self.name.replace(thread, holder, Some(name)));
    }

    /// Sets `__qualname__`.
    pub fn set_qualname(&self, thread: &Context, holder: &Header, qualname: Value) {
        drop(self.qualname.replace(thread, holder, Some(qualname)));
    }

    /// `__module__`.
    pub fn module(&self, holder: &Header) -> Option<Value> {
        self.module.get(holder).or_else(|| self.of_home(holder, |home| &home.module))
    }

    /// Sets `__module__`, or takes it away.
    pub fn set_module(&self, thread: &Context, holder: &Header, module: Option<Value>) {
        drop(self.module.replace(thread, holder, Some(module.unwrap_or_else(Value::none))));
    }

    /// Replaces the code.
    pub fn set_code(&self, thread: &Context, holder: &Header, code: &Value) {
        if let Some(object) = cast::<Code>(code) {
            let before = self.code().payload();
            for (own, name) in [(&self.name, &before.name), (&self.qualname, &before.qualname)] {
                // One that somebody has set meanwhile stays.
                drop(own.replace_if(thread, holder, Word::EMPTY, name.clone()));
            }
            // A running call may still be in the old code, which nothing else might keep: it stays for good.
            std::mem::forget(crate::object::to_value(self.code()));
            self.code.store((&raw const *object).cast_mut(), Ordering::Release);
            self.touch();
        }
    }

    /// Code or defaults have changed.
    pub fn touch(&self) {
        self.version.store(NEXT_VERSION.fetch_add(1, Ordering::Relaxed), Ordering::Release);
    }
}

/// A function of `code` in new surroundings.
///
/// # Errors
/// MemoryError.
pub fn new(
    thread: &Context,
    code: &Value,
    globals: Value,
    builtins: Value,
    module: Option<Value>,
) -> Result<Value> {
    let plain = [plain(&globals), plain(&builtins)];
    let home = Home {
        globals: Slot::new(Some(globals)),
        builtins: Slot::new(Some(builtins)),
        module: Slot::new(module),
    };
    let home = crate::object::new(thread, home)?;
    make(thread, code, home, plain)
}

/// A function of `code` where the function `maker` runs: its own home, as long as the module is still called the same.
///
/// # Errors
/// MemoryError.
#[inline]
pub fn new_within(thread: &Context, code: &Value, maker: &Object<Function>) -> Result<Value> {
    let (payload, holder) = (maker.payload(), maker.header());
    // SAFETY: a function keeps its home, and a home what it has.
    let home = unsafe { payload.home.view(thread, holder) };
    if let Some(home) = &home
        && let Some(this) = cast::<Home>(home)
        && let Some(globals) = payload.plain_globals()
    {
        // SAFETY: as above.
        let module = unsafe { this.payload().module.view(thread, this.header()) };
        let word = |name: Option<View<'_>>| name.map_or(Word::EMPTY, |name| name.word());
        if word(module) == word(globals.view_str(thread, crate::names::__name__())) {
            let of = |pointer: &AtomicPtr<Object<Dict>>| pointer.load(Ordering::Relaxed);
            let plain = [of(&payload.plain_globals), of(&payload.plain_builtins)];
            return make(thread, code, (**home).clone(), plain);
        }
    }
    let (Some(globals), Some(builtins)) = (payload.globals(holder), payload.builtins(holder)) else {
        return Err(type_error("the running function has no globals"));
    };
    let module = cast::<Dict>(&globals).and_then(|globals| globals.get_str(thread, crate::names::__name__()));
    new(thread, code, globals, builtins, module)
}

fn make(thread: &Context, code: &Value, home: Value, plain: [*mut Object<Dict>; 2]) -> Result<Value> {
    let object = cast::<Code>(code).ok_or_else(crate::error::memory_error)?;
    let payload = object.payload();
    let doc = if payload.flags & super::code::flag::HAS_DOCSTRING != 0 {
        cast::<super::Tuple>(&payload.consts).and_then(|consts| consts.items().first().cloned())
    } else {
        None
    };
    let [plain_globals, plain_builtins] = plain.map(AtomicPtr::new);
    let function = Function {
        code: AtomicPtr::new((&raw const *object).cast_mut()),
        plain_globals,
        plain_builtins,
        home: Slot::new(Some(home)),
        defaults: Slot::new(None),
        kwdefaults: Slot::new(None),
        closure: Slot::new(None),
        name: Slot::new(None),
        qualname: Slot::new(None),
        module: Slot::new(None),
        doc: Slot::new(doc),
        annotations: Slot::new(None),
        annotate: Slot::new(None),
        type_params: Slot::new(None),
        version: AtomicU64::new(0),
    };
    crate::object::new(thread, function)
}

/// Where a dict is, if it is a dict and no more.
fn plain(value: &Value) -> *mut Object<Dict> {
    match crate::object::cast_exact::<Dict>(value) {
        Some(dict) => (&raw const *dict).cast_mut(),
        None => std::ptr::null_mut(),
    }
}

/// Whether `value` is a function written in Python.
pub fn is_function(value: &Value) -> bool {
    cast::<Function>(value).is_some()
}

/// The payload of a bound method.
pub struct Method {
    /// `__func__`.
    pub function: Slot,
    /// `__self__`.
    pub receiver: Slot,
}

// SAFETY: each slot once.
unsafe impl Trace for Method {
    const NAME: &'static str = "method";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.function);
        visitor.slot(&self.receiver);
    }
}

crate::class_def!(
    Method,
    "method",
    ClassFlags::HAS_WEAKREF,
    with_doc("Create a bound instance method object."),
    with_slots(method_slots),
    with_new(super::function_methods::new_method),
    with_methods(super::function_methods::METHOD_METHODS),
    with_getsets(super::function_methods::METHOD_GETSETS)
);

fn method_slots(slots: &Slots) {
    slots.call.set(call_method);
    // A method that a class holds stays bound to what it was bound to.
    slots.get.set(|_, method, _, _| Ok(method.clone()));
    slots.getattr.set(super::function_methods::method_getattr);
    slots.repr.set(super::function_methods::method_repr);
    slots.compare.set(super::function_methods::method_compare);
    slots.hash.set(super::function_methods::method_hash);
}

/// `function` bound to `receiver`.
///
/// # Errors
/// MemoryError.
#[inline]
pub fn new_method(thread: &Context, function: Value, receiver: Value) -> Result<Value> {
    crate::object::new(
        thread,
        Method { function: Slot::new(Some(function)), receiver: Slot::new(Some(receiver)) },
    )
}

/// Function and receiver of a bound method.
#[inline]
pub fn parts(method: &Object<Method>) -> Option<(Value, Value)> {
    let payload = method.payload();
    Some((payload.function.get(method.header())?, payload.receiver.get(method.header())?))
}

/// As [`parts`], for the stack. The function is not counted: the method keeps it.
#[inline]
pub fn parts_for_call(thread: &Context, method: &Object<Method>) -> Option<(StackRef, StackRef)> {
    let payload = method.payload();
    // SAFETY: nobody replaces what a method holds, and a borrowed reference is all that becomes of it.
    let function = unsafe { payload.function.view(thread, method.header()) }?;
    let receiver = payload.receiver.borrow(thread, method.header());
    (!receiver.is_empty()).then(|| (StackRef::borrow_from(&function), receiver))
}

fn call_method(thread: &mut Thread, callable: &Value, args: Args<'_>) -> Result<Value> {
    let Some((function, receiver)) = cast::<Method>(callable).and_then(parts) else {
        return Err(crate::call::not_callable(callable));
    };
    let call = |values: &[Value]| crate::call::call(thread, &function, Args { values, names: args.names });
    crate::call::with_first(&receiver, args.values, call)
}
